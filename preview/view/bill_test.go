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
