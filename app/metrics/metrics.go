// Package metrics names and registers all that the app measures. The names
// that alarms and dashboards use come from package contract. Every part takes
// what it counts with from here, so that one page lists all of it.
package metrics

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
)

// Buckets are the limits of the latency histogram, in seconds: those of the
// ladder, and 0.2, because P95 < 200 ms is the reference.
var buckets = []float64{0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5}

// Metrics are the app's measurements.
type Metrics struct {
	Registry *prometheus.Registry
	pools    *pools

	Requests    *prometheus.CounterVec   // code, method, route
	Duration    *prometheus.HistogramVec // method, route
	Connections prometheus.Gauge
	Cache       *prometheus.CounterVec // family, outcome: memory, redis, miss, absent, away
	RedisUp     prometheus.Gauge
	Limited     *prometheus.CounterVec   // by: ip, user, login
	Jobs        *prometheus.CounterVec   // kind, outcome: done, retry, dead
	JobDuration *prometheus.HistogramVec // kind
	Batched     *prometheus.CounterVec   // outcome: flushed, failed, waited
	Logins      *prometheus.CounterVec   // outcome
	Events      *prometheus.CounterVec   // topic, outcome
	Breakers    *prometheus.GaugeVec     // service: 0 closed, 1 half-open, 2 open
}

// New registers everything on a registry of its own.
func New() *Metrics {
	r := prometheus.NewRegistry()
	m := &Metrics{
		Registry:    r,
		pools:       &pools{},
		Requests:    counter(contract.MetricRequests, "Requests answered.", "code", "method", "route"),
		Duration:    histogram(contract.MetricDuration, "Seconds to answer a request.", buckets, "method", "route"),
		Connections: prometheus.NewGauge(prometheus.GaugeOpts{Name: contract.MetricConnections, Help: "Requests being answered."}),
		Cache:       counter(contract.MetricCache, "Reads through the cache: hits are memory and redis.", "family", "outcome"),
		RedisUp:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "redis_up", Help: "1 while Redis answers."}),
		Limited:     counter("rate_limited_total", "Requests refused for being too many.", "by"),
		Jobs:        counter("jobs_total", "Attempts at jobs.", "kind", "outcome"),
		JobDuration: histogram("job_duration_seconds", "Seconds that an attempt at a job takes.", []float64{0.1, 0.5, 1, 5, 15, 60}, "kind"),
		Batched:     counter("batch_items_total", "Items that went through a batch.", "outcome"),
		Logins:      counter("logins_total", "Attempts to log in.", "outcome"),
		Events:      counter("events_total", "Events between services.", "topic", "outcome"),
		Breakers: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "circuit_breaker_state",
			Help: "0 closed, 1 half-open, 2 open."}, []string{"service"}),
	}
	r.MustRegister(m.Requests, m.Duration, m.Connections, m.Cache, m.RedisUp, m.Limited, m.Jobs, m.JobDuration, m.Batched,
		m.Logins, m.Events, m.Breakers, m.pools,
		&signals{of: m, now: time.Now}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Handler serves the measurements in Prometheus' format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapers})
}

// scrapers is how many may read the measurements at a time.
const scrapers = 3

// Answer is one that is being given: what it was is known afterwards.
type Answer struct {
	http.ResponseWriter
	// Status is zero until there is one; Size is of the body, in bytes.
	Status, Size int
	// Before is called when the answer begins; nil is not.
	Before func()
}

// WriteHeader notes the status.
func (a *Answer) WriteHeader(status int) {
	a.begin(status)
	a.ResponseWriter.WriteHeader(status)
}

func (a *Answer) begin(status int) {
	if a.Status != 0 {
		return
	}
	a.Status = status
	if a.Before != nil {
		a.Before()
	}
}

// Write notes the size.
func (a *Answer) Write(b []byte) (int, error) {
	a.begin(http.StatusOK)
	n, err := a.ResponseWriter.Write(b)
	a.Size += n
	return n, err
}

// Unwrap lets http.ResponseController through.
func (a *Answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// methods are those that HTTP knows; others, which a client makes up, are one.
var methods = map[string]string{http.MethodGet: "get", http.MethodHead: "head", http.MethodPost: "post",
	http.MethodPut: "put", http.MethodPatch: "patch", http.MethodDelete: "delete", http.MethodOptions: "options",
	http.MethodConnect: "connect", http.MethodTrace: "trace"}

// Instrument measures what next answers. The route is asked for afterwards, of
// the request's context: it must be one of the app's own, never a client's
// path. It says what promhttp's handlers say, in one in place of three.
func (m *Metrics) Instrument(next func(*Answer, *http.Request), route func(context.Context) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.Connections.Inc()
		defer m.Connections.Dec()
		begin, a := time.Now(), &Answer{ResponseWriter: w}
		next(a, r)
		of, method := route(r.Context()), cmp.Or(methods[r.Method], "unknown")
		m.Requests.WithLabelValues(strconv.Itoa(cmp.Or(a.Status, http.StatusOK)), method, of).Inc()
		m.Duration.WithLabelValues(method, of).Observe(time.Since(begin).Seconds())
	})
}

var (
	poolConnections = prometheus.NewDesc(contract.MetricPool, "Connections of a pool.", []string{"server", "state"}, nil)
	poolWaits       = prometheus.NewDesc(contract.MetricPoolWaits, "Requests that had to wait for a connection.",
		[]string{"server"}, nil)
	replicaLag  = prometheus.NewDesc(contract.MetricLag, "Seconds that a replica is behind.", []string{"server"}, nil)
	replicaUp   = prometheus.NewDesc("db_replica_healthy", "1 while a replica answers reads.", []string{"server"}, nil)
	queueLength = prometheus.NewDesc(contract.MetricQueue, "Jobs that wait.", nil, nil)
)

// Database adds the pools' gauges.
func (m *Metrics) Database(all ...*database.Pools) {
	m.pools.mu.Lock()
	defer m.pools.mu.Unlock()
	m.pools.all = append(m.pools.all, all...)
}

type pools struct {
	mu  sync.Mutex
	all []*database.Pools
}

// Describe leaves the metrics unchecked: they follow the pools.
func (p *pools) Describe(chan<- *prometheus.Desc) {}

func (p *pools) Collect(out chan<- prometheus.Metric) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.all {
		collect(out, one.State())
	}
}

func collect(out chan<- prometheus.Metric, state database.State) {
	collectPool(out, state.Primary)
	for _, r := range state.Replicas {
		collectPool(out, r)
		out <- prometheus.MustNewConstMetric(replicaLag, prometheus.GaugeValue, r.Lag.Seconds(), r.Name)
		up := 0.0
		if r.Healthy {
			up = 1
		}
		out <- prometheus.MustNewConstMetric(replicaUp, prometheus.GaugeValue, up, r.Name)
	}
}

func collectPool(out chan<- prometheus.Metric, p database.Pool) {
	for state, n := range map[string]int32{"idle": p.Idle, "busy": p.Total - p.Idle, "max": p.Max} {
		out <- prometheus.MustNewConstMetric(poolConnections, prometheus.GaugeValue, float64(n), p.Name, state)
	}
	out <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(p.Waits), p.Name)
}

// Queue adds the gauge of waiting jobs; length is asked at each scrape.
func (m *Metrics) Queue(length func(context.Context) (int, error)) {
	m.Registry.MustRegister(queue(length))
}

type queue func(context.Context) (int, error)

func (q queue) Describe(out chan<- *prometheus.Desc) { out <- queueLength }

// Collect leaves the gauge out while the queue cannot be asked: an unknown
// length is not zero.
func (q queue) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if n, err := q(ctx); err == nil {
		out <- prometheus.MustNewConstMetric(queueLength, prometheus.GaugeValue, float64(n))
	}
}
