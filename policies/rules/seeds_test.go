package rules

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// m and l are short for properties as JSON has them.
type (
	m = map[string]any
	l = []any
)

// unknown is a value that a preview does not know; secret hides one.
type (
	unknown struct{}
	secret  struct{ v any }
)

// res is one resource of a seeded stack. dep are its recorded dependencies.
type res struct {
	typ, name string
	props     m
	dep       m // property to the name of the resource that it comes from
	protect   bool
}

// The outcomes of a check on one resource.
type outcome string

const (
	found     outcome = "found"
	passes    outcome = "passes"
	undecided outcome = "undecided"
)

// seed is a stack that follows a rule, and how one property breaks it.
type seed struct {
	stage ladder.Number
	stack []res
	// at is "resource path"; of is the resource that the finding names, where
	// it is another one; "-" for the stack as a whole.
	at, of string
	bad    any
	// add is a resource whose mere presence breaks the rule; at is empty then.
	add res
	// What other values of the same property do; by default absent and false
	// are found and unknown is undecided.
	absent, off, unknown outcome
	change               func(*rule.Settings)
}

func one(typ string, props m) []res { return []res{{typ: typ, name: "it", props: props}} }

func value(v any) property.Value {
	switch v := v.(type) {
	case unknown:
		return property.New(property.Computed)
	case secret:
		return value(v.v).WithSecret(true)
	case m:
		all := map[string]property.Value{}
		for k, e := range v {
			all[k] = value(e)
		}
		return property.New(all)
	case l:
		all := make([]property.Value, len(v))
		for i, e := range v {
			all[i] = value(e)
		}
		return property.New(all)
	case int:
		return property.New(float64(v))
	case string:
		return property.New(v)
	case bool:
		return property.New(v)
	case float64:
		return property.New(v)
	case nil:
		return property.Value{}
	}
	panic(fmt.Sprintf("no property of type %T", v))
}

func urn(r res) string { return "urn:pulumi:dev::shop::" + r.typ + "::" + r.name }

func build(stack []res) *rule.Stack {
	urns := map[string]string{}
	for _, r := range stack {
		urns[r.name] = urn(r)
	}
	var all []rule.Resource
	for _, r := range stack {
		made := rule.New(r.typ, r.name, urn(r), value(r.props).AsMap())
		made.Protect = r.protect
		for prop, on := range r.dep {
			if made.Depends == nil {
				made.Depends = map[string][]string{}
			}
			made.Depends[prop] = append(made.Depends[prop], urns[on.(string)])
		}
		all = append(all, made)
	}
	return rule.NewStack(all)
}

// gone marks a property that is taken out.
type gone struct{}

// with is a copy of v with the value at path replaced.
func with(v any, path string, to any) any {
	if path == "" {
		return to
	}
	key, rest, _ := strings.Cut(path, ".")
	switch v := v.(type) {
	case l:
		i, _ := strconv.Atoi(key)
		out := append(l{}, v...)
		out[i] = with(out[i], rest, to)
		return out
	case m:
		out := m{}
		for k, e := range v {
			out[k] = e
		}
		if _, drop := to.(gone); drop && rest == "" {
			delete(out, key)
			return out
		}
		out[key] = with(out[key], rest, to)
		return out
	}
	return with(m{}, path, to)
}

// seeded is the stack with the property at s.at set to v.
func (s seed) seeded(v any) (*rule.Stack, res) {
	name, path, _ := strings.Cut(s.at, " ")
	stack := append([]res{}, s.stack...)
	var subject res
	for i, r := range stack {
		if r.name != name {
			continue
		}
		switch {
		case path == "protect":
			stack[i].protect, _ = v.(bool)
		case path == "":
			stack = append(stack[:i:i], stack[i+1:]...)
		default:
			stack[i].props = with(r.props, path, v).(m)
		}
		subject = r
		break
	}
	for _, r := range stack {
		if r.name == s.of {
			subject = r
		}
	}
	if s.of == "-" {
		return build(stack), res{}
	}
	return build(stack), subject
}

func (s seed) settings() rule.Settings {
	set := rule.Settings{Stage: s.stage, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	if st, err := ladder.Get(s.stage); err == nil {
		set.Traffic = st.Traffic
	}
	if s.change != nil {
		s.change(&set)
	}
	return set
}

// says sums up a report about one resource.
func says(got rule.Report, about res) outcome {
	want := ""
	if about.typ != "" {
		want = urn(about)
	}
	for _, f := range got.Found {
		if f.URN == want {
			return found
		}
	}
	if len(got.Found) > 0 {
		return outcome(fmt.Sprintf("found elsewhere: %v", got.Found))
	}
	if len(got.Undecided) > 0 {
		return undecided
	}
	return passes
}

func orElse(o, def outcome) outcome {
	if o == "" {
		return def
	}
	return o
}

const hidden = "Tr0ub4dor"

func TestEveryRuleCatchesItsSeed(t *testing.T) {
	all := seeds()
	for _, r := range All() {
		if r.Kind == rule.OnPlan {
			continue
		}
		s, ok := all[r.ID]
		require.True(t, ok, "no seed for %s", r.ID)
		t.Run(r.ID, func(t *testing.T) { s.run(t, r) })
		delete(all, r.ID)
	}
	assert.Empty(t, all, "seeds of rules that do not exist")
}

func (s seed) run(t *testing.T, r rule.Rule) {
	set := s.settings()
	assert.NotEqual(t, rule.Disabled, r.LevelFor(set))
	good := r.On(build(s.stack), set)
	assert.Empty(t, good.Found, "the stack that follows the rule")
	assert.Empty(t, good.Undecided, "the stack that follows the rule")

	broken, subject := s.seeded(s.bad)
	if s.at == "" {
		broken, subject = build(append(s.stack[:len(s.stack):len(s.stack)], s.add)), s.add
	}
	got := r.On(broken, set)
	assert.Equal(t, found, says(got, subject), "the seeded violation")
	for _, f := range got.Found {
		assert.Contains(t, f.Message, f.Name)
		assert.Contains(t, f.Message, f.Property)
		assert.NotContains(t, f.Message, "%!", "a broken format")
	}
	if _, path, _ := strings.Cut(s.at, " "); path == "" || path == "protect" {
		return // a resource that is missing, or an option, has no other values
	}
	for name, v := range map[string]struct {
		give any
		want outcome
	}{
		"absent":  {gone{}, orElse(s.absent, found)},
		"null":    {nil, orElse(s.absent, found)},
		"false":   {false, orElse(s.off, found)},
		"unknown": {unknown{}, orElse(s.unknown, undecided)},
		"secret":  {secret{s.bad}, found},
	} {
		stack, subject := s.seeded(v.give)
		got := r.On(stack, set)
		assert.Equal(t, v.want, says(got, subject), name)
	}
	stack, _ := s.seeded(secret{hidden})
	for _, f := range r.On(stack, set).Found {
		assert.NotContains(t, f.Message, hidden, "a secret in a message")
	}
}

func TestDataReplacementIsTheGuardsAnswer(t *testing.T) {
	planned := []guard.Change{{Op: "replace", URN: "urn:db", Type: token.RDSInstance, Name: "db",
		Keys: []string{"dbName"}}}
	got := DataReplacement(planned, nil)
	require.Len(t, got, 1)
	assert.Equal(t, "urn:db", got[0].URN)
	assert.Contains(t, got[0].Message, "dbName")
	assert.Empty(t, DataReplacement(planned, []string{"db"}), "confirmed by name")
	assert.Empty(t, DataReplacement([]guard.Change{{Op: "update", URN: "urn:db", Type: token.RDSInstance, Name: "db"}},
		nil))
}

func budget(usd int64) func(*rule.Settings) {
	return func(s *rule.Settings) { s.Budget = decimal.NewFromInt(usd) }
}
