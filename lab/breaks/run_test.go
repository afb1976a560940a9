package breaks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/load"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// pair is two servers of the real app behind a balancer that asks for their
// health, and a keeper that starts another for one that is gone.
type pair struct {
	t   *testing.T
	env apptest.Env

	mu     sync.Mutex
	all    map[string]*apptest.Program
	well   map[string]bool
	number int
	turn   int
}

func (p *pair) add() {
	p.number++
	p.all[fmt.Sprintf("web-%d", p.number)] = apptest.StartProgram(p.t, p.env, "web")
}

// keep asks for health, as a balancer does, and keeps two.
func (p *pair) keep(ctx context.Context) {
	for ctx.Err() == nil {
		p.look()
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *pair) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, program := range p.all {
		resp, err := http.Get("http://" + program.Address + contract.HealthPath)
		if p.well[name] = err == nil && resp.StatusCode == http.StatusOK; err == nil {
			resp.Body.Close()
		}
		if err != nil { // it has ended
			delete(p.all, name)
		}
	}
	for len(p.all) < 2 {
		p.add()
	}
}

// RoundTrip sends to one that is well, and what got no answer to another.
func (p *pair) RoundTrip(r *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		p.mu.Lock()
		var names []string
		for name := range p.all {
			if p.well[name] {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			p.mu.Unlock()
			return nil, errors.New("no server")
		}
		p.turn++
		r.URL.Host = p.all[names[p.turn%len(names)]].Address
		p.mu.Unlock()
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil || try == 2 || r.Method != http.MethodGet {
			return resp, err
		}
	}
}

func (p *pair) Units(context.Context) ([]Unit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Unit
	for name := range p.all {
		all = append(all, Unit{Name: name, Role: RoleWeb, Serves: p.well[name]})
	}
	return all, nil
}

func (p *pair) Kill(_ context.Context, unit string) error {
	p.mu.Lock()
	program := p.all[unit]
	p.mu.Unlock()
	program.Kill()
	return nil
}

var errNotHere = errors.New("the test cannot")

func (p *pair) Pause(context.Context, string) error               { return errNotHere }
func (p *pair) Slow(context.Context, string, time.Duration) error { return errNotHere }
func (p *pair) CutOff(context.Context, string) error              { return errNotHere }
func (p *pair) FillDisk(context.Context, string) error            { return errNotHere }
func (p *pair) Notice(context.Context, string) error              { return errNotHere }
func (p *pair) Heal(context.Context, string) error                { return nil }

// A server of the real app is killed under load: it is noticed, replaced, and
// nothing that was acknowledged is lost.
func TestAServerIsKilled(t *testing.T) {
	p := &pair{t: t, env: apptest.NewEnv(t), all: map[string]*apptest.Program{}, well: map[string]bool{}}
	p.add()
	p.add()
	ctx, stop := context.WithCancel(t.Context())
	var keeping sync.WaitGroup
	keeping.Go(func() { p.keep(ctx) })
	t.Cleanup(func() { stop(); keeping.Wait() })
	require.Eventually(t, func() bool {
		units, err := p.Units(ctx)
		return err == nil && len(units) == 2 && units[0].Serves && units[1].Serves
	}, time.Minute, 50*time.Millisecond)
	door := httptest.NewServer(&httputil.ReverseProxy{Transport: p, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "chosen.later"})
	}})
	t.Cleanup(door.Close)
	plan := load.Plan{Target: door.URL, Rate: 20, From: -1, People: 4, Posts: 10, Jobs: -1}
	timing := Timing{Before: time.Second, Held: 2 * time.Second, After: 3 * time.Second, Every: 50 * time.Millisecond}
	got, err := Run(t.Context(), p, Break{What: Machine, How: Kill}, plan, timing)
	require.NoError(t, err)
	assert.Equal(t, []string{"web-1"}, got.Faulted)
	assert.NotEqual(t, never, got.Detect)
	assert.NotEqual(t, never, got.Recover)
	assert.Zero(t, got.Writes.Lost+got.Writes.Unread, "%v", got.Writes.Examples)
	assert.Positive(t, got.Writes.Acknowledged)
	assert.Empty(t, got.Problem)
	assert.Positive(t, got.Sent)

	_, err = Run(t.Context(), p, Break{What: Machine, How: Slow}, plan, timing)
	assert.ErrorIs(t, err, errNotHere, "what could not be done is said")
	_, err = Run(t.Context(), p, Break{What: Cache, How: Kill}, plan, timing)
	assert.ErrorContains(t, err, "none that serves")
}

func TestRowsOfARealDatabase(t *testing.T) {
	cluster, name := apptest.Database(t)
	conn, err := pgx.Connect(t.Context(), cluster.Primary.URL(name))
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `CREATE TABLE "Odd name" AS SELECT generate_series(1, 3)`)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS n")
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	counts, err := PostgresRows(t.Context(), cluster.Primary.URL(name))
	require.NoError(t, err)
	assert.EqualValues(t, 3, counts[`public."Odd name"`])
	assert.Contains(t, counts, "public.posts")
	assert.NotContains(t, counts, "public.fleeting", "no backup has it")
	_, err = PostgresRows(t.Context(), "postgres://127.0.0.1:1/none")
	assert.ErrorContains(t, err, "connect to count rows")
}
