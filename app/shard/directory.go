package shard

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/store"
)

// Claim takes an address and a name in the directory, so that nobody else can, and
// has write make the person in the slot where they belong. When that fails it lets
// go of them. What violates a unique index there is PostgreSQL's error.
func (s *Shards) Claim(ctx context.Context, user uuid.UUID, email, name string,
	write func(tx pgx.Tx, slot int16) error) error {
	slot := s.config.Placement.Slot(Key{User: user, Region: s.config.Region})
	var placed *int16 // the hash needs no note
	if slot != store.SlotOf(user) {
		placed = &slot
	}
	if _, err := s.directory().Exec(ctx, addLogin, user, email, name, placed); err != nil {
		return err
	}
	err := s.writeSlot(ctx, slot, write)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		_, undo := s.directory().Exec(ctx, dropLogin, user)
		return errors.Join(err, undo)
	}
	return nil
}

// WhoHas asks the directory whose an address is.
func (s *Shards) WhoHas(ctx context.Context, email string) (uuid.UUID, error) {
	return s.login(ctx, loginByEmail, email)
}

// WhoIs asks the directory whose a name is.
func (s *Shards) WhoIs(ctx context.Context, name string) (uuid.UUID, error) {
	return s.login(ctx, loginByName, name)
}

func (s *Shards) login(ctx context.Context, sql, value string) (id uuid.UUID, err error) {
	err = s.directory().QueryRow(ctx, sql, value).Scan(&id)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return id, fmt.Errorf("ask the directory: %w", err)
	}
	return id, store.NotFound(err)
}

// Forget lets go of address and name: each database that somebody was ever in
// notes them by a trigger, and the first of them is the directory, which goes last.
func (s *Shards) Forget(ctx context.Context, user uuid.UUID) error {
	return s.Everywhere(ctx, func(tx pgx.Tx) error { return exec(ctx, tx, dropLogin, user) })
}
