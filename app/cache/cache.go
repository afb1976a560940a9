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
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"runtime/debug"
	"strconv"
	"sync"
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

// leaseScript returns the value, or else whether the caller may load it and
// what the load must see.
const leaseScript = `local v = redis.call('GET', KEYS[1])
if v then return {v, '', ''} end
local got = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return {'', got and '1' or '0', redis.call('GET', KEYS[3]) or ''}`

// fillScript stores a value if the caller still holds the lease.
const fillScript = `if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

// backScript ends a lease that the caller still holds.
const backScript = `if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[2]) end
return 0`

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

// leased loads with the lease that keeps other processes from doing the same.
func (c *Cache) leased(ctx context.Context, f Family, k []string, load Load) ([]byte, error) {
	token, again := rand.Text(), 0
	for wait := 5 * time.Millisecond; ; wait = min(wait*2, 50*time.Millisecond) {
		stored, held, mark, err := c.tryLease(ctx, k, token)
		switch {
		case err != nil:
			c.count.WithLabelValues(f.Name, "away").Inc()
			return load(database.AtLeast(ctx, database.Latest)) // some who wait here may have written more than who asked first
		case stored != "":
			return c.decode(f, "redis", stored)
		case held:
			c.count.WithLabelValues(f.Name, "miss").Inc()
			v, kept, err := c.loadAndFill(ctx, f, k, token, mark, load)
			if again++; kept || again == loadsMax {
				return v, err
			}
			continue // somebody who waits here may have made the change that this load has missed
		}
		if deadline, _ := ctx.Deadline(); time.Until(deadline) < loadTimeout-waitTime {
			c.count.WithLabelValues(f.Name, "miss").Inc()
			return load(database.AtLeast(ctx, mark)) // the other one is slow; do not wait for ever
		}
		time.Sleep(wait)
	}
}

func (c *Cache) tryLease(ctx context.Context, k []string, token string) (stored string, held bool,
	mark database.Position, err error) {
	err = c.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error {
		parts, err := c.lease.Exec(ctx, r, k, []string{token, milliseconds(leaseTime)}).AsStrSlice()
		if err != nil || len(parts) != 3 {
			return errors.Join(err, rueidisShape(len(parts)))
		}
		stored, held = parts[0], parts[1] == "1"
		if n, err := strconv.ParseUint(parts[2], 10, 64); err == nil {
			mark = database.Position(n)
		}
		return nil
	})
	return stored, held, mark, err
}

func rueidisShape(n int) error {
	if n == 3 {
		return nil
	}
	return fmt.Errorf("lease: got %d parts, want 3", n)
}

func (c *Cache) loadAndFill(ctx context.Context, f Family, k []string, token string, mark database.Position,
	load Load) (v []byte, kept bool, err error) {
	v, err = load(database.AtLeast(ctx, mark))
	switch {
	case err == nil:
		kept = c.store(ctx, k, token, string(present)+string(v), jitter(f.TTL))
	case errors.Is(err, c.absent) && f.Absent > 0:
		kept = c.store(ctx, k, token, string(nothing), f.Absent)
	default:
		c.giveBack(ctx, k, token)
		kept = true // there is nothing to keep
	}
	return v, kept, err
}

// giveBack lets the next one load at once what this one could not.
func (c *Cache) giveBack(ctx context.Context, k []string, token string) {
	ctx = context.WithoutCancel(ctx)                                          // the load may have taken all of its time
	c.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) (err error) { //nolint:errcheck // the lease ends by itself
		return c.back.Exec(ctx, r, k, []string{token}).Error()
	})
}

// store keeps a value unless it has changed since the lease. That Redis cannot
// be asked is no harm to whoever wants the value.
func (c *Cache) store(ctx context.Context, k []string, token, v string, ttl time.Duration) (kept bool) {
	var n int64
	err := c.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) (err error) {
		n, err = c.fill.Exec(ctx, r, k, []string{token, v, milliseconds(ttl)}).AsInt64()
		return err
	})
	return err != nil || n == 1
}

// forgetScript deletes the value and the lease, and keeps the furthest
// position: of two changes the later one counts, whoever gets here first. It
// deletes first: a Redis that is full takes deletions and refuses the rest.
const forgetScript = `local n = redis.call('DEL', KEYS[1], KEYS[2])
local p = redis.call('GET', KEYS[3])
if not p or tonumber(p) < tonumber(ARGV[1]) then redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2]) end
return n`

// Invalidate makes every server forget the value of id; this one has when it
// returns. Position is where the change is in the database's log: the next load
// reads at or after it.
func (c *Cache) Invalidate(ctx context.Context, f Family, id string, position database.Position) {
	k := keys(f, id)
	c.redis.Change(ctx, k[0], uint64(position), func(ctx context.Context, r rueidis.Client, position uint64) error { //nolint:errcheck // it is made as soon as Redis is back
		return redis.Settled(ctx, r, k[:1], forget(r, k, position))
	})
	c.flight.Forget(k[0]) // a load that has begun before is not for those who ask from now on
}

func forget(r rueidis.Client, k []string, position uint64) rueidis.Completed {
	return r.B().Eval().Script(forgetScript).Numkeys(3).Key(k...).Arg(strconv.FormatUint(position, 10),
		milliseconds(markTime)).Build()
}

// Value is one cached value.
type Value struct {
	Family Family
	ID     string
}

// InvalidateAll is Invalidate of several values in the one round trip that
// Invalidate takes.
func (c *Cache) InvalidateAll(ctx context.Context, position database.Position, values ...Value) {
	err := c.redis.Do(context.WithoutCancel(ctx), func(ctx context.Context, r rueidis.Client) error {
		var changed []string
		var changes []rueidis.Completed
		for _, v := range values {
			k := keys(v.Family, v.ID)
			changed, changes = append(changed, k[0]), append(changes, forget(r, k, uint64(position)))
		}
		return redis.Settled(ctx, r, changed, changes...)
	})
	if err != nil {
		c.invalidateEach(ctx, position, values)
		return
	}
	for _, v := range values {
		c.flight.Forget(keys(v.Family, v.ID)[0])
	}
}

// invalidateEach is for when something is wrong with Redis: what it could not
// be told is told later, each value for itself.
func (c *Cache) invalidateEach(ctx context.Context, position database.Position, values []Value) {
	var all sync.WaitGroup
	for _, v := range values {
		all.Go(func() { c.Invalidate(ctx, v.Family, v.ID, position) })
	}
	all.Wait()
}

// Refresh replaces the value of id at once (write-through), for what is read
// by many right after it changed. It reads what the database has after the
// change, under the lease like any load: of two changes at the same time the
// one that came first never ends up in the cache.
func (c *Cache) Refresh(ctx context.Context, f Family, id string, position database.Position, load Load) {
	c.Invalidate(ctx, f, id, position)
	c.Get(ctx, f, id, load) //nolint:errcheck // the value is loaded when it is wanted
}

func jitter(ttl time.Duration) time.Duration {
	return ttl - ttl/10 + time.Duration(mathrand.Int64N(int64(ttl/5)+1))
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }
