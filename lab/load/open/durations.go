package open

import (
	"math"
	"slices"
	"time"
)

// Durations are of the same thing.
type Durations []time.Duration

// Mean is zero for nothing measured, as percentiles are.
func (d Durations) Mean() time.Duration {
	var sum time.Duration
	for _, one := range d {
		sum += one
	}
	return sum / time.Duration(max(len(d), 1))
}

// Percentile is the smallest duration that p per cent do not exceed, 0 to 100.
// Those that are sorted already are not sorted again.
func (d Durations) Percentile(p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	if !slices.IsSorted(d) {
		d = slices.Sorted(slices.Values(d))
	}
	rank := int(math.Ceil(float64(len(d))*p/100 - 1e-9)) // 99.9 % of 1,000 are 999, whatever floats say
	return d[max(rank-1, 0)]
}
