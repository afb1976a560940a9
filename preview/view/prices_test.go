package view

import (
	"io"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/cost/pricelist"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/ladder"
)

// shown is a document for people.
type shown interface {
	Table(io.Writer, terminal.Style) error
	Markdown(io.Writer) error
	HTML(io.Writer) error
}

// inAllFormats is a document as each format has it.
func inAllFormats(t *testing.T, d shown) map[string]string {
	t.Helper()
	var a, b, c strings.Builder
	require.NoError(t, d.Table(&a, terminal.Style{Width: 200}))
	require.NoError(t, d.Markdown(&b))
	require.NoError(t, d.HTML(&c))
	return map[string]string{"table": a.String(), "markdown": b.String(), "html": c.String()}
}

func TestBillSaysWhosePricesItGoesBy(t *testing.T) {
	ten := decimal.NewFromInt(10)
	line := cost.Line{Item: "hours", Monthly: ten, Low: ten, High: ten, AsOf: "2026-11-10"}
	own, elsewhere := line, line
	own.Own, elsewhere.Fallback = true, true
	e := cost.Estimate{Lines: []cost.Line{line, own, own, elsewhere}, Expected: decimal.NewFromInt(40), Low: ten,
		High: ten}
	for format, text := range inAllFormats(t, Bill(preview.NewBill("stage 5", e, 5, ladder.Traffic{}, decimal.Zero))) {
		assert.Contains(t, text, "25.0 %", format)
		assert.Contains(t, text, "us-east-1", format)
		assert.Contains(t, text, "the youngest of 2026-11-10", format)
	}
	plain := preview.NewBill("stage 1", cost.Estimate{Lines: []cost.Line{line}, Expected: ten}, 1, ladder.Traffic{},
		decimal.Zero)
	for format, text := range inAllFormats(t, Bill(plain)) {
		assert.NotContains(t, text, "your own", format)
		assert.NotContains(t, text, "at prices of us-east-1", format)
	}
	assert.Nil(t, plain.Cost.OwnPrices)
	assert.Empty(t, plain.Cost.FallbackPercent)
}

func TestRefreshIsShown(t *testing.T) {
	price := func(sku, usd string) cost.Price {
		return cost.Price{Key: cost.Key{Service: "ALB", SKU: sku, Region: "us-east-1"}, Unit: "hour",
			USD: decimal.RequireFromString(usd), AsOf: "2026-11-10", Source: "list"}
	}
	undated := price("hour", "0.02")
	undated.AsOf = ""
	r := NewRefresh(pricelist.Result{
		Changes: []pricelist.Change{{Old: undated, New: price("hour", "0.03")},
			{Old: price("unit", "1"), New: price("unit", "1")}, {New: price("new", "2")}},
		Left: []pricelist.Left{{Key: cost.Key{Service: "S3", SKU: "a", Region: "us-east-1"}, Reason: "gone"},
			{Key: cost.Key{Service: "S3", SKU: "b", Region: "us-east-1"}, Reason: "gone"}},
	})
	assert.Equal(t, 1, r.Confirmed)
	for format, text := range inAllFormats(t,
		Prices{BuiltIn: 935, BuiltInAsOf: "2026-10-07", Own: 1234, OwnAsOf: "2026-11-10", File: "/prices.csv", Refresh: r}) {
		for _, want := range []string{"$0.02 (undated)", "$0.03 (2026-11-10)", "new",
			"2 prices are changed or new, 1 confirmed, 2 left as before", "gone", "1,234 prices come first, your own",
			"/prices.csv"} {
			assert.Contains(t, text, want, format)
		}
	}
	for format, text := range inAllFormats(t, Prices{BuiltIn: 935, BuiltInAsOf: "2026-10-07"}) {
		assert.Contains(t, text, "935 prices came with rung, the youngest of 2026-10-07.", format)
		assert.Contains(t, text, "rung prices refresh", format)
	}
}
