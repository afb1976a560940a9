package tests

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/purge"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
)

// command runs the binary to its end.
func command(t *testing.T, env apptest.Env, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(apptest.Binary(t), args...)
	cmd.Env = env.Environ()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestCommands(t *testing.T) {
	out, err := command(t, apptest.Env{}, "all")
	require.Error(t, err)
	for _, name := range []string{contract.EnvDatabaseURL, contract.EnvRedisURL, contract.EnvUploadsDir} {
		assert.Contains(t, out, name+": missing")
	}
	out, err = command(t, apptest.Env{})
	require.Error(t, err)
	assert.Contains(t, out, contract.EnvDatabaseURL+": missing")
	assert.Contains(t, out, "app dev", "who only wants to look at it is told how")
	out, err = command(t, apptest.Env{}, "cook")
	require.Error(t, err)
	assert.Contains(t, out, `no command "cook"`)

	c := apptest.Shared(t)
	require.NoError(t, c.Primary.Exec(t.Context(), "DROP DATABASE IF EXISTS commands WITH (FORCE)"))
	require.NoError(t, c.Primary.Exec(t.Context(), "CREATE DATABASE commands"))
	t.Cleanup(func() { c.Primary.Exec(context.Background(), "DROP DATABASE commands WITH (FORCE)") }) //nolint:errcheck // the cluster goes as well
	env := apptest.Env{contract.EnvDatabaseURL: c.Primary.URL("commands")}
	out, err = command(t, env, "migrate")
	require.NoError(t, err, out)
	out, err = command(t, env, "seed", "-users", "10", "-posts", "20500")
	require.NoError(t, err, out)
	assert.Contains(t, out, "posts: 10000 of 20500 (48 %)")
	assert.Contains(t, out, "posts: 20500 of 20500 (100 %)")

	dir := filepath.Join(t.TempDir(), "out")
	out, err = command(t, env, "assets", dir)
	require.NoError(t, err, out)
	assert.FileExists(t, filepath.Join(dir, "manifest.json"))
}

func TestDeadLettersByCommand(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{Jobs: jobs.Config{Backoff: 10 * time.Millisecond}})
	bad, err := newJob("no-such-kind")
	require.NoError(t, err)
	require.NoError(t, app.Queue.Enqueue(t.Context(), bad))
	require.Eventually(t, func() bool {
		dead, err := app.Queue.Dead(t.Context(), 10)
		return err == nil && len(dead) == 1
	}, time.Minute, 50*time.Millisecond)
	out, err := command(t, env, "jobs", "dead")
	require.NoError(t, err, out)
	var dead jobs.Dead
	require.NoError(t, json.Unmarshal([]byte(out), &dead))
	assert.Equal(t, bad.ID.String(), dead.Job)
	out, err = command(t, env, "jobs", "replay", dead.Job)
	require.NoError(t, err, out)
	assert.Equal(t, "replayed 1\n", out)
}

// A message stays hidden for as long as its job takes, however long that is:
// nobody else begins it. And an app that is told to stop finishes it first.
func TestLongJobsAreDoneOnce(t *testing.T) {
	t.Parallel()
	_, env, options := cloudEnv(t)
	options.Visible = time.Second
	var mu sync.Mutex
	begun := 0
	started := make(chan struct{}, 10)
	address := slowMail(t, 4*time.Second, func() { mu.Lock(); begun++; mu.Unlock(); started <- struct{}{} })
	env[contract.EnvMailURL] = "smtp://" + address
	env[contract.EnvDrain] = "6s"
	one, two := start(t, contract.RoleAll, env, options), start(t, contract.RoleWorker, env, options)
	c := newClient(t, one)
	c.signUp()
	<-started
	var found struct{ Jobs []job }
	c.do(200, "GET", "/api/jobs", nil).into(t, &found)
	stop(t, two)
	stop(t, one)
	reader := start(t, contract.RoleWeb, env, options)
	j, err := reader.Store.JobsOf(t.Context(), mustUser(t, reader, c), 10)
	require.NoError(t, err)
	require.Len(t, j, 1)
	assert.Equal(t, store.JobDone, j[0].State)
	assert.Equal(t, 1, j[0].Attempts)
	assert.Equal(t, 1, begun)
}

// A person at a terminal need not wait for proxies that are not there, nor for a
// browser's spare connection; systemd gives proxies half of the time.
func TestInterruptedAppsEndAtOnce(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	env[contract.EnvDrain] = "10m"
	app := apptest.StartProgram(t, env, "all")
	spare, err := net.Dial("tcp", app.Address)
	require.NoError(t, err)
	t.Cleanup(func() { spare.Close() })
	ended := make(chan error, 1)
	go func() { ended <- app.End(os.Interrupt) }()
	select {
	case err := <-ended:
		assert.NoError(t, err)
	case <-time.After(time.Minute):
		t.Error("it waits for nobody")
	}
}

func TestSessionsEndAnHourAfterTheirLastUse(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	c.signUp()
	option, err := rueidis.ParseURL(env[contract.EnvRedisURL])
	require.NoError(t, err)
	r, err := rueidis.NewClient(option)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	found, err := r.Do(t.Context(), r.B().Keys().Pattern("s:*").Build()).AsStrSlice()
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.NotContains(t, found[0], c.token, "the token itself is kept nowhere")
	require.NoError(t, r.Do(t.Context(), r.B().Expire().Key(found[0]).Seconds(100).Build()).Error())
	c.do(200, "GET", "/api/me", nil)
	left, err := r.Do(t.Context(), r.B().Ttl().Key(found[0]).Build()).AsInt64()
	require.NoError(t, err)
	assert.Greater(t, left, int64(3590))

	require.NoError(t, r.Do(t.Context(), r.B().Flushall().Build()).Error())
	c.do(200, "GET", "/api/me", nil) // Redis has forgotten, the copy has not
	_, err = app.Store.Pools().Primary().Exec(t.Context(), "UPDATE sessions SET expires_at = now()")
	require.NoError(t, err)
	require.NoError(t, r.Do(t.Context(), r.B().Flushall().Build()).Error())
	c.do(401, "GET", "/api/me", nil)
}

func TestCloudflareIsToldOfPaths(t *testing.T) {
	var got []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Files []string }
		if r.Header.Get("Authorization") != "Bearer token" || r.URL.Path != "/zones/zone/purge_cache" ||
			json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Files) > 30 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got = append(got, in.Files...)
	}))
	t.Cleanup(api.Close)
	site, err := url.Parse("https://example.com")
	require.NoError(t, err)
	cdn := &purge.Cloudflare{Zone: "zone", Token: "token", Site: site, API: api.URL, Client: http.DefaultClient}
	paths := strings.Split(strings.Repeat("/a,", 40)+"/b", ",")
	require.NoError(t, cdn.Purge(t.Context(), "1", paths))
	assert.Len(t, got, 41)
	assert.Equal(t, "https://example.com/b", got[40])
	cdn.Token = "wrong"
	assert.ErrorContains(t, cdn.Purge(t.Context(), "1", paths), "400")
}

// Nothing that is secret is in the log, whatever happens.
func TestLogHoldsNoSecrets(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvLogLevel] = "debug"
	log := filepath.Join(t.TempDir(), "log")
	out, err := os.Create(log)
	require.NoError(t, err)
	app := start(t, contract.RoleAll, env, server.Options{Log: jsonLog(out)})
	c := newClient(t, app)
	name := c.signUp()
	c.do(401, "POST", "/api/sessions", map[string]string{"email": name + "@example.com", "password": "another secret"})
	c.do(200, "GET", "/api/me?token="+c.token, nil)
	stop(t, app)
	require.NoError(t, out.Close())
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(text), "/api/me")
	for _, secret := range []string{c.token, password, "another secret"} {
		assert.NotContains(t, string(text), secret)
	}
}
