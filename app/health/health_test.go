package health

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

// crowd is what peers say.
type crowd struct {
	reach atomic.Bool
	mute  atomic.Bool
	told  atomic.Int64
}

func (c *crowd) Tell(context.Context, string) error { c.told.Add(1); return nil }

func (c *crowd) Reach(context.Context, string) (bool, error) {
	if c.mute.Load() {
		return false, errors.New("nobody knows")
	}
	return c.reach.Load(), nil
}

var errAway = errors.New("refused")

func codes(h *Health) [3]int {
	mux := http.NewServeMux()
	h.Register(mux)
	var out [3]int
	for i, path := range []string{contract.HealthPath, contract.ReadyPath, contract.StatusPath} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		out[i] = w.Code
	}
	return out
}

// What all miss is nobody's fault: a failover leaves every server in place.
func TestAFailoverTakesNobodyOut(t *testing.T) {
	var away atomic.Bool
	ask := func(context.Context) error {
		if away.Load() {
			return errAway
		}
		return nil
	}
	peers := &crowd{}
	h := New(Config{Peers: peers,
		Dependencies: []Dependency{{Name: "database", Ask: ask, Needed: true}, {Name: "redis", Ask: ask, Away: "slower"}}})
	assert.Equal(t, [3]int{200, 200, 200}, codes(h), "before anything was asked")
	h.ask(t.Context())
	assert.Equal(t, [3]int{200, 200, 200}, codes(h))
	assert.EqualValues(t, 2, peers.told.Load())
	away.Store(true)
	h.ask(t.Context())
	assert.Equal(t, [3]int{200, 200, 503}, codes(h))
	assert.Equal(t, 1, h.Away(), "the gauge that an alarm is on; Redis is not needed")
	detail, _ := h.detail()
	assert.Equal(t, map[string]any{"database": "away", "redis": "away: slower"}, detail)
	for _, k := range h.known { // however long it takes
		k.alone.note(false, time.Now().Add(-time.Hour))
	}
	h.ask(t.Context())
	assert.Equal(t, [3]int{200, 200, 503}, codes(h))
	away.Store(false)
	h.ask(t.Context())
	assert.Equal(t, [3]int{200, 200, 200}, codes(h))
}

// Where all are well but one, that one leaves, and comes back.
func TestWhoIsAloneLeaves(t *testing.T) {
	peers := &crowd{}
	d := Dependency{Name: "database", Needed: true}
	h := New(Config{Peers: peers, Dependencies: []Dependency{d}})
	now := time.Now()
	peers.reach.Store(true)
	look := func(away error) string {
		h.note(t.Context(), d, away, h.alone(t.Context(), d, away), now)
		return h.fault(now)
	}
	assert.Empty(t, look(errAway))
	now = now.Add(aloneAfter - time.Second)
	assert.Empty(t, look(errAway), "the others may notice in a moment")
	peers.reach.Store(false)
	assert.Empty(t, look(errAway), "they have")
	peers.reach.Store(true)
	assert.Empty(t, look(errAway), "they were back first")
	now = now.Add(aloneAfter - time.Second)
	assert.Empty(t, look(errAway))
	now = now.Add(time.Second)
	assert.Contains(t, look(errAway), "cut off")
	assert.Empty(t, look(nil))
	now = now.Add(time.Hour)
	assert.Empty(t, look(errAway), "counted anew")
	peers.mute.Store(true)
	now = now.Add(aloneAfter)
	assert.Empty(t, look(errAway), "what nobody knows is no fault")
}

func TestWhatIsStuckLeavesUnlessItWaits(t *testing.T) {
	var away atomic.Bool
	h := New(Config{Stuck: func() string { return "stuck" },
		Dependencies: []Dependency{{Name: "database", Needed: true, Ask: func(context.Context) error {
			if away.Load() {
				return errAway
			}
			return nil
		}}}})
	assert.Equal(t, [3]int{503, 503, 200}, codes(h))
	away.Store(true)
	h.ask(t.Context())
	assert.Equal(t, [3]int{200, 200, 503}, codes(h), "it waits for the database, as all do")
}

func TestDrainFailsHealthAndReadiness(t *testing.T) {
	h := New(Config{})
	h.Drain()
	assert.True(t, h.Draining())
	assert.Equal(t, [3]int{503, 503, 200}, codes(h))
}

// A dependency that hangs holds no probe up.
func TestProbesDoNotWait(t *testing.T) {
	hang := make(chan struct{})
	h := New(Config{Dependencies: []Dependency{{Name: "database", Needed: true, Ask: func(ctx context.Context) error {
		select {
		case <-hang:
		case <-ctx.Done():
		}
		return ctx.Err()
	}}}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { h.Run(ctx); close(done) }()
	assert.Equal(t, [3]int{200, 200, 200}, codes(h))
	require.Eventually(t, func() bool { return codes(h) == [3]int{200, 200, 503} }, time.Minute, 10*time.Millisecond)
	cancel()
	close(hang)
	<-done
}
