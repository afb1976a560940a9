package queue

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultAttempts is the toolkit's figure: three attempts, then a dead letter.
	DefaultAttempts = 3
	// DefaultRetentionDays outlives a long weekend without workers.
	DefaultRetentionDays = 4
	// DefaultDeadRetentionDays is SQS's maximum: a dead letter waits for a person.
	DefaultDeadRetentionDays = 14
	// DefaultAlarmDepth is the toolkit's figure: alert at 1,000 queued jobs.
	DefaultAlarmDepth = 1000
	// DefaultAlarmAgeSeconds is ten minutes: long after workers should have
	// scaled out, so a person must look.
	DefaultAlarmAgeSeconds = 600

	// visibilityFactor leaves room for all of a job's retries inside a worker
	// and for a slow machine; AWS advises six times the working time.
	visibilityFactor = 6
	// longPollSeconds is the longest that SQS lets a reader wait: the fewest
	// paid, empty answers.
	longPollSeconds = 20

	daySeconds        = 24 * 3600
	maxRetentionDays  = 14
	maxVisibleSeconds = 12 * 3600
)

func (a Args) withDefaults() Args {
	a.JobSeconds = cmp.Or(a.JobSeconds, contract.JobSeconds)
	a.Attempts = cmp.Or(a.Attempts, DefaultAttempts)
	a.RetentionDays = cmp.Or(a.RetentionDays, DefaultRetentionDays)
	a.DeadRetentionDays = cmp.Or(a.DeadRetentionDays, DefaultDeadRetentionDays)
	a.AlarmDepth = cmp.Or(a.AlarmDepth, DefaultAlarmDepth)
	a.AlarmAgeSeconds = cmp.Or(a.AlarmAgeSeconds, DefaultAlarmAgeSeconds)
	return a
}

func (a Args) validate() error {
	errs := []error{
		part.Between("JobSeconds", a.JobSeconds, 1, maxVisibleSeconds/visibilityFactor),
		part.Between("Attempts", a.Attempts, 3, 10),
		part.Between("RetentionDays", a.RetentionDays, 1, maxRetentionDays),
		part.Between("DeadRetentionDays", a.DeadRetentionDays, 1, maxRetentionDays),
		part.Between("AlarmDepth", a.AlarmDepth, 1, 1_000_000),
		part.Between("AlarmAgeSeconds", a.AlarmAgeSeconds, 60, maxRetentionDays*daySeconds),
	}
	if a.DeadRetentionDays < a.RetentionDays {
		errs = append(errs, fmt.Errorf("DeadRetentionDays: got %d, want at least RetentionDays, which is %d: "+
			"a dead letter would be forgotten before anyone could read it", a.DeadRetentionDays, a.RetentionDays))
	}
	return errors.Join(errs...)
}

// visibilitySeconds is how long a job that a worker took is hidden from the others.
func (a Args) visibilitySeconds() int { return a.JobSeconds * visibilityFactor }

// tlsOnly is a queue's policy: nobody, not even the account's own roles, may
// speak to it without TLS. It grants nothing.
func tlsOnly(arn string) (string, error) {
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{denyPlainHTTP(arn)}})
	return string(policy), err
}

func denyPlainHTTP(arn string) map[string]any {
	return map[string]any{
		"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": "*",
		"Action": "sqs:*", "Resource": arn,
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}
}
