package hosts_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
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

// What the new side lacks is found on it before anything is changed: an encoding, an
// extension. Room for the copy is judged in package postgres.
func TestWhatTheNewSideLacksIsFoundFirst(t *testing.T) {
	w := newWorld(t, schema+`; CREATE EXTENSION citext; UPDATE pg_extension SET extname = 'rare' WHERE extname = 'citext'`)
	name := w.spec.Name + "_latin"
	require.NoError(t, handovertest.New.Primary.Exec(t.Context(), "CREATE DATABASE "+name+
		" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"))
	t.Cleanup(func() { drop(t, handovertest.New, name) })
	w.spec.To = handovertest.New.Primary.URL(name)
	err := w.attempt(hosts.CommandStart, nil)
	var blocked hosts.ErrBlocked
	require.ErrorAs(t, err, &blocked)
	var found []string
	for _, f := range blocked.Findings {
		if f.Weight == postgres.Stops {
			found = append(found, f.Name)
			assert.NotEmpty(t, f.Do, f.Name)
		}
	}
	for _, name := range []string{"encoding", "extension"} {
		assert.Contains(t, found, name)
	}
	assert.ErrorContains(t, err, "rare")
	assert.ErrorContains(t, err, "nothing was changed")
	for _, url := range []string{w.spec.From, w.spec.To} {
		assert.Zero(t, w.count(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'rung_handover'"))
	}
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
