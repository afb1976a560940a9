// Package account holds who uses the app: people, in one database or spread over
// several. Where they are spread, addresses and names are unique in a directory,
// and each person's row is where their slot is.
package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// ErrTaken is returned for an e-mail address or name that is somebody's.
type ErrTaken struct{ Field string }

func (e ErrTaken) Error() string { return e.Field + " is taken" }

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

// Store is people, beside what is whole in the first database.
type Store struct {
	*store.Store
	// Place is where people's rows are, also those of a product's tables.
	Place shard.Place
	// Shards are the databases over which people are spread; nil where there is one.
	Shards *shard.Shards
}

// New is a store on the first database and, where there are others, its shards.
func New(home *store.Store, s *shard.Shards) *Store {
	if s == nil {
		return &Store{Store: home, Place: shard.One{Pools: home.Pools()}}
	}
	return &Store{Store: home, Place: s, Shards: s}
}

// CreateUser adds a person and the event that tells of it. The error is
// ErrTaken where the e-mail address or name is somebody's.
func (s *Store) CreateUser(ctx context.Context, u User) error {
	insert := func(tx pgx.Tx, slot int16) error { return Insert(ctx, tx, u, slot) }
	if s.Shards != nil {
		return taken(s.Shards.Claim(ctx, u.ID, u.Email, u.Name, insert))
	}
	return taken(s.Place.Write(ctx, shard.Key{User: u.ID}, insert))
}

// Insert adds a person to a slot in tx, with the event.
func Insert(ctx context.Context, tx pgx.Tx, u User, slot int16) error {
	if _, err := tx.Exec(ctx, insertUser, u.ID, slot, u.Email, u.Name, u.Hash); err != nil {
		return err
	}
	return store.Tell(ctx, tx, contract.TopicUserCreated, map[string]any{"id": u.ID, "name": u.Name})
}

// taken turns a violated unique index into the field that it is about.
func taken(err error) error {
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

// UserByEmail finds who logs in. It asks the primary: somebody who has just
// signed up elsewhere has no session yet that says so.
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error) {
	if s.Shards != nil {
		return s.found(ctx, email, s.Shards.WhoHas)
	}
	return find(ctx, s.Pools().Primary(), userByEmail, email)
}

// UserByName finds a person by name.
func (s *Store) UserByName(ctx context.Context, name string) (User, error) {
	if s.Shards != nil {
		return s.found(ctx, name, s.Shards.WhoIs)
	}
	return shard.Get(ctx, s.Place, uuid.Nil, func(q database.Querier) (User, error) {
		return find(ctx, q, userByName, name)
	})
}

// found is whom the directory names. No replica may have an old password.
func (s *Store) found(ctx context.Context, by string,
	ask func(context.Context, string) (uuid.UUID, error)) (User, error) {
	id, err := ask(ctx, by)
	if err != nil {
		return User{}, err
	}
	return s.User(database.AtLeast(ctx, database.Latest), id)
}

// User finds a person.
func (s *Store) User(ctx context.Context, id uuid.UUID) (User, error) {
	return shard.Get(ctx, s.Place, id, func(q database.Querier) (User, error) { return find(ctx, q, userByID, id) })
}

func find(ctx context.Context, q database.Querier, sql string, by any) (u User, err error) {
	err = q.QueryRow(ctx, sql, by).Scan(&u.ID, &u.Email, &u.Name, &u.Hash, &u.CreatedAt, &u.About, &u.Confirmed,
		&u.Operator)
	return u, store.NotFound(err)
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

// ChangeUser changes a person. ErrNotFound is returned where there is none.
func (s *Store) ChangeUser(ctx context.Context, id uuid.UUID, c Change) error {
	return s.Place.Write(ctx, shard.Key{User: id}, func(tx pgx.Tx, _ int16) error {
		tag, err := tx.Exec(ctx, c.sql, append([]any{id}, c.args...)...)
		if err == nil && tag.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
}

// Erase removes a person with all that is kept of them for any product, and tells
// of it; a product removes its own before. It may be called again after it failed,
// and of somebody who is not there. The directory lets go of address and name last.
func (s *Store) Erase(ctx context.Context, user uuid.UUID) error {
	if err := s.EraseRest(ctx, user); err != nil {
		return err
	}
	err := s.Place.Write(ctx, shard.Key{User: user}, func(tx pgx.Tx, _ int16) error {
		var name string
		// Who is not there is not deleted: a table that only follows another takes no writes.
		err := store.NotFound(tx.QueryRow(ctx, nameOf, user).Scan(&name))
		if err == nil {
			err = store.NotFound(tx.QueryRow(ctx, eraseUser, user).Scan(&name))
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		return store.Tell(ctx, tx, contract.TopicUserDeleted, map[string]any{"id": user, "name": name})
	})
	if err != nil || s.Shards == nil {
		return err
	}
	return s.Shards.Forget(ctx, user)
}

// TellAll writes the event user.created for everybody who is there; see [store.TellAll].
func TellAll(ctx context.Context, pool *pgxpool.Pool, progress func(rows int)) error {
	return store.TellAll(ctx, pool, tellUsers, progress)
}

const userColumns = "id, email, name, password_hash, created_at, about, confirmed_at IS NOT NULL, operator"

const (
	insertUser  = `INSERT INTO users (id, slot, email, name, password_hash) VALUES ($1, $2, $3, $4, $5)`
	userByEmail = `SELECT ` + userColumns + ` FROM users WHERE email = $1`
	userByName  = `SELECT ` + userColumns + ` FROM users WHERE name = $1`
	userByID    = `SELECT ` + userColumns + ` FROM users WHERE id = $1`
	setPassword = `UPDATE users SET password_hash = $2 WHERE id = $1`
	setAbout    = `UPDATE users SET about = $2 WHERE id = $1`
	confirm     = `UPDATE users SET confirmed_at = coalesce(confirmed_at, now()) WHERE id = $1`
	setOperator = `UPDATE users SET operator = $2 WHERE id = $1`
	nameOf      = `SELECT name FROM users WHERE id = $1`
	eraseUser   = `DELETE FROM users WHERE id = $1 RETURNING name`
	tellUsers   = `WITH page AS (SELECT id, name FROM users WHERE id > $1 ORDER BY id LIMIT $2), told AS (
		INSERT INTO outbox (id, topic, payload) SELECT gen_random_uuid(), 'user.created', jsonb_build_object('id', id, 'name', name) FROM page)
		SELECT id FROM page ORDER BY id DESC LIMIT 1`
)
