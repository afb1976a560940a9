package shard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

// Store is the app's store over several databases. People, their posts and
// whom they follow are spread; sessions, jobs and counts stay in the directory.
// Reads go to replicas that have what the reader has written.
type Store struct {
	*store.Store
	shards *Shards
}

// NewStore is a store over shards, of which the first is directory's database.
func NewStore(directory *store.Store, s *Shards) *Store { return &Store{Store: directory, shards: s} }

// CreateUser takes the address and the name in the directory first, so that
// nobody else can, and lets go of them when the rest fails.
func (s *Store) CreateUser(ctx context.Context, u store.User) error {
	directory := s.shards.directory()
	slot := s.shards.config.Placement.Slot(Key{User: u.ID, Region: s.shards.config.Region})
	var placed *int16 // the hash needs no note
	if slot != store.SlotOf(u.ID) {
		placed = &slot
	}
	if _, err := directory.Exec(ctx, addLogin, u.ID, u.Email, u.Name, placed); err != nil {
		return store.Taken(err)
	}
	err := s.shards.writeSlot(ctx, slot, func(tx pgx.Tx, slot int16) error { return store.InsertUser(ctx, tx, u, slot) })
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		_, undo := directory.Exec(ctx, dropLogin, u.ID)
		return errors.Join(err, undo)
	}
	return nil
}

// UserByEmail asks the directory who it is.
func (s *Store) UserByEmail(ctx context.Context, email string) (store.User, error) {
	return s.login(ctx, loginByEmail, email)
}

// UserByName asks the directory who it is.
func (s *Store) UserByName(ctx context.Context, name string) (store.User, error) {
	return s.login(ctx, loginByName, name)
}

func (s *Store) login(ctx context.Context, sql, value string) (store.User, error) {
	var id uuid.UUID
	err := s.shards.directory().QueryRow(ctx, sql, value).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.User{}, store.ErrNotFound
	}
	if err != nil {
		return store.User{}, fmt.Errorf("ask the directory: %w", err)
	}
	return s.User(database.AtLeast(ctx, database.Latest), id) // no replica may have an old password
}

// ChangeUser is as in package store.
func (s *Store) ChangeUser(ctx context.Context, id uuid.UUID, c store.Change) error {
	return s.shards.Write(ctx, Key{User: id}, func(tx pgx.Tx, _ int16) error { return store.UpdateUser(ctx, tx, id, c) })
}

// Erase is as in package store. Who followed the person is in any database; the
// directory lets go of address and name last.
func (s *Store) Erase(ctx context.Context, user uuid.UUID, gone func([]uuid.UUID)) error {
	for n := 1; n > 0; {
		var posts []uuid.UUID
		err := s.shards.Write(ctx, Key{User: user}, func(tx pgx.Tx, _ int16) (err error) {
			posts, err = store.ErasePosts(ctx, tx, user)
			return err
		})
		if err == nil {
			err = s.EraseViews(ctx, posts)
		}
		if err != nil {
			return err
		}
		gone(posts)
		n = len(posts)
	}
	for _, db := range s.shards.dbs {
		if err := db.Write(ctx, func(tx pgx.Tx) error { return store.EraseFollows(ctx, tx, user) }); err != nil {
			return err
		}
	}
	if err := s.EraseRest(ctx, user); err != nil {
		return err
	}
	if err := s.shards.Write(ctx, Key{User: user},
		func(tx pgx.Tx, _ int16) error { return store.EraseUser(ctx, tx, user) }); err != nil {
		return err
	}
	return s.forgetLogin(ctx, user)
}

// forgetLogin lets go of address and name: each database that somebody was ever in
// notes them by a trigger, and the first of them is the directory, which goes last.
func (s *Store) forgetLogin(ctx context.Context, user uuid.UUID) error {
	for _, db := range slices.Backward(s.shards.dbs) {
		err := db.Write(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, dropLogin, user)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// User finds a person.
func (s *Store) User(ctx context.Context, id uuid.UUID) (u store.User, err error) {
	err = s.shards.Read(ctx, Key{User: id}, func(tx pgx.Tx, _ int16) error {
		u, err = store.SelectUser(ctx, tx, id)
		return err
	})
	return u, err
}

// Follow is kept beside the follower.
func (s *Store) Follow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.shards.Write(ctx, Key{User: follower},
		func(tx pgx.Tx, slot int16) error { return store.InsertFollow(ctx, tx, follower, followee, slot) })
}

// Follows asks the follower's database.
func (s *Store) Follows(ctx context.Context, follower, followee uuid.UUID) (yes bool, err error) {
	err = s.shards.Read(ctx, Key{User: follower}, func(tx pgx.Tx, _ int16) error {
		yes, err = store.SelectFollows(ctx, tx, follower, followee)
		return err
	})
	return yes, err
}

// Unfollow takes that back.
func (s *Store) Unfollow(ctx context.Context, follower, followee uuid.UUID) error {
	return s.shards.Write(ctx, Key{User: follower},
		func(tx pgx.Tx, _ int16) error { return store.RemoveFollow(ctx, tx, follower, followee) })
}

// CreatePost adds a post beside its author.
func (s *Store) CreatePost(ctx context.Context, p store.Post) (at time.Time, err error) {
	err = s.shards.Write(ctx, Key{User: p.UserID}, func(tx pgx.Tx, slot int16) error {
		at, err = store.InsertPost(ctx, tx, p, slot)
		return err
	})
	return at, err
}

// UpdatePost is as in package store.
func (s *Store) UpdatePost(ctx context.Context, p store.Post) (changed store.Post, err error) {
	err = s.shards.Write(ctx, Key{User: p.UserID}, func(tx pgx.Tx, _ int16) error {
		changed, err = store.ChangePost(ctx, tx, p)
		return err
	})
	return changed, err
}

// DeletePost is as in package store.
func (s *Store) DeletePost(ctx context.Context, id, user uuid.UUID) (files []string, err error) {
	err = s.shards.Write(ctx, Key{User: user}, func(tx pgx.Tx, _ int16) error {
		files, err = store.RemovePost(ctx, tx, id, user)
		return err
	})
	return files, err
}

// Shows asks the person's own database.
func (s *Store) Shows(ctx context.Context, user uuid.UUID, key string) (shown bool, err error) {
	err = s.shards.Read(ctx, Key{User: user}, func(tx pgx.Tx, _ int16) error {
		shown, err = store.SelectShows(ctx, tx, user, key)
		return err
	})
	return shown, err
}

// SetThumbnail looks for the post first: its id does not say whose it is.
func (s *Store) SetThumbnail(ctx context.Context, id uuid.UUID, key string) error {
	p, err := s.Post(ctx, id)
	if err != nil {
		return err
	}
	return s.shards.Write(ctx, Key{User: p.UserID}, func(tx pgx.Tx, _ int16) error {
		return store.ChangeThumbnail(ctx, tx, id, key)
	})
}

// Post asks every shard; the cache keeps that from happening often.
func (s *Store) Post(ctx context.Context, id uuid.UUID) (store.Post, error) {
	posts, err := s.byIDs(ctx, []uuid.UUID{id})
	if err == nil && len(posts) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Post{}, err
	}
	return posts[0], nil
}

func (s *Store) byIDs(ctx context.Context, ids []uuid.UUID) ([]store.Post, error) {
	return s.shards.gather(ctx, len(ids), everywhere(postByIDs, ids))
}

func older(before uuid.UUID) uuid.UUID {
	if before == uuid.Nil {
		return uuid.Max
	}
	return before
}

// Newest is as in package store.
func (s *Store) Newest(ctx context.Context, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.shards.Newest(ctx, older(before), limit)
}

// PostsOf is as in package store, from one database.
func (s *Store) PostsOf(ctx context.Context, user, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.shards.PostsOf(ctx, Key{User: user}, older(before), limit)
}

// Written is as in package store, from one database.
func (s *Store) Written(ctx context.Context, user, before uuid.UUID, limit int) (posts []store.Post, err error) {
	err = s.shards.Read(ctx, Key{User: user}, func(tx pgx.Tx, _ int16) error {
		posts, err = list(tx.Query(ctx, store.WrittenBy, user, older(before), limit))
		return err
	})
	return posts, err
}

// Feed asks the follower's database whom, and theirs what.
func (s *Store) Feed(ctx context.Context, user, before uuid.UUID, limit int) ([]store.Post, error) {
	authors := []uuid.UUID{user}
	err := s.shards.Read(ctx, Key{User: user}, func(tx pgx.Tx, _ int16) error {
		rows, err := tx.Query(ctx, followees, user, store.MaxFollows)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		authors = append(authors[:1], ids...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.shards.Feed(ctx, authors, older(before), limit)
}

// Search is as in package store.
func (s *Store) Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.shards.gather(ctx, limit, everywhere(found, query, older(before), limit))
}

// MostRead is as in package store, but newest first.
func (s *Store) MostRead(ctx context.Context, limit int) ([]store.Post, error) {
	rows, err := s.shards.directory().Query(ctx, mostRead, limit)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, err
	}
	return s.byIDs(ctx, ids)
}
