package pack

import (
	"errors"
	"time"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/policies/settings"
	"github.com/rung-dev/rung/stacks/accepted"
)

// Validate checks a stack's policy settings before anything is run, for a
// command that wants to refuse them itself. Besides what [Main] refuses it
// reports exceptions that have expired. The error lists every wrong key.
func Validate(get settings.Get, now time.Time) error {
	s, err := settings.Parse(get, rules.All(), now)
	return errors.Join(err, settings.Expired(s))
}

// Settings are a stack's settings with rung's own departures in them, as the
// pack uses them.
func Settings(get settings.Get, now time.Time) (rule.Settings, error) {
	s, err := settings.Parse(get, rules.All(), now)
	if err != nil {
		return s, err
	}
	for _, e := range accepted.For(accepted.Config{Stage: s.Stage, Get: get}) {
		if s.Rules == nil {
			s.Rules = map[string]rule.Own{}
		}
		own := s.Rules[e.Rule]
		own.Exceptions = append(own.Exceptions, rule.Exception{Covers: e.Covers, Reason: e.Reason})
		s.Rules[e.Rule] = own
	}
	return s, nil
}
