package preview

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/stacks/ladder"
)

func climb(t *testing.T) Input {
	t.Helper()
	prices := previewtest.Climb()
	stage, err := ladder.Get(3)
	require.NoError(t, err)
	all := previewtest.Events(t, "climb.events")
	return Input{
		Steps: Steps(all), Diagnostics: Diagnostics(all), To: 3, Traffic: stage.Traffic,
		Before: prices, After: prices, Budget: decimal.NewFromInt(1000),
	}
}

func TestReportCounts(t *testing.T) {
	r := NewReport(climb(t))
	assert.Equal(t, 2, *r.From, "the highest stage that a resource is tagged with")
	assert.Equal(t, 3, *r.To)
	got := r.Resources
	assert.Equal(t, []int{6, 2, 1, 2, 1}, []int{got.Create, got.Update, got.Replace, got.Delete, got.Same})
	assert.Len(t, got.Changes, 11, "what stays the same is no change")
}

func TestReportPricesBothSides(t *testing.T) {
	r := NewReport(climb(t))
	assert.Equal(t, "18.25", r.Cost.From.StringFixed(2))
	assert.Equal(t, "379.31", r.Cost.To.StringFixed(2))
	assert.Equal(t, "361.06", r.Cost.Delta.StringFixed(2))
	sum := decimal.Zero
	for _, l := range r.Cost.Lines {
		sum = sum.Add(l.Monthly.Decimal)
	}
	assert.True(t, sum.Equal(r.Cost.To.Decimal), "the lines add up")
	for _, c := range r.Resources.Changes {
		if c.Name == "server-instance" {
			assert.Equal(t, "12.26 98.11", c.Before.StringFixed(2)+" "+c.After.StringFixed(2))
		}
	}
}

func TestReportAsksTheGuard(t *testing.T) {
	in := climb(t)
	r := NewReport(in)
	require.Len(t, r.Blocked, 1, "the address holds no data, the volume does")
	assert.Equal(t, "replace", r.Blocked[0].Op)
	assert.Equal(t, []string{"availabilityZone"}, r.Blocked[0].Keys)
	in.Confirmed = []string{"server-data"}
	assert.Empty(t, NewReport(in).Blocked)
}

func TestReportComparesWithTheBudget(t *testing.T) {
	in := climb(t)
	for name, tt := range map[string]struct {
		limit string
		over  bool
	}{
		"below":    {"379.30", true},
		"equal":    {"379.31", false},
		"above":    {"1000", false},
		"no limit": {"0", false},
	} {
		t.Run(name, func(t *testing.T) {
			in.Budget = decimal.RequireFromString(tt.limit)
			assert.Equal(t, tt.over, NewReport(in).OverBudget())
		})
	}
}

func TestPricingSaysHowACostIsKnown(t *testing.T) {
	want := map[string]Pricing{
		"network-data-0": FreeOfCost, "server-data": Priced, "server-ip": Priced, "server-snapshots": Unpriced,
	}
	for _, c := range NewReport(climb(t)).Resources.Changes {
		if p, asked := want[c.Name]; asked {
			assert.Equal(t, p, c.Pricing, c.Name)
		}
	}
	line := cost.Line{URN: "a"}
	note := cost.Note{URN: "a"}
	got := pricings(cost.Estimate{}, cost.Estimate{Lines: []cost.Line{line}, Unpriced: []cost.Note{note}})
	assert.Equal(t, Unpriced, got["a"], "what is not known of a part is not known of the whole")
}
