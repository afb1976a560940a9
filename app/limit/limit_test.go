package limit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAllow(t *testing.T) {
	now := time.Unix(60, 0)
	l := &Limiter{now: func() time.Time { return now }, counts: map[string]*count{}}
	for range 3 {
		ok, _ := l.Allow("a", 3)
		assert.True(t, ok)
	}
	now = now.Add(20 * time.Second)
	ok, wait := l.Allow("a", 3)
	assert.False(t, ok)
	assert.Equal(t, 40*time.Second, wait)
	ok, _ = l.Allow("b", 3)
	assert.True(t, ok, "others are counted apart")
	now = now.Add(wait)
	ok, _ = l.Allow("a", 3)
	assert.True(t, ok, "the next minute")
}

// What other servers have let through counts too.
func TestAllowCountsWhatRedisSays(t *testing.T) {
	l := &Limiter{now: func() time.Time { return time.Unix(60, 0) }, counts: map[string]*count{"a": {window: 1, all: 9}}}
	ok, _ := l.Allow("a", 10)
	assert.True(t, ok)
	ok, _ = l.Allow("a", 10)
	assert.False(t, ok)
	assert.Equal(t, []share{{key: "a", n: 1, w: 1}}, l.take())
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(60, 0)
	l := &Limiter{now: func() time.Time { return now }, counts: map[string]*count{}}
	for i := range maxCounts + 100 {
		l.Allow(string(rune(i)), 1)
	}
	assert.LessOrEqual(t, len(l.counts), maxCounts)
	now = now.Add(time.Minute)
	l.take()
	assert.Empty(t, l.counts, "the last minute's are forgotten")
}
