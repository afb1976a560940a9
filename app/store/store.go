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
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rung-dev/rung/app/database"
)

// Slots is into how many parts users are spread. It is fixed for good: a
// user's slot is stored in every one of the user's rows. It bounds the number
// of databases, and a 1024th part of the users is what one move carries.
const Slots = 1024

// ErrNotFound is returned for what does not exist.
var ErrNotFound = errors.New("not found")

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
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) } // fails only without randomness, with which nothing here is safe

// User is a person.
type User struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"-"`
	Hash      string    `json:"-"`
	CreatedAt time.Time `json:"created_at"`
}

// Post is what a person wrote.
type Post struct {
	ID        uuid.UUID `json:"id"`
	UserID    uuid.UUID `json:"user_id"`
	Author    string    `json:"author"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	Picture   string    `json:"picture,omitempty"`
	Thumbnail string    `json:"thumbnail,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Event is something that other services must hear of.
type Event struct {
	ID      uuid.UUID `json:"id"`
	Topic   string    `json:"topic"`
	Payload []byte    `json:"payload"`
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
	_, err := tx.Exec(ctx, insertEvent, NewID(), "user.created", map[string]any{"id": u.ID, "name": u.Name})
	return err
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

func scanUser(row pgx.Row) (User, error) {
	var u User
	err := row.Scan(&u.ID, &u.Email, &u.Name, &u.Hash, &u.CreatedAt)
	return u, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// Follow makes follower see followee's posts in the feed. Twice is once.
func (s *Store) Follow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.exec(ctx, insertFollow, follower, followee, SlotOf(follower))
}

// InsertFollow is Follow in tx.
func InsertFollow(ctx context.Context, tx pgx.Tx, follower, followee uuid.UUID, slot int16) error {
	_, err := tx.Exec(ctx, insertFollow, follower, followee, slot)
	return err
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

// CreatePost adds a post and the event that tells of it. It returns the time
// at which the database made it.
func (s *Store) CreatePost(ctx context.Context, p Post) (at time.Time, err error) {
	err = s.db.Write(ctx, func(tx pgx.Tx) error {
		at, err = InsertPost(ctx, tx, p, SlotOf(p.UserID))
		return err
	})
	return at, err
}

// InsertPost adds a post to a slot in tx, with the event.
func InsertPost(ctx context.Context, tx pgx.Tx, p Post, slot int16) (at time.Time, err error) {
	if err := tx.QueryRow(ctx, insertPost, p.ID, slot, p.UserID, p.Author, p.Title, p.Body, p.Picture).Scan(&at); err != nil {
		return at, err
	}
	p.CreatedAt = at
	_, err = tx.Exec(ctx, insertEvent, NewID(), "post.created", p)
	return at, err
}

// UpdatePost changes the text of a post of user's. ErrNotFound is returned for
// a post that does not exist or is somebody else's.
func (s *Store) UpdatePost(ctx context.Context, id, user uuid.UUID, title, body string) (p Post, err error) {
	err = s.db.Write(ctx, func(tx pgx.Tx) error {
		p, err = ChangePost(ctx, tx, id, user, title, body)
		return err
	})
	return p, err
}

// ChangePost is UpdatePost in tx.
func ChangePost(ctx context.Context, tx pgx.Tx, id, user uuid.UUID, title, body string) (Post, error) {
	return scanPost(tx.QueryRow(ctx, updatePost, id, user, title, body))
}

// DeletePost removes a post of user's; the error is as for UpdatePost.
func (s *Store) DeletePost(ctx context.Context, id, user uuid.UUID) error {
	return s.db.Write(ctx, func(tx pgx.Tx) error { return RemovePost(ctx, tx, id, user) })
}

// RemovePost is DeletePost in tx.
func RemovePost(ctx context.Context, tx pgx.Tx, id, user uuid.UUID) error {
	tag, err := tx.Exec(ctx, deletePost, id, user)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return err
}

// SetThumbnail notes the small picture of a post.
func (s *Store) SetThumbnail(ctx context.Context, id uuid.UUID, key string) error {
	return s.exec(ctx, setThumbnail, id, key)
}

// Post finds a post.
func (s *Store) Post(ctx context.Context, id uuid.UUID) (p Post, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		p, err = scanPost(q.QueryRow(ctx, postByID, id))
		return err
	})
	return p, err
}

// Newest lists posts older than before, newest first. The zero before means
// from the newest.
func (s *Store) Newest(ctx context.Context, before uuid.UUID, limit int) ([]Post, error) {
	return s.posts(ctx, newestPosts, older(before), limit)
}

// PostsOf lists a person's posts in the same way.
func (s *Store) PostsOf(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	return s.posts(ctx, postsOfUser, user, older(before), limit)
}

// Feed lists the posts of those whom user follows, and the user's own.
func (s *Store) Feed(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	return s.posts(ctx, feed, user, older(before), limit)
}

// Search lists posts that match a query in the syntax of web searches.
func (s *Store) Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]Post, error) {
	return s.posts(ctx, searchPosts, query, older(before), limit)
}

// MostRead lists the posts that were looked at most.
func (s *Store) MostRead(ctx context.Context, limit int) ([]Post, error) {
	return s.posts(ctx, mostRead, limit)
}

func older(before uuid.UUID) uuid.UUID {
	if before == uuid.Nil {
		return uuid.Max
	}
	return before
}

func (s *Store) posts(ctx context.Context, sql string, args ...any) (posts []Post, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		rows, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		posts, err = ScanPosts(rows)
		return err
	})
	return posts, err
}

// ScanPosts reads rows of [PostColumns].
func ScanPosts(rows pgx.Rows) ([]Post, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Post, error) { return scanPost(row) })
}

func scanPost(row pgx.Row) (Post, error) {
	var p Post
	err := row.Scan(&p.ID, &p.UserID, &p.Author, &p.Title, &p.Body, &p.Picture, &p.Thumbnail, &p.CreatedAt)
	return p, notFound(err)
}

// Views is how often a post was looked at.
func (s *Store) Views(ctx context.Context, id uuid.UUID) (n int64, err error) {
	err = s.db.Read(ctx, func(q database.Querier) error {
		return q.QueryRow(ctx, viewsOfPost, id).Scan(&n)
	})
	return n, err
}

// AddViews adds counts to posts, once for each id of a batch however often it
// is called. IDs are distinct.
func (s *Store) AddViews(ctx context.Context, batch uuid.UUID, ids []uuid.UUID, counts []int64) error {
	return pgx.BeginFunc(ctx, s.db.Primary(), func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, consumeOnce, batch)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = tx.Exec(ctx, addViews, ids, counts)
		return err
	})
}

// Tidy removes what has expired, some rows at a time, and returns how many.
func (s *Store) Tidy(ctx context.Context) (int64, error) {
	sessions, err := s.db.Primary().Exec(ctx, deleteExpired)
	if err != nil {
		return 0, fmt.Errorf("remove expired sessions: %w", err)
	}
	consumed, err := s.db.Primary().Exec(ctx, deleteConsumed)
	if err != nil {
		return 0, fmt.Errorf("remove old event ids: %w", err)
	}
	return sessions.RowsAffected() + consumed.RowsAffected(), nil
}
