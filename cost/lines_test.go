package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// profile is a load with round figures.
func profile() ladder.Traffic {
	return ladder.Traffic{
		Users: 300_000, PeakRequestsPerSecond: 1_000,
		DailyActiveShare: 0.1, RequestsPerActiveUserPerDay: 120, BytesPerActiveUserPerDay: 12_000_000,
		StaticShare: 0.5, StaticByteShare: 0.8, StaticHitRatio: 0.9, APIHitRatio: 0.5,
		ReadShare: 0.9, CacheHitRatio: 0.8, JobShare: 0.01, SecondsPerJob: 5,
		LogBytesPerRequest: 1_000, StoredBytesPerUser: 100_000, UploadedBytesPerUser: 1_000_000,
	}
}

// What the profile amounts to in a month of 730/24 days:
//
//	requests      30,000 × 120 × 30.4167  = 109,500,000 (41.67 per second)
//	bytes         30,000 × 12 MB × 30.4167 = 10,950 GB
//	behind a CDN without a bucket: requests × (0.5×0.1 + 0.5×0.5)  = 0.30 → 32,850,000
//	                               bytes × (0.8×0.1 + 0.2×0.5)     = 0.18 → 1,971 GB
//	behind a CDN with a bucket:    requests × 0.5 × 0.5            = 0.25 → 27,375,000
//	                               bytes × 0.2 × 0.5               = 0.10 → 1,095 GB
//	                               files × 0.5 × 0.1               = 0.05 → 5,475,000

// want is one expected line: its monthly cost at the low, expected and high end.
type want struct{ low, monthly, high string }

// flat is a line without a range.
func flat(monthly string) want { return want{monthly, monthly, monthly} }

// checkLines compares the lines of one resource with what was computed by hand.
func checkLines(t *testing.T, e cost.Estimate, name string, wants map[string]want) {
	t.Helper()
	got := map[string]want{}
	for _, l := range e.Lines {
		if l.Name == name {
			got[l.Item] = want{l.Low.StringFixed(2), l.Monthly.StringFixed(2), l.High.StringFixed(2)}
		}
	}
	assert.Equal(t, wants, got)
}

// lineCase is what some resources cost without traffic, by one of them, "x".
type lineCase struct {
	resources []cost.Resource
	opts      cost.Options
	want      map[string]want
}

func checkCases(t *testing.T, cases map[string]lineCase) {
	t.Helper()
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			checkLines(t, estimator(t, tt.opts).Estimate(tt.resources), "x", tt.want)
		})
	}
}
