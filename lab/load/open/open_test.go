package open

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	vegeta "github.com/tsenart/vegeta/v12/lib"
	"pgregory.net/rapid"
)

func TestPacesKeepTheirTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pace{From: rapid.Float64Range(0, 500).Draw(t, "from"), To: rapid.Float64Range(1, 500).Draw(t, "to"),
			Over: time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second}
		total := p.Total()
		if total == 0 {
			return
		}
		var last time.Duration
		for i := range min(total, 1000) {
			due := p.Due(i * total / min(total, 1000))
			assert.GreaterOrEqual(t, due, last)
			last = due
		}
		assert.LessOrEqual(t, p.Due(total-1), p.Over)
		_, stop := p.Pace(0, total)
		assert.True(t, stop)
	})
}

func TestPercentile(t *testing.T) {
	d := Durations{5, 1, 4, 2, 3}
	for p, want := range map[float64]time.Duration{0: 1, 20: 1, 50: 3, 95: 5, 100: 5} {
		assert.Equal(t, want, d.Percentile(p), "%v", p)
	}
	assert.Equal(t, Durations{5, 1, 4, 2, 3}, d, "what was measured stays in its order")
	thousand := make(Durations, 1000)
	for i := range thousand {
		thousand[i] = time.Duration(i + 1)
	}
	assert.Equal(t, time.Duration(999), thousand.Percentile(99.9))
	assert.Equal(t, time.Duration(3), d.Mean())
	assert.Zero(t, Durations{}.Percentile(50))
	assert.Zero(t, Durations{}.Mean())
}

// slow answers each request a second after it came.
type slow struct{}

func (slow) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(time.Second)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
}

// No answer moves a request: ten are due in a second, and ten are sent, although
// none of them is answered in that second.
func TestNoAnswerMovesARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var due []time.Duration
		target := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: "http://site"})
		Send(t.Context(), &http.Client{Transport: slow{}}, target, Even(10, time.Second), nil, func(s Sent) {
			due = append(due, s.Due)
			assert.Empty(t, s.Error)
			assert.Equal(t, time.Second, s.FromDue)
		})
		assert.Len(t, due, 10)
	})
}

// A stop waits for what is under way, the end of the context does not.
func TestStopsAndEnds(t *testing.T) {
	let := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-let }))
	defer site.Close()
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: site.URL})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Send(ctx, site.Client(), target, Even(100, time.Hour), nil, func(Sent) { t.Error("nothing was answered") })
	stop := make(chan struct{})
	answered := 0
	time.AfterFunc(50*time.Millisecond, func() { close(stop); close(let) })
	Send(t.Context(), site.Client(), target, Even(100, time.Hour), stop, func(s Sent) {
		answered++
		assert.Empty(t, s.Error)
	})
	assert.Positive(t, answered)
}
