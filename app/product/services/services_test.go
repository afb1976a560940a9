package services_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/gateway"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/product/web"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/freeport"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// start runs a role in this process.
func start(t *testing.T, role contract.Role, env apptest.Env) *services.Process {
	t.Helper()
	s, err := settings.Read(role, env.Get)
	require.NoError(t, err)
	p, err := services.Start(t.Context(), s, server.Options{})
	require.NoError(t, err)
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := freeport.On("127.0.0.1")
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// system is all of stage 4.
type system struct {
	t                            *testing.T
	users, posts, search, door   *services.Process
	usersEnv, postsEnv, foundEnv apptest.Env
	token                        string
}

func newSystem(t *testing.T) *system {
	s := &system{t: t}
	redis := apptest.NewRedis(t)
	own := func() apptest.Env { // a store of its own
		c, name := apptest.Database(t)
		env := apptest.ClusterEnv(t, c, name, redis)
		env[contract.EnvListen], env[contract.EnvInternalListen] = freeAddress(t), freeAddress(t)
		return env
	}
	s.usersEnv, s.postsEnv, s.foundEnv = own(), own(), own()
	s.usersEnv[contract.EnvEventSubscribers] = contract.TopicUserCreated + "=http://" +
		s.postsEnv[contract.EnvInternalListen]
	s.postsEnv[contract.EnvEventSubscribers] = contract.TopicPostCreated + "=http://" +
		s.foundEnv[contract.EnvInternalListen]
	s.users, s.posts, s.search = start(t, contract.RoleUsers, s.usersEnv), start(t, contract.RolePosts,
		s.postsEnv), start(t, contract.RoleSearch, s.foundEnv)
	s.door = start(t, contract.RoleGateway,
		apptest.Env{contract.EnvListen: "127.0.0.1:0", contract.EnvInternalListen: "127.0.0.1:0", contract.EnvDrain: "100ms",
			contract.EnvUsersURL: "http://" + s.users.Address, contract.EnvPostsURL: "http://" + s.posts.Address, contract.EnvSearchURL: "http://" + s.search.Address})
	t.Cleanup(func() {
		for _, p := range []*services.Process{s.door, s.users, s.posts, s.search} {
			assert.NoError(t, p.Stop())
		}
	})
	return s
}

// ask sends a request through the gateway and returns the status and answer.
func (s *system) ask(method, path string, in any) (int, map[string]any) {
	s.t.Helper()
	return s.askAt(s.door.Address, method, path, in)
}

func (s *system) askAt(address, method, path string, in any) (int, map[string]any) {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		require.NoError(s.t, err)
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+address+path, body)
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	out := map[string]any{}
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	json.Unmarshal(text, &out) //nolint:errcheck // some answers have no body
	return resp.StatusCode, out
}

// finds says how many posts a list through the gateway has.
func (s *system) finds(path string) int {
	code, out := s.ask("GET", path, nil)
	if code != 200 {
		return -1
	}
	posts, ok := out["posts"].([]any)
	require.True(s.t, ok)
	return len(posts)
}

func (s *system) eventually(path string, want int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.finds(path) == want }, time.Minute, 50*time.Millisecond, path)
}

// Somebody signs up at one service, writes at another and is found at a third;
// none has the store of another. While search is away the rest goes on, and
// what was written meanwhile is found when it is back.
func TestServicesMakeOneProduct(t *testing.T) {
	s := newSystem(t)
	code, who := s.ask("POST", "/users",
		map[string]string{"name": "ada", "email": "ada@example.com", "password": "correct horse battery"})
	require.Equal(t, 201, code, who)
	s.token = who["token"].(string)
	code, me := s.ask("GET", "/api/me", nil)
	require.Equal(t, 200, code)
	assert.Equal(t, "ada@example.com", me["email"])
	code, post := s.ask("POST", "/posts",
		map[string]string{"title": "On engines", "body": "They weave algebraic patterns."})
	require.Equal(t, 201, code, post)
	assert.Equal(t, "ada", post["author"])
	s.eventually("/users/ada/posts", 1)
	s.eventually("/search?q=algebraic", 1)

	id := post["id"].(string)
	code, out := s.ask("PUT", "/posts/"+id,
		map[string]string{"title": "On engines", "body": "They weave geometric patterns."})
	require.Equal(t, 200, code, out)
	s.eventually("/search?q=geometric", 1)
	assert.Zero(t, s.finds("/search?q=algebraic"))
	code, lost := s.ask("POST", "/posts", map[string]string{"title": "On error", "body": "ephemeral"})
	require.Equal(t, 201, code, lost)
	s.eventually("/search?q=ephemeral", 1)
	code, _ = s.ask("DELETE", "/posts/"+lost["id"].(string), nil)
	require.Equal(t, 204, code)
	s.eventually("/search?q=ephemeral", 0)

	// Each answers its own paths only.
	code, _ = s.askAt(s.users.Address, "GET", "/api/posts", nil)
	assert.Equal(t, 404, code)
	code, _ = s.askAt(s.search.Address, "POST", "/api/users", map[string]string{})
	assert.Equal(t, 404, code)
	code, _ = s.askAt(s.posts.Address, "POST", "/internal/events", map[string]string{})
	assert.Equal(t, 404, code, "events come by the internal port only")

	require.NoError(t, s.search.Stop())
	code, out = s.ask("POST", "/posts", map[string]string{"title": "On looms", "body": "They weave flowers and leaves."})
	require.Equal(t, 201, code, out)
	code, out = s.ask("GET", "/search?q=weave", nil)
	assert.GreaterOrEqual(t, code, 502, out)
	assert.Equal(t, 2, s.finds("/posts"))

	s.search = start(t, contract.RoleSearch, s.foundEnv)
	s.eventually("/search?q=flowers", 1)
	s.eventually("/search?q=weave", 2)
	text := metrics(t, s.door.Internal)
	assert.Contains(t, text, `http_requests_total{code="201",method="post",route="POST /api/posts"} 3`)
	assert.Contains(t, text, `circuit_breaker_state{service="search"}`)
	assert.Contains(t, metrics(t, s.search.Internal), `events_total{outcome="taken",topic="post.created"} 1`)
}

// Who deletes the account at one service is gone from all: the posts, their copies
// in the search, and the name; events that come late bring nobody back.
func TestAccountsAreDeletedEverywhere(t *testing.T) {
	s := newSystem(t)
	const secret = "correct horse battery"
	code, who := s.ask("POST", "/users", map[string]string{"name": "ada", "email": "ada@example.com", "password": secret})
	require.Equal(t, 201, code, who)
	s.token = who["token"].(string)
	for range 3 {
		code, post := s.ask("POST", "/posts", map[string]string{"title": "On engines", "body": "They weave."})
		require.Equal(t, 201, code, post)
	}
	s.eventually("/users/ada/posts", 3)
	s.eventually("/search?q=weave", 3)
	code, _ = s.ask("DELETE", "/api/me", map[string]string{"password": "not this one"})
	assert.Equal(t, 422, code)
	code, _ = s.ask("DELETE", "/api/me", map[string]string{"password": secret})
	require.Equal(t, 204, code)
	code, _ = s.ask("GET", "/api/me", nil)
	assert.Equal(t, 401, code)
	code, _ = s.ask("POST", "/api/sessions", map[string]string{"email": "ada@example.com", "password": secret})
	assert.Equal(t, 401, code)
	for path, want := range map[string]int{"/search?q=weave": 0, "/posts": 0, "/users/ada/posts": -1} {
		s.eventually(path, want)
	}
	require.Eventually(t, func() bool { code, _ := s.ask("GET", "/users/ada", nil); return code == 404 }, time.Minute,
		50*time.Millisecond)
	id := who["user"].(map[string]any)["id"].(string)
	event := map[string]any{"id": uuid.NewString(), "topic": contract.TopicUserCreated,
		"payload": map[string]string{"id": id, "name": "ada"}}
	code, _ = s.askAt(s.posts.Internal, "POST", "/internal/events", event)
	require.Equal(t, 204, code)
	assert.Equal(t, -1, s.finds("/users/ada/posts"), "a late event brings nobody back")
	code, who = s.ask("POST", "/users", map[string]string{"name": "ada", "email": "ada@example.com", "password": secret})
	assert.Equal(t, 201, code, who)
}

// A service that has just begun, or has lost its store, is told of what was
// there before. What a service does not tell stays where it is.
func TestNewServicesAreToldOfWhatWasThere(t *testing.T) {
	s := newSystem(t)
	code, who := s.ask("POST", "/users",
		map[string]string{"name": "ada", "email": "ada@example.com", "password": "correct horse battery"})
	require.Equal(t, 201, code, who)
	s.token = who["token"].(string)
	for _, title := range []string{"On engines", "On looms"} {
		code, post := s.ask("POST", "/posts", map[string]string{"title": title, "body": "They weave."})
		require.Equal(t, 201, code, post)
	}
	s.eventually("/search?q=weave", 2)
	require.NoError(t, s.search.Stop())
	conn, err := pgx.Connect(t.Context(), s.foundEnv[contract.EnvDatabaseURL])
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "TRUNCATE posts, consumed")
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	s.search = start(t, contract.RoleSearch, s.foundEnv)
	assert.Zero(t, s.finds("/search?q=weave"))

	conn, err = pgx.Connect(t.Context(), s.postsEnv[contract.EnvDatabaseURL])
	require.NoError(t, err)
	// the one app's
	_, err = conn.Exec(t.Context(),
		`INSERT INTO outbox (id, topic, payload) VALUES (gen_random_uuid(), 'user.created', '{}')`)
	require.NoError(t, err)
	replay := exec.CommandContext(t.Context(), apptest.Binary(t), "events", "replay")
	replay.Env = s.postsEnv.Environ()
	out, err := replay.CombinedOutput()
	require.NoError(t, err, "%s", out)
	s.eventually("/search?q=weave", 2)
	var topics []string
	require.NoError(t, conn.QueryRow(t.Context(),
		"SELECT array_agg(topic) FROM outbox WHERE sent_at IS NULL").Scan(&topics))
	assert.Equal(t, []string{"user.created"}, topics)
	require.NoError(t, conn.Close(t.Context()))
}

func metrics(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get("http://" + address + contract.MetricsPath)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(text)
}

func TestOnlyItsOwnPaths(t *testing.T) {
	for role, paths := range map[contract.Role]map[string]bool{
		contract.RolePosts: {"/api/posts": true, "/api/feed": true, "/api/users/ada/posts": true,
			"/health": true, "/ready": true, "/status": true,
			"/posts": false, "/api/users": false, "/api/search": false, "/": false, "/signup": false, "/metrics": false},
		contract.RoleUsers: {"/api/users/ada": true, "/api/me": true, "/health": true, "/signup": true, "/login": true,
			"/account": true, "/account/delete": true, "/forgot": true, "/reset": true, "/confirm": true,
			"/api/posts": false, "/api/users/ada/posts": false, "/": false, "/feed": false, "/write": false, "/operator": false},
	} {
		seen := ""
		h := services.Only(role)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.URL.Path }))
		for path, want := range paths {
			seen = ""
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			assert.Equal(t, want, seen == path, path)
			assert.Equal(t, want, w.Code == 200, path)
		}
	}
}

// Gateway and services must agree on what there is.
func TestGatewayHasTheRoutesOfTheServices(t *testing.T) {
	assert.Equal(t, web.Routes(), gateway.Routes())
}

func TestGatewayNeedsNoStoreButServices(t *testing.T) {
	_, err := settings.Read(contract.RoleGateway, apptest.Env{}.Get)
	require.Error(t, err)
	for _, name := range []string{contract.EnvUsersURL, contract.EnvPostsURL, contract.EnvSearchURL} {
		assert.ErrorContains(t, err, name)
	}
	assert.False(t, strings.Contains(err.Error(), contract.EnvRedisURL) ||
		strings.Contains(err.Error(), contract.EnvDatabaseURL), err)
}
