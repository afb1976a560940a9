package hosts_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover/hosts"
)

// What stands in the way is found before anything is changed, everything at once.
func TestWhatStandsInTheWayIsFoundFirst(t *testing.T) {
	w := newWorld(t, schema+`;
		CREATE TABLE nokey (a int); CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY);
		SELECT lo_from_bytea(0, 'x'); CREATE SEQUENCE small AS smallint; SELECT setval('small', 32700);
		CREATE EXTENSION IF NOT EXISTS plpgsql`)
	err := w.attempt(hosts.CommandStart, nil)
	var blocked hosts.ErrBlocked
	require.ErrorAs(t, err, &blocked)
	for _, word := range []string{"nokey", "fleeting", "large objects", "small"} {
		assert.ErrorContains(t, err, word)
	}
	assert.Equal(t, hosts.Nothing, w.phase())
	for _, url := range []string{w.spec.From, w.spec.To} {
		assert.Zero(t, w.count(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'rung_handover'"))
	}
	var order hosts.ErrOrder
	require.ErrorAs(t, w.attempt(hosts.CommandSwitch, nil), &order)
}

// A column or a table that somebody adds during the move is found before the switch,
// and the move goes on when the other side has it too.
func TestChangesOfTheSchemaAreFound(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	w.exec(w.spec.From, "CREATE TABLE later (id int PRIMARY KEY); INSERT INTO later VALUES (1)")
	err := w.attempt(hosts.CommandSwitch, nil)
	require.ErrorContains(t, err, "column public.later.id is only on the old side")
	assert.Equal(t, hosts.Following, w.phase())
	// The same on the new side, by who administers it: its fence takes no others' changes.
	sql := "CREATE TABLE later (id int PRIMARY KEY)"
	require.ErrorContains(t, w.try(w.spec.To, sql), "25006")
	w.exec(w.spec.To, "SET rung_handover.mover = 'on'; "+sql)
	w.do(hosts.CommandStart)
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT count(*) FROM later"))
}

// A transaction that has written and does not end lets the switch give up within its
// time, and the old side goes on.
func TestALongTransactionLetsTheSwitchGiveUp(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	w.spec.MaxPause = 500 * time.Millisecond
	conn, err := pgx.Connect(t.Context(), w.spec.From)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "UPDATE totals SET n = 41")
	require.NoError(t, err)
	err = w.attempt(hosts.CommandSwitch, nil)
	require.ErrorContains(t, err, "got no lock within 500ms")
	require.ErrorContains(t, err, `the side "from" takes writes as before`)
	_, err = tx.Exec(t.Context(), "UPDATE totals SET n = n + 1")
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
	w.spec.MaxPause = 30 * time.Second
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 42, w.count(w.spec.To, "SELECT n FROM totals"))
}

// A pause that takes longer than it may ends before the new side is opened, and the
// old side goes on.
func TestASlowPauseLetsTheOldSideGoOn(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	quick := w.spec.Edge.OnSwitch
	w.spec.MaxPause, w.spec.Edge.OnSwitch = time.Second, "sleep 1.5; "+quick
	err := w.attempt(hosts.CommandSwitch, nil)
	require.ErrorContains(t, err, `the side "from" takes writes as before`)
	assert.Equal(t, hosts.Following, w.phase())
	w.exec(w.spec.From, "UPDATE totals SET n = n + 1")
}

// Either database is killed at hard points of a move; when it is back, the command is
// run again, and nothing is lost.
func TestADatabaseThatIsKilled(t *testing.T) {
	w := newWorld(t, schema)
	type kill struct {
		command, at string
		server      *apptest.Postgres
	}
	kills := daily(1, kill{hosts.CommandStart, "subscription/did", oldServer.Primary},
		kill{hosts.CommandStart, "copy/found", newServer.Primary})
	for _, one := range append(kills, daily(2,
		kill{hosts.CommandSwitch, "close/did", oldServer.Primary}, kill{hosts.CommandSwitch, "open/did", newServer.Primary},
		kill{hosts.CommandSwitch, "slot-back/did", newServer.Primary},
		kill{hosts.CommandBack, "arrive/did", oldServer.Primary},
	)...) {
		w.reach(map[string]hosts.Phase{hosts.CommandSwitch: hosts.Following, hosts.CommandBack: hosts.Switched}[one.command])
		killed := false
		err := w.attempt(one.command, func(p string) error {
			if p == one.at && !killed {
				killed = true
				return one.server.Kill()
			}
			return nil
		})
		require.True(t, killed, "%s does not come by %s", one.command, one.at)
		if err == nil {
			t.Logf("%s went on although a server was killed at %s", one.command, one.at)
		}
		require.NoError(t, one.server.Start())
		w.oneSide(one.at)
		if phase := w.phase(); phase != hosts.Following || one.command == hosts.CommandSwitch {
			w.do(one.command)
		}
	}
	w.reach(hosts.Following)
	w.exec(w.spec.From, "UPDATE totals SET n = n + 1")
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT n FROM totals"))
	assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM orders"))
}

// reach brings a move to a phase by a change of sides; an empty phase is any.
func (w *world) reach(want hosts.Phase) {
	w.t.Helper()
	phase := w.phase()
	switch {
	case want == "" || phase == want:
	case want == hosts.Following:
		w.do(hosts.CommandBack)
	default:
		w.do(hosts.CommandSwitch)
	}
}
