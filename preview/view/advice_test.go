package view

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html/atom"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/stacks/ladder"
)

// adviceOf is a stage with a busy server, slow queries, and much that nobody measured.
func adviceOf(n ladder.Number) Advice {
	return Advice(advise.NewReport(advise.Situation{
		Stage: n,
		Measured: advise.Measurements{advise.ServerCPUPercent: 91, advise.SlowQueryMilliseconds: 240, advise.Users: 12_000,
			advise.DatabaseCPUPercent: 35, advise.CacheHitPercent: 86},
		Tuned: []string{"larger-server", "indexes"},
		Month: func(n ladder.Number) (advise.Month, bool) {
			d := decimal.NewFromInt(int64(n) * 100)
			return advise.Month{Low: d, Expected: d, High: d.Mul(decimal.NewFromInt(2))}, true
		},
	}, "measurements.yaml"))
}

// What asks for something is open, and all else is folded.
func TestAdviceOnAPageFoldsWhatAsksForNothing(t *testing.T) {
	sheet, _ := parse(t, adviceOf(2).HTML)
	assert.Contains(t, sheet.all(atom.H1)[0].text(), "Climb to stage 3, for a load balancer")
	var open, folded int
	for _, n := range sheet.class("notice") {
		if len(n.all(atom.Details)) == 0 {
			open++
			assert.Contains(t, n.text(), "+$100.00 a month: $300.00 ($300.00 to $600.00) instead of $200.00")
		} else {
			folded++
		}
	}
	assert.Equal(t, []int{1, 9}, []int{open, folded})
}

func TestAdviceWithoutPricesSaysSo(t *testing.T) {
	assert.Contains(t, moneyOf(advise.Way{}), "not known here")
}
