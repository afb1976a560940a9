package pack

import (
	"errors"
	"time"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/policies/settings"
	"github.com/rung-dev/rung/stacks/accepted"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Validate checks a stack's settings before anything is run, for a command that
// wants to refuse them itself. Besides what [Main] refuses it reports
// exceptions that have expired. The error lists every wrong key.
func Validate(raw map[string]string, now time.Time) error {
	s, err := Settings(raw, now)
	return errors.Join(err, settings.Expired(s))
}

// Settings are what rules go by: the stack's configuration, the keys of the
// `rung:` namespace without that prefix, as everything else of rung reads it;
// what `rung:policy` says about rules; and rung's own departures.
func Settings(raw map[string]string, now time.Time) (rule.Settings, error) {
	c, errConfig := configuration(raw)
	own, errPolicy := settings.Parse(raw["policy"], rules.All())
	s := rule.Settings{
		Stage: c.Stage, Traffic: c.Traffic(), Budget: c.Budget, OwnBudget: raw["budget"] != "", NAT: raw["nat"],
		Reserved: c.Reserved(), ReservedDiscount: c.ReservedDiscount(), Confirmed: c.ConfirmDataLoss, Rules: own, Now: now,
		NeedsQueue: c.App != nil && c.App.Has(manifest.Queue),
	}
	if c.App != nil {
		app := c.App.WithDefaults()
		s.Health, s.BootSeconds, s.DrainSeconds = app.Health, app.BootSeconds, app.StopSeconds
	}
	if len(c.Regions) > 0 {
		s.Region = c.Home()
	}
	depart(&s, raw)
	return s, errors.Join(errConfig, errPolicy)
}

// configuration is a rung stack's, with its defaults, or what another program
// gives of it.
func configuration(raw map[string]string) (config.Config, error) {
	if _, rung := raw["stage"]; rung {
		return config.Parse(raw)
	}
	return config.Given(raw)
}

// depart adds where rung's own stacks depart from a rule; other programs do not.
func depart(s *rule.Settings, raw map[string]string) {
	get := func(key string) string { return raw[key] }
	for _, e := range accepted.For(accepted.Config{Stage: s.Stage, Get: get}) {
		if s.Rules == nil {
			s.Rules = map[string]rule.Own{}
		}
		own := s.Rules[e.Rule]
		own.Exceptions = append(own.Exceptions, rule.Exception{Covers: e.Covers, Reason: e.Reason})
		s.Rules[e.Rule] = own
	}
}
