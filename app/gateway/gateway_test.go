package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

func TestRoute(t *testing.T) {
	for path, want := range map[string][2]string{
		"/users":                {"users", "/api/users"},
		"/users/ada":            {"users", "/api/users/ada"},
		"/users/ada/posts":      {"posts", "/api/users/ada/posts"},
		"/users/ada/follow":     {"posts", "/api/users/ada/follow"},
		"/posts/1":              {"posts", "/api/posts/1"},
		"/search":               {"search", "/api/search"},
		"/api/sessions":         {"users", "/api/sessions"},
		"/api/me":               {"users", "/api/me"},
		"/api/feed":             {"posts", "/api/feed"},
		"/api/jobs/1/result":    {"posts", "/api/jobs/1/result"},
		"/uploads/pictures/a.b": {"posts", "/uploads/pictures/a.b"},
		"/usersandmore":         {"", "/usersandmore"},
		"/internal/events":      {"", "/internal/events"},
		"/metrics":              {"", "/metrics"},
		"/api/":                 {"", "/api/"},
		"/":                     {"", "/"},
	} {
		role, path2 := Route(path)
		assert.Equal(t, want, [2]string{string(role), path2}, path)
	}
}

// instanceOf is a process of a service that a test can spoil.
type instanceOf struct {
	*httptest.Server
	name   string
	status atomic.Int64
	slow   atomic.Int64 // nanoseconds
	seen   atomic.Int64
	bodies atomic.Int64
}

func newInstance(t *testing.T, name string) *instanceOf {
	i := &instanceOf{name: name}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.seen.Add(1)
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return
		}
		i.bodies.Add(n)
		select {
		case <-time.After(time.Duration(i.slow.Load())):
		case <-r.Context().Done():
			return
		}
		w.Header().Set("X-Seen", r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("X-Forwarded-For")+" "+r.Host)
		w.Header().Set("X-Request-Id", r.Header.Get("X-Request-Id"))
		if s := i.status.Load(); s != 0 {
			w.WriteHeader(int(s))
		}
		io.WriteString(w, i.name) //nolint:errcheck // the gateway went away
	}))
	t.Cleanup(i.Close)
	return i
}

func newGateway(t *testing.T, c Config, users ...string) *Gateway {
	t.Helper()
	if c.Services == nil {
		c.Services = map[contract.Role][]string{}
	}
	other := newInstance(t, "other")
	for _, role := range []contract.Role{contract.RoleUsers, contract.RolePosts, contract.RoleSearch} {
		if c.Services[role] == nil {
			c.Services[role] = []string{other.URL}
		}
	}
	c.Services[contract.RoleUsers] = users
	g, err := New(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(g.Close)
	return g
}

func ask(g *Gateway, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:1234"
	r.Header.Set("X-Forwarded-For", "198.51.100.1")
	g.ServeHTTP(w, r)
	return w
}

func TestRequestsPassUnchanged(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{}, a.URL)
	w := ask(g, "POST", "/users?x=1%2F2", `{"name":"ada"}`)
	assert.Equal(t, 200, w.Code)
	assert.Equal(t, "a", w.Body.String())
	assert.Equal(t, "POST /api/users?x=1%2F2 198.51.100.1, 192.0.2.7 example.com", w.Header().Get("X-Seen"))
	assert.NotEmpty(t, w.Header().Get("X-Request-Id"))
	assert.EqualValues(t, 14, a.bodies.Load())
	assert.Equal(t, 404, ask(g, "GET", "/elsewhere", "").Code)
}

func TestNewReportsEveryService(t *testing.T) {
	_, err := New(t.Context(), Config{Services: map[contract.Role][]string{contract.RoleUsers: {"ftp://x"}, contract.RolePosts: {"http://127.0.0.1:1"}}})
	require.Error(t, err)
	assert.ErrorContains(t, err, "users")
	assert.ErrorContains(t, err, "search")
	assert.NotContains(t, err.Error(), "service posts")
}

// Somebody who is gone costs nobody an answer, not even those who write: they
// never reached it. After three failures it is left out.
func TestAnInstanceThatIsGone(t *testing.T) {
	a, b := newInstance(t, "a"), newInstance(t, "b")
	g := newGateway(t, Config{}, a.URL, b.URL)
	b.Close()
	for i := range 40 {
		method := []string{"GET", "POST"}[i%2]
		w := ask(g, method, "/users", "body")
		require.Equal(t, 200, w.Code, "%d %s", i, w.Body)
		assert.Equal(t, "a", w.Body.String())
	}
	assert.EqualValues(t, 40*4, a.bodies.Load(), "every body arrived once and whole")
	down := 0
	for _, i := range g.services[contract.RoleUsers].instances.all {
		if i.down(time.Now()) {
			down++
		}
	}
	assert.Equal(t, 1, down)
}

// An answer that says trouble is asked for again where the request only
// reads, and never where it may have had an effect.
func TestOnlyReadsAreAskedAgain(t *testing.T) {
	a := newInstance(t, "a")
	a.status.Store(503)
	g := newGateway(t, Config{}, a.URL)
	assert.Equal(t, 503, ask(g, "POST", "/users", "x").Code)
	assert.EqualValues(t, 1, a.seen.Load())
	w := ask(g, "GET", "/users/ada", "")
	assert.Equal(t, 503, w.Code)
	assert.Equal(t, "a", w.Body.String(), "the service's own words")
	assert.EqualValues(t, 1+attempts, a.seen.Load())
	a.status.Store(404)
	assert.Equal(t, 404, ask(g, "GET", "/users/ada", "").Code)
	assert.EqualValues(t, 2+attempts, a.seen.Load())
}

func TestBudgetBoundsRetries(t *testing.T) {
	b := newBudget()
	retries := 0
	for range 1000 {
		b.request()
		for range 2 {
			if b.retry() {
				retries++
			}
		}
	}
	assert.InDelta(t, retryReserve+1000*retryShare, retries, 2)
}

// A service in trouble is asked less, not more; when it is well again it is
// used again. The others never notice.
func TestBreakerOpensAndCloses(t *testing.T) {
	a, search := newInstance(t, "a"), newInstance(t, "search")
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "b"}, []string{"service"})
	g := newGateway(t, Config{Open: 3 * time.Second, Breakers: gauge, Services: map[contract.Role][]string{contract.RoleSearch: {search.URL}}}, a.URL)
	a.status.Store(500)
	for range 200 {
		ask(g, "GET", "/users/ada", "")
	}
	assert.Less(t, a.seen.Load(), int64(30))
	assert.EqualValues(t, 2, testutil.ToFloat64(gauge.WithLabelValues("users")))
	asked := a.seen.Load()
	w := ask(g, "GET", "/users/ada", "")
	assert.Equal(t, 503, w.Code)
	assert.Equal(t, asked, a.seen.Load(), "answered at once, without asking")
	assert.Equal(t, "3", w.Header().Get("Retry-After"))
	assert.Equal(t, 200, ask(g, "GET", "/search?q=x", "").Code)
	var state map[string]string
	require.NoError(t, json.Unmarshal(ask(g, "GET", "/ready", "").Body.Bytes(), &state))
	assert.Equal(t, map[string]string{"app": "ok", "users": "away: answered at once", "posts": "ok", "search": "ok"}, state)

	a.status.Store(0)
	require.Eventually(t, func() bool { return ask(g, "GET", "/users/ada", "").Code == 200 }, time.Minute, 20*time.Millisecond)
	for range 20 {
		require.Equal(t, 200, ask(g, "GET", "/users/ada", "").Code)
	}
	assert.Zero(t, testutil.ToFloat64(gauge.WithLabelValues("users")))
}

// A service that hangs costs its own callers the time of one attempt, and
// nobody else anything.
func TestASlowServiceIsCutOff(t *testing.T) {
	a, search := newInstance(t, "a"), newInstance(t, "search")
	g := newGateway(t, Config{Attempt: 50 * time.Millisecond, Whole: 200 * time.Millisecond, Parallel: 4,
		Services: map[contract.Role][]string{contract.RoleSearch: {search.URL}}}, a.URL)
	a.slow.Store(int64(2 * time.Second))
	assert.Equal(t, 504, ask(g, "POST", "/users", "x").Code)
	assert.Equal(t, 504, ask(g, "GET", "/users/ada", "").Code)
	var codes sync.Map
	var under sync.WaitGroup
	for range 30 {
		under.Go(func() { codes.Store(ask(g, "POST", "/users", "x").Code, true) })
	}
	for range 10 {
		assert.Equal(t, 200, ask(g, "GET", "/search?q=x", "").Code)
	}
	under.Wait()
	_, full := codes.Load(503)
	assert.True(t, full, "more than four do not wait")
	_, fine := codes.Load(200)
	assert.False(t, fine)
}

// DNS says who is there; when it is away, those who were there stay.
func TestInstancesFollowDNS(t *testing.T) {
	a, b := newInstance(t, "a"), newInstance(t, "b")
	_, port, err := net.SplitHostPort(a.Listener.Addr().String())
	require.NoError(t, err)
	var names atomic.Pointer[[]string]
	names.Store(&[]string{"127.0.0.1"})
	in, err := newInstances([]string{"http://users.internal:" + port, b.URL}, func(_ context.Context, host string) ([]string, error) {
		if host != "users.internal" || names.Load() == nil {
			return nil, errors.New("no such host")
		}
		return *names.Load(), nil
	})
	require.NoError(t, err)
	addresses := func() (out []string) {
		in.refresh(t.Context())
		for _, i := range in.all {
			out = append(out, i.address)
		}
		return out
	}
	static := b.Listener.Addr().String()
	assert.ElementsMatch(t, []string{"127.0.0.1:" + port, static}, addresses())
	names.Store(&[]string{"127.0.0.1", "127.0.0.2"})
	assert.ElementsMatch(t, []string{"127.0.0.1:" + port, "127.0.0.2:" + port, static}, addresses())
	names.Store(nil)
	assert.Len(t, addresses(), 3)
	names.Store(&[]string{"127.0.0.2"})
	assert.ElementsMatch(t, []string{"127.0.0.2:" + port, static}, addresses())
}

func TestDrainFailsHealthOnly(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{}, a.URL)
	g.Drain()
	assert.Equal(t, 503, ask(g, "GET", contract.ReadyPath, "").Code)
	assert.Equal(t, 503, ask(g, "GET", contract.HealthPath, "").Code)
	assert.Equal(t, 200, ask(g, "GET", "/users/ada", "").Code)
}

func TestBodiesAreBounded(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{}, a.URL)
	for range 30 { // it is the caller's fault: no breaker opens
		assert.Equal(t, 413, ask(g, "POST", "/users", strings.Repeat("x", maxBody+1)).Code)
	}
	assert.Equal(t, 200, ask(g, "POST", "/users", "x").Code)
}
