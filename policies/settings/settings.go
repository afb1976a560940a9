// Package settings reads what a stack's configuration says to the policy pack:
// the stage, the load and the budget, which other parts of rung read too, and
// `rung:policy`, which is the pack's own.
//
//	rung:policy:
//	  rds-multi-az: mandatory
//	  rds-backups: {level: advisory, days: 14}
//	  alb-waf:
//	    exceptions:
//	      - {resource: loadbalancer-alb, reason: "test until launch", until: 2027-01-31}
//
// It is strict: an unknown rule, level, parameter or field, an exception
// without a reason or a date, a budget that is not money are all reported
// together, each with its key. Without any configuration the settings are those
// of a program that is no rung stack.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Get returns a value of the stack's `rung:` configuration, objects and lists
// as JSON; empty for a key that is not set.
type Get func(key string) string

// Parse reads the settings for the given rules. now is the day on which
// exceptions are valid or not. The error lists every problem with its key.
func Parse(get Get, rules []rule.Rule, now time.Time) (rule.Settings, error) {
	p := &parser{get: get, now: now}
	s := rule.Settings{Region: firstOf(get("regions")), NAT: get("nat"), Now: now}
	p.stage(&s)
	p.budget(&s)
	p.load(&s)
	p.json("reservedInstances", get("reservedInstances"), &s.Reserved, reservedText)
	p.json("confirmDataLoss", get("confirmDataLoss"), &s.Confirmed, namesText)
	s.Rules = p.policy(rules)
	return s, errors.Join(p.errs...)
}

// Expired are the exceptions whose last day is over, as problems with their
// keys. A command refuses to start with them; the pack, which may run in a
// pipeline at night, reports them as violations instead.
func Expired(s rule.Settings) error {
	var errs []error
	for _, id := range sortedKeys(s.Rules) {
		for i, e := range s.Rules[id].Exceptions {
			if e.Expired(s.Now) {
				errs = append(errs, fmt.Errorf("rung:policy.%s.exceptions[%d].until: %s is in the past; fix %s, or renew the exception with a new date",
					id, i, e.Until.Format(time.DateOnly), e.Resource))
			}
		}
	}
	return errors.Join(errs...)
}

type parser struct {
	get  Get
	now  time.Time
	errs []error
}

// fail notes a problem with a key of the `rung:` namespace.
func (p *parser) fail(key, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("rung:%s: "+format, append([]any{key}, args...)...))
}

func (p *parser) stage(s *rule.Settings) {
	text := p.get("stage")
	if text == "" {
		return
	}
	n, err := ladder.Parse(text)
	if err != nil {
		p.fail("stage", "%v", err)
		return
	}
	s.Stage = n
}

// budget is the user's, else the upper end of the stage's band.
func (p *parser) budget(s *rule.Settings) {
	if stage, err := ladder.Get(s.Stage); err == nil && stage.Band.Known() {
		s.Budget = decimal.NewFromInt(int64(stage.Band.High))
	}
	text := p.get("budget")
	if text == "" {
		return
	}
	amount, err := figure.Parse(strings.TrimPrefix(text, "$"))
	if err != nil || amount.IsNegative() {
		p.fail("budget", "got %q, want an amount of USD a month, such as 800 or 800.50", text)
		return
	}
	s.Budget, s.OwnBudget = amount, true
}

func (p *parser) load(s *rule.Settings) {
	stage, err := ladder.Get(s.Stage)
	if err != nil {
		return
	}
	users := p.number("users")
	s.Traffic = stage.For(int(users), p.number("peakRequestsPerSecond"))
}

// most is more than any load that a stack will see.
var most = decimal.New(1, 12)

func (p *parser) number(key string) float64 {
	text := p.get(key)
	if text == "" {
		return 0
	}
	n, err := figure.Parse(text)
	if err != nil || n.IsNegative() || n.GreaterThan(most) {
		p.fail(key, "got %q, want a number above zero, at most %s", text, most)
		return 0
	}
	return n.InexactFloat64()
}

// json reads an object or a list, or its short form.
func (p *parser) json(key, text string, into any, short func(string) (string, error)) {
	if text == "" {
		return
	}
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		long, err := short(text)
		if err != nil {
			p.fail(key, "got %q, %v", text, err)
			return
		}
		text = long
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		p.fail(key, "got %s: %v", text, err)
	}
}

// namesText turns "a, b" into a JSON list.
func namesText(text string) (string, error) {
	names := strings.Split(text, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	b, err := json.Marshal(names)
	return string(b), err
}

// reservedText turns "c7g.medium=2, m7g.large=1" into a JSON object.
func reservedText(text string) (string, error) {
	counts := map[string]int{}
	for pair := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(pair), "=")
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 0 {
			return "", errors.New("want types with their number, c7g.medium=2 say")
		}
		counts[strings.TrimSpace(name)] = n
	}
	b, err := json.Marshal(counts)
	return string(b), err
}

// firstOf is the first entry of a list, given as JSON or with commas.
func firstOf(text string) string {
	var list []string
	if json.Unmarshal([]byte(text), &list) == nil {
		text = strings.Join(list, ",")
	}
	first, _, _ := strings.Cut(text, ",")
	return strings.TrimSpace(first)
}
