package hosts_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
)

// ways are how the tables that move come to the new side.
var ways = map[string]string{"made by the move": "", "made before": withoutType + "; TRUNCATE orders, lines, totals"}

// someKilled is a move of some tables whose writes are tried at the orders.
func someKilled(t *testing.T, made string) *world {
	t.Helper()
	w := someTables(t)
	w.trial = "UPDATE orders SET note = note WHERE id = 1"
	w.spec.FreeOld = true
	w.spec.After = "echo after >> " + filepath.Join(t.TempDir(), "ran")
	if made != "" {
		w.exec(w.spec.To, made)
	}
	return w
}

// others writes to the tables that stay, on both sides: nothing of a move holds that up.
func (w *world) others(at string) {
	w.t.Helper()
	for _, url := range []string{w.spec.From, w.spec.To} {
		assert.NoError(w.t, w.try(url, "INSERT INTO stays (note) VALUES ('meanwhile')"), "killed at %s", at)
	}
}

// A start of some tables is killed at each point, and comes to the same end.
func TestAStartOfSomeTablesThatIsKilled(t *testing.T) {
	for name, made := range ways {
		t.Run(name, func(t *testing.T) {
			w := someKilled(t, made)
			at := []string{"schema/did", "fences/did", "subscription/did"}
			if full {
				at = points(t, someKilled(t, made), hosts.CommandStart)
			}
			for _, at := range at {
				w.killedAt(hosts.CommandStart, at)
				w.others(at)
				w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('at "+at+"')") // the old side serves throughout
			}
			w.do(hosts.CommandStart)
			assert.Equal(t, hosts.Following, w.phase())
			w.do(hosts.CommandSwitch) // which compares
			assert.Equal(t, 500+len(at), w.count(w.spec.To, "SELECT count(*) FROM orders"))
		})
	}
}

// A change of sides of some tables is killed at each point, and the end that frees the
// old tables too: the same end, nothing lost, and never do both sides take writes.
func TestAChangeOfSomeTablesThatIsKilled(t *testing.T) {
	w := someKilled(t, "")
	w.do(hosts.CommandStart)
	at := []string{"close/did", "point/did", "open/did", "subscription-back/did", "after/did"}
	if full {
		at = points(t, w, hosts.CommandSwitch)
		w.do(hosts.CommandBack)
	}
	n := 0
	for _, at := range at {
		for range turns() {
			c := changesOf(w)[n%2]
			came := w.killedAt(c.command, at)
			there := c.command == hosts.CommandSwitch || !strings.HasPrefix(at, "after/")
			assert.Equal(t, there, came, "%s at %s", c.command, at)
			w.oneSide(at)
			w.others(at)
			w.do(c.command)
			assert.Equal(t, c.phase, w.phase(), "%s killed at %s", c.command, at)
			w.exec(c.side, "INSERT INTO orders (note) VALUES ('"+c.command+" at "+at+"')")
			n++
		}
	}
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 500+n, w.count(w.spec.To, "SELECT count(*) FROM orders"))
	w.finishKilled()
}

// turns are how many changes in a row are killed at a point: there and back where
// everything is asked for, else by turns.
func turns() int {
	if full {
		return 2
	}
	return 1
}

// change is one of both changes of sides, with the side that has the writes afterwards.
type change struct {
	command, side string
	phase         hosts.Phase
}

func changesOf(w *world) []change {
	return []change{{hosts.CommandSwitch, w.spec.To, hosts.Switched}, {hosts.CommandBack, w.spec.From, hosts.Following}}
}

// finishKilled kills the end at points that it comes by, until nothing is left of it.
func (w *world) finishKilled() {
	w.t.Helper()
	at := []string{"sweep-to/did", "free-from/did"}
	if full {
		at = []string{"drop-" + w.stream("back") + "/did", "drop-" + w.stream("there") + "/proved", "sweep-to/did",
			"free-from/found", "free-from/did"}
	}
	for _, at := range at {
		assert.True(w.t, w.killedAt(hosts.CommandFinish, at), at)
		if at != "free-from/did" {
			w.oneSide(at)
		}
		w.others(at)
	}
	w.do(hosts.CommandFinish)
	assert.Equal(w.t, hosts.Finished, w.status().Phase)
	w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('a copy')")
	w.exec(w.spec.To, "INSERT INTO orders (note) VALUES ('the last')")
}

func (w *world) stream(direction string) string { return "rung_" + w.spec.Name + "_" + direction }

// An abort that is killed at each point leaves the old side at work, and what the
// application has made on the new one as it was.
func TestAnAbortOfSomeTablesThatIsKilled(t *testing.T) {
	for name, made := range ways {
		t.Run(name, func(t *testing.T) {
			w := someKilled(t, made)
			w.do(hosts.CommandStart)
			w.killedAt(hosts.CommandSwitch, "point/did") // both sides are closed
			at := []string{"empty/did", "sweep-to/did"}
			if full {
				at = []string{"reopen/did", "drop-" + w.stream("there") + "/did", "empty/did", "sweep-from/did", "sweep-to/found",
					"sweep-to/did"}
			}
			for _, at := range at {
				assert.True(t, w.killedAt(hosts.CommandAbort, at), at)
				w.others(at)
				if at != "sweep-to/did" { // it is as it was before the move
					w.oneSide(at)
				}
			}
			w.do(hosts.CommandAbort)
			assert.Equal(t, hosts.Nothing, w.phase())
			w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('as before')")
			there := w.count(w.spec.To, "SELECT count(*) FROM pg_class WHERE relname IN ('orders', 'lines') AND relkind = 'r'")
			assert.Equal(t, map[bool]int{true: 0, false: 2}[made == ""], there)
			w.do(hosts.CommandStart)
			w.do(hosts.CommandSwitch)
			assert.Equal(t, 501, w.count(w.spec.To, "SELECT count(*) FROM orders"))
		})
	}
}

// Either database is killed at each point of a move of some tables.
func TestADatabaseThatIsKilledUnderSomeTables(t *testing.T) {
	w := someKilled(t, "")
	w.databasesKilled(func() *world { return someKilled(t, "") }, daily(1,
		kill{hosts.CommandStart, "subscription/did", handovertest.New.Primary}), daily(2,
		kill{hosts.CommandSwitch, "open/did", handovertest.New.Primary}, kill{hosts.CommandBack, "close/did", handovertest.New.Primary}))
	w.reach(hosts.Following)
	w.exec(w.spec.From, "INSERT INTO orders (note) VALUES ('the last')")
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 501, w.count(w.spec.To, "SELECT count(*) FROM orders"))
	w.do(hosts.CommandFinish)
}

// Rows that somebody writes to the new side after the checks, and before it was closed,
// are found before any row is copied, and go only where that was accepted.
func TestRowsThatComeBeforeTheFence(t *testing.T) {
	w := someKilled(t, ways["made before"])
	w.killedAt(hosts.CommandStart, "claim/did")
	w.exec(w.spec.To, "INSERT INTO orders (note) VALUES ('stray')")
	w.exec(w.spec.To, "INSERT INTO lines (order_id, of) SELECT id, 'sad' FROM orders")
	require.ErrorContains(t, w.attempt(hosts.CommandStart, nil), "orders")
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM orders"), "nobody's rows went")
	w.spec.Accept = []string{postgres.NotEmpty}
	w.do(hosts.CommandStart)
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM lines"))
}
