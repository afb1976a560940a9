package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/ladder"
)

// costOf runs `rung cost` on the rung itself, with some settings.
func costOf(t *testing.T, stage ladder.Number, set ...string) preview.Bill {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, in: strings.NewReader(""), out: &out, err: &errs}
	args := []string{"cost", strconv.Itoa(int(stage)), "--dir", t.TempDir(), "--format", "json"}
	for _, s := range set {
		args = append(args, "--set", s)
	}
	require.Equal(t, codeDone, a.run(t.Context(), args), errs.String())
	return billIn(t, result{codeDone, out.String(), errs.String()})
}

// Each rung is expected to cost what the seeds say that it does, nearly all of it by
// prices whose source is known. The range is what is uncertain, whatever the seeds
// say; where it leaves their band, the bill says so.
func TestStagesCostWhatIsUsualForThem(t *testing.T) {
	for _, stage := range ladder.Stages() {
		t.Run(stage.Name, func(t *testing.T) {
			c := costOf(t, stage.Number).Cost
			low, high := decimal.NewFromInt(int64(stage.Band.Low)), decimal.NewFromInt(int64(stage.Band.High))
			if stage.Band.Known() {
				assert.True(t, c.To.GreaterThanOrEqual(low) && c.To.LessThanOrEqual(high), "%s: want %s", c.To, stage.Band)
				assert.Equal(t, c.Low.LessThan(low), strings.Contains(c.SeedBand.Leaves, "below"))
				assert.Equal(t, c.High.GreaterThan(high), strings.Contains(c.SeedBand.Leaves, "above"))
			}
			assert.True(t, c.Low.LessThanOrEqual(c.To.Decimal) && c.To.LessThanOrEqual(c.High.Decimal))
			sourced, err := strconv.ParseFloat(c.SourcedPercent, 64)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, sourced, 95.0)
			assert.Empty(t, c.Unpriced)
			assert.NotNil(t, c.PerThousandUsers)
			assert.NotNil(t, c.PerMillionRequests)
			total := decimal.Zero
			for _, region := range c.ByRegion {
				total = total.Add(region.Monthly.Decimal)
			}
			assert.Equal(t, c.To.String(), preview.Money{Decimal: total}.String(), "the regions add up to the whole")
		})
	}
}

// A further region costs what stands there; what users cause is paid once.
func TestARegionAddsWhatStandsThere(t *testing.T) {
	two, four := costOf(t, 5).Cost, costOf(t, 5, "regions=us-east-1,eu-west-1,us-west-2,eu-central-1").Cost
	for _, item := range []string{"API requests, first 300 million", "requests looked at", "logs taken in",
		"capacity units"} {
		assert.InEpsilon(t, quantity(t, two, item), quantity(t, four, item), 0.001, item)
	}
	assert.InDelta(t, 2*quantity(t, two, "load balancer hours"), quantity(t, four, "load balancer hours"), 1)
}

// quantity adds up an item over all resources. API requests are counted in two
// steps of price, so they are added up over both.
func quantity(t *testing.T, c preview.Cost, item string) (sum float64) {
	t.Helper()
	for _, line := range c.Lines {
		if line.Item == item || strings.HasPrefix(item, "API requests") && strings.HasPrefix(line.Item, "API requests") {
			sum += line.Quantity.InexactFloat64()
		}
	}
	require.NotZero(t, sum, item)
	return sum
}
