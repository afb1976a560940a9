package hosts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/handover/handovertest"
)

// split is the app on its way from stage 3 to 4: one process with all roles and the
// posts service on the old database, the users service on one of its own, the search
// service on a third.
type split struct {
	*world
	env               map[contract.Role]apptest.Env
	one, users, posts *services.Process
	search            *services.Process
}

func newSplit(t *testing.T) *split {
	s := &split{world: newWorld(t, "SELECT 1"), env: map[contract.Role]apptest.Env{}}
	found := s.spec.Name + "_found"
	require.NoError(t, handovertest.New.Primary.Exec(t.Context(), "CREATE DATABASE "+found))
	t.Cleanup(func() { drop(t, handovertest.New, found) })
	redis := apptest.NewRedis(t)
	s.env[contract.RoleAll] = apptest.ClusterEnv(t, handovertest.Old, s.spec.Name, redis)
	s.env[contract.RoleAll][contract.EnvPauseWrites] = s.spec.Edge.PauseFile
	s.env[contract.RolePosts] = apptest.ClusterEnv(t, handovertest.Old, s.spec.Name, redis)
	s.env[contract.RoleUsers] = apptest.ClusterEnv(t, handovertest.New, s.spec.Name, redis)
	s.env[contract.RoleSearch] = apptest.ClusterEnv(t, handovertest.New, found, redis)
	for _, role := range []contract.Role{contract.RolePosts, contract.RoleSearch} {
		port, err := freeport.On("127.0.0.1")
		require.NoError(t, err)
		s.env[role][contract.EnvInternalListen] = fmt.Sprintf("127.0.0.1:%d", port)
	}
	s.env[contract.RoleUsers][contract.EnvEventSubscribers] = contract.TopicUserCreated + "=http://" +
		s.env[contract.RolePosts][contract.EnvInternalListen]
	s.env[contract.RolePosts][contract.EnvEventSubscribers] = contract.TopicPostCreated + "=http://" +
		s.env[contract.RoleSearch][contract.EnvInternalListen]
	for _, role := range []contract.Role{contract.RoleUsers, contract.RoleSearch} { // as app migrate does
		_, err := product.Migrate(t.Context(), s.env[role][contract.EnvDatabaseURL])
		require.NoError(t, err)
	}
	s.one = s.begin(contract.RoleAll)
	return s
}

func (s *split) begin(role contract.Role) *services.Process {
	s.t.Helper()
	read, err := settings.Read(role, s.env[role].Get)
	require.NoError(s.t, err)
	p, err := services.Start(s.t.Context(), read, server.Options{})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { assert.NoError(s.t, p.Stop()) })
	return p
}

// ask asks a process as a program does, and gives the status and the answer.
func (s *split) ask(p *services.Process, token, method, path string, in any) (int, map[string]any) {
	s.t.Helper()
	text, err := json.Marshal(in)
	require.NoError(s.t, err)
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+p.Address+path, bytes.NewReader(text))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	out := map[string]any{}
	json.NewDecoder(answer.Body).Decode(&out) //nolint:errcheck // some answers have no body
	return answer.StatusCode, out
}

const phrase = "correct horse battery"

// join signs somebody up and gives the token of the session.
func (s *split) join(p *services.Process, name string) string {
	s.t.Helper()
	code, who := s.ask(p, "", "POST", "/api/users", map[string]string{"name": name, "email": name + "@example.com",
		"password": phrase})
	require.Equal(s.t, 201, code, who)
	return who["token"].(string)
}

// logIn gives the status of a log-in and its token.
func (s *split) logIn(p *services.Process, name string) (int, string) {
	code, who := s.ask(p, "", "POST", "/api/sessions",
		map[string]string{"email": name + "@example.com", "password": phrase})
	token, _ := who["token"].(string)
	return code, token
}

// knows waits until the posts service knows a person, or no longer.
func (s *split) knows(name string, want int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		code, _ := s.ask(s.posts, "", "GET", "/api/users/"+name+"/posts", nil)
		return code == want
	}, time.Minute, 50*time.Millisecond, name)
}

// The users of this project's app move to the users service's own database, which the
// service has made its tables in; whoever was there logs in there, the posts stay, and
// the search service is told of them by the step after the switch.
func TestUsersMoveToTheirService(t *testing.T) {
	s := newSplit(t)
	ada := s.join(s.one, "ada")
	for _, title := range []string{"On engines", "On looms"} {
		code, post := s.ask(s.one, ada, "POST", "/api/posts", map[string]string{"title": title, "body": "They weave."})
		require.Equal(t, 201, code, post)
	}
	s.users, s.search, s.posts = s.begin(contract.RoleUsers), s.begin(contract.RoleSearch), s.begin(contract.RolePosts)
	code, _ := s.logIn(s.users, "ada")
	require.Equal(t, 401, code, "nobody is there yet")

	s.spec.Tables, s.spec.FreeOld = []string{"users"}, true
	s.spec.Edge.OnSwitch = "" // the balancer's paths are not the test's
	s.spec.After = replay(t, s.env[contract.RolePosts])
	s.do("start")
	require.Equal(t, 201, first(s.ask(s.one, "", "POST", "/api/users", map[string]string{"name": "bob",
		"email": "bob@example.com", "password": phrase})), "the old side serves meanwhile")
	s.do("switch")

	for _, name := range []string{"ada", "bob"} {
		code, token := s.logIn(s.users, name)
		require.Equal(t, 201, code)
		code, _ = s.ask(s.posts, token, "POST", "/api/posts",
			map[string]string{"title": "After", "body": "They still weave."})
		require.Equal(t, 201, code)
	}
	require.Eventually(t, func() bool {
		_, found := s.ask(s.search, "", "GET", "/api/search?q=weave", nil)
		list, _ := found["posts"].([]any)
		return len(list) == 4
	}, time.Minute, 100*time.Millisecond, "posts of before and after")

	// Until finish their rows come to the posts' database by the stream back.
	eve := s.join(s.users, "eve")
	s.knows("eve", 200)
	code, out := s.ask(s.users, eve, "DELETE", "/api/me", map[string]string{"password": phrase})
	require.Equal(t, 204, code, out)
	s.knows("eve", 404)
	require.Eventually(t, func() bool {
		return s.count(s.spec.From, "SELECT count(*) FROM users WHERE name = 'eve'") == 0
	}, time.Minute, 50*time.Millisecond)
	for what, sql := range map[string][2]string{
		"every event of hers is taken": {s.spec.To, "SELECT count(*) FROM outbox WHERE sent_at IS NULL"},
		"what erases her has ended":    {s.spec.From, "SELECT count(*) FROM river_job WHERE state <> 'completed'"},
	} {
		require.Eventually(t, func() bool { return s.count(sql[0], sql[1]) == 0 }, time.Minute, 100*time.Millisecond, what)
	}

	s.do("finish")
	s.join(s.users, "kay") // and from then on by events
	s.knows("kay", 200)
	assert.Equal(t, 1, s.count(s.spec.From, "SELECT count(*) FROM users WHERE name = 'kay' AND password_hash = ''"))
	assert.Equal(t, 1, s.count(s.spec.From, "SELECT count(*) FROM users WHERE name = 'ada'"))
}

func first(code int, _ map[string]any) int { return code }

// replay is the command that tells of all posts, with the environment of who tells.
func replay(t *testing.T, env apptest.Env) string {
	var b strings.Builder
	b.WriteString("env")
	for _, one := range env.Environ() {
		b.WriteString(" '" + one + "'")
	}
	path, err := filepath.Abs(apptest.Binary(t))
	require.NoError(t, err)
	return b.String() + " " + path + " events replay"
}
