package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/store"
)

// table is one of those whose rows belong to users, with the statements that
// carry its rows as JSON. They are made once, from constants of this file.
type table struct {
	name string
	// next reads some rows of a slot after a key, one reads rows by keys.
	next, one string
	// put writes rows, drop removes rows by keys.
	put, drop string
	// clean removes some rows of a slot, remove all.
	clean, remove string
}

var tables = []table{
	newTable("users", "id", "slot email name password_hash created_at"),
	newTable("posts", "id", "slot user_id author title body picture thumbnail created_at version"),
	newTable("follows", "follower_id followee_id", "slot created_at"),
}

func newTable(name, key, rest string) table {
	others := strings.Fields(rest)
	keys := strings.Join(strings.Fields(key), ", ")
	list := keys + ", " + strings.Join(others, ", ")
	set := make([]string, len(others))
	for i, c := range others {
		set[i] = c + " = excluded." + c
	}
	given := " FROM jsonb_populate_recordset(null::" + name + ", $1)"
	match := " WHERE (" + keys + ") IN (SELECT " + keys + given + ")"
	return table{
		name: name,
		next: "SELECT to_jsonb(t) FROM (SELECT " + list + " FROM " + name + " WHERE slot = $1 AND ($2::jsonb IS NULL OR (" + keys + ") > (SELECT " + keys +
			" FROM jsonb_populate_record(null::" + name + ", $2))) ORDER BY " + keys + " LIMIT $3) t",
		one: "SELECT to_jsonb(t) FROM (SELECT " + list + " FROM " + name + match + ") t",
		put: "INSERT INTO " + name + " (" + list + ") SELECT " + list + given +
			" ON CONFLICT (" + keys + ") DO UPDATE SET " + strings.Join(set, ", "),
		drop:   "DELETE FROM " + name + match,
		clean:  "DELETE FROM " + name + " WHERE (" + keys + ") IN (SELECT " + keys + " FROM " + name + " WHERE slot = $1 LIMIT $2)",
		remove: "DELETE FROM " + name + " WHERE slot = $1",
	}
}

const (
	// moveBatch is how many rows are copied at a time.
	moveBatch = 1000
	// closeEnough is how many changes may be left when writers are held up for
	// the switch.
	closeEnough = 100
)

// Move takes a slot to another database, by its index, while people go on reading and
// writing: copy, catch up with what changed meanwhile, switch, clean. Writers
// of the slot wait for the switch, some milliseconds; nobody else notices.
//
// A move that was interrupted is finished, or begun again, by calling Move
// once more. Only one process may move a slot at a time; a lock in the
// directory sees to that.
func (s *Shards) Move(ctx context.Context, slot int16, to int) error {
	if slot < 0 || slot >= store.Slots || to < 0 || to >= len(s.dbs) {
		return fmt.Errorf("move slot %d to shard %d: want slots below %d and shards from 1 to %d", slot, to+1, store.Slots,
			len(s.dbs))
	}
	err := pgx.BeginFunc(ctx, s.directory(), func(tx pgx.Tx) error { // the lock ends with the transaction
		var got bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1, $2)", lockClass+1, slot).Scan(&got); err != nil {
			return err
		}
		if !got {
			return errors.New("somebody else moves it")
		}
		return s.move(ctx, slot, to)
	})
	if err != nil {
		return fmt.Errorf("move slot %d to shard %d: %w", slot, to+1, err)
	}
	return nil
}

func (s *Shards) move(ctx context.Context, slot int16, to int) error {
	if err := s.Refresh(ctx); err != nil {
		return err
	}
	from := int(s.Map().Owners[slot])
	if from == to {
		return nil
	}
	m := mover{slot: slot, source: s.dbs[from].Primary(), target: s.dbs[to].Primary()}
	switched, err := m.switched(ctx)
	if err != nil {
		return err
	}
	if !switched { // else an earlier move got as far as this
		for _, step := range []func(context.Context) error{m.prepare, m.copy, m.catchUp, m.change} {
			if err := step(ctx); err != nil {
				return err
			}
		}
	}
	if err := s.publish(ctx, slot, to); err != nil {
		return err
	}
	return m.clean(ctx)
}

// publish tries again when somebody else has published a move meanwhile.
func (s *Shards) publish(ctx context.Context, slot int16, to int) error {
	for {
		next := s.Map().Moved(slot, to)
		tag, err := s.directory().Exec(ctx, addMap, next.Version, next.Owners[:])
		if err != nil {
			return fmt.Errorf("publish the map: %w", err)
		}
		if err := s.Refresh(ctx); err != nil {
			return err
		}
		if tag.RowsAffected() == 1 {
			return nil
		}
	}
}

type mover struct {
	slot           int16
	source, target *pgxpool.Pool
}

// switched says whether the source has given the slot up already.
func (m mover) switched(ctx context.Context) (bool, error) {
	var source, target bool
	err := errors.Join(m.source.QueryRow(ctx, ownsSlot, m.slot).Scan(&source),
		m.target.QueryRow(ctx, ownsSlot, m.slot).Scan(&target))
	return !source && target, err
}

// prepare empties the target of what an interrupted move has left, and has the
// source note every change from now on. The lock is had once all writers that
// began before that have ended.
func (m mover) prepare(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, m.target, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM slots_owned WHERE slot = $1", m.slot); err != nil {
			return err
		}
		for _, t := range tables {
			if _, err := tx.Exec(ctx, t.remove, m.slot); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("prepare the target: %w", err)
	}
	if _, err := m.source.Exec(ctx, "INSERT INTO slots_moving VALUES ($1) ON CONFLICT DO NOTHING", m.slot); err != nil {
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
	for _, t := range tables {
		var after json.RawMessage
		for {
			rows, err := jsonRows(ctx, m.source, t.next, m.slot, after, moveBatch)
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
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

func jsonRows(ctx context.Context, from source, sql string, args ...any) ([]json.RawMessage, error) {
	rows, err := from.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
}

func (m mover) put(ctx context.Context, t table, rows []json.RawMessage) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	if _, err := m.target.Exec(ctx, t.put, text); err != nil {
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
	id    int64
	table string
	key   json.RawMessage
}

// repeat takes some changes, brings the rows that they are about to the target
// as they are now, and forgets the changes. Doing so twice does no harm.
func (m mover) repeat(ctx context.Context, from source) (int, error) {
	rows, err := from.Query(ctx, readChanges, m.slot, moveBatch)
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c change, err error) {
		err = row.Scan(&c.id, &c.table, &c.key)
		return c, err
	})
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	keys := map[string][]json.RawMessage{}
	ids := make([]int64, len(changes))
	for i, c := range changes {
		ids[i], keys[c.table] = c.id, append(keys[c.table], c.key)
	}
	for _, t := range tables {
		if err := m.bring(ctx, from, t, keys[t.name]); err != nil {
			return 0, err
		}
	}
	err = pgx.BeginFunc(ctx, from, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, forgetChanges, ids)
		return err
	})
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
	rows, err := jsonRows(ctx, from, t.one, text)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	if _, err := m.target.Exec(ctx, t.drop, text); err != nil {
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
	return pgx.BeginFunc(ctx, m.source, func(tx pgx.Tx) error {
		if err := m.lock(ctx, tx); err != nil {
			return fmt.Errorf("hold up writers: %w", err)
		}
		for n := 1; n > 0; {
			var err error
			if n, err = m.repeat(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := m.target.Exec(ctx, "INSERT INTO slots_owned VALUES ($1) ON CONFLICT DO NOTHING", m.slot); err != nil {
			return fmt.Errorf("hand over: %w", err)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM slots_owned WHERE slot = $1", m.slot); err != nil {
			return fmt.Errorf("give up: %w", err)
		}
		_, err := tx.Exec(ctx, "DELETE FROM slots_moving WHERE slot = $1", m.slot)
		return err
	})
}

// clean removes the rows that nobody asks the source for any more.
func (m mover) clean(ctx context.Context) error {
	for _, t := range tables {
		for {
			tag, err := m.source.Exec(ctx, t.clean, m.slot, moveBatch)
			if err != nil {
				return fmt.Errorf("clean %s: %w", t.name, err)
			}
			if tag.RowsAffected() == 0 {
				break
			}
		}
	}
	return nil
}
