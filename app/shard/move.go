package shard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/store"
)

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
// once more. A lock in the directory tells a second process that somebody is at
// it. The lock ends with a connection, of which its holder may not hear in time:
// so each move has a number, and what it writes is refused once a later one has
// begun.
func (s *Shards) Move(ctx context.Context, slot int16, to int) error {
	if slot < 0 || slot >= store.Slots || to < 0 || to >= len(s.dbs) {
		return fmt.Errorf("move slot %d to shard %d: want slots below %d and shards from 1 to %d", slot, to+1, store.Slots,
			len(s.dbs))
	}
	if err := s.alone(ctx, slot, func() error { return s.move(ctx, slot, to) }); err != nil {
		return fmt.Errorf("move slot %d to shard %d: %w", slot, to+1, err)
	}
	return nil
}

// alone runs fn while nobody else moves the slot. The lock is taken and given back whatever
// becomes of ctx: a connection that a cancelled call leaves behind keeps it for a while, and
// who moves again at once would be told that somebody else does.
func (s *Shards) alone(ctx context.Context, slot int16, fn func() error) error {
	tx, err := s.directory().Begin(ctx)
	if err != nil {
		return err
	}
	defer brief(ctx, tx.Rollback) //nolint:errcheck // nothing is written in it: the lock ends with it
	var got bool
	err = brief(ctx, func(ctx context.Context) error {
		return tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1, $2)", lockClass+1, slot).Scan(&got)
	})
	if err != nil {
		return err
	}
	if !got {
		return errors.New("somebody else moves it")
	}
	return fn()
}

// brief makes a call that does not wait for anybody, also when ctx has ended.
func brief(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return call(ctx)
}

func (s *Shards) move(ctx context.Context, slot int16, to int) error {
	m := mover{slot: slot, tables: s.tables}
	if err := s.directory().QueryRow(ctx, "SELECT nextval('slot_move_numbers')").Scan(&m.number); err != nil {
		return fmt.Errorf("number the move: %w", err)
	}
	from, err := s.begin(ctx, m)
	if err != nil || from == to {
		return err
	}
	m.source, m.target = s.dbs[from].Primary(), s.dbs[to].Primary()
	for _, step := range []func(context.Context) error{m.prepare, m.copy, m.catchUp, m.change} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := s.publish(ctx, m, to); err != nil {
		return err
	}
	return m.clean(ctx, m.source)
}

// begin ends the right of earlier moves to write, and finishes what they have
// left. It returns which database owns the slot.
func (s *Shards) begin(ctx context.Context, m mover) (owner int, err error) {
	for i, db := range s.dbs {
		tag, err := db.Primary().Exec(ctx, beginMove, m.slot, m.number)
		if err == nil && tag.RowsAffected() == 0 {
			err = errOvertaken
		}
		if err != nil {
			return 0, fmt.Errorf("begin at shard %d: %w", i+1, err)
		}
	}
	if err := s.Refresh(ctx); err != nil {
		return 0, err
	}
	mapped, owners := int(s.Map().Owners[m.slot]), make([]bool, len(s.dbs))
	for i, db := range s.dbs {
		if err := db.Primary().QueryRow(ctx, ownsSlot, m.slot).Scan(&owners[i]); err != nil {
			return 0, fmt.Errorf("ask shard %d: %w", i+1, err)
		}
	}
	if owner = slices.Index(owners, true); owner < 0 {
		return 0, errors.New("no shard has it")
	}
	if !owners[mapped] { // switched, and nobody was told
		if err := s.publish(ctx, m, owner); err != nil {
			return 0, err
		}
		return owner, m.clean(ctx, s.dbs[mapped].Primary())
	}
	for i, db := range s.dbs {
		if i != mapped && owners[i] { // about to be switched: what it has is not all
			if err := m.guarded(ctx, db.Primary(), func(tx pgx.Tx) error { return exec(ctx, tx, disown, m.slot) }); err != nil {
				return 0, fmt.Errorf("undo a switch to shard %d: %w", i+1, err)
			}
		}
	}
	return mapped, nil
}

// publish tries again when somebody else has published a move meanwhile.
func (s *Shards) publish(ctx context.Context, m mover, to int) error {
	for published := false; !published; {
		next := s.Map().Moved(m.slot, to)
		err := m.guarded(ctx, s.directory(), func(tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, addMap, next.Version, next.Owners[:])
			published = tag.RowsAffected() == 1
			return err
		})
		if err != nil {
			return fmt.Errorf("publish the map: %w", err)
		}
		if err := s.Refresh(ctx); err != nil {
			return err
		}
	}
	return nil
}
