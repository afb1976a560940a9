package breaks

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// PostgresRows counts the rows of each table of a database of PostgreSQL, all at
// one moment: what Backups.Rows asks for. Tables whose rows no log has, and so no
// backup, are left out: PostgreSQL empties them itself (UNLOGGED).
func PostgresRows(ctx context.Context, url string) (map[string]int64, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to count rows: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	counts := map[string]int64{}
	oneMoment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, conn, oneMoment, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c "+
			"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence = 'p' "+
			"AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, table := range tables { // quoted by format
			var n int64
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				return fmt.Errorf("count %s: %w", table, err)
			}
			counts[table] = n
		}
		return nil
	})
	return counts, err
}
