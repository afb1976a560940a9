package queues

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

var arnForm = regexp.MustCompile(`^arn:aws:sqs:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,80})$`)

// check reports every queue that cannot be had.
func check(wanted map[string]Queue) error {
	var errs []error
	for _, arn := range slices.Sorted(maps.Keys(wanted)) {
		if err := wanted[arn].check(wanted); err != nil {
			errs = append(errs, fmt.Errorf("queue %s: %w", arn, err))
		}
	}
	return errors.Join(errs...)
}

func (q Queue) check(all map[string]Queue) error {
	var errs []error
	switch {
	case strings.HasSuffix(q.ARN, ".fifo"):
		errs = append(errs, errors.New("the lab has no FIFO queues"))
	case !arnForm.MatchString(q.ARN):
		errs = append(errs, errors.New("want arn:aws:sqs:REGION:ACCOUNT:NAME"))
	}
	within := func(name string, got, most time.Duration) {
		if got < 0 || got > most {
			errs = append(errs, fmt.Errorf("%s: got %s, want 0 to %s", name, got, most))
		}
	}
	within("Visibility", q.Visibility, maxVisibility)
	within("Delay", q.Delay, maxDelay)
	within("Wait", q.Wait, maxWait)
	if _, there := all[q.DeadLetters]; q.DeadLetters != "" && !there {
		errs = append(errs, fmt.Errorf("DeadLetters: %s is not planned", q.DeadLetters))
	}
	if (q.DeadLetters != "") != (q.MaxReceives > 0) {
		errs = append(errs, errors.New("DeadLetters and MaxReceives need one another"))
	}
	return errors.Join(errs...)
}

// place is the region, account and name of a queue.
func place(arn string) (region, account, name string) {
	m := arnForm.FindStringSubmatch(arn)
	if m == nil {
		return "", "", ""
	}
	return m[1], m[2], m[3]
}
