// Package limit counts requests over all servers and refuses those that are
// too many. Each key has a bucket of tokens that fills evenly (GCRA by another
// name), so that no minute's end lets twice as many through. Each server has
// buckets in its own memory and exchanges what was taken with Redis ten times a
// second, so that no request waits for Redis; what several servers let through
// together may exceed the limit by what comes in a tenth of a second. While
// Redis is away each server counts alone.
package limit

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"golang.org/x/time/rate"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/redis"
)

const (
	exchange  = 100 * time.Millisecond
	maxCounts = 200_000
)

// Rate is so many in a time on average, and as many at once.
type Rate struct {
	Most int
	In   time.Duration
}

// PerMinute is the rate of that name.
func PerMinute(most int) Rate { return Rate{Most: most, In: time.Minute} }

func (r Rate) window(now time.Time) int64 { return now.UnixNano() / int64(r.In) }

type count struct {
	bucket *rate.Limiter
	rate   Rate
	used   time.Time
	own    int64 // taken here, and Redis has not heard of it
	window int64 // of the time that Redis counts by
	told   int64 // taken in the window by all, as Redis last said
}

// Limiter has a bucket for each key.
type Limiter struct {
	redis *redis.Client
	now   func() time.Time

	mu     sync.Mutex
	counts map[string]*count
	stop   context.CancelFunc
	done   chan struct{}
	taken  chan struct{} // something was taken that Redis has not heard of
}

// New starts to exchange counts; Close ends it.
func New(ctx context.Context, r *redis.Client) *Limiter {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &Limiter{redis: r, now: time.Now, counts: map[string]*count{}, stop: stop, done: make(chan struct{}),
		taken: make(chan struct{}, 1)}
	go l.run(ctx)
	return l
}

// Close stops the exchange.
func (l *Limiter) Close() {
	l.stop()
	<-l.done
}

// Allow takes a token for key and says whether there was one; if not, after how
// long there will be.
func (l *Limiter) Allow(key string, r Rate) (bool, time.Duration) {
	key = edge.Key(key)
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts[key]
	if c == nil {
		if len(l.counts) >= maxCounts {
			l.sweep(now)
			if len(l.counts) >= maxCounts {
				return true, 0 // memory is bounded; the proxy in front must refuse a flood like that
			}
		}
		perSecond := rate.Limit(float64(r.Most) / r.In.Seconds())
		c = &count{bucket: rate.NewLimiter(perSecond, r.Most), rate: r, window: r.window(now)}
		l.counts[key] = c
	}
	c.used = now
	if !c.bucket.AllowN(now, 1) {
		missing := 1 - c.bucket.TokensAt(now)
		return false, time.Duration(missing / float64(c.bucket.Limit()) * float64(time.Second))
	}
	c.own++
	l.owes()
	return true, 0
}

// owes notes that there is something to tell Redis of.
func (l *Limiter) owes() {
	select {
	case l.taken <- struct{}{}:
	default: // it is known
	}
}

// GiveBack returns the token that Allow has taken last, for what turned out not
// to count.
func (l *Limiter) GiveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.counts[edge.Key(key)]; c != nil {
		c.bucket.AllowN(l.now(), -1)
		c.own--
		l.owes()
	}
}

// sweep forgets buckets that are full again.
func (l *Limiter) sweep(now time.Time) {
	for k, c := range l.counts {
		if c.own == 0 && now.Sub(c.used) >= c.rate.In {
			delete(l.counts, k)
		}
	}
}

func (l *Limiter) run(ctx context.Context) {
	defer close(l.done)
	for {
		select { // while nothing is taken, nobody is woken ten times a second
		case <-ctx.Done():
			return
		case <-l.taken:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(exchange):
		}
		if l.exchange(ctx); len(l.take()) > 0 { // what was not heard is sent again
			l.owes()
		}
	}
}

type share struct {
	key string
	n   int64
	w   int64
	in  time.Duration
}

// take collects what Redis has not heard of.
func (l *Limiter) take() []share {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	var out []share
	for k, c := range l.counts {
		if c.own == 0 {
			continue
		}
		if w := c.rate.window(now); w != c.window {
			c.window, c.told = w, 0
		}
		out = append(out, share{key: k, n: c.own, w: c.window, in: c.rate.In})
	}
	return out
}

// heard takes from a bucket what others have taken since Redis said so last.
func (c *count) heard(all, own int64, now time.Time) {
	for others := all - c.told - own; others > 0; others -= int64(c.rate.Most) {
		c.bucket.ReserveN(now, int(min(others, int64(c.rate.Most))))
	}
	c.told, c.own = all, c.own-own
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
			commands = append(commands, r.B().Incrby().Key(k).Increment(s.n).Build(),
				r.B().Expire().Key(k).Seconds(int64(2*s.in/time.Second)).Build())
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
				c.heard(all, s.n, l.now())
			}
		}
		return nil
	})
}
