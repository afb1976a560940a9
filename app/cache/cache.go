// Package cache keeps the answers of the database close by: in this process'
// memory, then in Redis, then in the database itself.
//
// The memory is Redis' own client-side cache: Redis tells every server when a
// key changes, so servers never disagree for longer than that message takes.
// A miss is loaded once per process (singleflight) and once over all processes
// (a short lease in Redis). A change deletes the lease with the value, so that
// what was read before a change is never stored after it; and it leaves the
// log position of the change, so that the next load does not read a replica
// that has not got there. What does not exist is remembered too, briefly.
//
// While Redis is away every read goes to the database, still once per process.
package cache

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"golang.org/x/sync/singleflight"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/redis"
)

// Family is a kind of cached value.
type Family struct {
	Name string
	// TTL is how long a value lives, give or take a tenth so that values
	// stored together do not leave together.
	TTL time.Duration
	// Absent is how long it is remembered that there is none.
	Absent time.Duration
}

const (
	leaseTime = 3 * time.Second
	// loadTimeout bounds a load: longer than a lease would let two load.
	loadTimeout = leaseTime
	// loadsMax is how often a value is loaded that changes all the time.
	loadsMax = 3
	// waitTime is how long a process waits for another one's load.
	waitTime = time.Second
	// markTime is how long the position of a change is kept: longer than a
	// replica may lag before it is left out.
	markTime = time.Minute
)

// Cache is safe for use from several goroutines.
type Cache struct {
	redis  *redis.Client
	flight singleflight.Group
	count  *prometheus.CounterVec
	absent error

	lease, fill, back *rueidis.Lua
}

// New is a cache in Redis. Loads that find nothing return absent or what
// wraps it. Reads are counted by family and outcome.
func New(r *redis.Client, absent error, count *prometheus.CounterVec) *Cache {
	return &Cache{redis: r, absent: absent, count: count, lease: rueidis.NewLuaScript(leaseScript),
		fill: rueidis.NewLuaScript(fillScript),
		back: rueidis.NewLuaScript(backScript)}
}

// The keys of one value share a hash tag, so that a cluster keeps them together.
func keys(f Family, id string) []string {
	tag := "{" + f.Name + ":" + edge.Key(id) + "}"
	return []string{"v" + tag, "l" + tag, "p" + tag}
}

// A stored value begins with one of these.
const (
	present = 'v'
	nothing = 'n'
)

// Load reads what is not cached.
type Load func(context.Context) ([]byte, error)

// Get is the value of id, cached or loaded. The caller must not change it.
func (c *Cache) Get(ctx context.Context, f Family, id string, load Load) ([]byte, error) {
	k, load := keys(f, id), calm(load)
	if c.redis.Changing(k[0]) {
		return c.load(ctx, f, k, load, true)
	}
	var stored string
	memory := false
	err := c.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error {
		answer := r.DoCache(ctx, r.B().Get().Key(k[0]).Cache(), f.TTL)
		memory = answer.IsCacheHit()
		var err error
		stored, err = answer.ToString()
		return err
	})
	if err == nil && stored != "" {
		outcome := "redis"
		if memory {
			outcome = "memory"
		}
		return c.decode(f, outcome, stored)
	}
	return c.load(ctx, f, k, load, errors.Is(err, redis.ErrAway))
}

// calm makes an error of a panic, which would end the process: loads run in a
// goroutine of their own.
func calm(load Load) Load {
	return func(ctx context.Context) (v []byte, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("load a value: panic: %v\n%s", p, debug.Stack())
			}
		}()
		return load(ctx)
	}
}

func (c *Cache) decode(f Family, outcome, stored string) ([]byte, error) {
	if stored[0] == nothing {
		c.count.WithLabelValues(f.Name, "absent").Inc()
		return nil, c.absent
	}
	c.count.WithLabelValues(f.Name, outcome).Inc()
	return []byte(stored[1:]), nil
}

// load asks the database once for all who want the value now. Those whose own
// writes must be seen do not join those who have written nothing.
func (c *Cache) load(ctx context.Context, f Family, k []string, load Load, away bool) ([]byte, error) {
	flight := k[0]
	if s := database.SessionOf(ctx); s != nil && away {
		flight += fmt.Sprint("|", s.Seen())
	}
	got := c.flight.DoChan(flight, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		if away {
			c.count.WithLabelValues(f.Name, "away").Inc()
			return load(ctx)
		}
		return c.leased(ctx, f, k, load)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-got:
		v, _ := r.Val.([]byte)
		return v, r.Err
	}
}

func jitter(ttl time.Duration) time.Duration {
	return ttl - ttl/10 + time.Duration(mathrand.Int64N(int64(ttl/5)+1))
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }
