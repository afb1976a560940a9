package rehearsal

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table is the load's own.
const table = "rung_rehearsal"

// rowsOfPiece are the made rows of one statement, of about a kilobyte each.
const rowsOfPiece = 50_000

// fill makes the rows that are moved.
func (t *trial) fill(ctx context.Context) error {
	if t.plan.Dump != "" {
		t.plan.tell("Reading %s.", t.plan.Dump)
		if err := restore(ctx, t.from, t.plan.Dump); err != nil {
			return err
		}
	}
	conn, err := pgx.Connect(ctx, t.from)
	if err != nil {
		return fmt.Errorf("fill the rehearsal's database: %w", err)
	}
	defer conn.Close(ctx)
	made := fmt.Sprintf("CREATE TABLE %s (id bigserial PRIMARY KEY, note text NOT NULL UNIQUE, at timestamptz NOT NULL "+
		"DEFAULT now()); INSERT INTO %s (note) VALUES ('the row that is read')", table, table)
	if t.plan.Megabytes > 0 {
		t.plan.tell("Making %d MB of rows.", t.plan.Megabytes)
		made += "; CREATE TABLE rung_rehearsal_rows (id bigserial PRIMARY KEY, text text NOT NULL)"
	}
	if _, err := conn.Exec(ctx, made); err != nil {
		return fmt.Errorf("fill the rehearsal's database: %w", err)
	}
	for left := t.plan.Megabytes << 10; left > 0; left -= rowsOfPiece {
		if _, err := conn.Exec(ctx, `INSERT INTO rung_rehearsal_rows (text) SELECT repeat(md5(random()::text), 30)
			FROM generate_series(1, $1)`, min(left, rowsOfPiece)); err != nil {
			return fmt.Errorf("make rows: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, Settle); err != nil {
		return fmt.Errorf("make rows: %w", err)
	}
	return conn.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
		WHERE relkind = 'r' AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~
			'^pg_|^information_')`).Scan(
		&t.result.Bytes)
}

// Settle does to rows that were just made what autovacuum has long done to those that people
// have: with checksums, whoever reads a page for the first time writes it to the log once, so
// that a first copy of 2 GB made 2 GB of log, more than a slot of the server's may keep.
const Settle = "VACUUM"

// restore reads a dump in plain text. Roles that this machine's servers lack are no
// reason to end: whom rows belong to is not what is tried.
func restore(ctx context.Context, url, file string) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	defer in.Close()
	cmd := exec.CommandContext(ctx, "psql", "--no-psqlrc", "--quiet", "--dbname="+url)
	cmd.Stdin = in
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("read the dump: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
