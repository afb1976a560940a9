package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/lab/load/open"
)

const (
	makeLarge = `CREATE TABLE bench_users (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL,
		created_at timestamptz NOT NULL DEFAULT now())`
	fillLarge = `INSERT INTO bench_users (id, email, name)
		SELECT i, 'user-' || i || '@example.com', 'user-' || i FROM generate_series(1, $1::bigint) i`
	byEmail  = `SELECT id, name FROM bench_users WHERE email = $1`
	addIndex = `CREATE INDEX bench_users_email ON bench_users (email)`
	analyse  = `VACUUM ANALYZE bench_users`
)

func indexing(ctx context.Context, t *trial) []row {
	lookup := func(int) error {
		var id int64
		var name string
		email := fmt.Sprintf("user-%d@example.com", 1+rand.IntN(t.rows))
		return t.pool.QueryRow(ctx, byEmail, email).Scan(&id, &name)
	}
	t.exec(ctx, makeLarge)
	t.exec(ctx, fillLarge, t.rows)
	t.exec(ctx, analyse)
	without := t.times(11, lookup)
	t.exec(ctx, addIndex)
	t.exec(ctx, analyse)
	t.times(10, lookup)
	with := t.times(t.queries, lookup)
	a, b := without.Percentile(50), with.Percentile(50)
	return []row{{tool: "index", claim: "one row of 1M: 500 ms → 5 ms (100x)",
		measured: fmt.Sprintf("%d rows: %s → %s (%.0fx), medians", t.rows, ms(a), ms(b), ratio(a, b)),
		got:      ratio(a, b), want: 100,
		why: "Table and index are in memory here, so both sides take less than the ladder's."}}
}

const (
	makeBare    = `CREATE TABLE bench_bare (LIKE bench_users); ALTER TABLE bench_bare ADD PRIMARY KEY (id)`
	makeIndexed = `CREATE TABLE bench_indexed (LIKE bench_users); ALTER TABLE bench_indexed ADD PRIMARY KEY (id);
		CREATE INDEX ON bench_indexed (email); CREATE INDEX ON bench_indexed (name, created_at);
		CREATE UNIQUE INDEX ON bench_indexed (name)`
	insertOne  = `INSERT INTO %s (id, email, name, created_at) VALUES ($1, $2, $3, now())`
	storage    = `SELECT pg_table_size('bench_indexed'), pg_indexes_size('bench_indexed') - pg_indexes_size('bench_bare')`
	insertMany = `INSERT INTO %s (id, email, name, created_at)
		SELECT $1::bigint + i, md5(i::text || $1::bigint), md5($1::bigint || '-' || i), now()
		FROM generate_series(1, $2::bigint) i`
)

// inserting fills two tables in the same way, one with three indexes more.
func inserting(ctx context.Context, t *trial) []row {
	t.exec(ctx, makeBare)
	t.exec(ctx, makeIndexed)
	bulk := func(table string) open.Durations {
		sql := fmt.Sprintf(insertMany, table)
		return t.times(3, func(i int) error { _, err := t.pool.Exec(ctx, sql, i*t.bulk, t.bulk); return err })
	}
	one := func(table string) open.Durations {
		sql := fmt.Sprintf(insertOne, table)
		return t.times(t.queries*2, func(i int) error {
			name := uuid.NewString()
			_, err := t.pool.Exec(ctx, sql, 100_000_000+i, name, name)
			return err
		})
	}
	a, b := bulk("bench_bare").Percentile(50), bulk("bench_indexed").Percentile(50)
	c, d := one("bench_bare").Percentile(50), one("bench_indexed").Percentile(50)
	var table, indexes int64
	t.fails(t.pool.QueryRow(ctx, storage).Scan(&table, &indexes))
	return []row{
		{tool: "three indexes", claim: "indexes take storage (no figure given)",
			measured: fmt.Sprintf("%d MB of rows, %d MB of indexes (+%d %%)", table>>20, indexes>>20, 100*indexes/max(table, 1)),
			got:      float64(indexes) / float64(max(table, 1)),
			why:      "Two of the three are of texts as long as half a row; those of numbers or times take a tenth of that."},
		{tool: "three indexes", claim: "an insert takes 5 ms → 15 ms (3x)",
			measured: fmt.Sprintf("%d rows in one statement: %s → %s (%.1fx slower)", t.bulk, ms(a), ms(b), ratio(b, a)),
			got:      ratio(b, a), want: 3, cost: true,
			why: "In one statement an insert into the table costs next to nothing, so what is left is the three indexes: " +
				"their keys are hashes of 32 characters, each at a random place of its tree. The ladder's 5 ms hold the way " +
				"to the server and the wait for the disk too, which indexes do not lengthen."},
		{tool: "three indexes", claim: "the same, one row at a time",
			measured: fmt.Sprintf("%s → %s (%.1fx slower), medians", ms(c), ms(d), ratio(d, c)),
			got:      ratio(d, c), want: 3, cost: true,
			why: "Each row also pays the way to the server and a commit, with and without indexes, which is most of it here."},
	}
}
