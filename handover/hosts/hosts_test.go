package hosts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/hosts"
)

// A move there, back and there again under writes and reads all the time: no
// acknowledged write is lost, no read fails, and each side has everything.
// RUNG_HANDOVER=full has 200 of each a second.
func TestAMoveUnderLoad(t *testing.T) {
	w := newWorld(t, schema)
	a := w.use(rate(), rate())
	time.Sleep(500 * time.Millisecond)
	w.do(hosts.CommandStart)
	assert.Equal(t, hosts.Following, w.phase())
	for _, step := range []struct {
		command string
		phase   hosts.Phase
	}{{hosts.CommandSwitch, hosts.Switched}, {hosts.CommandBack, hosts.Following}, {hosts.CommandSwitch, hosts.Switched}} {
		time.Sleep(500 * time.Millisecond)
		w.do(step.command)
		assert.Equal(t, step.phase, w.phase())
	}
	time.Sleep(500 * time.Millisecond)
	a.end()
	t.Logf("%d writes acknowledged, %d refused, %d reads; longest pause %s, longest wait %s, longest gap %s", len(a.acked),
		a.refused.Load(), a.reads.Load(), w.paused(), a.longest, a.gap())
	assert.Empty(t, a.failures)
	assert.Empty(t, a.lost(w.spec.To))
	assert.Zero(t, a.badReads.Load())
	assert.Greater(t, len(a.acked), 2*rate())
	w.do(hosts.CommandFinish)
	assert.Equal(t, hosts.Finished, w.phase())
	// The old side keeps its rows and takes none.
	assert.Empty(t, a.lost(w.spec.From))
	require.ErrorContains(t, w.try(w.spec.From, "INSERT INTO orders (note) VALUES ('late')"), "25006")
	require.NoError(t, w.try(w.spec.To, "INSERT INTO orders (note) VALUES ('on time')"))
	for _, url := range []string{w.spec.From, w.spec.To} {
		assert.Zero(t, w.count(url, "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
	}
}

// The application of the new side has made its tables there: they are dropped only where
// that was accepted, and a second start drops nothing that has come since.
func TestTablesOfTheNewSidesApplicationGo(t *testing.T) {
	w := newWorld(t, schema)
	w.exec(w.spec.To, "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE orders (id int PRIMARY KEY, of mood);"+
		"INSERT INTO orders VALUES (77)")
	require.ErrorContains(t, w.attempt(hosts.CommandStart, nil), "--accept not-empty")
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM orders"), "nothing was changed")
	w.spec.Accept = []string{"not-empty"}
	for range 2 {
		w.do(hosts.CommandStart)
		assert.Equal(t, hosts.Following, w.phase())
		assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM orders"))
	}
}

// Who reads what was copied writes nothing to the log: the comparison after a switch reads all
// of it, and people's writes would wait for a standby behind that log.
func TestTheComparisonWritesNoLog(t *testing.T) {
	w := newWorld(t, schema+"; INSERT INTO orders (note) SELECT i || repeat('x', 500) FROM generate_series(1, 10000) i")
	w.exec(w.spec.To, "ALTER DATABASE "+w.spec.Name+" SET default_statistics_target = 1") // else ANALYZE reads all of it
	w.do(hosts.CommandStart)
	w.exec(w.spec.To, "CHECKPOINT") // a page that was written since the last one is not logged whole again
	const log = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint >> 10"
	before := w.count(w.spec.To, log)
	assert.Equal(t, 10_500, w.count(w.spec.To, "SELECT count(*) FROM (SELECT hashtext(o::text) FROM orders o) s"))
	assert.Less(t, w.count(w.spec.To, log)-before, 1000, "KiB of log for 5,000 KiB of rows")
}

func TestAnAbortedMoveLeavesNothing(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	w.do(hosts.CommandAbort)
	assert.Equal(t, hosts.Nothing, w.phase())
	require.NoError(t, w.try(w.spec.From, "INSERT INTO orders (note) VALUES ('goes on')"))
	assert.Zero(t, w.count(w.spec.From, `SELECT (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_trigger
		WHERE tgname LIKE 'rung%') + (SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rung%')`))
	w.do(hosts.CommandStart)
	assert.Equal(t, hosts.Following, w.phase())
}
