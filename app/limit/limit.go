// Package limit counts requests over all servers and refuses those that are
// too many. Each server counts in its own memory and exchanges counts with
// Redis ten times a second, so that no request waits for Redis; what several
// servers let through together may exceed the limit by what comes in a tenth
// of a second. While Redis is away each server counts alone.
package limit

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/redis"
)

const (
	window    = time.Minute
	exchange  = 100 * time.Millisecond
	maxCounts = 200_000
)

type count struct {
	window int64
	all    int64 // what Redis last said
	own    int64 // what Redis has not heard of
}

// Limiter counts per key and minute.
type Limiter struct {
	redis *redis.Client
	now   func() time.Time

	mu     sync.Mutex
	counts map[string]*count
	stop   context.CancelFunc
	done   chan struct{}
}

// New starts to exchange counts; Close ends it.
func New(ctx context.Context, r *redis.Client) *Limiter {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &Limiter{redis: r, now: time.Now, counts: map[string]*count{}, stop: stop, done: make(chan struct{})}
	go l.run(ctx)
	return l
}

// Close stops the exchange.
func (l *Limiter) Close() {
	l.stop()
	<-l.done
}

// Allow counts a request by key and says whether it is within most per
// minute; if not, after how long the next one may come.
func (l *Limiter) Allow(key string, most int) (bool, time.Duration) {
	key = edge.Key(key)
	now := l.now()
	w := now.UnixNano() / int64(window)
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts[key]
	if c == nil || c.window != w {
		if c == nil && len(l.counts) >= maxCounts {
			l.sweep(w)
			if len(l.counts) >= maxCounts {
				return true, 0 // memory is bounded; the proxy in front must refuse a flood like that
			}
		}
		c = &count{window: w}
		l.counts[key] = c
	}
	if c.all+c.own >= int64(most) {
		return false, time.Duration((w+1)*int64(window) - now.UnixNano())
	}
	c.own++
	return true, 0
}

func (l *Limiter) sweep(w int64) {
	for k, c := range l.counts {
		if c.window < w {
			delete(l.counts, k)
		}
	}
}

func (l *Limiter) run(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(exchange)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.exchange(ctx)
		}
	}
}

type share struct {
	key string
	n   int64
	w   int64
}

// take collects what Redis has not heard of.
func (l *Limiter) take() []share {
	w := l.now().UnixNano() / int64(window)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(w)
	var out []share
	for k, c := range l.counts {
		if c.own > 0 {
			out = append(out, share{key: k, n: c.own, w: c.window})
		}
	}
	return out
}

func (l *Limiter) exchange(ctx context.Context) {
	shares := l.take()
	for len(shares) > 0 {
		n := min(len(shares), 500)
		l.send(ctx, shares[:n])
		shares = shares[n:]
	}
}

func (l *Limiter) send(ctx context.Context, shares []share) {
	l.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error { //nolint:errcheck // what was not heard is sent again
		commands := make(rueidis.Commands, 0, 2*len(shares))
		for _, s := range shares {
			k := "r:" + s.key + ":" + strconv.FormatInt(s.w, 10)
			commands = append(commands, r.B().Incrby().Key(k).Increment(s.n).Build(), r.B().Expire().Key(k).Seconds(120).Build())
		}
		answers := r.DoMulti(ctx, commands...)
		l.mu.Lock()
		defer l.mu.Unlock()
		for i, s := range shares {
			all, err := answers[2*i].AsInt64()
			if err != nil {
				return err
			}
			if c := l.counts[s.key]; c != nil && c.window == s.w {
				c.all, c.own = all, c.own-s.n
			}
		}
		return nil
	})
}
