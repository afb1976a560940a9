package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/rung-dev/rung/app/database"
)

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
