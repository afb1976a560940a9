package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/database"
)

// mover takes one slot from one database to another.
type mover struct {
	slot           int16
	tables         []table
	number         int64
	source, target *pgxpool.Pool
}

// errOvertaken is returned to a move after which another one was begun.
var errOvertaken = errors.New("another move of this slot was begun after this one")

// guarded runs fn in a transaction of a database in which no later move has
// begun, nor begins before the transaction has ended.
func (m mover) guarded(ctx context.Context, db source, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if err := m.check(ctx, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

func (m mover) check(ctx context.Context, tx pgx.Tx) error {
	var mine bool
	if err := tx.QueryRow(ctx, stillMine, m.slot, m.number).Scan(&mine); err != nil {
		return err
	}
	if !mine {
		return errOvertaken
	}
	return nil
}

func exec(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	_, err := tx.Exec(ctx, sql, args...)
	return err
}

// prepare empties the target of what an interrupted move has left, and has the
// source note every change from now on. The lock is had once all writers that
// began before that have ended.
func (m mover) prepare(ctx context.Context) error {
	err := m.guarded(ctx, m.target, func(tx pgx.Tx) error {
		for _, t := range m.tables {
			if err := exec(ctx, tx, t.remove, m.slot); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("prepare the target: %w", err)
	}
	err = m.guarded(ctx, m.source, func(tx pgx.Tx) error {
		return exec(ctx, tx, "INSERT INTO slots_moving VALUES ($1) ON CONFLICT DO NOTHING", m.slot)
	})
	if err != nil {
		return fmt.Errorf("note changes: %w", err)
	}
	return pgx.BeginFunc(ctx, m.source, func(tx pgx.Tx) error { return m.lock(ctx, tx) })
}

// lock waits until nobody writes to the slot, and keeps writers out.
func (m mover) lock(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1, $2)", lockClass, m.slot)
	return err
}

func (m mover) copy(ctx context.Context) error {
	for _, t := range m.tables {
		var after json.RawMessage
		for {
			rows, err := database.Rows(ctx, m.source, pgx.RowTo[json.RawMessage], t.next, m.slot, after, moveBatch)
			if err != nil {
				return fmt.Errorf("read %s: %w", t.name, err)
			}
			if len(rows) == 0 {
				break
			}
			if err := m.put(ctx, t, rows); err != nil {
				return err
			}
			after = rows[len(rows)-1]
		}
	}
	return nil
}

// source is the pool or, during the switch, the transaction that holds the lock.
type source interface {
	database.Querier
	Begin(ctx context.Context) (pgx.Tx, error)
}

func (m mover) put(ctx context.Context, t table, rows []json.RawMessage) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	err = m.guarded(ctx, m.target, func(tx pgx.Tx) error { return exec(ctx, tx, t.put, text) })
	if err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

// catchUp repeats changes until few are left.
func (m mover) catchUp(ctx context.Context) error {
	for {
		n, err := m.repeat(ctx, m.source)
		if err != nil || n < closeEnough {
			return err
		}
	}
}

// change is a row that is not what it was.
type change struct {
	ID    int64
	Table string
	Key   json.RawMessage
}

// repeat takes some changes, brings the rows that they are about to the target
// as they are now, and forgets the changes. Doing so twice does no harm.
func (m mover) repeat(ctx context.Context, from source) (int, error) {
	changes, err := database.Rows(ctx, from, pgx.RowToStructByPos[change], readChanges, m.slot, moveBatch)
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	keys := map[string][]json.RawMessage{}
	ids := make([]int64, len(changes))
	for i, c := range changes {
		ids[i], keys[c.Table] = c.ID, append(keys[c.Table], c.Key)
	}
	for _, t := range m.tables {
		if err := m.bring(ctx, from, t, keys[t.name]); err != nil {
			return 0, err
		}
	}
	err = m.guarded(ctx, from, func(tx pgx.Tx) error { return exec(ctx, tx, forgetChanges, ids) })
	return len(ids), err
}

// bring makes rows at the target what they are at the source.
func (m mover) bring(ctx context.Context, from source, t table, keys []json.RawMessage) error {
	if len(keys) == 0 {
		return nil
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	rows, err := database.Rows(ctx, from, pgx.RowTo[json.RawMessage], t.one, text)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	err = m.guarded(ctx, m.target, func(tx pgx.Tx) error { return exec(ctx, tx, t.drop, text) })
	if err != nil {
		return fmt.Errorf("bring %s: %w", t.name, err)
	}
	if len(rows) == 0 {
		return nil
	}
	return m.put(ctx, t, rows)
}

// change holds the writers up, brings the last changes, and hands the slot
// over. The target owns it first: nobody goes there before the map says so,
// and if this is interrupted the source still has everything.
func (m mover) change(ctx context.Context) error {
	return m.guarded(ctx, m.source, func(tx pgx.Tx) error {
		if err := m.lock(ctx, tx); err != nil {
			return fmt.Errorf("hold up writers: %w", err)
		}
		for n := 1; n > 0; {
			var err error
			if n, err = m.repeat(ctx, tx); err != nil {
				return err
			}
		}
		err := m.guarded(ctx, m.target, func(tx pgx.Tx) error {
			return exec(ctx, tx, "INSERT INTO slots_owned VALUES ($1) ON CONFLICT DO NOTHING", m.slot)
		})
		if err != nil {
			return fmt.Errorf("hand over: %w", err)
		}
		if err := exec(ctx, tx, disown, m.slot); err != nil {
			return fmt.Errorf("give up: %w", err)
		}
		return exec(ctx, tx, "DELETE FROM slots_moving WHERE slot = $1", m.slot)
	})
}

// clean removes the rows that nobody asks a former owner for any more.
func (m mover) clean(ctx context.Context, from *pgxpool.Pool) error {
	for _, t := range m.tables {
		for rows := int64(1); rows > 0; {
			err := m.guarded(ctx, from, func(tx pgx.Tx) error {
				tag, err := tx.Exec(ctx, t.clean, m.slot, moveBatch)
				rows = tag.RowsAffected()
				return err
			})
			if err != nil {
				return fmt.Errorf("clean %s: %w", t.name, err)
			}
		}
	}
	return nil
}
