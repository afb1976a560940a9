package metrics

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/rung-dev/rung/app/contract"
)

var (
	allRequests = prometheus.NewDesc(contract.MetricAllRequests, "Requests answered, all together.", nil, nil)
	failed      = prometheus.NewDesc(contract.MetricFailed, "Requests answered with 5xx, all together.", nil, nil)
	p95         = prometheus.NewDesc(contract.MetricP95, "95th percentile of the seconds to answer a request, of late.",
		nil, nil)
	p99 = prometheus.NewDesc(contract.MetricP99, "99th percentile of the seconds to answer a request, of late.",
		nil, nil)
	p999 = prometheus.NewDesc(contract.MetricP999, "99.9th percentile of the seconds to answer a request, of late.",
		nil, nil)
	hitRatio = prometheus.NewDesc(contract.MetricHitRatio, "Part of the reads that the cache answered, of late.", nil,
		nil)
)

// signalWindow is over how much time the signals look back at least, so that a
// second reader does not leave the first one with nothing.
const signalWindow = 50 * time.Second

// signals derives from the other metrics, when asked, what is read without
// labels. Nothing of it costs a request anything.
type signals struct {
	of  *Metrics
	now func() time.Time

	mu    sync.Mutex
	taken []sample // the oldest first; the first is as old as the window or the only one
}

// sample is what the counters said at a time.
type sample struct {
	at               time.Time
	requests, failed float64
	reads, hits      float64
	answered         []uint64 // by the histogram's limits, each with those below
	answeredAll      uint64
}

func (s *signals) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{allRequests, failed, p95, p99, p999, hitRatio} {
		out <- d
	}
}

// Collect leaves out what nothing is known of: no reads are not a bad cache.
func (s *signals) Collect(out chan<- prometheus.Metric) {
	now, before := s.take()
	out <- prometheus.MustNewConstMetric(allRequests, prometheus.CounterValue, now.requests)
	out <- prometheus.MustNewConstMetric(failed, prometheus.CounterValue, now.failed)
	if reads := now.reads - before.reads; reads > 0 {
		out <- prometheus.MustNewConstMetric(hitRatio, prometheus.GaugeValue, (now.hits-before.hits)/reads)
	}
	late, all := now.since(before)
	if all == 0 {
		return
	}
	out <- prometheus.MustNewConstMetric(p95, prometheus.GaugeValue, quantile(0.95, late, all))
	out <- prometheus.MustNewConstMetric(p99, prometheus.GaugeValue, quantile(0.99, late, all))
	out <- prometheus.MustNewConstMetric(p999, prometheus.GaugeValue, quantile(0.999, late, all))
}

// take notes what the counters say and returns it with what they said a
// window ago; zeros before the first.
func (s *signals) take() (now, before sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now = s.read()
	for len(s.taken) > 1 && now.at.Sub(s.taken[1].at) >= signalWindow {
		s.taken = s.taken[1:]
	}
	if len(s.taken) > 0 {
		before = s.taken[0]
	}
	if n := len(s.taken); n == 0 || now.at.Sub(s.taken[n-1].at) >= signalWindow/10 {
		s.taken = append(s.taken, now)
	}
	return now, before
}

func (s *signals) read() sample {
	v := sample{at: s.now(), answered: make([]uint64, len(buckets))}
	for _, m := range collected(s.of.Requests) {
		v.requests += m.GetCounter().GetValue()
		if strings.HasPrefix(label(m, "code"), "5") {
			v.failed += m.GetCounter().GetValue()
		}
	}
	for _, r := range s.of.CacheReads() {
		v.reads, v.hits = v.reads+r.All, v.hits+r.Hits
	}
	for _, m := range collected(s.of.Duration) {
		v.answeredAll += m.GetHistogram().GetSampleCount()
		for i, b := range m.GetHistogram().GetBucket() {
			v.answered[i] += b.GetCumulativeCount()
		}
	}
	return v
}

// Reads are how often values of a family were read through the cache, and how many of
// those reads memory, Redis or the note that there is none have answered.
type Reads struct{ All, Hits float64 }

// CacheReads are all reads so far, by family.
func (m *Metrics) CacheReads() map[string]Reads {
	out := map[string]Reads{}
	for _, c := range collected(m.Cache) {
		r, n := out[label(c, "family")], c.GetCounter().GetValue()
		r.All += n
		if slices.Contains([]string{"memory", "redis", "absent"}, label(c, "outcome")) {
			r.Hits += n
		}
		out[label(c, "family")] = r
	}
	return out
}

// since is what was answered after before.
func (s sample) since(before sample) (answered []uint64, all uint64) {
	answered = slices.Clone(s.answered)
	for i, n := range before.answered {
		answered[i] -= n
	}
	return answered, s.answeredAll - before.answeredAll
}

// quantile is Prometheus' own estimate: within a bucket the values are taken
// to lie evenly, and beyond the last limit there is only that limit.
func quantile(q float64, answered []uint64, all uint64) float64 {
	rank := q * float64(all)
	i := slices.IndexFunc(answered, func(n uint64) bool { return float64(n) >= rank })
	if i < 0 {
		return buckets[len(buckets)-1]
	}
	low, below := 0.0, uint64(0)
	if i > 0 {
		low, below = buckets[i-1], answered[i-1]
	}
	return low + (buckets[i]-low)*(rank-float64(below))/float64(answered[i]-below)
}

// collected are a collector's metrics as they are written down.
func collected(c prometheus.Collector) []*dto.Metric {
	out := make(chan prometheus.Metric)
	go func() { c.Collect(out); close(out) }()
	var all []*dto.Metric
	for m := range out {
		v := &dto.Metric{}
		if m.Write(v) == nil {
			all = append(all, v)
		}
	}
	return all
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}
