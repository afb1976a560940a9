package tests

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
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
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// shardDatabases are fit to be shards.
func shardDatabases(t *testing.T, c *apptest.Cluster, n int) []string {
	t.Helper()
	var names []string
	for i := range n {
		name := fmt.Sprintf("shard_%d_%s", i+1, strings.ToLower(rand.Text()))
		require.NoError(t, c.Migrate(name))
		require.NoError(t, shard.Prepare(t.Context(), c.Primary.URL(name)))
		names = append(names, name)
	}
	return names
}

// open is one process' view of the shards, each with the cluster's replicas.
func open(t *testing.T, c *apptest.Cluster, names []string, config shard.Config) *spread {
	t.Helper()
	var dbs []*database.Pools
	for i, name := range names {
		at := database.Config{Primary: c.Primary.URL(name), MinConns: 1, MaxConns: 12, ReplicaConns: 6,
			StatementTimeout: time.Minute}
		if i > 0 {
			at.Name = fmt.Sprintf("shard-%d", i+1)
		}
		for _, r := range c.Replicas {
			at.Replicas = append(at.Replicas, r.URL(name))
		}
		db, err := database.Open(t.Context(), at)
		require.NoError(t, err)
		t.Cleanup(db.Close)
		dbs = append(dbs, db)
	}
	config.Tables = posts.Tables
	s, err := shard.Open(t.Context(), config, dbs...)
	require.NoError(t, err)
	return &spread{s, posts.New(account.New(store.New(dbs[0]), s))}
}

// spread are the shards and the product's tables over them.
type spread struct {
	*shard.Shards
	tables *posts.Store
}

func (s *spread) CreatePost(ctx context.Context, _ shard.Key, p posts.Post) error {
	_, err := s.tables.CreatePost(ctx, p)
	return err
}

func (s *spread) PostsOf(ctx context.Context, k shard.Key, before uuid.UUID, limit int) ([]posts.Post, error) {
	return s.tables.PostsOf(ctx, k.User, before, limit)
}

func (s *spread) Newest(ctx context.Context, before uuid.UUID, limit int) ([]posts.Post, error) {
	return s.tables.Newest(ctx, before, limit)
}

// late stops the replay of one replica after another for a moment, until ctx
// ends.
func late(ctx context.Context, t *testing.T, c *apptest.Cluster) {
	for i := 0; ctx.Err() == nil; i++ {
		r := c.Replicas[i%len(c.Replicas)]
		assert.NoError(t, r.Exec(context.WithoutCancel(ctx), "SELECT pg_wal_replay_pause()"))
		time.Sleep(300 * time.Millisecond)
		assert.NoError(t, r.Exec(context.WithoutCancel(ctx), "SELECT pg_wal_replay_resume()"))
		time.Sleep(100 * time.Millisecond)
	}
}

func addUser(t *testing.T, s *spread, k shard.Key, name string) {
	t.Helper()
	require.NoError(t, s.Write(t.Context(), k, func(tx pgx.Tx, slot int16) error {
		return account.Insert(t.Context(), tx, account.User{ID: k.User, Name: name, Email: name}, slot)
	}))
}

// Slots move between three databases while people write, edit, delete and
// read through two processes, of which one never hears of a move beforehand,
// and while replicas are late. Nothing that was acknowledged is lost, comes
// back, or is seen late by who wrote it.
func TestSlotsMoveUnderLoad(t *testing.T) {
	c, _, _ := own(t)
	names := shardDatabases(t, c, 3)
	one, two := open(t, c, names, shard.Config{}), open(t, c, names, shard.Config{})
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
		addUser(t, one, users[i], fmt.Sprintf("person-%d", i))
		writers.Go(func() {
			if err := write(ctx, []*spread{one, two}, users[i], written[i]); err != nil {
				failed.Store(err)
			}
		})
	}
	writers.Go(func() { late(ctx, t, c) })
	moves := 0
	for end := time.Now().Add(6 * time.Second); moves < 12 || time.Now().Before(end); moves++ {
		slot := shard.Hash{}.Slot(users[moves%busy])
		to := (int(one.Map().Owners[slot]) + 1 + moves%2) % 3
		require.NoError(t, one.Move(t.Context(), slot, to))
	}
	cancel()
	writers.Wait()
	require.Nil(t, failed.Load(), "%v", failed.Load())
	total := 0
	for i, k := range users {
		list, err := two.PostsOf(database.AtLeast(t.Context(), database.Latest), k, uuid.Max, 100_000)
		require.NoError(t, err)
		got := map[uuid.UUID]string{}
		for _, p := range list {
			got[p.ID] = p.Title
		}
		require.Equal(t, written[i], got)
		total += len(got)
		in := 0
		for _, name := range names {
			if countPosts(t, c, name, k.User) > 0 {
				in++
			}
		}
		assert.LessOrEqual(t, in, 1, "a user's rows are in one database")
	}
	t.Logf("%d moves, %d posts", moves, total)
	assert.Greater(t, moves, 10)
	assert.Greater(t, total, 100)
}

func countPosts(t *testing.T, c *apptest.Cluster, name string, user uuid.UUID) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.Primary.URL(name))
	require.NoError(t, err)
	defer conn.Close(context.Background()) //nolint:errcheck // it has answered
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM posts WHERE user_id = $1", user).Scan(&n))
	return n
}

// write adds, edits and deletes posts, looking at each change at once. What the
// session knows travels as it does between servers.
func write(stop context.Context, at []*spread, k shard.Key, kept map[uuid.UUID]string) error {
	session := database.NewSession(0)
	for i := 0; stop.Err() == nil; i++ {
		session = database.Resume(session.Seen())
		ctx := database.WithSession(context.Background(), session)
		p := posts.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: fmt.Sprint("first ", i), Body: "x"}
		if err := at[i%2].CreatePost(ctx, k, p); err != nil {
			return fmt.Errorf("create: %w", err)
		}
		kept[p.ID] = p.Title
		change := "UPDATE posts SET title = 'second' WHERE id = $1"
		if kept[p.ID] = "second"; i%3 == 0 {
			change = "DELETE FROM posts WHERE id = $1"
			delete(kept, p.ID)
		}
		err := at[(i+1)%2].Write(ctx, k, func(tx pgx.Tx, _ int16) error {
			tag, err := tx.Exec(ctx, change, p.ID)
			if err == nil && tag.RowsAffected() != 1 {
				err = fmt.Errorf("post %s was not there", p.ID)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("change: %w", err)
		}
		feed, err := at[i%2].tables.Feed(ctx, k.User, uuid.Max, 100_000)
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
	c := apptest.Shared(t)
	names := shardDatabases(t, c, 2)
	s := open(t, c, names, shard.Config{})
	ctx := database.WithSession(t.Context(), database.NewSession(0))
	k := shard.Key{User: store.NewID()}
	for range 2500 {
		require.NoError(t, s.CreatePost(ctx, k,
			posts.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: "x", Body: "x"}))
	}
	slot := shard.Hash{}.Slot(k)
	from := s.Map().Owners[slot]
	to := int(1 - from)
	directory, err := pgx.Connect(t.Context(), c.Primary.URL(names[0]))
	require.NoError(t, err)
	defer directory.Close(context.Background()) //nolint:errcheck // the database goes with the test
	for _, after := range []time.Duration{1, 5, 20, 40} {
		short, cancel := context.WithTimeout(t.Context(), after*time.Millisecond)
		s.Move(short, slot, to) //nolint:errcheck // that it fails is the point
		cancel()
		var locks int
		require.NoError(t, directory.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "+
			"AND classid = 51025 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&locks))
		require.Zero(t, locks, "the move has given its lock back")
		list, err := s.PostsOf(ctx, k, uuid.Max, 10_000)
		require.NoError(t, err)
		require.Len(t, list, 2500)
	}
	require.NoError(t, s.Move(t.Context(), slot, to))
	assert.Equal(t, int16(to), s.Map().Owners[slot])
	all, err := s.Newest(ctx, uuid.Max, 10)
	require.NoError(t, err)
	assert.Len(t, all, 10)
	assert.Zero(t, countPosts(t, c, names[from], k.User))
	assert.Error(t, s.Move(t.Context(), -1, 0))
}

// A move whose lock has ended with its connection cannot write any more once
// another has begun: else it would hand over what is elsewhere by now.
func TestAMoveThatLostItsLockIsRefused(t *testing.T) {
	c := apptest.Shared(t)
	names := shardDatabases(t, c, 3)
	one, two := open(t, c, names, shard.Config{}), open(t, c, names, shard.Config{})
	ctx := database.WithSession(t.Context(), database.NewSession(0))
	k := shard.Key{User: store.NewID()}
	write := func(n int) {
		for range n {
			require.NoError(t, two.CreatePost(ctx, k,
				posts.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: "x", Body: "x"}))
		}
	}
	write(10)
	slot := shard.Hash{}.Slot(k)

	// A writer holds both moves up, until the second one has begun.
	directory, err := pgx.Connect(ctx, c.Primary.URL(names[0]))
	require.NoError(t, err)
	defer directory.Close(context.Background()) //nolint:errcheck // the database goes with the test
	_, err = directory.Exec(ctx, "BEGIN; SELECT pg_advisory_xact_lock_shared(51024, "+fmt.Sprint(slot)+")")
	require.NoError(t, err)
	const locks = " FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted = $3 " +
		"AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
	waiting := func(want int) {
		require.Eventually(t, func() bool {
			var n int
			require.NoError(t, directory.QueryRow(ctx, "SELECT count(*)"+locks, 51024, slot, false).Scan(&n))
			return n == want
		}, time.Minute, 10*time.Millisecond, "moves that wait")
	}
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- one.Move(context.WithoutCancel(ctx), slot, 1) }()
	waiting(1)
	tag, err := directory.Exec(ctx, "SELECT pg_terminate_backend(pid)"+locks, 51025, slot, true)
	require.NoError(t, err)
	require.EqualValues(t, 1, tag.RowsAffected(), "its lock")
	go func() {
		err := two.Move(context.WithoutCancel(ctx), slot, 2)
		for err != nil && strings.Contains(err.Error(), "somebody else") { // the lock goes in a moment
			err = two.Move(context.WithoutCancel(ctx), slot, 2)
		}
		second <- err
	}()
	waiting(2)
	_, err = directory.Exec(ctx, "COMMIT")
	require.NoError(t, err)
	require.ErrorContains(t, <-first, "another move")
	require.NoError(t, <-second)
	write(5)

	require.NoError(t, one.Refresh(ctx))
	assert.EqualValues(t, 2, one.Map().Owners[slot])
	for _, s := range []*spread{one, two} {
		list, err := s.PostsOf(ctx, k, uuid.Max, 100)
		require.NoError(t, err)
		assert.Len(t, list, 15)
		list, err = s.Newest(ctx, uuid.Max, 100)
		require.NoError(t, err)
		assert.Len(t, list, 15)
	}
	require.NoError(t, one.Move(ctx, slot, 1), "it can be moved again")
	assert.Equal(t, 15, countPosts(t, c, names[1], k.User))
}

// A move that ended between its switch and the map is finished by the next one,
// wherever that is to go.
func TestASwitchThatNobodyWasToldOfIsFinished(t *testing.T) {
	c := apptest.Shared(t)
	names := shardDatabases(t, c, 3)
	s := open(t, c, names, shard.Config{})
	ctx := database.WithSession(t.Context(), database.NewSession(0))
	k := shard.Key{User: store.NewID()}
	require.NoError(t, s.CreatePost(ctx, k,
		posts.Post{ID: store.NewID(), UserID: k.User, Author: "x", Title: "x", Body: "x"}))
	slot := shard.Hash{}.Slot(k)
	require.NoError(t, s.Move(ctx, slot, 1))
	directory, err := pgx.Connect(ctx, c.Primary.URL(names[0]))
	require.NoError(t, err)
	defer directory.Close(context.Background()) //nolint:errcheck // the database goes with the test
	_, err = directory.Exec(ctx, "DELETE FROM slot_maps WHERE version = (SELECT max(version) FROM slot_maps)")
	require.NoError(t, err)
	next := open(t, c, names, shard.Config{})
	require.NoError(t, next.Move(ctx, slot, 2))
	list, err := next.PostsOf(ctx, k, uuid.Max, 100)
	require.NoError(t, err)
	assert.Len(t, list, 1)
	assert.EqualValues(t, 2, next.Map().Owners[slot])
}

// The whole app over three databases: people walk through it, and while a
// crowd writes, their slots are spread evenly by the command.
func TestAppOverShards(t *testing.T) {
	env := apptest.NewEnv(t)
	early := start(t, contract.RoleWeb, env, server.Options{}) // knows of one database, all the time
	var further, readers []string
	for i := range 2 {
		c, name := apptest.Database(t)
		further = append(further, c.Primary.URL(name))
		for _, r := range c.Replicas {
			readers = append(readers, fmt.Sprintf("%d=%s", i+2, r.URL(name)))
		}
	}
	env[contract.EnvShards], env[contract.EnvShardReaders] = strings.Join(further, ","), strings.Join(readers, ",")
	walk(t, env)
	late := newClient(t, early).signUp()

	app := start(t, contract.RoleAll, env, server.Options{})
	c := newClient(t, app)
	c.do(201, "POST", "/api/sessions", map[string]string{"email": late + "@example.com", "password": password})
	l := crowd(t, 8, "http://"+app.Address)
	l.goesOn(20)
	assert.Contains(t, string(c.do(200, "GET", contract.ReadyPath, nil).body), `"shard-2":"ok","shard-3":"ok"`)
	out, err := command(t, env, "shards", "balance")
	require.NoError(t, err, out)
	assert.Contains(t, out, "slots: 682 of 682 moved\nshard 1: 342 slots\nshard 2: 341 slots\nshard 3: 341 slots\n")
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
	c.do(422, "POST", "/api/users",
		map[string]string{"email": "new@example.com", "name": walkerName(t, app), "password": password})
}

// walkerName is the name of somebody who is there.
func walkerName(t *testing.T, app *product.App) (name string) {
	t.Helper()
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(), "SELECT name FROM logins LIMIT 1").Scan(&name))
	return name
}

// People are placed by the region in which they sign up, in databases of that
// region; those who were there before are found where they are.
func TestPeopleArePlacedByRegion(t *testing.T) {
	env := apptest.NewEnv(t)
	c, name := apptest.Database(t)
	env[contract.EnvShards] = c.Primary.URL(name)
	before := start(t, contract.RoleAll, env, server.Options{})
	old := newClient(t, before)
	old.signUp()
	old.publish("Before", "x")

	env[contract.EnvPlacement] = "geo:us-east-1,eu-west-1"
	out, err := command(t, env, "shards", "move", "512-1023", "2")
	require.NoError(t, err, out)
	assert.Contains(t, out, "shard 1: 512 slots\nshard 2: 512 slots\n")
	out, err = command(t, env, "shards", "balance")
	require.Error(t, err, out)
	out, err = command(t, env, "shards", "move", "5-1024", "2")
	require.Error(t, err, out)
	at := func(region string) *client {
		env[contract.EnvRegion] = region
		return newClient(t, start(t, contract.RoleWeb, env, server.Options{}))
	}
	west, east := at("eu-west-1"), at("us-east-1")
	for i := range 8 {
		for from, c := range map[string]*client{"west": west, "east": east} {
			c.signUp()
			c.publish(fmt.Sprintf("From the %s", from), fmt.Sprint(i))
		}
	}
	titles := func(url string) (out []string) {
		conn, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		defer conn.Close(context.Background()) //nolint:errcheck // it has answered
		rows, err := conn.Query(t.Context(), "SELECT DISTINCT title FROM posts WHERE title LIKE 'From%'")
		require.NoError(t, err)
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return out
	}
	assert.Equal(t, []string{"From the east"}, titles(env[contract.EnvDatabaseURL]))
	assert.Equal(t, []string{"From the west"}, titles(env[contract.EnvShards]))
	east.token, west.token = old.token, old.token
	for _, c := range []*client{east, west} {
		var mine struct{ Posts []post }
		c.do(200, "GET", "/api/feed", nil).into(t, &mine)
		require.Len(t, mine.Posts, 1)
		assert.Equal(t, "Before", mine.Posts[0].Title)
	}
}
