package tests

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
)

func openPools(t *testing.T, c *apptest.Cluster, name string) *database.Pools {
	t.Helper()
	config := database.Config{Primary: c.Primary.URL(name), MinConns: 2, MaxConns: 10, ReplicaConns: 10}
	for _, r := range c.Replicas {
		config.Replicas = append(config.Replicas, r.URL(name))
	}
	pools, err := database.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	require.Eventually(t, func() bool { return healthy(pools) == len(c.Replicas) }, time.Minute, 20*time.Millisecond)
	return pools
}

func healthy(p *database.Pools) int {
	n := 0
	for _, r := range p.State().Replicas {
		if r.Healthy {
			n++
		}
	}
	return n
}

// port says which server answers a read.
func port(t *testing.T, ctx context.Context, p *database.Pools) (port int) {
	t.Helper()
	require.NoError(t, p.Read(ctx, func(q database.Querier) error {
		return q.QueryRow(ctx, "SELECT inet_server_port()").Scan(&port)
	}))
	return port
}

func TestMigrateTwiceChangesNothing(t *testing.T) {
	c, name := apptest.Database(t)
	steps, err := store.Migrate(t.Context(), c.Primary.URL(name))
	require.NoError(t, err)
	assert.Zero(t, steps)
}

// Machines that start together migrate together.
func TestMachinesThatStartTogetherMigrate(t *testing.T) {
	c := apptest.Shared(t)
	const name, machines = "test_together", 6
	require.NoError(t, c.Primary.Exec(t.Context(), "CREATE DATABASE "+name))
	t.Cleanup(func() {
		require.NoError(t, c.Primary.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	failed := make(chan error, machines)
	for range machines {
		go func() {
			_, err := product.Migrate(t.Context(), c.Primary.URL(name))
			failed <- err
		}()
	}
	for range machines {
		assert.NoError(t, <-failed)
	}
}

// A write of somebody's says where it is in the log, and one of which a statement has
// failed is none, also where nobody has said so.
func TestAWriteSaysWhereItIs(t *testing.T) {
	c, name := apptest.Database(t)
	pools := openPools(t, c, name)
	kept := 0
	who := database.NewSession(0)
	who.Wrote = func(context.Context) { kept++ }
	ctx := database.WithSession(t.Context(), who)
	write := func(swallow ...string) error {
		return pools.Write(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO consumed (event_id) VALUES (gen_random_uuid())")
			for _, sql := range swallow {
				tx.Exec(ctx, sql)
			}
			return err
		})
	}
	count := func() (n int) {
		require.NoError(t, pools.Primary().QueryRow(t.Context(), "SELECT count(*) FROM consumed").Scan(&n))
		return n
	}
	require.NoError(t, write())
	now, err := pools.Now(t.Context())
	require.NoError(t, err)
	assert.Positive(t, who.After())
	assert.LessOrEqual(t, who.After(), now)
	before := who.After()
	assert.ErrorIs(t, write("SELECT 1/0"), pgx.ErrTxCommitRollback)
	assert.Panics(t, func() {
		pools.Write(ctx, func(pgx.Tx) error { panic("in the middle") })
	})
	assert.Equal(t, before, who.After())
	assert.Equal(t, 1, kept)
	assert.Equal(t, 1, count())
	assert.Zero(t, pools.Primary().Stat().AcquiredConns())
	require.NoError(t, write())
	assert.Greater(t, who.After(), before)
	assert.Equal(t, 2, count())
}

func TestReadsGoRoundTheReplicas(t *testing.T) {
	c, name := apptest.Database(t)
	pools := openPools(t, c, name)
	seen := map[int]int{}
	for range 20 {
		seen[port(t, t.Context(), pools)]++
	}
	assert.Equal(t, map[int]int{c.Replicas[0].Port: 10, c.Replicas[1].Port: 10}, seen)
}

// A session sees its own write at once, although replicas apply it later;
// others go on reading at the replicas.
func TestSessionReadsItsWrites(t *testing.T) {
	c, err := apptest.StartCluster(2)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Migrate("app"))
	pools := openPools(t, c, "app")
	for _, r := range c.Replicas {
		require.NoError(t, r.Exec(t.Context(), "SELECT pg_wal_replay_pause()"))
	}
	ctx := database.WithSession(t.Context(), database.NewSession(0))
	for i := range 20 {
		require.NoError(t, pools.Write(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO mails (job_id) VALUES (gen_random_uuid())")
			return err
		}))
		require.NoError(t, pools.Read(ctx, func(q database.Querier) error {
			var n int
			require.NoError(t, q.QueryRow(ctx, "SELECT count(*) FROM mails").Scan(&n))
			assert.Equal(t, i+1, n)
			return nil
		}))
	}
	assert.Equal(t, c.Primary.Port, port(t, ctx, pools))
	assert.NotEqual(t, c.Primary.Port, port(t, t.Context(), pools), "who has written nothing reads at a replica")

	// Paused longer than the limit, both are left out for everybody.
	require.Eventually(t, func() bool { return healthy(pools) == 0 }, time.Minute, 20*time.Millisecond)
	assert.Equal(t, c.Primary.Port, port(t, t.Context(), pools))
	for _, r := range c.Replicas {
		require.NoError(t, r.Exec(t.Context(), "SELECT pg_wal_replay_resume()"))
	}
	require.Eventually(t, func() bool { return healthy(pools) == 2 }, time.Minute, 20*time.Millisecond)
	assert.NotEqual(t, c.Primary.Port, port(t, ctx, pools), "once they have caught up the session reads there again")

	// A killed replica is left out at the first read that fails, and comes back.
	require.NoError(t, c.Replicas[0].Kill())
	for range 10 {
		assert.Equal(t, c.Replicas[1].Port, port(t, t.Context(), pools))
	}
	require.NoError(t, c.Replicas[0].Start())
	require.Eventually(t, func() bool { return healthy(pools) == 2 }, time.Minute, 20*time.Millisecond)
}

// While the first replica is added, some servers know of it and some do not:
// who has written at one of the latter sees it at one of the former.
func TestTheFirstReplicaIsAdded(t *testing.T) {
	c, err := apptest.StartCluster(1)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Migrate("app"))
	env := apptest.ClusterEnv(t, c, "app", apptest.NewRedis(t))
	after := start(t, contract.RoleWeb, env, server.Options{})
	env[contract.EnvDatabaseReaders] = ""
	before := start(t, contract.RoleWeb, env, server.Options{})
	person := newClient(t, before)
	name := person.signUp()
	require.Eventually(t, func() bool { return healthy(after.Store.Pools()) == 1 }, time.Minute, 20*time.Millisecond)
	require.NoError(t, c.Replicas[0].Exec(t.Context(), "SELECT pg_wal_replay_pause()"))
	person.publish("Mine", "x")
	assert.Equal(t, []string{"Mine"}, titles(person.at(after).list("/api/feed")), "what the session has written")
	assert.Equal(t, []string{"Mine"}, titles(person.at(after).list("/api/users/"+name+"/posts")),
		"what the cache was told")
}

// That something is not there is an answer: the replica that gives it is as
// good as before.
func TestReplicasMayFindNothing(t *testing.T) {
	c, name := apptest.Database(t)
	pools := openPools(t, c, name)
	s := posts.New(account.New(store.New(pools), nil))
	for range 20 {
		_, err := s.Post(t.Context(), store.NewID())
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.UserByName(t.Context(), "nobody")
		require.ErrorIs(t, err, store.ErrNotFound)
		require.Equal(t, len(c.Replicas), healthy(pools))
	}
}
