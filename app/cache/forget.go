package cache

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/rueidis"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/redis"
)

// forgetScript deletes values and leases, which are all keys but the last third, and
// keeps in those the furthest position: of two changes the later one counts, whoever gets
// here first. It deletes first: a Redis that is full takes deletions and refuses the rest.
const forgetScript = `local n = #KEYS / 3 * 2
redis.call('DEL', unpack(KEYS, 1, n))
for i = n + 1, #KEYS do
  local p = redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2], 'GET')
  if p and tonumber(p) > tonumber(ARGV[1]) then redis.call('SET', KEYS[i], p, 'PX', ARGV[2]) end
end
return 1`

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
	return r.B().Eval().Script(forgetScript).Numkeys(int64(len(k))).Key(k...).Arg(strconv.FormatUint(position, 10),
		milliseconds(markTime)).Build()
}

// Value is one cached value.
type Value struct {
	Family Family
	ID     string
}

// InvalidateAll is Invalidate of several values in the one round trip that
// Invalidate takes, and in one command where they are on one server.
func (c *Cache) InvalidateAll(ctx context.Context, position database.Position, values ...Value) {
	if len(values) == 0 {
		return
	}
	var changed, leases, marks []string
	for _, v := range values {
		k := keys(v.Family, v.ID)
		changed, leases, marks = append(changed, k[0]), append(leases, k[1]), append(marks, k[2])
	}
	err := c.redis.Do(context.WithoutCancel(ctx), func(ctx context.Context, r rueidis.Client) error {
		if !c.redis.Clustered() {
			return redis.Settled(ctx, r, changed[:1], forget(r, slices.Concat(changed, leases, marks), uint64(position)))
		}
		var changes []rueidis.Completed
		for i := range values {
			changes = append(changes, forget(r, []string{changed[i], leases[i], marks[i]}, uint64(position)))
		}
		return redis.Settled(ctx, r, changed, changes...)
	})
	if err != nil {
		c.invalidateEach(ctx, position, values)
		return
	}
	for _, key := range changed {
		c.flight.Forget(key)
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
