package tests

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
)

// made up by a client: of characters that pass everywhere, and as long as a
// server takes it.
func madeUp(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.N(len(letters))]
	}
	return string(b)
}

// strange sends a request in which everything that a client chooses is made up.
func strange(base string, i int) (*http.Request, error) {
	long := madeUp(12_000)
	paths := []string{"/", "/api/" + long, "/people/" + long, "/people/" + strings.ToLower(madeUp(20)),
		"/api/users/" + long, "/api/users/" + long + "/posts", "/api/posts/" + long,
		"/api/posts/" + apptestID(), "/uploads/pictures/" + long, "/search?q=" + long[:150], "/api/search?q=x&" + long +
			"=1", "/static/" + long, "/exports/" + long, "/login", "/write"}
	methods := []string{"GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", madeUp(100)}
	method, path := methods[rand.N(len(methods))], paths[i%len(paths)]
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	switch {
	case path == "/login":
		method = "POST"
		body.WriteString(url.Values{"email": {madeUp(9000) + "@example.com"}, "password": {long},
			madeUp(9000): {"x"}}.Encode())
	case path == "/write":
		form := multipart.NewWriter(&body)
		w, err := form.CreateFormFile(madeUp(9000), madeUp(9000)+".png")
		if err != nil {
			return nil, err
		}
		fmt.Fprint(w, long)
		form.Close()
		method, kind = "POST", form.FormDataContentType()
	}
	r, err := http.NewRequest(method, base+path, &body)
	if err != nil {
		return nil, err
	}
	r.Host = madeUp(200) + ".example.com"
	for name, v := range map[string]string{"Content-Type": kind, "User-Agent": madeUp(2000), "X-Request-Id": madeUp(2000),
		"X-Forwarded-For": madeUp(500),
		"Authorization":   "Bearer " + madeUp(52), "Cookie": madeUp(500) + "=" + madeUp(500), "X-" + madeUp(500): "x", "Accept-Language": madeUp(500), "Origin": "https://" + madeUp(100)} {
		r.Header.Set(name, v)
	}
	return r, nil
}

func apptestID() string { return fmt.Sprintf("00000000-0000-7000-8000-%012x", rand.N(1<<40)) }

// footprint is what a process keeps.
type footprint struct {
	series, keys int
	redis, heap  int64
}

func footprintOf(t *testing.T, app *product.App, r rueidis.Client) (f footprint) {
	t.Helper()
	families, err := app.Metrics.Registry.Gather()
	require.NoError(t, err)
	for _, m := range families {
		f.series += len(m.GetMetric())
	}
	ctx := context.Background()
	keys, err := r.Do(ctx, r.B().Dbsize().Build()).AsInt64()
	require.NoError(t, err)
	f.keys = int(keys)
	info, err := r.Do(ctx, r.B().Info().Section("memory").Build()).ToString()
	require.NoError(t, err)
	_, used, _ := strings.Cut(info, "used_memory_dataset:")
	used, _, _ = strings.Cut(used, "\r\n")
	f.redis, err = strconv.ParseInt(used, 10, 64)
	require.NoError(t, err)
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap = int64(m.HeapAlloc)
	return f
}

// Whatever a client makes up, what is kept of it is bounded: series, keys in
// Redis, memory and the log.
func TestWhatClientsMakeUpIsNotKept(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvProxies] = "1"
	var log counted
	app := start(t, contract.RoleAll, env,
		server.Options{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: edge.Attr}))})
	r, err := rueidis.NewClient(rueidis.MustParseURL(env[contract.EnvRedisURL]))
	require.NoError(t, err)
	t.Cleanup(r.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(n int) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for i := range n / 8 {
					q, err := strange("http://"+app.Address, i)
					if !assert.NoError(t, err) {
						return
					}
					resp, err := client.Do(q)
					if !assert.NoError(t, err) {
						return
					}
					assert.Less(t, resp.StatusCode, 500, "%s %s", edge.Brief(q.Method), edge.Brief(q.URL.Path))
					resp.Body.Close()
				}
			})
		}
		all.Wait()
	}
	send(800) // every route and status that there is
	before := footprintOf(t, app, r)
	send(3200)
	after := footprintOf(t, app, r)
	assert.Less(t, after.series-before.series, 60, "a label is one of the app's own")
	assert.Less(t, before.series, 1500)
	assert.Less(t, after.keys-before.keys, 700,
		"ids and names of the right form that nobody has are remembered for half a minute")
	assert.Less(t, after.redis-before.redis, int64(2<<20))
	assert.Less(t, after.heap-before.heap, int64(24<<20))
	assert.Less(t, log.n, int64(1<<20))
	client.CloseIdleConnections()
}

// Four thousand methods of 50 KB and six hundred names of 60 KB, all made up, leave
// nothing behind.
func TestLongMethodsAndNamesAreNotKept(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{Log: slog.New(slog.DiscardHandler)})
	r, err := rueidis.NewClient(rueidis.MustParseURL(env[contract.EnvRedisURL]))
	require.NoError(t, err)
	t.Cleanup(r.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	send := func(n int, method, path func() string) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range n / 8 {
					q, err := http.NewRequest(method(), "http://"+app.Address+path(), nil)
					if !assert.NoError(t, err) {
						return
					}
					resp, err := client.Do(q)
					if !assert.NoError(t, err) {
						return
					}
					assert.Less(t, resp.StatusCode, 500)
					resp.Body.Close()
				}
			})
		}
		all.Wait()
	}
	always := func(s string) func() string { return func() string { return s } }
	long := func(before string, n int) func() string { return func() string { return before + madeUp(n) } }
	send(80, long("", 50_000), always("/"))
	send(80, always("GET"), long("/people/", 60_000))
	before := footprintOf(t, app, r)
	send(4000, long("", 50_000), always("/"))
	send(600, always("GET"), long("/people/", 60_000))
	after := footprintOf(t, app, r)
	assert.Less(t, after.series-before.series, 10)
	assert.Less(t, after.keys-before.keys, 700)
	assert.Less(t, after.redis-before.redis, int64(1<<20))
	assert.Less(t, after.heap-before.heap, int64(8<<20))
	client.CloseIdleConnections()
}

// counted is a log that only its size is known of.
type counted struct {
	mu sync.Mutex
	n  int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += int64(len(p))
	return len(p), nil
}

// What cannot be is said to be the client's fault, never that something is
// away: a gateway goes by it.
func TestImpossibleValuesAreTheClients(t *testing.T) {
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	c.signUp()
	id := "00000000-0000-7000-8000-00000000000a"
	for _, v := range []string{"%00", "%ff", "a%00b", "%F0%28%8C%28", "%E2%80%AE", strings.Repeat("x", 9000), "..%2f..",
		"%22", "A", strings.ToUpper(id), "urn:uuid:" + id, "%7B" + id + "%7D", "'", "%0d%0a"} {
		for _, path := range []string{"/people/%s", "/people/%s/follow", "/posts/%s", "/exports/%s", "/api/users/%s",
			"/api/users/%s/posts", "/api/users/%s/follow", "/api/posts/%s",
			"/api/jobs/%s", "/api/jobs/%s/result", "/uploads/%s", "/uploads/pictures/%s", "/static/%s", "/%s", "/api/%s",
			"/?before=%s", "/?limit=%s", "/feed?before=%s", "/search?q=x&before=%s",
			"/api/posts?before=%s", "/api/feed?limit=%s", "/api/search?q=%s&limit=0"} {
			for _, method := range []string{"GET", "PUT", "DELETE", "POST"} {
				a, err := c.try(method, fmt.Sprintf(path, v), nil)
				require.NoError(t, err)
				require.GreaterOrEqual(t, a.status, 300, "%s "+path, method, edge.Brief(v))
				require.Less(t, a.status, 500, "%s "+path, method, edge.Brief(v))
			}
		}
	}
	for _, path := range []string{"/api/me", "/api/posts", "/people/x", "/uploads/x", "/", "/health"} {
		a := c.do(405, "PATCH", path, nil)
		assert.NotEmpty(t, a.header.Get("Allow"), path)
	}
	for what, body := range map[string]map[string]string{
		"sign up":  {"email": "a\x00@example.com", "name": "\xff", "password": "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		"log in":   {"email": "a\x00@example.com", "password": "x"},
		"long":     {"email": strings.Repeat("x", 60_000), "password": "x"},
		"no words": {"title": "\x00", "body": "\x00"},
	} {
		for _, path := range []string{"/api/users", "/api/sessions", "/api/posts", "/api/uploads", "/api/jobs"} {
			a, err := c.try("POST", path, body)
			require.NoError(t, err)
			assert.True(t, a.status >= 400 && a.status < 500, "%s %s: %d %s", what, path, a.status, a.body)
		}
	}
	a := c.do(422, "POST", "/api/uploads", map[string]string{"size": "x"})
	assert.Contains(t, string(a.body), "must be a number", "not a type of Go's")
}
