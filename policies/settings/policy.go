package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/outside/nearest"
	"github.com/rung-dev/rung/policies/rule"
)

// policy reads rule ids, each with a level or an object.
func (p *parser) policy(text string, rules []rule.Rule) map[string]rule.Own {
	if text == "" {
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		p.fail("policy", "want an object of rule ids, {\"alb-waf\": \"disabled\"} say: %v", err)
		return nil
	}
	own := map[string]rule.Own{}
	for _, id := range sortedKeys(raw) {
		i := slices.IndexFunc(rules, func(r rule.Rule) bool { return r.ID == id })
		if i < 0 {
			p.fail("policy."+id, "no such rule%s; policies/RULES.md lists them", meant(id, rules))
			continue
		}
		own[id] = p.own(rules[i], raw[id])
	}
	return own
}

// own reads what the user says about one rule.
func (p *parser) own(r rule.Rule, raw json.RawMessage) rule.Own {
	key := "policy." + r.ID
	var level string
	if json.Unmarshal(raw, &level) == nil {
		return rule.Own{Level: p.level(key, level)}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		p.fail(key, "got %s, want a level (%s) or an object", raw, levels())
		return rule.Own{}
	}
	own := rule.Own{Params: map[string]any{}}
	for _, name := range sortedKeys(fields) {
		switch name {
		case "level":
			if err := json.Unmarshal(fields[name], &level); err != nil {
				level = string(fields[name])
			}
			own.Level = p.level(key+".level", level)
		case "exceptions":
			own.Exceptions = p.exceptions(key+".exceptions", fields[name])
		default:
			if v, ok := p.param(key+"."+name, r, name, fields[name]); ok {
				own.Params[name] = v
			}
		}
	}
	return own
}

func (p *parser) level(key, text string) rule.Level {
	if l := rule.Level(text); slices.Contains(rule.Levels(), l) {
		return l
	}
	p.fail(key, "got %q, want %s", text, levels())
	return ""
}

func levels() string {
	var all []string
	for _, l := range rule.Levels() {
		all = append(all, string(l))
	}
	return strings.Join(all, ", ")
}

// param reads a parameter; its default tells its type.
func (p *parser) param(key string, r rule.Rule, name string, raw json.RawMessage) (any, bool) {
	i := slices.IndexFunc(r.Params, func(d rule.Param) bool { return d.Name == name })
	if i < 0 {
		p.fail(key, "no such setting; %s", settingsOf(r))
		return nil, false
	}
	d := r.Params[i]
	switch d.Default.(type) {
	case float64:
		return p.numberParam(key, d, raw)
	case bool:
		var b bool
		if err := json.Unmarshal(raw, &b); err != nil {
			p.fail(key, "got %s, want true or false", raw)
			return nil, false
		}
		return b, true
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		p.fail(key, "got %s, want a list of texts", raw)
		return nil, false
	}
	return list, true
}

func (p *parser) numberParam(key string, d rule.Param, raw json.RawMessage) (any, bool) {
	var n float64
	if err := json.Unmarshal(raw, &n); err != nil || n < d.Low || n > d.High {
		p.fail(key, "got %s, want a number from %g to %g: %s", raw, d.Low, d.High, d.Meaning)
		return nil, false
	}
	return n, true
}

// settingsOf says what may be set for a rule.
func settingsOf(r rule.Rule) string {
	names := []string{"level", "exceptions"}
	for _, d := range r.Params {
		names = append(names, d.Name)
	}
	return "want " + strings.Join(names, ", ")
}

// exceptions reads the list of resources that the rule lets pass.
func (p *parser) exceptions(key string, raw json.RawMessage) []rule.Exception {
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		p.fail(key, "got %s, want a list of {resource, reason, until}", raw)
		return nil
	}
	var all []rule.Exception
	for i, fields := range list {
		if e, ok := p.exception(fmt.Sprintf("%s[%d]", key, i), fields); ok {
			all = append(all, e)
		}
	}
	return all
}

func (p *parser) exception(key string, fields map[string]json.RawMessage) (rule.Exception, bool) {
	before := len(p.errs)
	texts := map[string]string{}
	for _, name := range sortedKeys(fields) {
		var text string
		if json.Unmarshal(fields[name], &text) != nil {
			text = strings.Trim(string(fields[name]), `"`)
		}
		texts[name] = strings.TrimSpace(text)
		if !slices.Contains([]string{"resource", "reason", "until"}, name) {
			p.fail(key+"."+name, "no such field, want resource, reason, until")
		}
	}
	for _, name := range []string{"resource", "reason"} {
		if texts[name] == "" {
			p.fail(key+"."+name, "required: an exception names its resource and says why")
		}
	}
	until, err := time.Parse(time.DateOnly, first(texts["until"], len(time.DateOnly)))
	if err != nil {
		p.fail(key+".until", "got %q, want the last day of the exception, 2027-01-31 say", texts["until"])
	}
	return rule.Exception{Resource: texts["resource"], Reason: texts["reason"], Until: until}, len(p.errs) == before
}

// first cuts a time off a date: YAML turns one into the other.
func first(s string, n int) string { return s[:min(n, len(s))] }

// meant suggests the rule that was probably meant.
func meant(id string, rules []rule.Rule) string {
	var known []string
	for _, r := range rules {
		known = append(known, r.ID)
	}
	question := nearest.Question(id, known, "")
	if question == "" {
		return ""
	}
	return ": " + question
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
