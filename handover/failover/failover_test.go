package failover_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/failover"
)

func TestCheckNamesEveryFlag(t *testing.T) {
	err := failover.Spec{From: "mysql://a", To: "mysql://a", MaxPause: 1, AcceptLoss: true}.Check()
	for _, flag := range []string{"--from", "--to: want", "--to: it is the same", "--max-pause", "--accept-loss"} {
		assert.ErrorContains(t, err, flag)
	}
	lost := failover.Spec{From: "postgres://a/x", To: "postgres://b/x", Unplanned: true}
	assert.ErrorContains(t, lost.Check(), "--on-fence")
	assert.NoError(t, failover.Spec{From: "postgres://a/x", To: "postgres://b/x"}.Check())
}

func query[T any](t *testing.T, url, sql string) (v T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&v))
	return v
}

func try(url, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// writer writes all the time where the file says, and keeps what was acknowledged.
type writer struct {
	stop  context.CancelFunc
	wait  sync.WaitGroup
	acked []string
}

func write(where string) *writer {
	ctx, stop := context.WithCancel(context.Background())
	w := &writer{stop: stop}
	w.wait.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			url, err := os.ReadFile(where)
			note := fmt.Sprint("note ", n)
			if err == nil && try(string(url), "INSERT INTO notes VALUES ('"+note+"')") == nil {
				w.acked = append(w.acked, note)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	return w
}

// end stops it and counts what a server lacks.
func (w *writer) end(t *testing.T, url string) (acked, lost int) {
	t.Helper()
	w.stop()
	w.wait.Wait()
	there := map[string]bool{}
	for _, note := range query[[]string](t, url, "SELECT array_agg(note) FROM notes") {
		there[note] = true
	}
	for _, note := range w.acked {
		if !there[note] {
			lost++
		}
	}
	return len(w.acked), lost
}

// rejoin makes a primary that was changed over a standby of the other, by pg_rewind.
func rejoin(t *testing.T, old *apptest.Postgres, to string) func(context.Context) error {
	dir := query[string](t, old.URL("postgres"), "SHOW data_directory")
	bin := query[string](t, old.URL("postgres"), "SELECT setting FROM pg_config WHERE name = 'BINDIR'")
	return func(context.Context) error {
		if err := old.Stop(); err != nil {
			return err
		}
		args := []string{filepath.Join(bin, "pg_rewind"), "--target-pgdata=" + dir, "--source-server=" + to, "-R"}
		if os.Getuid() == 0 {
			args = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"}, args...)
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = "/"
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return old.Start()
	}
}

// The writes move to the standby under load and none is lost; the old primary becomes
// its copy. Then the new one is lost, and the loss is said before anything is done.
func TestThereAndUnplannedBack(t *testing.T) {
	c, err := apptest.StartCluster(1, "wal_log_hints=on", "shared_buffers=32MB")
	require.NoError(t, err)
	defer c.Close()
	old, standby := c.Primary, c.Replicas[0]
	require.NoError(t, old.Exec(t.Context(), "CREATE DATABASE shop"))
	from, to := old.URL("shop"), standby.URL("shop")
	require.NoError(t, try(from, "CREATE TABLE notes (note text PRIMARY KEY)"))
	require.Eventually(t, func() bool { return try(to, "SELECT FROM notes") == nil }, time.Minute, 50*time.Millisecond,
		"the standby has it, too")
	dir := t.TempDir()
	where := filepath.Join(dir, "where")
	lead := `printf %s "$RUNG_TO" > ` + where + `.new && mv ` + where + `.new ` + where
	require.NoError(t, os.WriteFile(where, []byte(from), 0o644))
	spec := failover.Spec{From: from, To: to, MaxPause: 30 * time.Second, Edge: edge.Config{OnSwitch: lead}}

	w := write(where)
	f := &failover.Failover{Spec: spec, Dir: filepath.Join(dir, "one"), Point: func(at string) error {
		if at == "position/did" {
			return assert.AnError
		}
		return nil
	}}
	_, err = f.Run(t.Context())
	require.ErrorContains(t, err, "the primary takes writes as before")
	require.NoError(t, try(from, "INSERT INTO notes VALUES ('it does')"))

	// Killed with the primary closed and the standby promoted, and run again.
	f = &failover.Failover{Spec: spec, Dir: filepath.Join(dir, "one"), Copy: rejoin(t, old, to)}
	f.Point = func(at string) error {
		if at == "promote/did" {
			return handover.ErrKilled
		}
		return nil
	}
	_, err = f.Run(t.Context())
	require.ErrorIs(t, err, handover.ErrKilled)
	require.ErrorContains(t, try(from, "INSERT INTO notes VALUES ('both')"), "25006")
	require.ErrorContains(t, try(to, "INSERT INTO notes VALUES ('both')"), "25006", "closed until it is opened")
	f.Point = nil
	r, err := f.Run(t.Context())
	require.NoError(t, err)
	assert.True(t, r.Copy)
	assert.Nil(t, r.Loss)
	acked, lost := w.end(t, to)
	t.Logf("%d writes acknowledged, %d lost", acked, lost)
	assert.Zero(t, lost)
	assert.Positive(t, acked)
	assert.True(t, query[bool](t, from, "SELECT pg_is_in_recovery()"))
	assert.Zero(t, query[int](t, to, "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'rung%'"))

	unplanned(t, dir, lead, old, standby)
}

// unplanned goes back to the old primary after the new one is lost.
func unplanned(t *testing.T, dir, lead string, old, lost *apptest.Postgres) {
	spec := failover.Spec{From: lost.URL("shop"), To: old.URL("shop"), Edge: edge.Config{OnSwitch: lead}, Unplanned: true,
		OnFence: "touch " + filepath.Join(dir, "fenced")}
	run := func() (failover.Result, error) {
		return (&failover.Failover{Spec: spec, Dir: filepath.Join(dir, "two")}).Run(t.Context())
	}
	_, err := run()
	require.ErrorContains(t, err, "the primary answers")
	require.NoError(t, lost.Kill())
	_, err = run()
	var loss failover.ErrLoss
	require.ErrorAs(t, err, &loss)
	require.ErrorContains(t, err, "may be lost")
	assert.NotEmpty(t, loss.Loss.Position)
	assert.False(t, loss.Loss.LastCommit.IsZero())
	assert.NoFileExists(t, filepath.Join(dir, "fenced"))
	spec.AcceptLoss = true
	r, err := run()
	require.NoError(t, err)
	assert.NotNil(t, r.Loss)
	assert.FileExists(t, filepath.Join(dir, "fenced"))
	require.NoError(t, try(old.URL("shop"), "INSERT INTO notes VALUES ('goes on')"))
}

// A server that is no copy, and one that has other databases, are refused before
// anything is changed.
func TestWhatStandsInTheWay(t *testing.T) {
	spec := failover.Spec{From: "postgres://a@127.0.0.1:1/x", To: "postgres://a@127.0.0.1:2/x"}
	_, err := (&failover.Failover{Spec: spec, Dir: t.TempDir()}).Run(t.Context())
	require.ErrorContains(t, err, `the side "from"`)
	require.ErrorContains(t, err, `the side "to"`)
	require.ErrorContains(t, err, "--unplanned")
}
