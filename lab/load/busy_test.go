package load

import (
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheBusiestProgram(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(after time.Duration, of map[string]busy) observed {
		return observed{at: begin.Add(after), busy: of}
	}
	before := at(0, map[string]busy{"one": {10, 1}, "two": {10, 4}, "anew": {50, 1}})
	for name, tt := range map[string]struct {
		after observed
		want  float64
	}{
		"of its own processors": {at(10*time.Second, map[string]busy{"one": {15, 1}, "two": {46, 4}}), 90},
		"one that is new":       {at(10*time.Second, map[string]busy{"one": {12, 1}, "new": {9, 1}}), 20},
		"one started anew":      {at(10*time.Second, map[string]busy{"anew": {9, 1}}), 0},
		"more than there is":    {at(10*time.Second, map[string]busy{"one": {25, 1}}), 100},
		"nobody tells":          {at(10*time.Second, nil), 0},
		"no time":               {at(0, map[string]busy{"one": {15, 1}}), 0},
	} {
		assert.InDelta(t, tt.want, busiest(before, tt.after), 1e-9, name)
	}
}

// A page of the app's metrics tells it, by what Prometheus' library for Go always has.
func TestThePageOfMetricsTells(t *testing.T) {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	page := httptest.NewServer(promhttp.HandlerFor(r, promhttp.HandlerOpts{}))
	t.Cleanup(page.Close)
	o := observed{reads: map[string]float64{}, busy: map[string]busy{}}
	require.NoError(t, o.addMetrics(t.Context(), page.URL))
	assert.InDelta(t, float64(runtime.GOMAXPROCS(0)), o.busy[page.URL].processors, 0)
	assert.Positive(t, o.busy[page.URL].seconds)
}
