package view

import (
	"bytes"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Regions stand apart where there are several, in every format, and add up.
func TestRegionsHaveSubtotals(t *testing.T) {
	line := func(region, monthly string) cost.Line {
		m := decimal.RequireFromString(monthly)
		return cost.Line{Name: "a", Item: "hours", Region: region, Monthly: m, Low: m, High: m}
	}
	one := cost.Estimate{Lines: []cost.Line{line("us-east-1", "3.00"), line(cost.Global, "1.00")}}
	two := cost.Estimate{Lines: append(one.Lines, line("eu-west-1", "5.50")), Expected: decimal.RequireFromString("9.50")}
	for name, tt := range map[string]struct {
		give  cost.Estimate
		shown bool
	}{"one region": {one, false}, "two regions": {two, true}} {
		t.Run(name, func(t *testing.T) {
			b := Bill(preview.NewBill("a stack", tt.give, 0, ladder.Traffic{}, decimal.Zero))
			var table, markdown, text bytes.Buffer
			require.NoError(t, b.Table(&table, terminal.Style{}))
			require.NoError(t, b.Markdown(&markdown))
			require.NoError(t, b.JSON(&text))
			assert.Equal(t, tt.shown, strings.Contains(table.String(), "$5.50 in eu-west-1"), table.String())
			assert.Equal(t, tt.shown, strings.Contains(markdown.String(), "| eu-west-1 | $5.50 |"), markdown.String())
			assert.Contains(t, text.String(), `"region": "us-east-1"`)
			assert.Equal(t, cost.Global, b.Cost.ByRegion[len(b.Cost.ByRegion)-1].Region, "dearest first")
		})
	}
}

func TestAlikeFoldsLinesAndLosesNoMoney(t *testing.T) {
	line := func(urn, item, quantity, monthly, note string) preview.Line {
		return preview.Line{Monthly: preview.Money{Decimal: decimal.RequireFromString(monthly)}, Line: cost.Line{
			URN: urn, Name: urn, Type: token.CloudWatchMetricAlarm, Item: item, Unit: "month", Note: note,
			Price: decimal.RequireFromString("0.1"), Quantity: decimal.RequireFromString(quantity),
		}}
	}
	all := []preview.Line{
		line("a", "alarm", "1", "0.10", ""), line("b", "alarm", "2", "0.20", ""), line("c", "alarm", "1", "0.10", ""),
		line("d", "alarm", "1", "0.10", "for a reason"), line("e", "other", "1", "0.10", ""),
	}
	got := alike(all)
	require.Len(t, got, 3)
	assert.Equal(t, []string{"d", "e", "3 × cloudwatch/metricAlarm"}, []string{got[0].Name, got[1].Name, got[2].Name})
	assert.Equal(t, "4", got[2].Quantity.String())
	assert.Equal(t, "0.40", got[2].Monthly.StringFixed(2))
	assert.Equal(t, "1", all[0].Quantity.String(), "the lines themselves stay as they are")
}

// A month in which something has no price is "at least" that, where nobody can
// overlook it, and a single figure is no range.
func TestWhatIsMissingStandsInTheHeadline(t *testing.T) {
	m := decimal.RequireFromString("59.90")
	e := cost.Estimate{
		Lines:    []cost.Line{{URN: "a", Name: "a", Item: "hours", Region: "us-east-1", Monthly: m, Low: m, High: m}},
		Unpriced: []cost.Note{{URN: "b", Name: "b", Reason: "no price"}, {URN: "b", Name: "b", Item: "disk", Reason: "no price"}, {URN: "c", Name: "c", Reason: "no price"}},
		Expected: m, Low: m, High: m,
	}
	b := Bill(preview.NewBill("a stack", e, 0, ladder.Traffic{}, decimal.Zero))
	b.Partial = "the preview failed"
	var table, text bytes.Buffer
	require.NoError(t, b.Table(&table, terminal.Style{}))
	require.NoError(t, b.Markdown(&text))
	for _, out := range []string{table.String(), text.String()} {
		assert.Contains(t, out, "at least $59.90")
		assert.Contains(t, out, "2 resources have no price")
		assert.NotContains(t, out, "between $59.90")
		assert.Contains(t, strings.ToLower(out), "only a part of the stack")
	}
	before, _, _ := strings.Cut(text.String(), "<details>")
	assert.Contains(t, before, "2 resources have no price", "not inside a fold")
}

// A change shows what it does to the month, the most first, the rest as one.
func TestAChangeShowsWhatItCosts(t *testing.T) {
	line := func(name, usd string) cost.Line {
		m := decimal.RequireFromString(usd)
		return cost.Line{URN: name, Name: name, Item: "hours", Monthly: m, Low: m, High: m}
	}
	estimate := func(lines ...cost.Line) cost.Estimate {
		e := cost.Estimate{Lines: lines}
		for _, l := range lines {
			e.Expected = e.Expected.Add(l.Monthly)
		}
		return e
	}
	before, after := estimate(line("web", "30.37"), line("nat", "32.85"), line("same", "5.00")),
		estimate(line("web", "60.74"), line("same", "5.00"))
	b := Bill(preview.NewBill("a change", after, 0, ladder.Traffic{}, decimal.Zero).Since(before, after))
	var table, text bytes.Buffer
	require.NoError(t, b.Table(&table, terminal.Style{}))
	require.NoError(t, b.Markdown(&text))
	assert.Contains(t, text.String(), "$65.74 a month (-$2.48, from $68.22)")
	assert.Contains(t, text.String(), "| `nat` (")
	assert.Contains(t, text.String(), "| $32.85 | $0.00 | -$32.85 |")
	assert.NotContains(t, text.String(), "| `same` (")
	assert.Contains(t, table.String(), "+$30.37")
}
