package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// with is a user with an app: a copy of a folder.
func with(t *testing.T, folder string) user {
	t.Helper()
	u := newUser(t)
	u.app = t.TempDir()
	require.NoError(t, os.CopyFS(u.app, os.DirFS(folder)))
	return u
}

// said is what a page says; empty where none comes.
func said(url string) string {
	answer, err := http.Get(url) //nolint:gosec // the lab's own
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

// part is what a part of the counter says of itself.
type part struct{ Part, Greeting, Secret, Database, Version string }

func tells(t *testing.T, url string) (p part) {
	t.Helper()
	text := said(url)
	require.NoError(t, json.Unmarshal([]byte(text), &p), "%s: %s", url, text)
	return p
}

// reads gives a command what it reads.
func (u user) reads(text string, args ...string) string {
	u.t.Helper()
	cmd := exec.Command(u.bin, append(args, "--dir", u.dir)...)
	cmd.Dir, cmd.Stdin = u.app, strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	require.NoError(u.t, err, string(out))
	return string(out)
}

// timed logs how long something took.
func (u user) timed(what string, do func()) {
	u.t.Helper()
	begin := time.Now()
	do()
	u.t.Logf("%-40s %v", what, time.Since(begin).Round(100*time.Millisecond))
}

// Somebody's own app with two services, on stage 4: each path is answered by its service,
// which has its own database or none, by the CDN and by the API gateway; and the days after
// the first, timed: a version, a bad one, back, a secret's new value, a restore.
func TestYourServices(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := with(t, filepath.Join("testdata", "counter"))
	u.reads("first\n", "secret", "set", "API_KEY", "--cloud", "lab")
	u.timed("up 4", func() { u.must("up", "4", "--cloud", "lab", "--set", "services.weights=orders=100,mail=100") })
	s := u.status()
	require.True(t, s.Settled)
	site, api := s.door("cdn"), s.door("gateway")
	for _, door := range []string{site, api} {
		assert.Equal(t, part{"web", "from rung.yaml", "first", "app", "1"}, tells(t, door+"/"))
		assert.Equal(t, part{"orders", "from rung.yaml", "first", "app", "1"}, tells(t, door+"/api/orders/said"))
		assert.Equal(t, part{"mail", "from rung.yaml", "first", "none", "1"}, tells(t, door+"/api/mail/said"))
		assert.Contains(t, said(door+"/asks"), `"part": "orders"`, "web asks the service by the address it was given")
	}
	assert.Equal(t, "1", said(site+"/api/orders/new"))
	assert.Equal(t, "2", said(api+"/api/orders/new"), "both by the service's own database")
	u.days(site)
	u.looks(site)
	u.destroy()
}

// days are a version, a bad one that goes back by itself, and the way back.
func (u user) days(site string) {
	t := u.t
	t.Helper()
	u.must("env", "set", "VERSION=2")
	u.timed("deploy", func() { u.must("deploy", "--cloud", "lab") })
	for _, path := range []string{"/", "/api/orders/said", "/api/mail/said"} {
		assert.Equal(t, "2", tells(t, site+path).Version, path)
	}
	good, err := os.ReadFile(filepath.Join(u.app, "serve.py"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(u.app, "serve.py"), []byte("raise SystemExit(3)\n"), 0o600))
	u.timed("a bad release that goes back", func() {
		out, err := u.rung("deploy", "--cloud", "lab", "--patience", "90s")
		require.Error(t, err)
		assert.Contains(t, out, "runs again")
	})
	assert.Equal(t, "2", tells(t, site+"/api/orders/said").Version)
	require.NoError(t, os.WriteFile(filepath.Join(u.app, "serve.py"), good, 0o600))
	u.timed("back", func() { u.must("back", "--cloud", "lab") })
	assert.Equal(t, "1", tells(t, site+"/api/orders/said").Version)
	assert.Equal(t, "2", said(site+"/api/orders/count"), "rows stay")
}

// looks looks inside, and gives a secret another value.
func (u user) looks(site string) {
	t := u.t
	t.Helper()
	u.timed("logs", func() { assert.Contains(t, u.must("logs", "workers", "--cloud", "lab"), "works on") })
	u.timed("exec", func() {
		out := u.must("exec", "orders-service", "--cloud", "lab", "--", "sh", "-c", "echo $GREETING")
		assert.Contains(t, out, "from rung.yaml")
	})
	u.timed("tunnel", u.tunnels)
	u.timed("secret rotate", func() { u.reads("second\n", "secret", "rotate", "API_KEY", "--given", "--cloud", "lab") })
	for _, path := range []string{"/", "/api/orders/said", "/api/mail/said"} {
		assert.Equal(t, "second", tells(t, site+path).Secret, path)
	}
	u.timed("restore", func() {
		assert.Contains(t, u.must("restore", "orders-database", "--at", "latest", "--cloud", "lab"), "orders")
	})
}
