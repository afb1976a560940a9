package hosts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/hosts"
)

// full asks for the sweeps whole and the load of the goals: minutes.
var full = os.Getenv("RUNG_HANDOVER") == "full"

// daily are the first of a list, which is in the order of what must not be left out;
// all of it where everything is asked for.
func daily[T any](n int, all ...T) []T {
	if full {
		return all
	}
	return all[:n]
}

// rate is a number of writes or reads a second: that of the goals, or what a test
// every day can pay for.
func rate() int {
	if full {
		return 200
	}
	return 50
}

// childVariable makes the test binary a mover that ends itself by SIGKILL.
const childVariable = "RUNG_TEST_MOVER"

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		os.Exit(child(text))
	}
	if what := os.Getenv(guestVariable); what != "" {
		os.Exit(guest(what))
	}
	if text := os.Getenv(writerVariable); text != "" {
		os.Exit(writes(text))
	}
	// wal_log_hints lets them log what servers whose pages have checksums do.
	os.Exit(handovertest.Run(m, "max_slot_wal_keep_size=4GB", "shared_buffers=64MB",
		"max_replication_slots=20", "max_wal_senders=20", "wal_log_hints=on"))
}

// order is what a child does.
type order struct {
	Spec         hosts.Spec
	Dir, Command string
	// Kill is the point at which it ends itself.
	Kill string
}

func child(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return 2
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	err := command(ctx, o.Spec, o.Dir, o.Command, func(point string) error {
		if point == o.Kill {
			syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // there is nobody left to tell
			select {}
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// command runs one command of a move to its end.
func command(ctx context.Context, spec hosts.Spec, dir, name string, point func(string) error) error {
	m, err := hosts.Open(ctx, spec, dir)
	if err != nil {
		return err
	}
	defer m.Close()
	m.Point = point
	return run(ctx, m, name)
}

func run(ctx context.Context, m *hosts.Move, name string) error {
	switch name {
	case hosts.CommandStart:
		return m.Start(ctx)
	case hosts.CommandSwitch:
		return m.Switch(ctx)
	case hosts.CommandBack:
		return m.Back(ctx)
	case hosts.CommandFinish:
		return m.Finish(ctx)
	case hosts.CommandAbort:
		return m.Abort(ctx, true)
	}
	return fmt.Errorf("no such command: %s", name)
}

var counter atomic.Int64

// world is a move of a test: two databases and an application between them.
type world struct {
	t    *testing.T
	spec hosts.Spec
	dir  string
	// where is the file in which the application's database stands.
	where string
	// trial is a write by which is tried which sides take writes.
	trial string
}

const schema = `CREATE TABLE orders (id bigserial PRIMARY KEY, note text NOT NULL UNIQUE, at timestamptz NOT NULL
	DEFAULT now());
	CREATE TABLE totals (id int PRIMARY KEY, n bigint NOT NULL);
	INSERT INTO totals VALUES (1, 0);
	INSERT INTO orders (note) SELECT 'before ' || i FROM generate_series(1, 500) i`

func newWorld(t *testing.T, sql string) *world {
	t.Helper()
	name := fmt.Sprintf("move_%d", counter.Add(1))
	dir := t.TempDir()
	w := &world{t: t, dir: filepath.Join(dir, "journal"), where: filepath.Join(dir, "where"),
		trial: "UPDATE totals SET n = n + 1"}
	for _, c := range []*apptest.Cluster{handovertest.Old, handovertest.New} {
		require.NoError(t, c.Primary.Exec(t.Context(), "CREATE DATABASE "+name))
		t.Cleanup(func() { drop(t, c, name) })
	}
	w.spec = hosts.Spec{Name: name, From: handovertest.Old.Primary.URL(name), To: handovertest.New.Primary.URL(name),
		MaxPause: 30 * time.Second, // the machine of the tests is slow; what the pause was is asserted where it matters
		Edge: edge.Config{PauseFile: filepath.Join(dir, "pause"), Grace: 50 * time.Millisecond,
			OnSwitch: `printf %s "$RUNG_TO" > ` + w.where + `.new && mv ` + w.where + `.new ` + w.where}}
	require.NoError(t, os.WriteFile(w.where, []byte(w.spec.From), 0o644))
	w.exec(w.spec.From, sql)
	return w
}

// drop takes a database away with whatever a failed test has left there.
func drop(t *testing.T, c *apptest.Cluster, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if conn, err := pgx.Connect(ctx, c.Primary.URL(name)); err == nil {
		for _, s := range []string{"there", "back"} {
			for _, sql := range []string{"ALTER SUBSCRIPTION %s DISABLE", "ALTER SUBSCRIPTION %s SET (slot_name = NONE)",
				"DROP SUBSCRIPTION %s"} {
				conn.Exec(ctx, fmt.Sprintf(sql, "rung_"+name+"_"+s)) //nolint:errcheck // most have none
			}
		}
		conn.Close(ctx) //nolint:errcheck // it goes
	}
	for _, sql := range []string{
		"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = '" + name + "' AND active",
		"SELECT pg_sleep(0.05), pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + name +
			"'",
		"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"} {
		if err := c.Primary.Exec(ctx, sql); err != nil {
			t.Log("drop the test's database:", err)
		}
	}
}

func (w *world) exec(url, sql string) {
	w.t.Helper()
	require.NoError(w.t, w.try(url, sql))
}

// execWithin is exec for what takes its time.
func (w *world) execWithin(limit time.Duration, url, sql string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	require.NoError(w.t, tryOn(ctx, url, sql))
}

// try runs SQL as a client that is not the mover.
func (w *world) try(url, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	return tryOn(ctx, url, sql)
}

func tryOn(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func (w *world) count(url, sql string) (n int) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), url)
	require.NoError(w.t, err)
	defer conn.Close(w.t.Context())
	require.NoError(w.t, conn.QueryRow(w.t.Context(), sql).Scan(&n))
	return n
}

// do runs a command, which must succeed.
func (w *world) do(name string) {
	w.t.Helper()
	require.NoError(w.t, w.attempt(name, nil))
}

// doWithin is do for what takes its time.
func (w *world) doWithin(limit time.Duration, name string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	require.NoError(w.t, command(ctx, w.spec, w.dir, name, nil))
}

func (w *world) attempt(name string, point func(string) error) error {
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Minute)
	defer cancel()
	return command(ctx, w.spec, w.dir, name, point)
}

func (w *world) phase() hosts.Phase {
	w.t.Helper()
	m, err := hosts.Open(w.t.Context(), w.spec, "")
	require.NoError(w.t, err)
	defer m.Close()
	f, err := m.Facts(w.t.Context())
	require.NoError(w.t, err)
	return f.Phase()
}

// paused is the longest pause in the journal, in milliseconds.
func (w *world) paused() (longest time.Duration) {
	w.t.Helper()
	entries, err := handover.ReadJournal(w.dir)
	require.NoError(w.t, err)
	for _, e := range entries {
		if e.Event == handover.EventPaused {
			took, err := time.ParseDuration(strings.TrimSpace(e.Text) + "ms")
			require.NoError(w.t, err)
			longest = max(longest, took)
		}
	}
	return longest
}
