package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/store"
)

// start runs the app in this process until the test ends.
func start(t *testing.T, role contract.Role, env apptest.Env, o server.Options) *product.App {
	t.Helper()
	s, err := settings.Read(role, env.Get)
	require.NoError(t, err)
	if o.Log == nil && os.Getenv("APP_TEST_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	app, err := product.Start(context.WithoutCancel(t.Context()), s, o)
	require.NoError(t, err)
	var stopped atomic.Bool
	stops.Store(app, &stopped)
	t.Cleanup(func() { stop(t, app) })
	return app
}

// stop ends an app once, whether in the test or after it.
func stop(t *testing.T, app *product.App) {
	t.Helper()
	v, _ := stops.Load(app)
	if v.(*atomic.Bool).Swap(true) {
		return
	}
	if err := app.Stop(); err != nil {
		t.Error(err)
	}
}

// client is a program that uses the API of one server.
type client struct {
	t     testing.TB
	base  string
	token string
	http  *http.Client
}

func newClient(t testing.TB, app *product.App) *client {
	return &client{t: t, base: "http://" + app.Address, http: &http.Client{Timeout: 15 * time.Second}}
}

// at is the same person at another server.
func (c *client) at(app *product.App) *client {
	other := *c
	other.base = "http://" + app.Address
	return &other
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), string(a.body))
}

// try sends a request; the error is about the connection.
func (c *client) try(method, path string, body any, headers ...string) (answer, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, c.base+path, reader)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, body: text}, err
}

// do sends a request that must be answered with a status.
func (c *client) do(want int, method, path string, body any, headers ...string) answer {
	c.t.Helper()
	a, err := c.try(method, path, body, headers...)
	require.NoError(c.t, err)
	require.Equal(c.t, want, a.status, "%s %s: %s", method, path, a.body)
	return a
}

// stops remembers which apps have been stopped.
var stops sync.Map

var people atomic.Int64

const password = "correct horse battery"

// signUp makes a new person and is that person from then on.
func (c *client) signUp() (name string) {
	c.t.Helper()
	name = fmt.Sprintf("person-%d", people.Add(1))
	var in struct{ Token string }
	c.do(201, "POST", "/api/users",
		map[string]string{"email": name + "@example.com", "name": name, "password": password}).into(c.t, &in)
	c.token = in.Token
	return name
}

type post struct {
	ID, Title, Body, Author, Picture, Thumbnail string
}

type listed struct {
	Posts []post
	Next  string
}

func (c *client) publish(title, body string) post {
	c.t.Helper()
	var p post
	c.do(201, "POST", "/api/posts", map[string]string{"title": title, "body": body}).into(c.t, &p)
	return p
}

func (c *client) list(path string) listed {
	c.t.Helper()
	var l listed
	c.do(200, "GET", path, nil).into(c.t, &l)
	return l
}

func titles(l listed) []string {
	out := []string{}
	for _, p := range l.Posts {
		out = append(out, p.Title)
	}
	return out
}

type job struct {
	ID, Kind, State, Result, Error string
	Progress, Attempts             int
}

// finished waits for a job to end.
func (c *client) finished(id string, within time.Duration) (j job) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		j = job{}
		c.do(200, "GET", "/api/jobs/"+id, nil).into(c.t, &j)
		return j.State == "done" || j.State == "dead"
	}, within, 50*time.Millisecond)
	return j
}

var discard = slog.New(slog.DiscardHandler)

// newJob is a job of nobody's.
func newJob(kind string) (store.Job, error) { return work.New(uuid.Nil, kind, struct{}{}) }

func jsonLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// mustUser is the id of the person that c is.
func mustUser(t *testing.T, app *product.App, c *client) uuid.UUID {
	t.Helper()
	var me struct{ ID uuid.UUID }
	c.at(app).do(200, "GET", "/api/me", nil).into(t, &me)
	return me.ID
}
