package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/preview/terminal"
)

func result() load.Result {
	return load.Result{Target: "http://127.0.0.1:8080", Asked: 200, Rate: 199.5, Seconds: 60, Planned: 12000, Sent: 12000,
		Failed:  12,
		Latency: load.Latency{P50: 3.2, P95: 41, P99: 612, P999: 2400, Max: 3000}, Errors: map[string]int{"503: service unavailable": 12},
		Kinds:     []load.Kind{{Name: "read a post", Sent: 3600, Latency: load.Latency{P50: 2}}},
		Writes:    load.Writes{Acknowledged: 840, Lost: 1, Examples: []string{"id|1 (<b>): it is not there"}},
		Caches:    []load.CacheLayer{{Name: "CDN", Asked: 10, Hits: 5, Share: 0.5}, {Name: "memory and Redis", Asked: 100, Hits: 85, Share: 0.85}},
		Databases: []load.Database{{Name: "primary", PerSecond: 30}, {Name: "replica 1", PerSecond: 90}},
		Queue:     &load.Queue{Jobs: 12, AnswerP50: 20, AnswerMax: 40, DelayP50: 100, DelayMax: 300},
		LeftOut:   []string{"page: home"}, Unobserved: []string{"ask the replica 2 for its statistics: refused"},
		Timeline: []load.Second{{At: 0, Sent: 200}, {At: 1, Sent: 200, Failed: 12}}}
}

func TestClaims(t *testing.T) {
	holds := map[string]bool{}
	for _, c := range New(result()).Judged {
		holds[c.Claim] = c.Holds
	}
	assert.Equal(t, map[string]bool{"P95 under 200 ms": true, "P99 under 500 ms": false, "no request fails": false,
		"no acknowledged write is lost": false, "caches answer 80 % of the reads": true, "a job is taken on within 100 ms": true}, holds)
	bare := New(load.Result{Sent: 1})
	assert.Len(t, bare.Judged, 4, "what was not measured is not judged")
	for _, c := range bare.Judged {
		assert.True(t, c.Holds, c.Claim)
	}
}

func TestFormats(t *testing.T) {
	l := New(result())
	var table, markdown, page, jsonText strings.Builder
	require.NoError(t, l.Table(&table, terminal.Style{}))
	require.NoError(t, l.Markdown(&markdown))
	require.NoError(t, l.HTML(&page))
	require.NoError(t, l.JSON(&jsonText))
	for _, text := range []string{table.String(), markdown.String(), page.String()} {
		for _, want := range []string{"acknowledged writes lost: 1 of 840", "612 ms", "85 %", "replica 1",
			"503: service unavailable",
			"page: home", "proportions", "replica 2"} {
			assert.Contains(t, text, want)
		}
	}
	assert.Contains(t, page.String(), `<svg class="plot"`)
	assert.NotContains(t, page.String(), "(<b>)")
	assert.Contains(t, markdown.String(), `id\|1`)
	var back struct {
		Claims  []map[string]any
		Latency map[string]float64
		Writes  map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(jsonText.String()), &back))
	assert.InDelta(t, 612, back.Latency["p99_ms"], 0)
	assert.NotEmpty(t, back.Claims)
	for _, line := range strings.Split(table.String(), "\n") {
		assert.LessOrEqual(t, len([]rune(line)), 200)
	}
}
