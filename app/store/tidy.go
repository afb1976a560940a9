package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tell writes an event in the transaction that makes it true.
func tell(ctx context.Context, tx pgx.Tx, kind string, payload any) error {
	_, err := tx.Exec(ctx, insertEvent, NewID(), kind, payload)
	return err
}

// tidyBatch is how many rows are removed at a time.
const tidyBatch = 1000

// Tidy removes what has expired and returns how many rows those were.
func (s *Store) Tidy(ctx context.Context) (int64, error) { return Tidy(ctx, s.db.Primary()) }

// Tidy does the same in any database that has the app's tables.
func Tidy(ctx context.Context, pool *pgxpool.Pool) (n int64, err error) {
	for what, sql := range map[string]string{"expired sessions": deleteExpired, "old event ids": deleteConsumed,
		"notes of old deletions": deleteRemoved, "old events": deleteSent} {
		removed, err := removeAll(ctx, pool, sql)
		if n += removed; err != nil {
			return n, fmt.Errorf("remove %s: %w", what, err)
		}
	}
	return n, nil
}

// DropUntold removes events that nobody has asked for within the hour. It is
// for the rungs without services: there, no relay ever sends them.
func DropUntold(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	n, err := removeAll(ctx, pool, deleteUntold)
	if err != nil {
		return n, fmt.Errorf("remove events that nobody hears of: %w", err)
	}
	return n, nil
}

// removeAll removes some rows at a time, so that it holds nobody up, until
// there are no more.
func removeAll(ctx context.Context, pool *pgxpool.Pool, sql string) (n int64, err error) {
	for {
		tag, err := pool.Exec(ctx, sql, tidyBatch)
		if n += tag.RowsAffected(); err != nil || tag.RowsAffected() < tidyBatch {
			return n, err
		}
	}
}
