package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/database"
)

// Upload is a file that somebody has sent, or is about to.
type Upload struct {
	Key  string
	User uuid.UUID
	Size int64
}

// AddUpload counts a file. It returns false where the person would keep more
// than most bytes with it: then it is not counted.
func (s *Store) AddUpload(ctx context.Context, u Upload, most int64) (bool, error) {
	tag, err := s.db.Primary().Exec(ctx, addUpload, u.Key, u.User, u.Size, most)
	return tag.RowsAffected() == 1, err
}

// ShowUpload notes which post shows a file.
func (s *Store) ShowUpload(ctx context.Context, key string, post uuid.UUID) error {
	return s.exec(ctx, showUpload, key, post)
}

// DropUpload counts a file no longer.
func (s *Store) DropUpload(ctx context.Context, key string) error {
	return s.exec(ctx, dropUpload, key)
}

// Loose lists files that nothing shows, longer than after ago.
func (s *Store) Loose(ctx context.Context, after time.Duration, limit int) ([]Upload, error) {
	return database.Rows(ctx, s.db.Primary(), pgx.RowToStructByPos[Upload], looseUploads, after, limit)
}

// Found is a file that was kept and not counted.
type Found struct {
	Upload
	Since time.Time
}

// Adopt counts files that are not counted yet, whatever the person keeps by then. As
// long as nobody notes what shows them, they are loose.
func (s *Store) Adopt(ctx context.Context, found []Found) error {
	var keys []string
	var users []uuid.UUID
	var sizes []int64
	var since []time.Time
	for _, f := range found {
		keys, users = append(keys, f.Key), append(users, f.User)
		sizes, since = append(sizes, f.Size), append(since, f.Since)
	}
	return s.exec(ctx, adoptUploads, keys, users, sizes, since)
}

// Adopted says whether NoteAdopted was called, ever.
func (s *Store) Adopted(ctx context.Context) (done bool, err error) {
	err = s.db.Primary().QueryRow(ctx, hasAdopted).Scan(&done)
	return done, err
}

// NoteAdopted notes that all there was has been adopted.
func (s *Store) NoteAdopted(ctx context.Context) error {
	return s.exec(ctx, noteAdopted)
}

// Discarded gives files to drop that must go, each to one caller at a time,
// and forgets those that were dropped. What cannot be dropped comes again
// after a minute.
func Discarded(ctx context.Context, pool *pgxpool.Pool, limit int, drop func(Upload) error) (n int, err error) {
	found, err := database.Rows(ctx, pool, pgx.RowToStructByPos[Upload], takeDiscarded, limit)
	if err != nil {
		return 0, err
	}
	for _, u := range found {
		if err := drop(u); err != nil {
			return n, err
		}
		if _, err := pool.Exec(ctx, forgetDiscarded, u.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Discard notes that a file must go.
func (s *Store) Discard(ctx context.Context, user uuid.UUID, keys ...string) error {
	return Discard(ctx, s.db.Primary(), user, keys...)
}

// execer runs a statement, in a transaction or not.
type execer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Discard notes it with q, as in the transaction that makes it so.
func Discard(ctx context.Context, q execer, user uuid.UUID, keys ...string) error {
	rows, err := q.Query(ctx, noteDiscarded, user, keys)
	if err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}
