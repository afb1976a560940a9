package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	golang "github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/metrics"
)

// read reads from a server of the test's own.
func read(t *testing.T, h http.Handler, path string) (advise.Measurements, error) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return Source{Address: server.URL + path, Interval: 20 * time.Millisecond}.Read(t.Context())
}

// The page is the app's own, made by the app's own package.
func TestReadsTheAppsPage(t *testing.T) {
	m := metrics.New()
	m.Queue(func(context.Context) (int, error) { return 1_234, nil })
	waits := golang.NewCounterVec(golang.CounterOpts{Name: contract.MetricPoolWaits}, []string{"server"})
	waits.WithLabelValues("primary").Add(10)
	m.Registry.MustRegister(waits)
	for range 80 {
		m.Cache.WithLabelValues("posts", "redis").Inc()
	}
	for range 20 {
		m.Cache.WithLabelValues("posts", "miss").Inc()
	}
	for range 100 {
		m.Requests.WithLabelValues("200", "get", "/posts").Inc()
		m.Duration.WithLabelValues("get", "/posts").Observe(0.03)
		m.Duration.WithLabelValues("post", "/export").Observe(30)
	}
	for range enough - 1 { // too few to be a percentile
		m.Duration.WithLabelValues("get", "/rare").Observe(1000)
	}
	page := m.Handler()
	got, err := read(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page.ServeHTTP(w, r)
		waits.WithLabelValues("primary").Add(500)
	}), contract.MetricsPath)
	require.NoError(t, err)
	assert.InDelta(t, 80, got[advise.CacheHitPercent], 0.001)
	assert.InDelta(t, 1_234, got[advise.QueueLength], 0.001)
	assert.InDelta(t, 5, got[advise.SlowestRequestSeconds], 0.001, "beyond the last limit there is only that limit")
	assert.Greater(t, got[advise.PoolWaitsPerSecond], 1.0)
	assert.Greater(t, got[advise.AverageRequestsPerSecond], 0.0)
	assert.NotContains(t, got, advise.PeakRequestsPerSecond, "a page tells of no peak")
}

// What the app does not know is not measured: no reads are no bad cache.
func TestAPageWithoutTrafficMeasuresLittle(t *testing.T) {
	m := metrics.New()
	m.Requests.WithLabelValues("200", "get", "/").Inc()
	got, err := read(t, m.Handler(), contract.MetricsPath)
	require.NoError(t, err)
	assert.NotContains(t, got, advise.CacheHitPercent)
	assert.NotContains(t, got, advise.SlowestRequestSeconds)
	assert.NotContains(t, got, advise.QueueLength)
}

// answers is a Prometheus server that knows the answers to queries by a part of them.
func answers(values map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		result := []any{}
		for part, v := range values {
			if strings.Contains(r.FormValue("query"), part) {
				result = append(result, map[string]any{"metric": map[string]string{}, "value": []any{1_764_460_800, v}})
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "success",
			"data": map[string]any{"resultType": "vector", "result": result}})
	})
}

func TestReadsAServer(t *testing.T) {
	got, err := read(t, answers(map[string]string{
		"max_over_time(sum(rate(" + contract.MetricRequests:   "120.5",
		"histogram_quantile(0.95":                             "NaN",
		"job_queue_length":                                    "17",
		contract.MetricCache:                                  "81.25",
		`max_over_time((1 - avg by (instance) (rate(node_cpu`: "101",
		"aws_rds_cpuutilization_average":                      "88",
		"pg_stat_user_tables_n_live_tup":                      "2.5e6",
	}), "")
	require.NoError(t, err)
	assert.Equal(t, advise.Measurements{
		advise.PeakRequestsPerSecond: 120.5, advise.QueueLength: 17, advise.CacheHitPercent: 81.25,
		advise.DatabaseCPUPercent: 88, advise.LargestTableRows: 2.5e6,
	}, got, "what is no number, or is none that a percentage has, is not measured")
}

func TestFailuresAreSaid(t *testing.T) {
	tests := map[string]struct {
		give http.HandlerFunc
		path string
		says string
	}{
		"a server that is ill": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
			"", "is a Prometheus server there?"},
		"not Prometheus": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") }, "", "Prometheus server"},
		"a page that is ill": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
			"/metrics", "404"},
		"not a page": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") }, "/metrics",
			"no page of metrics"},
		"another's page": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "up 1\n") }, "/metrics",
			"is it the app's page?"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, tt.give, tt.path)
			assert.ErrorContains(t, err, "read measurements from http://127.0.0.1")
			assert.ErrorContains(t, err, tt.says)
		})
	}
}

func TestOnlyAddressesAreRead(t *testing.T) {
	for _, address := range []string{"", "localhost", "file:///etc/passwd", "http://", "ftp://x/metrics", "::"} {
		_, err := Source{Address: address}.Read(t.Context())
		assert.ErrorContains(t, err, "want the address", address)
	}
	assert.NotContains(t, Source{Address: "http://u:secret@h/"}.String(), "secret")
}

func TestAReadingEndsWhenItIsToldTo(t *testing.T) {
	m := metrics.New()
	m.Requests.WithLabelValues("200", "get", "/").Inc()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { time.Sleep(50 * time.Millisecond); cancel() }()
	_, err := Source{Address: server.URL + "/metrics", Interval: time.Hour}.Read(ctx)
	assert.ErrorIs(t, err, context.Canceled)
}
