// Package health says three things of a process, to three who ask. /health and
// /ready are for who chooses between servers, so they fail for what this one
// process alone is at fault: it drains, its pool of connections is stuck, or it
// cannot reach what its peers reach. /status is for alarms and for who chooses
// between regions: it fails while something is away without which nothing can
// be written.
//
// The difference keeps a fleet alive. While a database fails over, every server
// misses it for a minute or two. If that were each server's own fault, a
// balancer would send nobody anywhere and a group would replace them all, for
// servers that miss the database just as well.
//
// Dependencies are asked in the background, once a second and over no pool:
// probes cost nothing, and none of them waits.
package health

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// askEvery is how often dependencies are asked.
	askEvery = time.Second
	// askTimeout bounds one question.
	askTimeout = 2 * time.Second
	// aloneAfter is for how long peers must reach what this process does not
	// before that is its own fault: longer than it takes all of them to notice
	// that a server has failed, or that it is back.
	aloneAfter = 15 * time.Second
)

// Dependency is something that the process asks of others.
type Dependency struct {
	Name string
	// Ask returns why the dependency is away; nil means that it answers.
	Ask func(context.Context) error
	// Needed means that nothing can be written without it.
	Needed bool
	// Away says what becomes of requests while it is away; empty means "away".
	Away string
}

// Peers are the processes of the same kind, as far as this one hears of them.
type Peers interface {
	// Tell says that a dependency answers this process.
	Tell(ctx context.Context, dependency string) error
	// Reach says whether it answers any process at the moment. The error
	// means that nobody knows.
	Reach(ctx context.Context, dependency string) (bool, error)
}

// Config says what to look at. The zero value is a process that depends on
// nothing.
type Config struct {
	Dependencies []Dependency
	// Peers tell whether what is away is away for all; nil means that nobody
	// knows, and then nothing is this process' own fault.
	Peers Peers
	// Stuck says what of this process does not move although everything that
	// it depends on answers; empty means nothing. May be nil.
	Stuck func() string
	// Detail is what else is known, by name; may be nil.
	Detail func() map[string]any
	Log    *slog.Logger
}

// Health is one process'.
type Health struct {
	config   Config
	draining atomic.Bool

	mu    sync.Mutex
	known map[string]*known
}

// known is what was last heard of a dependency.
type known struct {
	away  bool
	alone since // peers reach what this process does not
}

// since is how long something has been so, without a break.
type since struct{ begin time.Time }

func (s *since) note(is bool, now time.Time) {
	switch {
	case !is:
		s.begin = time.Time{}
	case s.begin.IsZero():
		s.begin = now
	}
}

func (s *since) longer(than time.Duration, now time.Time) bool {
	return !s.begin.IsZero() && now.Sub(s.begin) >= than
}

// New knows nothing bad of anything. Run it.
func New(c Config) *Health {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	h := &Health{config: c, known: map[string]*known{}}
	for _, d := range c.Dependencies {
		h.known[d.Name] = &known{}
	}
	return h
}

// Drain makes health fail, so that proxies send no more requests here.
func (h *Health) Drain() { h.draining.Store(true) }

// Draining says whether Drain was called.
func (h *Health) Draining() bool { return h.draining.Load() }

// Run asks until ctx ends.
func (h *Health) Run(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		h.ask(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h *Health) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var all sync.WaitGroup
	for _, d := range h.config.Dependencies {
		all.Go(func() {
			err := d.Ask(ctx)
			if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
				return // the process ends
			}
			h.note(ctx, d, err, h.alone(ctx, d, err), time.Now())
		})
	}
	all.Wait()
}

// alone says whether peers reach what has not answered here, and tells them of
// what has.
func (h *Health) alone(ctx context.Context, d Dependency, away error) bool {
	if h.config.Peers == nil {
		return false
	}
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	if away == nil {
		h.config.Peers.Tell(asking, d.Name) //nolint:errcheck // then peers do not know
		return false
	}
	reached, err := h.config.Peers.Reach(asking, d.Name)
	return err == nil && reached
}

func (h *Health) note(ctx context.Context, d Dependency, away error, alone bool, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := h.known[d.Name]
	if was := k.away; was != (away != nil) {
		if away != nil {
			h.config.Log.WarnContext(ctx, "a dependency is away", "dependency", d.Name, "err", away)
		} else {
			h.config.Log.InfoContext(ctx, "a dependency is back", "dependency", d.Name)
		}
	}
	k.away = away != nil
	k.alone.note(alone, now)
}

// fault is what this process alone is at fault; empty means nothing.
func (h *Health) fault(now time.Time) string {
	if h.draining.Load() {
		return "draining"
	}
	h.mu.Lock()
	answers := true
	for _, d := range h.config.Dependencies {
		k := h.known[d.Name]
		if d.Needed && k.alone.longer(aloneAfter, now) {
			h.mu.Unlock()
			return "cut off: others reach the " + d.Name
		}
		answers = answers && !(d.Needed && k.away)
	}
	h.mu.Unlock()
	if h.config.Stuck == nil || !answers { // what waits for something that is away is not stuck
		return ""
	}
	return h.config.Stuck()
}

// detail says what is known, and whether anything needed is away.
func (h *Health) detail() (detail map[string]any, away bool) {
	detail = map[string]any{}
	if h.config.Detail != nil {
		maps.Copy(detail, h.config.Detail())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.config.Dependencies {
		switch {
		case !h.known[d.Name].away:
			if detail[d.Name] == nil {
				detail[d.Name] = "ok"
			}
		case d.Away != "":
			detail[d.Name] = "away: " + d.Away
		default:
			detail[d.Name] = "away"
		}
		away = away || d.Needed && h.known[d.Name].away
	}
	return detail, away
}

// Away is how many needed dependencies are away.
func (h *Health) Away() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, d := range h.config.Dependencies {
		if d.Needed && h.known[d.Name].away {
			n++
		}
	}
	return n
}
