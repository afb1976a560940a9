package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/contract"
)

// eraseBatch is how many posts go at a time.
const eraseBatch = 500

// Erase removes a person with all that is theirs. Each call of gone has the posts
// that went, of which files and copies follow by what was noted with them. It may
// be called again after it failed, and of somebody who is not there.
func (s *Store) Erase(ctx context.Context, user uuid.UUID, gone func([]uuid.UUID)) error {
	for {
		var posts []uuid.UUID
		err := s.db.Write(ctx, func(tx pgx.Tx) (err error) {
			posts, err = ErasePosts(ctx, tx, user)
			return err
		})
		if err == nil {
			err = s.EraseViews(ctx, posts)
		}
		if err != nil {
			return err
		}
		if gone(posts); len(posts) < eraseBatch {
			break
		}
	}
	if err := s.exec(ctx, eraseFollows, user); err != nil {
		return err
	}
	if err := s.EraseRest(ctx, user); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx pgx.Tx) error { return EraseUser(ctx, tx, user) })
}

// ErasePosts removes some posts of a person in tx, with their events and files,
// and returns which; none are left when it returns none.
func ErasePosts(ctx context.Context, tx pgx.Tx, user uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, erasePosts, user, eraseBatch)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// EraseFollows is whom they followed, and who followed them.
func EraseFollows(ctx context.Context, tx pgx.Tx, user uuid.UUID) error {
	_, err := tx.Exec(ctx, eraseFollows, user)
	return err
}

// EraseViews forgets how often posts were looked at.
func (s *Store) EraseViews(ctx context.Context, posts []uuid.UUID) error {
	return s.exec(ctx, eraseViews, posts)
}

// EraseRest removes all that jobs know of them, and then their files: a report that
// is being written finds the first, or the second finds it.
func (s *Store) EraseRest(ctx context.Context, user uuid.UUID) error {
	for _, sql := range []string{eraseJobs, eraseFiles} {
		if err := s.exec(ctx, sql, user); err != nil {
			return err
		}
	}
	return nil
}

// EraseUser removes the person in tx, and tells of it.
func EraseUser(ctx context.Context, tx pgx.Tx, user uuid.UUID) error {
	var name string
	if err := tx.QueryRow(ctx, eraseUser, user).Scan(&name); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	}
	return tell(ctx, tx, contract.TopicUserDeleted, map[string]any{"id": user, "name": name})
}
