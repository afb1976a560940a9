package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	_, err := New(t.Context(),
		Config{Services: map[contract.Role][]string{contract.RoleUsers: {"ftp://x"},
			contract.RolePosts: {"http://127.0.0.1:1"}}})
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
		method, path := "POST", "/users"
		if i%2 == 0 {
			method, path = "GET", "/users/ada"
		}
		w := ask(g, method, path, "body")
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
	g := newGateway(t, Config{Open: 3 * time.Second, Breakers: gauge,
		Services: map[contract.Role][]string{contract.RoleSearch: {search.URL}}}, a.URL)
	a.status.Store(503)
	for range 200 {
		ask(g, "GET", "/users/ada", "")
	}
	assert.Less(t, a.seen.Load(), int64(30))
	open := func() float64 { return testutil.ToFloat64(gauge.WithLabelValues("users")) }
	require.Eventually(t, func() bool { return open() == 2 }, time.Minute, time.Millisecond)
	asked := a.seen.Load()
	w := ask(g, "GET", "/users/ada", "")
	assert.Equal(t, 503, w.Code)
	assert.Equal(t, asked, a.seen.Load(), "answered at once, without asking")
	assert.Equal(t, "3", w.Header().Get("Retry-After"))
	assert.Equal(t, 200, ask(g, "GET", "/search?q=x", "").Code)
	var state map[string]string
	require.NoError(t, json.Unmarshal(ask(g, "GET", "/ready", "").Body.Bytes(), &state))
	assert.Equal(t, map[string]string{"app": "ok", "users": "answered at once: GET /api/users/{name}", "posts": "ok",
		"search": "ok"}, state)

	a.status.Store(0)
	require.Eventually(t, func() bool { return ask(g, "GET", "/users/ada", "").Code == 200 }, time.Minute,
		20*time.Millisecond)
	for range 20 {
		require.Equal(t, 200, ask(g, "GET", "/users/ada", "").Code)
	}
	require.Eventually(t, func() bool { return open() == 0 }, time.Minute, time.Millisecond)
}

// What is wrong with one route closes that one; and an answer, whatever it
// says of the request, closes none.
func TestBreakersAreOfARouteAndOfTheService(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{Open: time.Hour}, a.URL)
	for _, status := range []int64{400, 404, 408, 413, 422, 429, 500, 501, 507} {
		a.status.Store(status)
		for range 3 * tripAfter {
			require.EqualValues(t, status, ask(g, "GET", "/users/ada", "").Code)
		}
	}
	g = newGateway(t, Config{Open: time.Hour}, a.URL)
	a.status.Store(503)
	for range 3 * tripAfter {
		ask(g, "GET", "/users/ada", "")
	}
	a.status.Store(0)
	w := ask(g, "GET", "/users/ada", "")
	assert.Equal(t, 503, w.Code)
	assert.NotEmpty(t, w.Header().Get("Retry-After"), "this route is closed")
	for method, path := range map[string]string{"GET": "/api/me", "POST": "/api/sessions"} {
		assert.Equal(t, 200, ask(g, method, path, "").Code, "%s %s", method, path)
	}
}

// Who sends slowly or breaks off closes nothing to others, and takes no more
// than a share.
func TestASlowClientHurtsItself(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{Open: time.Hour, Parallel: 16 * clientShare}, a.URL)
	door := httptest.NewServer(g)
	defer door.Close()
	var codes [1000]atomic.Int64
	var under sync.WaitGroup
	for range 24 { // sixteen are a share
		under.Go(func() {
			conn, err := net.Dial("tcp", door.Listener.Addr().String())
			if !assert.NoError(t, err) {
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if assert.NoError(t, err) {
				codes[resp.StatusCode].Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return codes[503].Load() == 8 }, time.Minute, time.Millisecond,
		"the rest is refused at once")
	assert.Equal(t, 200, ask(g, "POST", "/api/users", "x").Code, "others are served meanwhile")
	under.Wait()
	assert.EqualValues(t, 16, codes[408].Load())
	assert.Equal(t, 200, ask(g, "POST", "/api/users", "x").Code, "no breaker has opened")
}

// No request but those that a service has reaches it, and what a client makes
// up is nobody's label.
func TestOnlyRoutesPass(t *testing.T) {
	a := newInstance(t, "a")
	g := newGateway(t, Config{}, a.URL)
	for path, want := range map[string]int{"/api/me": 405, "/users": 405, "/api/nothing": 404, "/api/users/a/b/c": 404,
		"//api/me": 404, "/api/../api/me": 404, "/": 404} {
		w := ask(g, strings.Repeat("X", 30), path, "")
		assert.Equal(t, want, w.Code, path)
		assert.Equal(t, want == 405, w.Header().Get("Allow") != "", path)
	}
	assert.Zero(t, a.seen.Load())
	ctx := WithLabel(t.Context())
	g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/made-up", nil).WithContext(ctx))
	assert.Equal(t, "GET /api/users/{name}", LabelOf(ctx))
	ctx = WithLabel(t.Context())
	g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/made-up", nil).WithContext(ctx))
	assert.Equal(t, "none", LabelOf(ctx))
	for pattern, role := range routes {
		_, path, _ := strings.Cut(pattern, " ")
		of, _ := Route(path)
		assert.Equal(t, role, of, pattern)
	}
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
	in, err := newInstances([]string{"http://users.internal:" + port, b.URL},
		func(_ context.Context, host string) ([]string, error) {
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
	g.Health().Drain()
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
