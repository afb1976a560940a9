package tests

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// report is the documented JSON of preview and diff, written down here a second
// time so that a change of the format breaks a test.
type report struct {
	From, To  *int
	Resources struct {
		Create, Update, Replace, Delete, Same int
		Changes                               []change
	}
	Cost   bill
	Budget any
	// Blocked are the changes that the data guard stopped.
	Blocked []struct {
		URN, Op string
		Keys    []string
		Name    string
		Message string
	}
	Outputs map[string]any
}

type change struct {
	Op, URN, Type, Name, Component string
	Keys                           []string
	HoldsData, Retained            bool
}

type bill struct {
	Currency             string
	From, To, Delta      string
	Low, High            string
	SourcedPercent       string
	SeedBand             *struct{ Low, High int }
	Lines                []line
	Unpriced, UsageBased []note
	Free                 []note
}

type line struct {
	URN, Type, Component, Item, Unit, Quantity, Price, Monthly, Source, AsOf string
}

type note struct{ URN, Type, Name, Reason string }

func decode(t testing.TB, text string) report {
	t.Helper()
	var r report
	require.NoError(t, json.Unmarshal([]byte(text), &r), text)
	return r
}

// number reads an amount; one that is none fails the test.
func number(t testing.TB, text string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(text)
	require.NoError(t, err, "an amount")
	return d
}

// addsUp demands that the lines are the total, to the cent.
func (b bill) addsUp(t testing.TB) {
	t.Helper()
	sum := decimal.Zero
	for _, l := range b.Lines {
		sum = sum.Add(number(t, l.Monthly))
	}
	assert.True(t, sum.Equal(number(t, b.To)), "the lines give %s, cost.to is %s", sum, b.To)
	assert.True(t, number(t, b.From).Add(number(t, b.Delta)).Equal(number(t, b.To)), "from and delta give to")
	assert.True(t, number(t, b.Low).LessThanOrEqual(number(t, b.To)), "low is %s, expected %s", b.Low, b.To)
	assert.True(t, number(t, b.High).GreaterThanOrEqual(number(t, b.To)), "high is %s, expected %s", b.High, b.To)
}

// sourced demands that nearly all of the money is from prices with a source and a date.
func (b bill) sourced(t testing.TB) {
	t.Helper()
	sum := decimal.Zero
	for _, l := range b.Lines {
		if l.Source != "" && l.AsOf != "" {
			sum = sum.Add(number(t, l.Monthly))
		}
	}
	share := sum.Div(number(t, b.To)).Shift(2)
	assert.True(t, share.GreaterThanOrEqual(decimal.NewFromInt(95)), "%s %% is sourced", share)
}

// within demands that the expected month lies in a seed band.
func (b bill) within(t testing.TB, low, high int64) {
	t.Helper()
	to := number(t, b.To)
	assert.True(t, to.GreaterThanOrEqual(decimal.NewFromInt(low)) && to.LessThanOrEqual(decimal.NewFromInt(high)),
		"expected %s, the band is %d to %d", b.To, low, high)
}

// ops counts the changes of one kind and lists their names.
func (r report) ops(op string) []string {
	var out []string
	for _, c := range r.Resources.Changes {
		if c.Op == op {
			out = append(out, c.Name)
		}
	}
	return out
}

// keepsData demands that no change replaces or deletes what holds data.
func (r report) keepsData(t testing.TB) {
	t.Helper()
	assert.Empty(t, r.Blocked)
	for _, c := range r.Resources.Changes {
		if c.HoldsData {
			assert.Contains(t, []string{"create", "update"}, c.Op, c.URN)
		}
	}
}

// shape demands the documented keys with the documented types.
func shape(t testing.TB, text string) {
	t.Helper()
	var raw map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &raw), text)
	for path, want := range map[string]any{
		"to": 0.0, "resources": map[string]any{}, "blocked": []any{},
		"resources.create": 0.0, "resources.update": 0.0, "resources.replace": 0.0,
		"resources.delete": 0.0, "resources.same": 0.0, "resources.changes": []any{},
		"cost.currency": "", "cost.from": "", "cost.to": "", "cost.delta": "", "cost.low": "", "cost.high": "",
		"cost.lines": []any{}, "cost.unpriced": []any{},
	} {
		assert.IsType(t, want, at(raw, path), path)
	}
	assert.Contains(t, raw, "from")
	assert.Contains(t, raw, "budget")
	strs := func(keys ...string) map[string]any {
		out := map[string]any{}
		for _, k := range keys {
			out[k] = ""
		}
		return out
	}
	lines := strs("urn", "type", "component", "item", "unit", "quantity", "price", "monthly", "source", "asOf")
	elements(t, at(raw, "cost.lines"), lines)
	elements(t, at(raw, "cost.unpriced"), strs("urn", "type", "reason"))
	changes := strs("op", "urn", "type", "name", "component")
	changes["keys"], changes["holdsData"] = []any{}, false
	elements(t, at(raw, "resources.changes"), changes)
	blocked := strs("urn", "op")
	blocked["keys"] = []any{}
	elements(t, at(raw, "blocked"), blocked)
}

// at is the value at a dotted path, nil where there is none.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[key]
	}
	return v
}

// elements demands that every object of a list has the keys, with values of those types.
func elements(t testing.TB, list any, want map[string]any) {
	t.Helper()
	items, _ := list.([]any)
	for _, item := range items {
		object, _ := item.(map[string]any)
		for key, value := range want {
			require.Contains(t, object, key)
			assert.IsType(t, value, object[key], key)
		}
	}
}
