package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/lab/paper"
)

// scratch is the database in which the claims about databases are measured: what the
// app keeps is not touched.
const scratch = "rung_claims"

const (
	rows    = 200_000
	rounds  = 30
	inBatch = 100
)

// OfDatabase are the claims about a database, measured on the server at a URL of its
// superuser in a database of its own, which is dropped again.
func OfDatabase(ctx context.Context, url string) (all []Claim, err error) {
	server, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("measure a database: %w", err)
	}
	defer server.Close(context.WithoutCancel(ctx))
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + scratch + " WITH (FORCE)", "CREATE DATABASE " + scratch} {
		if _, err := server.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("make a database to measure in: %w", err)
		}
	}
	defer func() {
		_, dropErr := server.Exec(context.WithoutCancel(ctx), "DROP DATABASE "+scratch+" WITH (FORCE)")
		err = errors.Join(err, dropErr)
	}()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.Database = scratch
	for _, measure := range []func(context.Context, *pgx.ConnConfig) (Claim, error){pooled, indexed, batched} {
		c, err := measure(ctx, config)
		if err != nil {
			return all, fmt.Errorf("measure a database: %w", err)
		}
		all = append(all, c)
	}
	return all, nil
}

// median is the middle of what rounds of something take.
func median(n int, do func() error) (time.Duration, error) {
	all := make([]time.Duration, n)
	for i := range all {
		begin := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		all[i] = time.Since(begin)
	}
	slices.Sort(all)
	return all[n/2], nil
}

func ms(d time.Duration) string { return paper.Millis(float64(d) / float64(time.Millisecond)) }

// times is how much longer one is than the other.
func times(slow, fast time.Duration) float64 { return float64(slow) / float64(max(fast, 1)) }

func pooled(ctx context.Context, config *pgx.ConnConfig) (Claim, error) {
	const sql, claimed = "SELECT pg_sleep(0.005)", 9.0
	alone, err := median(rounds, func() error {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, sql)
		return errors.Join(err, conn.Close(ctx))
	})
	if err != nil {
		return Claim{}, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Claim{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	held, err := median(rounds, func() error { _, err := conn.Exec(ctx, sql); return err })
	return Claim{Tool: "connection pool", Says: "a 5 ms query: 55 ms with a connection of its own, 6 ms from a pool (9x)",
		Measured: fmt.Sprintf("%s, %s from one that is held (%.1fx)", ms(alone), ms(held), times(alone, held)),
		Verdict:  effect((times(alone, held) - 1) / (claimed - 1)),
		Why: "with TLS and a password, as the plan has it; what is missing is the distance, which each exchange " +
			"pays"}, err
}

func indexed(ctx context.Context, config *pgx.ConnConfig) (Claim, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Claim{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	fill := fmt.Sprintf("CREATE TABLE people AS SELECT n AS id, md5(n::text) AS email, repeat('x', 100) AS about "+
		"FROM generate_series(1, %d) AS n", rows)
	if _, err := conn.Exec(ctx, fill); err != nil {
		return Claim{}, err
	}
	find := func() error {
		var id int
		return conn.QueryRow(ctx, "SELECT id FROM people WHERE email = md5('4711')").Scan(&id)
	}
	without, err := median(rounds/3, find)
	if err != nil {
		return Claim{}, err
	}
	if _, err := conn.Exec(ctx, "CREATE INDEX ON people (email)"); err != nil {
		return Claim{}, err
	}
	with, err := median(rounds, find)
	return Claim{Tool: "index", Says: "one row of a million: 500 ms without, 5 ms with an index (100x)",
		Measured: fmt.Sprintf("of %s rows: %s, then %s (%.0fx)", paper.Whole(rows), ms(without), ms(with),
			times(without, with)),
		Verdict: effect(times(without, with) / (100 * rows / 1_000_000.0)),
		Why: "a fifth of the rows, and so a fifth of the effect is claimed: without an index all are read, " +
			"here from memory"}, err
}

func batched(ctx context.Context, config *pgx.ConnConfig) (Claim, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Claim{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "CREATE TABLE views (post int, at timestamptz DEFAULT now())"); err != nil {
		return Claim{}, err
	}
	single, err := median(rounds, func() error { _, err := conn.Exec(ctx, "INSERT INTO views VALUES (1)"); return err })
	if err != nil {
		return Claim{}, err
	}
	together := "INSERT INTO views VALUES (1)" + strings.Repeat(", (1)", inBatch-1)
	batch, err := median(rounds, func() error { _, err := conn.Exec(ctx, together); return err })
	return Claim{Tool: "batching", Says: "many small writes in one: 100 items or 5 s (no figure given)",
		Measured: fmt.Sprintf("a row: %s alone, %s in a batch of %d (%.0fx)", ms(single), ms(batch/inBatch), inBatch,
			times(single, batch/inBatch)),
		Verdict: whether(times(single, batch/inBatch) > 2),
		Why:     "a commit waits for the disk, and for the standby where there is one; a batch shares the wait"}, err
}
