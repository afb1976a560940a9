// Package store holds the tables that any product stands on, sessions, jobs,
// uploads and events: the migrations that make them, their queries and typed
// functions around those. They are in the first database, whole. All SQL is
// constant text in queries.go; values travel as parameters only.
//
// The store decides nothing about caching or permission; it says where rows of
// people belong (their slot) and keeps together what must be true together.
package store

import (
	"context"
	"errors"
	"hash/fnv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/database"
)

// Slots is into how many parts users are spread. It is fixed for good: a
// user's slot is stored in every one of the user's rows. It bounds the number
// of databases, and a 1024th part of the users is what one move carries.
const Slots = 1024

// ErrNotFound is returned for what does not exist. It is an answer, as
// pgx.ErrNoRows is: no other server would give another.
var ErrNotFound error = notFoundError{}

type notFoundError struct{}

func (notFoundError) Error() string { return "not found" }

// Is makes the error one of pgx's as well.
func (notFoundError) Is(target error) bool { return target == pgx.ErrNoRows }

// SlotOf is the slot in which all of a user's rows are.
func SlotOf(user uuid.UUID) int16 {
	h := fnv.New32a()
	h.Write(user[:])
	return int16(h.Sum32() % Slots)
}

// NewID makes an identifier that sorts after those made before it.
// fails only without randomness, with which nothing here is safe
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Store is the app's tables in one database.
type Store struct{ db *database.Pools }

// New is a store on a database that [Migrate] has brought up to date.
func New(db *database.Pools) *Store { return &Store{db: db} }

// Pools are the connections below the store.
func (s *Store) Pools() *database.Pools { return s.db }

func (s *Store) exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.db.Primary().Exec(ctx, sql, args...)
	return err
}

// NotFound is err, or ErrNotFound for PostgreSQL's answer that there is no row.
func NotFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// Once notes an id in the transaction of its effect. It returns false for one that
// was noted before: whatever it stands for has had its effect.
func Once(ctx context.Context, tx pgx.Tx, id uuid.UUID) (first bool, err error) {
	tag, err := tx.Exec(ctx, consumeOnce, id)
	return tag.RowsAffected() == 1, err
}

// EraseRest removes all that jobs know of a person, and then their files: a report
// that is being written finds the first, or the second finds it.
func (s *Store) EraseRest(ctx context.Context, user uuid.UUID) error {
	for _, sql := range []string{eraseJobs, eraseFiles} {
		if err := s.exec(ctx, sql, user); err != nil {
			return err
		}
	}
	return nil
}
