// Package settings reads `rung:policy`, what a stack's configuration says to the
// policy pack about its rules. The stage, the load and the budget are read by
// stacks/config, as everywhere else.
//
//	rung:policy:
//	  rds-multi-az: mandatory
//	  rds-backups: {level: advisory, days: 14}
//	  alb-waf:
//	    exceptions:
//	      - {resource: loadbalancer-alb, reason: "test until launch", until: 2027-01-31}
//
// It is strict: an unknown rule, level, parameter or field, an exception
// without a reason or a date are all reported together, each with its key.
package settings

import (
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/policies/rule"
)

// Parse reads what the text says about the given rules; empty text says
// nothing. The error lists every problem with its key.
func Parse(text string, rules []rule.Rule) (map[string]rule.Own, error) {
	p := &parser{}
	own := p.policy(text, rules)
	return own, errors.Join(p.errs...)
}

// Expired are the exceptions whose last day is over, as problems with their
// keys. A command refuses to start with them; the pack, which may run in a
// pipeline at night, reports them as violations instead.
func Expired(s rule.Settings) error {
	var errs []error
	for _, id := range sortedKeys(s.Rules) {
		for i, e := range s.Rules[id].Exceptions {
			if e.Expired(s.Now) {
				errs = append(errs, fmt.Errorf("rung:policy.%s.exceptions[%d].until: %s is in the past; fix %s, or renew the "+
					"exception with a new date",
					id, i, e.Until.Format(time.DateOnly), e.Resource))
			}
		}
	}
	return errors.Join(errs...)
}

type parser struct{ errs []error }

// fail notes a problem with a key of the `rung:` namespace.
func (p *parser) fail(key, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("rung:%s: "+format, append([]any{key}, args...)...))
}
