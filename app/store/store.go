// Package store holds the app's tables: the migrations that make them, every
// query that the app sends, and typed functions around those. All SQL is
// constant text in queries.go; values travel as parameters only.
//
// The store decides nothing about caching or permission; it says where rows
// belong (their slot) and keeps together what must be true together.
package store

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rung-dev/rung/app/contract"
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

// ErrTaken is returned for an e-mail address or name that is somebody's.
type ErrTaken struct{ Field string }

func (e ErrTaken) Error() string { return e.Field + " is taken" }

// SlotOf is the slot in which all of a user's rows are.
func SlotOf(user uuid.UUID) int16 {
	h := fnv.New32a()
	h.Write(user[:])
	return int16(h.Sum32() % Slots)
}

// NewID makes an identifier that sorts after those made before it.
// fails only without randomness, with which nothing here is safe
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// User is a person.
type User struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"-"`
	Hash      string    `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	// About is what they say of themselves; empty means nothing.
	About string `json:"about,omitempty"`
	// Confirmed is whether they have shown that the address is theirs, and
	// Operator whether they may see and do what keeps the app running.
	Confirmed bool `json:"-"`
	Operator  bool `json:"-"`
}

// Store is the app's tables in one database.
type Store struct{ db *database.Pools }

// New is a store on a database that [Migrate] has brought up to date.
func New(db *database.Pools) *Store { return &Store{db: db} }

// Pools are the connections below the store.
func (s *Store) Pools() *database.Pools { return s.db }

// CreateUser adds a person and the event that tells of it. The error is
// ErrTaken where the e-mail address or name is somebody's.
func (s *Store) CreateUser(ctx context.Context, u User) error {
	return Taken(s.db.Write(ctx, func(tx pgx.Tx) error { return InsertUser(ctx, tx, u, SlotOf(u.ID)) }))
}

// InsertUser adds a person to a slot in tx, with the event.
func InsertUser(ctx context.Context, tx pgx.Tx, u User, slot int16) error {
	if _, err := tx.Exec(ctx, insertUser, u.ID, slot, u.Email, u.Name, u.Hash); err != nil {
		return err
	}
	return tell(ctx, tx, contract.TopicUserCreated, map[string]any{"id": u.ID, "name": u.Name})
}

// Taken turns a violated unique index into the field that it is about.
func Taken(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "23505" {
		return err
	}
	switch pg.ConstraintName {
	case "users_email", "logins_email":
		return ErrTaken{"email"}
	case "users_name", "logins_name":
		return ErrTaken{"name"}
	}
	return err
}

// SelectUser finds a person with q.
func SelectUser(ctx context.Context, q database.Querier, id uuid.UUID) (User, error) {
	return scanUser(q.QueryRow(ctx, userByID, id))
}

// UserByEmail finds who logs in. It asks the primary: somebody who has just
// signed up elsewhere has no session yet that says so.
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error) {
	return scanUser(s.db.Primary().QueryRow(ctx, userByEmail, email))
}

// UserByName finds a person by name.
func (s *Store) UserByName(ctx context.Context, name string) (u User, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		u, err = scanUser(q.QueryRow(ctx, userByName, name))
		return err
	})
	return u, err
}

// User finds a person.
func (s *Store) User(ctx context.Context, id uuid.UUID) (u User, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		u, err = scanUser(q.QueryRow(ctx, userByID, id))
		return err
	})
	return u, err
}

// Change is what may be changed of a person, one thing at a time.
type Change struct {
	sql  string
	args []any
}

// Password is another password's hash; an empty one lets nobody log in.
func Password(hash string) Change { return Change{setPassword, []any{hash}} }

// About is what a person says.
func About(text string) Change { return Change{setAbout, []any{text}} }

// Confirm notes that the address is the person's.
func Confirm() Change { return Change{sql: confirm} }

// Operator makes a person one who operates the app, or no longer.
func Operator(is bool) Change { return Change{setOperator, []any{is}} }

// ChangeUser changes a person.
func (s *Store) ChangeUser(ctx context.Context, id uuid.UUID, c Change) error {
	return s.db.Write(ctx, func(tx pgx.Tx) error { return UpdateUser(ctx, tx, id, c) })
}

// UpdateUser is ChangeUser in tx.
func UpdateUser(ctx context.Context, tx pgx.Tx, id uuid.UUID, c Change) error {
	tag, err := tx.Exec(ctx, c.sql, append([]any{id}, c.args...)...)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return err
}

func scanUser(row pgx.Row) (User, error) {
	var u User
	err := row.Scan(&u.ID, &u.Email, &u.Name, &u.Hash, &u.CreatedAt, &u.About, &u.Confirmed, &u.Operator)
	return u, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// MaxFollows is how many people one may follow: a feed asks for the posts of each.
const MaxFollows = 1000

// ErrFollows is returned to who follows as many people as one may.
var ErrFollows = errors.New("follows as many as one may")

// Follow makes follower see followee's posts in the feed. Twice is once.
func (s *Store) Follow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.db.Write(ctx, func(tx pgx.Tx) error {
		return InsertFollow(ctx, tx, follower, followee, SlotOf(follower))
	})
}

// InsertFollow is Follow in tx.
func InsertFollow(ctx context.Context, tx pgx.Tx, follower, followee uuid.UUID, slot int16) error {
	tag, err := tx.Exec(ctx, insertFollow, follower, followee, slot, MaxFollows)
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	if there, err := SelectFollows(ctx, tx, follower, followee); err != nil || there {
		return err
	}
	return ErrFollows
}

// Follows says whether follower follows followee.
func (s *Store) Follows(ctx context.Context, follower, followee uuid.UUID) (yes bool, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		yes, err = SelectFollows(ctx, q, follower, followee)
		return err
	})
	return yes, err
}

// SelectFollows is Follows with q.
func SelectFollows(ctx context.Context, q database.Querier, follower, followee uuid.UUID) (yes bool, err error) {
	err = q.QueryRow(ctx, follows, follower, followee).Scan(&yes)
	return yes, err
}

// RemoveFollow is Unfollow in tx.
func RemoveFollow(ctx context.Context, tx pgx.Tx, follower, followee uuid.UUID) error {
	_, err := tx.Exec(ctx, deleteFollow, follower, followee)
	return err
}

// Unfollow takes that back.
func (s *Store) Unfollow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.exec(ctx, deleteFollow, follower, followee)
}

func (s *Store) exec(ctx context.Context, sql string, args ...any) error {
	return s.db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
}
