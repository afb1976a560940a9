package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/tracing"
)

// Tell writes an event in the transaction that makes it true.
func Tell(ctx context.Context, tx pgx.Tx, kind string, payload any) error {
	_, err := tx.Exec(ctx, insertEvent, NewID(), kind, payload, tracing.Of(ctx))
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

// DropUntold removes events that nobody has asked for within the hour, but for
// some kinds. No relay ever sends the others.
func DropUntold(ctx context.Context, pool *pgxpool.Pool, but ...string) (int64, error) {
	n, err := removeAll(ctx, pool, deleteUntold, append([]string{}, but...))
	if err != nil {
		return n, fmt.Errorf("remove events that nobody hears of: %w", err)
	}
	return n, nil
}

// removeAll removes some rows at a time, so that it holds nobody up, until
// there are no more.
func removeAll(ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) (n int64, err error) {
	for {
		tag, err := pool.Exec(ctx, sql, append([]any{tidyBatch}, args...)...)
		if n += tag.RowsAffected(); err != nil || tag.RowsAffected() < tidyBatch {
			return n, err
		}
	}
}

// TellAll writes events for all that is there, for services that keep copies since
// later than that: sql writes those of some rows, $2 at most, after the id $1, and
// returns the last of them. They have no effect where they were heard of already.
// Progress is called with how many rows were passed, about.
func TellAll(ctx context.Context, pool *pgxpool.Pool, sql string, progress func(rows int)) error {
	after := uuid.Nil
	for n := tidyBatch; ; n += tidyBatch {
		err := pool.QueryRow(ctx, sql, after, tidyBatch).Scan(&after)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("tell of all that is there: %w", err)
		}
		progress(n)
	}
}
