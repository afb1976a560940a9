package failover_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/failover"
)

// full asks for every point at which a change-over can be killed.
var full = os.Getenv("RUNG_HANDOVER") == "full"

// twoRegions is a stack with two databases on one server each: the first region's and the
// second's, whose copies a deployment promotes.
type twoRegions struct {
	t       *testing.T
	servers [2]*apptest.Postgres
	// writes is the region that has the writes.
	writes int
	// where says where the stack's application writes.
	where string
	dir   string
	// half ends the next deployment when the copies are promoted.
	half bool
	// promoting says that a copy is about to be promoted.
	promoting bool
}

func newTwoRegions(t *testing.T) *twoRegions {
	c, err := apptest.StartCluster(1, "wal_log_hints=on", "shared_buffers=32MB")
	require.NoError(t, err)
	t.Cleanup(c.Close)
	r := &twoRegions{t: t, servers: [2]*apptest.Postgres{c.Primary, c.Replicas[0]}, dir: t.TempDir()}
	r.where = filepath.Join(r.dir, "where")
	for _, name := range []string{"shop", "people"} {
		require.NoError(t, c.Primary.Exec(t.Context(), "CREATE DATABASE "+name))
		require.NoError(t, try(c.Primary.URL(name), "CREATE TABLE notes (note text PRIMARY KEY)"))
	}
	require.Eventually(t, func() bool { return try(c.Replicas[0].URL("people"), "SELECT FROM notes") == nil }, time.Minute,
		50*time.Millisecond, "the copy has it, too")
	r.point(c.Primary)
	return r
}

// point leads the application.
func (r *twoRegions) point(to *apptest.Postgres) {
	require.NoError(r.t, os.WriteFile(r.where+".new", []byte(to.URL("shop")), 0o644))
	require.NoError(r.t, os.Rename(r.where+".new", r.where))
}

func (r *twoRegions) old() *apptest.Postgres { return r.servers[r.writes] }
func (r *twoRegions) new() *apptest.Postgres { return r.servers[1-r.writes] }

// stack is the change-over to the region that has the copies.
func (r *twoRegions) stack(at string) *failover.Stack {
	s := &failover.Stack{Dir: filepath.Join(r.dir, "journal"), MaxPause: 30 * time.Second, AcceptOthers: true,
		Lead: r.lead, Promoting: func(context.Context) (bool, error) { return r.promoting, nil }}
	for _, name := range []string{"shop", "people"} {
		s.Pairs = append(s.Pairs, failover.Pair{Name: name, From: way(r.old().URL(name)), To: way(r.new().URL(name))})
	}
	s.Point = func(p string) error {
		if p == at {
			return handover.ErrKilled
		}
		return nil
	}
	return s
}

func way(url string) failover.Way {
	return func(context.Context) (string, func(), error) { return url, func() {}, nil }
}

// lead is what a deployment does: it promotes, leads the application, and makes a copy
// where the writes were.
func (r *twoRegions) lead(ctx context.Context) error {
	if err := r.new().Exec(ctx, "SELECT pg_promote() WHERE pg_is_in_recovery()"); err != nil {
		return err
	}
	if r.half {
		r.half = false
		return handover.ErrKilled
	}
	r.point(r.new())
	// Until its first checkpoint a promoted server has its old timeline on the disk.
	if err := r.new().Exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	if query[bool](r.t, r.old().URL("shop"), "SELECT pg_is_in_recovery()") {
		return nil
	}
	return rejoin(r.t, r.old(), r.new().URL("postgres"))(ctx)
}

// oneSide fails where both servers take writes to a database.
func (r *twoRegions) oneSide(at string) {
	r.t.Helper()
	for _, name := range []string{"shop", "people"} {
		var open int
		for _, s := range r.servers {
			if try(s.URL(name), "BEGIN; INSERT INTO notes VALUES ('both'); ROLLBACK") == nil {
				open++
			}
		}
		assert.LessOrEqual(r.t, open, 1, "killed at %s, both servers take writes to %s", at, name)
	}
}

// points are those that a change-over comes by; the servers have changed places after it.
func (r *twoRegions) points() (all []string) {
	s := r.stack("")
	s.Point = func(p string) error { all = append(all, p); return nil }
	_, err := s.Run(r.t.Context())
	require.NoError(r.t, err)
	r.writes = 1 - r.writes
	return all
}

// The writes of a stack move to the other region and back under load, again and again; each
// time the change-over is killed at another point, or the deployment when the copies are promoted, and
// run again: it comes to its end, nothing that was acknowledged is lost, never do both regions
// take writes, and where they were is a copy. RUNG_HANDOVER=full has every point.
func TestAStackChangesOverWhereverItIsKilled(t *testing.T) {
	r := newTwoRegions(t)
	w := write(r.where)
	at := []string{"shop close/did", "people position/did", "lead", "people sweep/did"}
	if full {
		at = append(r.points(), "lead")
	}
	for _, at := range at {
		s := r.stack(at)
		r.half = at == "lead"
		_, err := s.Run(t.Context())
		require.ErrorIs(t, err, handover.ErrKilled, at)
		r.oneSide(at)
		result, err := r.stack("").Run(t.Context())
		require.NoError(t, err, at)
		assert.Equal(t, []string{"shop", "people"}, result.Databases)
		assert.True(t, query[bool](t, r.old().URL("shop"), "SELECT pg_is_in_recovery()"), "a copy, killed at %s", at)
		r.writes = 1 - r.writes
		require.NoError(t, try(r.old().URL("people"), "INSERT INTO notes VALUES ('"+at+"')"))
	}
	acked, lost := w.end(t, r.old().URL("shop"))
	t.Logf("%d change-overs, %d writes acknowledged, %d lost", len(at), acked, lost)
	assert.Zero(t, lost)
	assert.Positive(t, acked)
	assert.Equal(t, len(at), query[int](t, r.old().URL("people"), "SELECT count(*) FROM notes"))
	assert.Zero(t, query[int](t, r.old().URL("shop"), "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'rung%'"))
}

// A deployment that fails before it has promoted anything lets the primaries go on, and so
// does an abort after a kill; once a copy has the writes there is none.
func TestAStackThatDoesNotChangeOver(t *testing.T) {
	r := newTwoRegions(t)
	takes := func(n int) {
		for _, name := range []string{"shop", "people"} {
			require.NoError(t, try(r.old().URL(name), fmt.Sprintf("INSERT INTO notes VALUES ('%d')", n)))
		}
	}
	s := r.stack("")
	s.Lead = func(context.Context) error { return assert.AnError }
	_, err := s.Run(t.Context())
	require.ErrorIs(t, err, assert.AnError)
	require.ErrorContains(t, err, "the primaries take writes as before")
	takes(1)

	_, err = r.stack("people position/did").Run(t.Context())
	require.ErrorIs(t, err, handover.ErrKilled)
	require.ErrorContains(t, try(r.old().URL("shop"), "INSERT INTO notes VALUES ('no')"), "25006")
	r.promoting = true
	require.ErrorContains(t, r.stack("").Abort(t.Context()), "being promoted")
	s = r.stack("")
	s.Lead = func(context.Context) error { return assert.AnError }
	_, err = s.Run(t.Context())
	require.ErrorContains(t, err, "being promoted")
	require.ErrorContains(t, try(r.old().URL("shop"), "INSERT INTO notes VALUES ('no')"), "25006")
	r.promoting = false
	require.NoError(t, r.stack("").Abort(t.Context()))
	takes(2)
	assert.Zero(t, query[int](t, r.old().URL("shop"), "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'rung%'"))

	r.half = true
	_, err = r.stack("").Run(t.Context())
	require.ErrorIs(t, err, handover.ErrKilled)
	require.ErrorContains(t, r.stack("").Abort(t.Context()), "has the writes")
	r.oneSide("lead")
	require.ErrorContains(t, try(r.old().URL("shop"), "INSERT INTO notes VALUES ('late')"), "25006")
}
