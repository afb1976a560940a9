package onlab

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// labWith is the record of a lab that runs, with one app as a real process, and a fleet's
// machines.
func labWith(t *testing.T) *Driver {
	t.Helper()
	d, err := Of(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(d.at.Logs(), 0o755))
	app := exec.Command("sleep", "60")
	app.Env, app.Dir = []string{"DATABASE_URL=postgres://app:p%40ss@here:5432/shop?sslmode=disable", "ODD=a b\nc"}, "/tmp"
	require.NoError(t, app.Start())
	t.Cleanup(func() { _ = app.Process.Kill(); _ = app.Wait() })
	s := state.State{Supervisor: process.Identify(os.Getpid()), Units: []state.Unit{
		{Name: "i-1/app", State: "well"}, {Name: "i-1/postgresql", State: "failed", Error: "ended"}, {Name: "i-1/backup", State: "done"}}}
	require.NoError(t, s.Write(d.at.Status()))
	led, err := ledger.Read(d.at.Ledger())
	require.NoError(t, err)
	led.Processes["i-1/app"] = ledger.Process{Identity: process.Identify(app.Process.Pid)}
	led.Machines["i-b"] = ledger.Machine{ID: "i-b", Group: "web", State: ledger.InService}
	led.Machines["i-a"] = ledger.Machine{ID: "i-a", Group: "web", State: ledger.InService}
	led.Machines["i-c"] = ledger.Machine{ID: "i-c", Group: "web", State: ledger.Draining}
	require.NoError(t, led.Write(d.at.Ledger()))
	return d
}

var server = operate.Part{Name: "server", Kind: operate.Server, IDs: []string{"i-1"}}

// A command has the app's environment and folder, and its exit code is told.
func TestExecRunsBesideTheApp(t *testing.T) {
	d := labWith(t)
	var out, errs bytes.Buffer
	code, err := d.Exec(t.Context(), operate.Machine{ID: "i-1"}, []string{"/bin/sh", "-c", `printf '%s|%s|%s|%s' "$DATABASE_URL" "$ODD" "$HOME" "$PWD"; exit 7`},
		operate.IO{Out: &out, Err: &errs})
	require.NoError(t, err, errs.String())
	assert.Equal(t, 7, code)
	assert.Equal(t, "postgres://app:p%40ss@here:5432/shop?sslmode=disable|a b\nc||/tmp", out.String())

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = d.Exec(ctx, operate.Machine{ID: "i-1"}, []string{"/bin/sleep", "60"}, operate.IO{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = d.Exec(t.Context(), operate.Machine{ID: "i-9"}, []string{"/bin/true"}, operate.IO{})
	assert.ErrorContains(t, err, "the app does not run on this machine")
}

func TestWhatTheLabTells(t *testing.T) {
	d := labWith(t)
	f, err := d.Look(t.Context(), operate.Stack{Parts: []operate.Part{server,
		{Name: "web", Kind: operate.Fleet, IDs: []string{"web"}}}})
	require.NoError(t, err)
	assert.Equal(t, operate.Health{Part: "server", Kind: operate.Server, State: operate.Ill,
		Says: "1 of 2 servers well: i-1/postgresql ended"}, f.Health[0])
	assert.Equal(t, operate.Unknown, f.Health[1].State)
	all, err := d.Machines(t.Context(), operate.Part{Name: "web", Kind: operate.Fleet, IDs: []string{"web"}})
	require.NoError(t, err)
	require.Len(t, all, 2, "one that drains serves no more")
	assert.Equal(t, "i-a", all[0].ID)

	asleep, err := Of(t.TempDir())
	require.NoError(t, err)
	_, err = asleep.Look(t.Context(), operate.Stack{})
	require.ErrorIs(t, err, operate.ErrNotHere)
	assert.ErrorContains(t, err, "rung lab start")
}

// A log is followed through lines that come in halves, and through a file begun anew.
func TestLogsAreFollowed(t *testing.T) {
	d := labWith(t)
	path := d.at.Log("i-1/app")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("one\ntw"), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var got []string
	err := d.Logs(ctx, server, operate.Query{Follow: true}, func(l operate.Line) error {
		got = append(got, l.From+" "+l.Text)
		switch len(got) {
		case 1:
			return os.WriteFile(path, []byte("one\ntwo\n"), 0o600)
		case 2:
			return os.WriteFile(path, []byte("new\n"), 0o600)
		}
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"i-1 one", "i-1 two", "i-1 new"}, got)
}

// Who logs in is what the app on the machine has, or what the cloud says of the database.
func TestLoginInTheLab(t *testing.T) {
	d := labWith(t)
	_, err := d.Login(t.Context(), operate.Machine{ID: "i-9"}, operate.Store{Name: "database", Host: operate.Beside})
	require.ErrorContains(t, err, "the app does not run")
	login, err := d.Login(t.Context(), operate.Machine{ID: "i-1"}, operate.Store{Name: "database", Host: operate.Beside})
	require.NoError(t, err)
	assert.Equal(t, operate.Login{User: "app", Password: "p@ss", Database: "shop"}, login)

	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	writeCloud(t, d, entry(token.RDSInstance, "db", sim.Props{"address": "db.rds", "username": "rung", "password": "p",
		"dbName": "app"}),
		entry(token.RDSCluster, "c", sim.Props{"endpoint": "c.rds", "masterUsername": "rung", "masterPassword": "q",
			"databaseName": "app"}))
	for host, want := range map[string]string{"db.rds": "p", "c.rds": "q"} {
		login, err := d.Login(t.Context(), operate.Machine{}, operate.Store{Host: host})
		require.NoError(t, err)
		assert.Equal(t, operate.Login{User: "rung", Password: want, Database: "app"}, login)
	}
	_, err = d.Login(t.Context(), operate.Machine{}, operate.Store{Name: "database", Host: "nowhere"})
	require.ErrorContains(t, err, "no database at nowhere")
}

// writeCloud writes the cloud's file of a lab.
func writeCloud(t *testing.T, d *Driver, entries ...*sim.Entry) {
	t.Helper()
	byID := map[string]*sim.Entry{}
	for _, e := range entries {
		byID[strings.Join([]string{"aws", "123456789012", e.Region, e.Type, e.ID}, " ")] = e
	}
	text, err := json.Marshal(map[string]any{"version": 1, "resources": byID})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.at.Cloud(), text, 0o600))
}

// A restart lets the supervisor read the cloud again, and changes nothing in it.
func TestRestartInTheLab(t *testing.T) {
	d := labWith(t)
	writeCloud(t, d)
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(d.at.Cloud(), long, long))
	before := state.StampOf(d.at.Cloud())
	text, err := os.ReadFile(d.at.Cloud())
	require.NoError(t, err)
	require.NoError(t, d.Restart(t.Context(), server))
	assert.False(t, before.Same(state.StampOf(d.at.Cloud())))
	after, err := os.ReadFile(d.at.Cloud())
	require.NoError(t, err)
	assert.Equal(t, string(text), string(after))
}

func TestRowsAreSetBesideOneAnother(t *testing.T) {
	assert.Equal(t, []operate.Rows{{Table: "a", Now: 2, Then: 1}, {Table: "b", Now: 1, Then: -1},
		{Table: "c", Now: -1, Then: 3}},
		sideBySide(map[string]int64{"a": 2, "b": 1}, map[string]int64{"a": 1, "c": 3}))
}
