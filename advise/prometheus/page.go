package prometheus

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/app/contract"
)

// families are a page of metrics, as it was at a time.
type families struct {
	at time.Time
	by map[string]*dto.MetricFamily
}

// readPage reads a page twice: rates are made of what happened in between, all else of what
// happened since the app was started. A page tells of no peak.
func (s Source) readPage(ctx context.Context) (advise.Measurements, error) {
	before, err := s.fetch(ctx)
	if err != nil {
		return nil, err
	}
	interval := s.Interval
	if interval == 0 {
		interval = pageInterval
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(interval):
	}
	now, err := s.fetch(ctx)
	if err != nil {
		return nil, err
	}
	return measured(before, now), nil
}

func (s Source) fetch(ctx context.Context) (families, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Address, nil)
	if err != nil {
		return families{}, err
	}
	answer, err := client().Do(request)
	if err != nil {
		return families{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return families{}, fmt.Errorf("it answered %s, want a page of metrics", answer.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	by, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		return families{}, fmt.Errorf("it is no page of metrics: %w", err)
	}
	if by[contract.MetricRequests] == nil && by[contract.MetricAllRequests] == nil {
		return families{}, fmt.Errorf("it has no %s: is it the app's page?", contract.MetricAllRequests)
	}
	return families{at: time.Now(), by: by}, nil
}

// measured are the measurements that two readings of a page tell.
func measured(before, now families) advise.Measurements {
	found := advise.Measurements{}
	set := func(k advise.Key, v float64, known bool) {
		if known {
			found[k] = v
		}
	}
	v, known := now.sinceStart()
	set(advise.AverageRequestsPerSecond, v, known)
	v, known = now.hits()
	set(advise.CacheHitPercent, v, known)
	v, known = now.slowest()
	set(advise.SlowestRequestSeconds, v, known)
	if f := now.by[contract.MetricQueue]; f != nil {
		set(advise.QueueLength, sum(f, nil), true)
	}
	v, known = waits(before, now)
	set(advise.PoolWaitsPerSecond, v, known)
	return found
}

// sum adds up the metrics of a family that keep accepts; nil accepts all.
func sum(f *dto.MetricFamily, keep func(*dto.Metric) bool) (total float64) {
	for _, m := range f.GetMetric() {
		if keep == nil || keep(m) {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
		}
	}
	return total
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// sinceStart is the mean of the requests a second since the process was started.
func (f families) sinceStart() (float64, bool) {
	started := f.by["process_start_time_seconds"]
	if started == nil || f.by[contract.MetricRequests] == nil {
		return 0, false
	}
	up := float64(f.at.UnixNano())/1e9 - sum(started, nil)
	return sum(f.by[contract.MetricRequests], nil) / up, up > 0
}

// hits is the part of the reads that the cache answered, in percent.
func (f families) hits() (float64, bool) {
	reads := sum(f.by[contract.MetricCache], nil)
	answered := sum(f.by[contract.MetricCache], func(m *dto.Metric) bool {
		return slices.Contains([]string{"memory", "redis", "absent"}, label(m, "outcome"))
	})
	return 100 * answered / reads, reads > 0
}

// enough is how many requests a percentile needs: of fewer, one in twenty is none.
const enough = 20

// slowest is the 95th percentile of the slowest route.
func (f families) slowest() (most float64, known bool) {
	for _, m := range f.by[contract.MetricDuration].GetMetric() {
		if h := m.GetHistogram(); h.GetSampleCount() >= enough {
			most, known = max(most, quantile(0.95, h)), true
		}
	}
	return most, known
}

// quantile is Prometheus' own estimate: even within a bucket, and the last limit beyond it.
func quantile(q float64, h *dto.Histogram) float64 {
	rank := q * float64(h.GetSampleCount())
	buckets := slices.DeleteFunc(slices.Clone(h.GetBucket()), func(b *dto.Bucket) bool {
		return b.GetUpperBound() > 1e300 // +Inf has no upper end
	})
	i := sort.Search(len(buckets), func(i int) bool { return float64(buckets[i].GetCumulativeCount()) >= rank })
	if i == len(buckets) {
		if i == 0 {
			return 0
		}
		return buckets[i-1].GetUpperBound()
	}
	low, below := 0.0, 0.0
	if i > 0 {
		low, below = buckets[i-1].GetUpperBound(), float64(buckets[i-1].GetCumulativeCount())
	}
	within := float64(buckets[i].GetCumulativeCount()) - below
	if within == 0 {
		return buckets[i].GetUpperBound()
	}
	return low + (buckets[i].GetUpperBound()-low)*(rank-below)/within
}

// waits are the requests a second that waited for a connection, of the pool where most did.
func waits(before, now families) (most float64, known bool) {
	seconds := now.at.Sub(before.at).Seconds()
	for _, m := range now.by[contract.MetricPoolWaits].GetMetric() {
		server := label(m, "server")
		was := sum(before.by[contract.MetricPoolWaits], func(x *dto.Metric) bool { return label(x, "server") == server })
		since := m.GetCounter().GetValue() - was
		if since >= 0 && seconds > 0 { // less than before: the app was started in between
			most, known = max(most, since/seconds), true
		}
	}
	return most, known
}
