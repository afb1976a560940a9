package limit

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/app/redis"
)

func at(now *time.Time) *Limiter {
	return &Limiter{now: func() time.Time { return *now }, counts: map[string]*count{}}
}

// allowed is how many of n are let through.
func allowed(l *Limiter, key string, r Rate, n int) (out int) {
	for range n {
		if ok, _ := l.Allow(key, r); ok {
			out++
		}
	}
	return out
}

func TestAllow(t *testing.T) {
	now := time.Unix(60, 0)
	l := at(&now)
	assert.Equal(t, 3, allowed(l, "a", PerMinute(3), 3))
	now = now.Add(5 * time.Second)
	ok, wait := l.Allow("a", PerMinute(3))
	assert.False(t, ok)
	assert.InDelta(t, 15*time.Second, wait, float64(time.Millisecond), "one comes every 20 s")
	assert.Equal(t, 1, allowed(l, "b", PerMinute(3), 1), "others are counted apart")
	now = now.Add(wait + time.Millisecond)
	assert.Equal(t, 1, allowed(l, "a", PerMinute(3), 9))
	now = now.Add(time.Hour)
	assert.Equal(t, 3, allowed(l, "a", PerMinute(3), 9), "and no more for having waited")
}

// At the end of a minute and at the beginning of the next no more go through
// than in the middle of one.
func TestNoMomentLetsTwiceAsManyThrough(t *testing.T) {
	now := time.Unix(119, 0)
	l := at(&now)
	assert.Equal(t, 60, allowed(l, "a", PerMinute(60), 60))
	now = now.Add(2 * time.Second)
	assert.Equal(t, 2, allowed(l, "a", PerMinute(60), 60))
}

// What other servers have let through counts too, and once.
func TestAllowCountsWhatRedisSays(t *testing.T) {
	now := time.Unix(61, 0)
	l := at(&now)
	assert.Equal(t, 1, allowed(l, "a", PerMinute(10), 1))
	assert.Equal(t, []share{{key: "a", n: 1, w: 1, in: time.Minute}}, l.take())
	l.counts["a"].heard(7, 1, now)
	assert.Equal(t, 3, allowed(l, "a", PerMinute(10), 10), "six were others'")
	l.counts["a"].heard(10, 3, now)
	assert.Zero(t, allowed(l, "a", PerMinute(10), 10))
	assert.Empty(t, l.take())
	now = now.Add(time.Minute)
	assert.Equal(t, 10, allowed(l, "a", PerMinute(10), 11))
	assert.Equal(t, []share{{key: "a", n: 10, w: 2, in: time.Minute}}, l.take())
	l.counts["a"].heard(1000, 10, now)
	now = now.Add(time.Minute)
	assert.Zero(t, allowed(l, "a", PerMinute(10), 1), "a flood at others' is remembered")
}

func TestWhatDoesNotCountIsGivenBack(t *testing.T) {
	now := time.Unix(60, 0)
	l := at(&now)
	for range 50 {
		assert.Equal(t, 1, allowed(l, "a", PerMinute(3), 1))
		l.GiveBack("a")
	}
	assert.Equal(t, 3, allowed(l, "a", PerMinute(3), 9))
	assert.Equal(t, []share{{key: "a", n: 3, w: 1, in: time.Minute}}, l.take())
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(60, 0)
	l := at(&now)
	for i := range maxCounts + 100 {
		l.Allow(string(rune(i)), PerMinute(1))
	}
	assert.LessOrEqual(t, len(l.counts), maxCounts)
	for _, c := range l.counts {
		c.heard(1, 1, now)
	}
	now = now.Add(time.Minute)
	l.take()
	assert.Empty(t, l.counts, "what is full again is forgotten")
}

// While nothing is taken nobody is woken; what Redis has not heard of is sent until it has.
func TestNothingIsExchangedWhereNothingIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		l := &Limiter{redis: &redis.Client{}, now: func() time.Time { looks.Add(1); return time.Unix(60, 0) },
			counts: map[string]*count{}, done: make(chan struct{}), taken: make(chan struct{}, 1)}
		var ctx context.Context
		ctx, l.stop = context.WithCancel(t.Context())
		go l.run(ctx)
		time.Sleep(time.Hour)
		assert.Zero(t, looks.Load())
		l.Allow("a", PerMinute(3))
		before := looks.Load()
		time.Sleep(time.Minute)
		assert.Greater(t, looks.Load(), before+100, "a Redis that is away is told later")
		l.Close()
	})
}
