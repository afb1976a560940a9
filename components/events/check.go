package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	kindForm = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+)*$`)
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

const (
	// maxKind leaves room for the stack's own suffix in a topic's name.
	maxKind = 60
	// maxFilter is how many attributes SNS lets a filter name.
	maxFilter = 5
)

func (a Args) validate() error {
	var errs []error
	if len(a.Topics) == 0 {
		errs = append(errs, errors.New("Topics: required"))
	}
	known := map[string]bool{}
	for i, t := range a.Topics {
		if !kindForm.MatchString(t) || len(t) > maxKind || known[t] {
			errs = append(errs, fmt.Errorf("Topics[%d]: got %q, want words such as user.created, up to %d characters, each once",
				i, t, maxKind))
		}
		known[t] = true
	}
	names := map[string]bool{}
	for i, c := range a.Consumers {
		at := fmt.Sprintf("Consumers[%d]", i)
		if !nameForm.MatchString(c.Name) || names[c.Name] {
			errs = append(errs, fmt.Errorf("%s.Name: got %q, want a name of its own of a-z, 0-9 and -", at, c.Name))
		}
		names[c.Name] = true
		errs = append(errs, c.check(at, a.Topics))
	}
	return errors.Join(errs...)
}

func (c Consumer) check(at string, topics []string) error {
	var errs []error
	if len(c.Topics) == 0 {
		errs = append(errs, fmt.Errorf("%s.Topics: required", at))
	}
	for i, t := range c.Topics {
		if !slices.Contains(topics, t) || slices.Index(c.Topics, t) < i {
			errs = append(errs, fmt.Errorf("%s.Topics: got %q, want each once of %v", at, t, topics))
		}
	}
	if len(c.Filter) > maxFilter {
		errs = append(errs, fmt.Errorf("%s.Filter: got %d attributes, want at most %d", at, len(c.Filter), maxFilter))
	}
	for _, key := range slices.Sorted(maps.Keys(c.Filter)) {
		if key == "" || len(c.Filter[key]) == 0 {
			errs = append(errs, fmt.Errorf("%s.Filter: attribute %q has no values, so nothing would pass", at, key))
		}
	}
	return errors.Join(errs...)
}

// slug turns a kind into a part of a logical name: user.created into user-created.
func slug(kind string) string { return strings.ReplaceAll(kind, ".", "-") }

// tlsOnly is a topic's policy: nobody may publish without TLS. It grants
// nothing: producers are roles of this account, and their own policies do.
func tlsOnly(arn string) (string, error) {
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": "*",
			"Action": "sns:Publish", "Resource": arn,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		}},
	})
	return string(policy), err
}
