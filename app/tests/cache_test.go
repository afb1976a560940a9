package tests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/freeport"
)

var (
	errAbsent = errors.New("absent")
	family    = cache.Family{Name: "test", TTL: time.Hour, Absent: time.Hour}
)

// process is one process' view of a cache in Redis.
func process(t *testing.T, r *apptest.Redis) (*cache.Cache, *redis.Client, *metrics.Metrics) {
	t.Helper()
	return processAt(t, r.URL())
}

// processAt waits for Redis as long as it takes on a busy machine: what is
// tested is what is cached, and without Redis nothing is.
func processAt(t *testing.T, url string) (*cache.Cache, *redis.Client, *metrics.Metrics) {
	t.Helper()
	return processOf(t, redis.Config{URL: url, Timeout: time.Minute})
}

func processOf(t *testing.T, config redis.Config) (*cache.Cache, *redis.Client, *metrics.Metrics) {
	t.Helper()
	client, err := redis.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	m := metrics.New()
	return cache.New(client, errAbsent, m.Cache), client, m
}

// A thousand readers in two processes make one load.
func TestCacheLoadsOnce(t *testing.T) {
	r := apptest.NewRedis(t)
	one, _, _ := process(t, r)
	two, _, _ := process(t, r)
	var loads atomic.Int64
	load := func(context.Context) ([]byte, error) {
		loads.Add(1)
		time.Sleep(100 * time.Millisecond)
		return []byte("value"), nil
	}
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			v, err := []*cache.Cache{one, two}[i%2].Get(t.Context(), family, "a", load)
			assert.NoError(t, err)
			assert.Equal(t, "value", string(v))
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, loads.Load())
}

// A Redis that is full, and evicts nothing, forgets what has changed all the
// same, on every server; it is said that it takes nothing new.
func TestCacheForgetsWhileRedisIsFull(t *testing.T) {
	env := apptest.NewEnv(t)
	one, two := start(t, contract.RoleWeb, env, server.Options{}), start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, one)
	c.signUp()
	p := c.publish("Before", "x")
	read := func(app *product.App) (title string) {
		var got post
		c.at(app).do(200, "GET", "/api/posts/"+p.ID, nil).into(t, &got)
		return got.Title
	}
	for _, app := range []*product.App{one, two} {
		require.Equal(t, "Before", read(app))
	}
	option, err := rueidis.ParseURL(env[contract.EnvRedisURL])
	require.NoError(t, err)
	r, err := rueidis.NewClient(option)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	limit := func(most string) {
		require.NoError(t, r.Do(t.Context(),
			r.B().ConfigSet().ParameterValue().ParameterValue("maxmemory", most).Build()).Error())
	}
	limit("1") // it has more than that
	require.Eventually(t, func() bool {
		return strings.Contains(string(c.do(200, "GET", contract.ReadyPath, nil).body), "takes no writes")
	}, time.Minute, 20*time.Millisecond)
	c.do(200, "PUT", "/api/posts/"+p.ID, map[string]string{"title": "After", "body": "x"})
	require.Equal(t, "After", read(one))
	require.Eventually(t, func() bool { return read(two) == "After" }, 5*time.Second, time.Millisecond)
	c.at(two).do(200, "GET", "/api/me", nil)
	limit("0")
	require.Eventually(t, func() bool {
		return strings.Contains(string(c.do(200, "GET", contract.ReadyPath, nil).body), `"redis":"ok"`)
	}, time.Minute, 20*time.Millisecond)
}

// A load that fails, or worse, gives its lease back: the next reader loads at
// once, and the process goes on.
func TestCacheGivesTheLeaseBack(t *testing.T) {
	c, client, m := process(t, apptest.NewRedis(t))
	leases := func() (n int64) {
		require.NoError(t, client.Do(t.Context(), func(ctx context.Context, r rueidis.Client) (err error) {
			n, err = r.Do(ctx, r.B().Exists().Key("l{test:a}").Build()).AsInt64()
			return err
		}))
		return n
	}
	_, err := c.Get(t.Context(), family, "a",
		func(context.Context) ([]byte, error) { return nil, errors.New("the database is away") })
	assert.ErrorContains(t, err, "away")
	assert.Zero(t, leases())
	_, err = c.Get(t.Context(), family, "a", func(context.Context) ([]byte, error) { panic("odd row") })
	assert.ErrorContains(t, err, "odd row")
	assert.Zero(t, leases())
	ctx, cancel := context.WithCancel(t.Context())
	_, err = c.Get(ctx, family, "a", func(context.Context) ([]byte, error) {
		cancel()
		time.Sleep(time.Millisecond)
		return nil, context.Canceled
	})
	assert.ErrorIs(t, err, context.Canceled)
	require.Eventually(t, func() bool { return leases() == 0 }, time.Minute, time.Millisecond)
	require.Eventually(t, func() bool { // who asks before that load has ended gets its error
		v, err := c.Get(t.Context(), family, "a", func(context.Context) ([]byte, error) { return []byte("v"), nil })
		return err == nil && string(v) == "v"
	}, time.Minute, time.Millisecond)
	assert.EqualValues(t, 4, testutil.ToFloat64(m.Cache.WithLabelValues("test", "miss")), "nobody waited for a lease")
}

// What one process changes the memory of another forgets, and what was read
// before a change is not stored after it.
func TestCacheIsCoherent(t *testing.T) {
	r := apptest.NewRedis(t)
	one, _, _ := process(t, r)
	two, _, m := process(t, r)
	var truth atomic.Int64
	load := func(context.Context) ([]byte, error) { return fmt.Append(nil, truth.Load()), nil }
	get := func(c *cache.Cache) string {
		v, err := c.Get(t.Context(), family, "a", load)
		require.NoError(t, err)
		return string(v)
	}
	for i := range 50 {
		truth.Store(int64(i))
		one.Invalidate(t.Context(), family, "a", 0)
		want := fmt.Sprint(i)
		require.Equal(t, want, get(one))
		require.Eventually(t, func() bool { return get(two) == want }, time.Minute, time.Millisecond)
		get(two)
	}
	assert.Greater(t, testutil.ToFloat64(m.Cache.WithLabelValues("test", "memory")), 0.0)

	// What is loaded while it changes is not for those who ask after that,
	// wherever it was changed, and is not stored.
	for _, changing := range []*cache.Cache{one, two} {
		slow, answers := make(chan struct{}), make(chan string)
		var begun atomic.Bool
		slowly := func(ctx context.Context) ([]byte, error) {
			if begun.Swap(true) {
				return load(ctx)
			}
			slow <- struct{}{}
			<-slow
			return []byte("old"), nil
		}
		ask := func() {
			v, err := one.Get(t.Context(), family, "a", slowly)
			assert.NoError(t, err)
			answers <- string(v)
		}
		one.Invalidate(t.Context(), family, "a", 0)
		go ask()
		<-slow
		truth.Add(1)
		changing.Invalidate(t.Context(), family, "a", 0)
		go ask()
		time.Sleep(50 * time.Millisecond) // so that it waits for the slow load, if it is to
		slow <- struct{}{}
		want := fmt.Sprint(truth.Load())
		assert.Equal(t, want, <-answers)
		assert.Equal(t, want, <-answers)
		assert.Equal(t, want, get(two))
	}
}

// A process that has changed a value never reads the old one from its memory,
// although Redis says "forget it" only after it has answered.
func TestCacheForgetsBeforeItReturns(t *testing.T) {
	r := apptest.NewRedis(t)
	t.Run("at once", func(t *testing.T) { changeAndRead(t, r.URL(), 500) })
	t.Run("said late", func(t *testing.T) { changeAndRead(t, latePushes(t, r), 20) })
}

func changeAndRead(t *testing.T, url string, changes int) {
	c, _, m := processAt(t, url)
	for i := range changes {
		id := fmt.Sprint(i % 7)
		get := func(truth string) string {
			v, err := c.Get(t.Context(), family, id, func(context.Context) ([]byte, error) { return []byte(truth), nil })
			require.NoError(t, err)
			return string(v)
		}
		memory := m.Cache.WithLabelValues("test", "memory")
		before := testutil.ToFloat64(memory)
		require.Eventually(t, func() bool { get("old"); return testutil.ToFloat64(memory) > before }, 10*time.Second,
			time.Microsecond)
		c.Invalidate(t.Context(), family, id, 0)
		require.Equal(t, "new", get("new"), "change %d", i)
		c.Refresh(t.Context(), family, id, 0, func(context.Context) ([]byte, error) { return []byte("newer"), nil })
		require.Equal(t, "newer", get("old"), "refresh %d", i)
		c.Invalidate(t.Context(), family, id, 0)
	}
}

// A change that Redis cannot be told of is not read over in memory either,
// although memory answers while Redis does not.
func TestCacheForgetsWhileRedisHangs(t *testing.T) {
	r := apptest.NewRedis(t)
	c, client, _ := processOf(t, redis.Config{URL: r.URL()})
	value := "old"
	get := func(id string) string {
		v, err := c.Get(t.Context(), family, id, func(context.Context) ([]byte, error) { return []byte(value), nil })
		require.NoError(t, err)
		return string(v)
	}
	for range 3 {
		get("a")
		get("b")
	}
	require.NoError(t, r.Pause())
	value = "new"
	c.Invalidate(t.Context(), family, "a", 0)
	for range 100 {
		require.Equal(t, "new", get("a"))
		get("b") // as a server does that has much in memory: nothing tells it that Redis hangs
		time.Sleep(5 * time.Millisecond)
	}
	require.NoError(t, r.Resume())
	require.Eventually(t, func() bool { return client.Up() && !client.Changing("v{test:a}") }, 10*time.Second,
		10*time.Millisecond)
	require.Equal(t, "new", get("a"))
}

func TestCacheRemembersWhatIsNotThere(t *testing.T) {
	c, _, _ := process(t, apptest.NewRedis(t))
	loads := 0
	load := func(context.Context) ([]byte, error) { loads++; return nil, fmt.Errorf("no: %w", errAbsent) }
	for range 5 {
		_, err := c.Get(t.Context(), family, "a", load)
		require.ErrorIs(t, err, errAbsent)
	}
	assert.Equal(t, 1, loads)
	c.Refresh(t.Context(), family, "a", 0, func(context.Context) ([]byte, error) { return []byte("now"), nil })
	v, err := c.Get(t.Context(), family, "a", load)
	require.NoError(t, err)
	assert.Equal(t, "now", string(v), "written through")
}

// A load after a change must see the change, also at a replica that is late.
func TestCacheTellsLoadsWhatToSee(t *testing.T) {
	c, _, _ := process(t, apptest.NewRedis(t))
	c.Invalidate(t.Context(), family, "a", 12345)
	c.Invalidate(t.Context(), family, "a", 12000) // an earlier change that comes later
	_, err := c.Get(t.Context(), family, "a", func(ctx context.Context) ([]byte, error) {
		assert.Equal(t, database.Position(12345), database.SessionOf(ctx).After())
		return []byte("x"), nil
	})
	require.NoError(t, err)
}

// Values that change while Redis is away are not there when it is back.
func TestCacheForgetsAfterAnOutage(t *testing.T) {
	r := apptest.NewRedis(t)
	c, client, _ := processOf(t, redis.Config{URL: r.URL()})
	value := "old"
	load := func(context.Context) ([]byte, error) { return []byte(value), nil }
	_, err := c.Get(t.Context(), family, "a", load)
	require.NoError(t, err)
	require.NoError(t, r.Pause()) // the data stay, unlike in a crash
	require.Eventually(t, func() bool { return !client.Up() }, time.Minute, 10*time.Millisecond)
	value = "new"
	c.Invalidate(t.Context(), family, "a", 0)
	v, err := c.Get(t.Context(), family, "a", load)
	require.NoError(t, err)
	assert.Equal(t, "new", string(v), "the database answers")
	require.NoError(t, r.Resume())
	require.Eventually(t, client.Up, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		v, err := c.Get(t.Context(), family, "a", load)
		return err == nil && string(v) == "new"
	}, time.Minute, 20*time.Millisecond)
	for range 50 {
		v, err := c.Get(t.Context(), family, "a", load)
		require.NoError(t, err)
		require.Equal(t, "new", string(v))
	}
}

// Without Redis from the first moment the app serves, and says what is away.
func TestServesWithoutRedis(t *testing.T) {
	env := apptest.NewEnv(t)
	port, err := freeport.On("127.0.0.1")
	require.NoError(t, err)
	env[contract.EnvRedisURL] = fmt.Sprintf("redis://127.0.0.1:%d", port)
	app := start(t, contract.RoleAll, env, server.Options{})
	c := newClient(t, app)
	c.signUp()
	p := c.publish("Without", "Redis")
	assert.Equal(t, []string{"Without"}, titles(c.list("/api/feed")), "the session is found")
	c.do(200, "GET", "/api/posts/"+p.ID, nil)
	require.Eventually(t, func() bool {
		return strings.Contains(string(c.do(200, "GET", contract.StatusPath, nil).body), `"redis":"away: `)
	}, time.Minute, 20*time.Millisecond)
	c.do(204, "DELETE", "/api/sessions", nil)
	c.do(401, "GET", "/api/me", nil)
}

func TestWarmingLoadsWhatIsReadMost(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	c.signUp()
	p := c.publish("Much read", "x")
	for range 100 { // a full batch of views
		c.do(200, "GET", "/api/posts/"+p.ID, nil)
	}
	require.Eventually(t, func() bool {
		n := 0
		err := app.Posts.MostRead(t.Context(), 2, 1, func(some []posts.Post) error { n += len(some); return nil })
		return err == nil && n == 1
	}, time.Minute, 50*time.Millisecond)
	env[contract.EnvRedisURL] = apptest.NewRedis(t).URL()
	other := start(t, contract.RoleWeb, env, server.Options{})
	require.Eventually(t, func() bool {
		return testutil.ToFloat64(other.Metrics.Cache.WithLabelValues("user", "miss")) == 1
	}, time.Minute, 20*time.Millisecond)
	misses := testutil.ToFloat64(other.Metrics.Cache.WithLabelValues("post", "miss"))
	c.at(other).do(200, "GET", "/api/posts/"+p.ID, nil)
	assert.Equal(t, misses, testutil.ToFloat64(other.Metrics.Cache.WithLabelValues("post", "miss")),
		"it was there already")
}
