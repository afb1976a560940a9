package metrics

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
)

// reader reads the signals at times that the test decides.
type reader struct {
	*Metrics
	t       *testing.T
	signals *signals
	now     time.Time
}

func newReader(t *testing.T) *reader {
	r := &reader{Metrics: New(), t: t, now: time.Unix(1e9, 0)}
	r.signals = &signals{of: r.Metrics, now: func() time.Time { return r.now }}
	return r
}

// after reads them a time later, by name.
func (r *reader) after(d time.Duration) map[string]float64 {
	r.t.Helper()
	r.now = r.now.Add(d)
	registry := prometheus.NewPedanticRegistry()
	require.NoError(r.t, registry.Register(r.signals))
	families, err := registry.Gather()
	require.NoError(r.t, err)
	out := map[string]float64{}
	for _, f := range families {
		require.Len(r.t, f.GetMetric(), 1)
		require.Empty(r.t, f.GetMetric()[0].GetLabel(), "a series is paid for")
		out[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue() + f.GetMetric()[0].GetCounter().GetValue()
	}
	return out
}

func (r *reader) answer(n int, status string, took time.Duration) {
	for range n {
		r.Requests.WithLabelValues(status, "get", "/"+status).Inc()
		r.Duration.WithLabelValues("get", "/"+status).Observe(took.Seconds())
	}
}

func (r *reader) cached(outcome string, n float64) {
	r.Cache.WithLabelValues("post", outcome).Add(n)
	r.Cache.WithLabelValues("user", outcome).Add(n)
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	got := newReader(t).after(0)
	assert.Equal(t, map[string]float64{contract.MetricAllRequests: 0, contract.MetricFailed: 0}, got)
}

func TestSignalsAddUpTheLabels(t *testing.T) {
	r := newReader(t)
	r.answer(96, "200", 30*time.Millisecond)
	r.answer(3, "404", 30*time.Millisecond)
	r.answer(1, "503", 700*time.Millisecond)
	r.cached("memory", 6)
	r.cached("redis", 2)
	r.cached("absent", 1)
	r.cached("miss", 2)
	r.cached("away", 1)
	got := r.after(time.Minute)
	assert.Equal(t, 100.0, got[contract.MetricAllRequests])
	assert.Equal(t, 1.0, got[contract.MetricFailed])
	assert.InDelta(t, 0.75, got[contract.MetricHitRatio], 1e-9)
	assert.InDelta(t, 0.05, got[contract.MetricP95], 0.01)
	assert.InDelta(t, 0.05, got[contract.MetricP99], 0.001)
	assert.InDelta(t, 0.95, got[contract.MetricP999], 0.001, "within the bucket of the one that was slow")
}

func TestSignalsLookAtTheLastMinute(t *testing.T) {
	r := newReader(t)
	r.answer(100, "200", 3*time.Second)
	r.cached("miss", 10)
	r.after(time.Minute)
	r.answer(100, "200", time.Millisecond)
	r.cached("memory", 10)
	got := r.after(time.Minute)
	assert.Equal(t, 200.0, got[contract.MetricAllRequests], "a counter goes on")
	assert.Less(t, got[contract.MetricP95], 0.011)
	assert.Equal(t, 1.0, got[contract.MetricHitRatio])
	quiet := r.after(time.Minute)
	assert.NotContains(t, quiet, contract.MetricP95)
	assert.NotContains(t, quiet, contract.MetricHitRatio)
}

func TestASecondReaderTakesNothingFromTheFirst(t *testing.T) {
	r := newReader(t)
	r.after(0)
	for range 5 {
		r.answer(10, "200", 300*time.Millisecond)
		r.after(30 * time.Second) // somebody looks
		got := r.after(30 * time.Second)
		assert.Contains(t, got, contract.MetricP95)
	}
	for range 10_000 {
		r.after(time.Second)
	}
	assert.Less(t, len(r.signals.taken), 20, "what is kept is bounded")
}

// At the limits of the histogram, and 200 ms is one, the estimate is on the
// right side of the truth: an alarm on P95 fires exactly when it should.
func TestQuantileIsExactAtTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		took := rapid.SliceOfN(rapid.Float64Range(0.0001, 4.9), 1, 200).Draw(t, "seconds")
		q := rapid.SampledFrom([]float64{0.5, 0.95, 0.99, 0.999}).Draw(t, "quantile")
		answered := make([]uint64, len(buckets))
		for i, limit := range buckets {
			for _, s := range took {
				if s <= limit {
					answered[i]++
				}
			}
		}
		got := quantile(q, answered, uint64(len(took)))
		slices.Sort(took)
		rank := int(q * float64(len(took)))
		if float64(rank) == q*float64(len(took)) {
			rank--
		}
		for _, limit := range []float64{contract.P95Seconds, contract.P99Seconds} {
			assert.Equal(t, took[rank] > limit, got > limit, "%v against %v: %v", got, limit, took)
		}
	})
}

func TestBeyondTheLastLimitThereIsOnlyThat(t *testing.T) {
	r := newReader(t)
	r.answer(10, "200", time.Minute)
	assert.Equal(t, 5.0, r.after(time.Minute)[contract.MetricP95])
}

func TestTheLimitsOfAlarmsAreLimitsOfTheHistogram(t *testing.T) {
	assert.Contains(t, buckets, float64(contract.P95Seconds))
	assert.Contains(t, buckets, float64(contract.P99Seconds))
	assert.Equal(t, database.LagLimit, contract.LagSeconds*time.Second)
}

func TestTheAppServesTheSignals(t *testing.T) {
	families, err := New().Registry.Gather()
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(families,
		func(f *dto.MetricFamily) bool { return f.GetName() == contract.MetricAllRequests }))
}
