package posts

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// MaxFollows is how many people one may follow: a feed asks for the posts of each.
const MaxFollows = 1000

// ErrFollows is returned to who follows as many people as one may.
var ErrFollows = errors.New("follows as many as one may")

// Follow makes follower see followee's posts in the feed. Twice is once.
func (s *Store) Follow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.Place.Write(ctx, shard.Key{User: follower}, func(tx pgx.Tx, slot int16) error {
		tag, err := tx.Exec(ctx, insertFollow, follower, followee, slot, MaxFollows)
		if err != nil || tag.RowsAffected() == 1 {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, follows, follower, followee).Scan(&there); err != nil || there {
			return err
		}
		return ErrFollows
	})
}

// Follows says whether follower follows followee.
func (s *Store) Follows(ctx context.Context, follower, followee uuid.UUID) (bool, error) {
	return s.asks(ctx, follower, follows, follower, followee)
}

// Unfollow takes that back.
func (s *Store) Unfollow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.Place.Write(ctx, shard.Key{User: follower}, func(tx pgx.Tx, _ int16) error {
		_, err := tx.Exec(ctx, deleteFollow, follower, followee)
		return err
	})
}

// eraseBatch is how many posts go at a time.
const eraseBatch = 500

// Erase removes a person with all that is theirs. Each call of gone has the posts
// that went, of which files and copies follow by what was noted with them. It may
// be called again after it failed, and of somebody who is not there. Who followed
// the person is in any database.
func (s *Store) Erase(ctx context.Context, user uuid.UUID, gone func([]uuid.UUID)) error {
	for n := 1; n > 0; {
		posts, err := shard.Put(ctx, s.Place, user, func(tx pgx.Tx, _ int16) ([]uuid.UUID, error) {
			return database.Rows(ctx, tx, pgx.RowTo[uuid.UUID], erasePosts, user, eraseBatch)
		})
		if err == nil {
			_, err = s.Pools().Primary().Exec(ctx, eraseViews, posts)
		}
		if err != nil {
			return err
		}
		gone(posts)
		n = len(posts)
	}
	err := s.Place.Everywhere(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, eraseFollows, user)
		return err
	})
	if err != nil {
		return err
	}
	return s.Store.Erase(ctx, user)
}

// TellAll writes the event post.created for every post; see [store.TellAll].
func TellAll(ctx context.Context, pool *pgxpool.Pool, progress func(rows int)) error {
	return store.TellAll(ctx, pool, tellPosts, progress)
}
