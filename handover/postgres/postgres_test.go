package postgres_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/postgres"
)

func TestMain(m *testing.M) {
	os.Exit(handovertest.Run(m, "max_slot_wal_keep_size=1GB", "shared_buffers=32MB"))
}

var counter atomic.Int64

// pair makes an empty database on each server and runs SQL in the old one.
func pair(t *testing.T, sql string) (from, to *postgres.Side) {
	t.Helper()
	name := fmt.Sprintf("move_%d", counter.Add(1))
	sides := map[string]*postgres.Side{}
	for side, c := range map[string]*apptest.Cluster{"from": handovertest.Old, "to": handovertest.New} {
		require.NoError(t, c.Primary.Exec(t.Context(), "CREATE DATABASE "+name))
		s := &postgres.Side{Name: side, URL: c.Primary.URL(name)}
		require.NoError(t, s.Open(t.Context()))
		sides[side] = s
		t.Cleanup(func() { clean(t, c, s, name) })
	}
	exec(t, sides["from"], sql)
	return sides["from"], sides["to"]
}

func clean(t *testing.T, c *apptest.Cluster, s *postgres.Side, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s.Close(ctx) //nolint:errcheck // the database goes
	if err := c.Primary.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		t.Log("drop the test's database:", err)
	}
}

func exec(t *testing.T, s *postgres.Side, sql string) {
	t.Helper()
	_, err := s.Conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}

// stranger is a client that is not the mover.
func stranger(t *testing.T, s *postgres.Side) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

const shop = `CREATE TABLE goods (id bigserial PRIMARY KEY, name text NOT NULL, price numeric);
	CREATE TABLE sales (at date NOT NULL, id bigint NOT NULL, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
	CREATE TABLE sales_2026 PARTITION OF sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
	CREATE TABLE "Odd Name" (id int PRIMARY KEY, at timestamptz, bits bytea, f float8);
	INSERT INTO goods (name, price) SELECT 'thing ' || i, i / 3.0 FROM generate_series(1, 1000) i;
	INSERT INTO sales SELECT '2026-03-01', i FROM generate_series(1, 100) i;
	INSERT INTO "Odd Name" VALUES (1, now(), '\x00ff', 0.1)`

// follow lets all that is written on one side arrive on the other.
func follow(t *testing.T, s postgres.Stream) {
	t.Helper()
	ctx := t.Context()
	_, err := s.Publish(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Keep(ctx))
	require.NoError(t, s.Subscribe(ctx, true))
	t.Cleanup(func() { s.Drop(context.Background()) })
	require.Eventually(t, func() bool { f, err := s.Flow(ctx); return err == nil && f.Follows() }, 20*time.Second,
		50*time.Millisecond)
}

func TestRowsStreamAndAreCompared(t *testing.T) {
	ctx := t.Context()
	from, to := pair(t, shop)
	for _, s := range []*postgres.Side{from, to} {
		require.NoError(t, s.Claim(ctx, "test"))
	}
	require.NoError(t, postgres.CopySchema(ctx, from, to))
	require.NoError(t, from.Raise(ctx, false))
	require.NoError(t, to.Raise(ctx, true))
	require.NoError(t, postgres.CheckShape(ctx, from, to))
	s := postgres.Stream{Pub: from, Sub: to, Name: "rung_test_there"}
	follow(t, s)
	p, err := s.Progress(ctx)
	require.NoError(t, err)
	assert.Equal(t, 3, p.Tables)

	// Only the old side takes writes.
	_, err = stranger(t, to).Exec(ctx, "INSERT INTO goods (name) VALUES ('too early')")
	require.ErrorContains(t, err, postgres.Refuses)
	_, err = stranger(t, from).Exec(ctx, `UPDATE goods SET price = 1 WHERE id < 10; DELETE FROM sales WHERE id = 5`)
	require.NoError(t, err)
	require.NoError(t, from.CloseGate(ctx, 30*time.Second))
	_, err = s.Await(ctx, time.Minute)
	require.NoError(t, err)
	compared := compare(t, from, to)
	assert.Empty(t, compared.Differences)
	assert.EqualValues(t, 1000+99+1, compared.Rows)
	_, err = postgres.Sequences(ctx, from, to, 1000)
	require.NoError(t, err)

	// A difference is seen: one that no count shows.
	require.NoError(t, s.Halt(ctx))
	require.NoError(t, to.OpenGate(ctx, 30*time.Second))
	var id int64
	require.NoError(t, stranger(t, to).QueryRow(ctx, "INSERT INTO goods (name) VALUES ('new') RETURNING id").Scan(&id))
	assert.EqualValues(t, 2001, id)
	exec(t, to, "DELETE FROM goods WHERE id = 7")
	differences := compare(t, from, to).Differences
	require.Len(t, differences, 1)
	assert.Contains(t, differences[0].String(), `"goods"`)
	require.NoError(t, s.Drop(ctx))
	require.NoError(t, from.Sweep(ctx))
	gate, err := from.Gate(ctx)
	require.NoError(t, err)
	assert.Equal(t, postgres.Bare, gate)
}

// PostgreSQL tries for ever to catch up with what was written during a table's first copy,
// when the log of that is gone, and counts no error.
func TestTheLogOfAFirstCopyMayBeLost(t *testing.T) {
	ctx := t.Context()
	from, to := pair(t, shop)
	require.NoError(t, postgres.CopySchema(ctx, from, to))
	s := postgres.Stream{Pub: from, Sub: to, Name: "rung_lost_there"}
	follow(t, s)

	var id string
	require.NoError(t, to.Conn.QueryRow(ctx, "SELECT oid::text FROM pg_subscription WHERE subname = $1", s.Name).Scan(&id))
	slot := "pg_" + id + "_sync_1_1"
	_, err := from.Conn.Exec(ctx, "SELECT pg_create_logical_replication_slot($1, 'pgoutput')", slot)
	require.NoError(t, err)
	exec(t, from, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
	t.Cleanup(func() {
		for _, sql := range []string{"ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()",
			"SELECT pg_drop_replication_slot('" + slot + "')"} {
			assert.NoError(t, handovertest.Old.Primary.Exec(context.Background(), sql))
		}
	})
	exec(t, from, "SELECT pg_reload_conf()")
	require.Eventually(t, func() bool {
		for range 3 {
			exec(t, from, "UPDATE goods SET price = price + 1 WHERE id = 1")
			exec(t, from, "SELECT pg_switch_wal()")
		}
		exec(t, from, "CHECKPOINT")
		f, err := s.Flow(ctx)
		return err == nil && f.Lost
	}, 20*time.Second, 100*time.Millisecond)
}

func compare(t *testing.T, from, to *postgres.Side) postgres.Compared {
	t.Helper()
	var snaps []*postgres.Snapshot
	for _, s := range []*postgres.Side{from, to} {
		snap, err := s.Ready(t.Context())
		require.NoError(t, err)
		require.NoError(t, snap.Take(t.Context()))
		defer snap.Close()
		snaps = append(snaps, snap)
	}
	c, err := postgres.Compare(t.Context(), snaps[0], snaps[1])
	require.NoError(t, err)
	return c
}

// A server that ends sessions which keep a transaction open, as rung's databases do after
// a minute, leaves the mover's be: a state is kept for as long as the comparison takes.
func TestAKeptStateIsNotEndedByTheServer(t *testing.T) {
	from, _ := pair(t, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = ''1min''',
		current_database()); END $$`)
	s := &postgres.Side{Name: "from", URL: from.URL}
	require.NoError(t, s.Open(t.Context()))
	defer s.Close(t.Context())
	for conn, want := range map[*pgx.Conn]string{s.Conn: "0", stranger(t, from): "1min"} {
		var got string
		require.NoError(t, conn.QueryRow(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&got))
		require.Equal(t, want, got)
	}
}
