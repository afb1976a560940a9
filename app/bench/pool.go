package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The ladder's query takes 5 ms and its uncached one 50 ms; sleeping makes
// them so on any machine.
const (
	fiveMillis  = `SELECT pg_sleep(0.005)`
	fiftyMillis = `SELECT pg_sleep(0.05)`
)

// trip is the distance between an app and its database in the measurement
// that adds one.
const trip = 10 * time.Millisecond

func pooling(ctx context.Context, t *trial) []row {
	l, err := far(t.primary(), trip)
	if t.fails(err) {
		return nil
	}
	defer l.Close()
	near, distant := poolingOver(ctx, t, t.primary()), poolingOver(ctx, t, l.Addr().String())
	near.tool, distant.tool = "connection pool", "connection pool, database 10 ms away (simulated)"
	near.why = "A connection costs what forking a server process costs; on the loopback there is no distance, no TLS " +
		"and no password, which are most of the 50 ms."
	distant.why = "Each exchange pays the distance once, the query too: what a pool saves is the exchanges that open a " +
		"connection. TLS adds two of them and a password two, which are not measured here."
	return []row{near, distant}
}

func poolingOver(ctx context.Context, t *trial, address string) row {
	url := "postgres://app@" + address + "/" + databaseName + "?sslmode=disable&pool_min_conns=5&pool_max_conns=20"
	pool, err := pgxpool.New(ctx, url)
	if t.fails(err) {
		return row{}
	}
	defer pool.Close()
	n := t.queries / 4
	fresh := t.times(n, func(int) error {
		conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, fiveMillis)
		return err
	})
	query := func(int) error { _, err := pool.Exec(ctx, fiveMillis); return err }
	t.times(20, query) // fills the pool
	pooled := t.times(n, query)
	a, b := fresh.Percentile(50), pooled.Percentile(50)
	return row{claim: "a 5 ms query: 55 ms with a connection of its own, 6 ms from a pool (9x)",
		measured: fmt.Sprintf("%s → %s (%.1fx), medians of %d", ms(a), ms(b), ratio(a, b), n), got: ratio(a, b), want: 9}
}
