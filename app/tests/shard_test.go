package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

func shardPools(t *testing.T, n int) []*pgxpool.Pool {
	t.Helper()
	var pools []*pgxpool.Pool
	for range n {
		c, name := apptest.Database(t)
		require.NoError(t, shard.Prepare(t.Context(), c.Primary.URL(name)))
		pool, err := pgxpool.New(t.Context(), c.Primary.URL(name)+"&pool_max_conns=15")
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		pools = append(pools, pool)
	}
	return pools
}

func open(t *testing.T, pools []*pgxpool.Pool) *shard.Shards {
	t.Helper()
	s, err := shard.Open(t.Context(), shard.Hash{}, pools...)
	require.NoError(t, err)
	return s
}

// Slots move between three databases while people write, edit, delete and
// read through two processes, of which one never hears of a move beforehand.
// Nothing that was acknowledged is lost, comes back, or is seen late.
func TestSlotsMoveUnderLoad(t *testing.T) {
	pools := shardPools(t, 3)
	one, two := open(t, pools), open(t, pools)
	const busy = 8 // users, in as many slots, so that moves meet writes
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	var failed atomic.Value
	written := make([]map[uuid.UUID]string, busy)
	users := make([]shard.Key, busy)
	for i := range busy {
		id := store.NewID()
		users[i] = shard.Key{User: id}
		written[i] = map[uuid.UUID]string{}
		name := fmt.Sprintf("person-%d", i)
		require.NoError(t, one.CreateUser(t.Context(), users[i], store.User{ID: id, Name: name, Email: name}))
		writers.Go(func() {
			if err := write(ctx, []*shard.Shards{one, two}, users[i], written[i]); err != nil {
				failed.Store(err)
			}
		})
	}
	moves := 0
	for end := time.Now().Add(6 * time.Second); time.Now().Before(end); moves++ {
		slot := shard.Hash{}.Slot(users[rand.IntN(busy)])
		to := (int(one.Map().Owners[slot]) + 1 + rand.IntN(2)) % 3
		require.NoError(t, one.Move(t.Context(), slot, to))
	}
	cancel()
	writers.Wait()
	require.Nil(t, failed.Load(), "%v", failed.Load())
	total := 0
	for i, k := range users {
		posts, err := two.PostsOf(t.Context(), k, uuid.Max, 100_000)
		require.NoError(t, err)
		got := map[uuid.UUID]string{}
		for _, p := range posts {
			got[p.ID] = p.Title
		}
		require.Equal(t, written[i], got)
		total += len(got)
		in := 0
		for _, pool := range pools {
			var n int
			require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM posts WHERE user_id = $1", k.User).Scan(&n))
			if n > 0 {
				in++
			}
		}
		assert.LessOrEqual(t, in, 1, "a user's rows are in one database")
	}
	t.Logf("%d moves, %d posts", moves, total)
	assert.Greater(t, moves, 10)
	assert.Greater(t, total, 100)
}

// write adds, edits and deletes posts, looking at each change at once.
func write(ctx context.Context, at []*shard.Shards, k shard.Key, kept map[uuid.UUID]string) error {
	for i := 0; ctx.Err() == nil; i++ {
		p := store.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: fmt.Sprint("first ", i), Body: "x"}
		if err := at[i%2].CreatePost(context.Background(), k, p); err != nil {
			return fmt.Errorf("create: %w", err)
		}
		kept[p.ID] = p.Title
		change := "UPDATE posts SET title = 'second' WHERE id = $1"
		if kept[p.ID] = "second"; i%3 == 0 {
			change = "DELETE FROM posts WHERE id = $1"
			delete(kept, p.ID)
		}
		err := at[(i+1)%2].Write(context.Background(), k, func(tx pgx.Tx, _ int16) error {
			tag, err := tx.Exec(context.Background(), change, p.ID)
			if err == nil && tag.RowsAffected() != 1 {
				err = fmt.Errorf("post %s was not there", p.ID)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("change: %w", err)
		}
		feed, err := at[i%2].Feed(context.Background(), []shard.Key{k}, uuid.Max, 100_000)
		if err != nil {
			return fmt.Errorf("gather: %w", err)
		}
		if len(feed) != len(kept) {
			return fmt.Errorf("gathered %d posts, want %d", len(feed), len(kept))
		}
	}
	return nil
}

// An interrupted move is finished by the next one.
func TestMoveIsRepeatable(t *testing.T) {
	pools := shardPools(t, 2)
	s := open(t, pools)
	k := shard.Key{User: store.NewID()}
	for range 2500 {
		require.NoError(t, s.CreatePost(t.Context(), k, store.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: "x", Body: "x"}))
	}
	slot := shard.Hash{}.Slot(k)
	from := s.Map().Owners[slot]
	to := int(1 - from)
	for _, after := range []time.Duration{1, 5, 20, 40} {
		ctx, cancel := context.WithTimeout(t.Context(), after*time.Millisecond)
		s.Move(ctx, slot, to) //nolint:errcheck // that it fails is the point
		cancel()
		posts, err := s.PostsOf(t.Context(), k, uuid.Max, 10_000)
		require.NoError(t, err)
		require.Len(t, posts, 2500)
	}
	require.NoError(t, s.Move(t.Context(), slot, to))
	assert.Equal(t, int16(to), s.Map().Owners[slot])
	all, err := s.Newest(t.Context(), uuid.Max, 10)
	require.NoError(t, err)
	assert.Len(t, all, 10)
	var left int
	require.NoError(t, pools[from].QueryRow(t.Context(), "SELECT count(*) FROM posts").Scan(&left))
	assert.Zero(t, left)
	assert.Error(t, s.Move(t.Context(), -1, 0))
}

// The whole app over three databases: people walk through it, and while a
// crowd writes, their slots are spread evenly by the command.
func TestAppOverShards(t *testing.T) {
	env := apptest.NewEnv(t)
	var further []string
	for range 2 {
		c, name := apptest.Database(t)
		further = append(further, c.Primary.URL(name))
	}
	env[contract.EnvShards] = strings.Join(further, ",")
	walk(t, env)

	app := start(t, contract.RoleAll, env, server.Options{})
	l := crowd(t, 8, "http://"+app.Address)
	l.goesOn(20)
	out, err := command(t, env, "shards", "balance")
	require.NoError(t, err, out)
	assert.Contains(t, out, "slots: 682 of 682 moved\ndatabase 0: 342 slots\ndatabase 1: 341 slots\ndatabase 2: 341 slots\n")
	l.goesOn(20)
	l.cancel()
	l.all.Wait()
	assert.Empty(t, l.failures())
	assert.Zero(t, l.stale.Load(), "own writes that were not seen")
	kept, parts := 0, 0
	for _, url := range append(further, env[contract.EnvDatabaseURL]) {
		conn, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		var n int
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM posts WHERE title LIKE 'post %'").Scan(&n))
		if kept += n; n > 0 {
			parts++
		}
		require.NoError(t, conn.Close(t.Context()))
	}
	assert.EqualValues(t, l.written.Load(), kept, "every post once")
	assert.Greater(t, parts, 1, "the crowd is spread")
	c := newClient(t, app)
	c.do(422, "POST", "/api/users", map[string]string{"email": "new@example.com", "name": walkerName(t, app), "password": password})
}

// walkerName is the name of somebody who is there.
func walkerName(t *testing.T, app *server.App) (name string) {
	t.Helper()
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(), "SELECT name FROM logins LIMIT 1").Scan(&name))
	return name
}
