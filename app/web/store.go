package web

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

// Store is what the handlers need of the database: one of [store.Store], or
// several behind a shard.Store. Methods are as store.Store documents them.
type Store interface {
	Pools() *database.Pools

	CreateUser(ctx context.Context, u store.User) error
	ChangeUser(ctx context.Context, id uuid.UUID, c store.Change) error
	User(ctx context.Context, id uuid.UUID) (store.User, error)
	UserByEmail(ctx context.Context, email string) (store.User, error)
	UserByName(ctx context.Context, name string) (store.User, error)
	Follow(ctx context.Context, follower, followee uuid.UUID) error
	Follows(ctx context.Context, follower, followee uuid.UUID) (bool, error)
	Unfollow(ctx context.Context, follower, followee uuid.UUID) error

	CreatePost(ctx context.Context, p store.Post) (time.Time, error)
	UpdatePost(ctx context.Context, p store.Post) (store.Post, error)
	DeletePost(ctx context.Context, id, user uuid.UUID) ([]string, error)
	Post(ctx context.Context, id uuid.UUID) (store.Post, error)
	Newest(ctx context.Context, before uuid.UUID, limit int) ([]store.Post, error)
	PostsOf(ctx context.Context, user, before uuid.UUID, limit int) ([]store.Post, error)
	Feed(ctx context.Context, user, before uuid.UUID, limit int) ([]store.Post, error)
	Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]store.Post, error)
	MostRead(ctx context.Context, limit int) ([]store.Post, error)
	Views(ctx context.Context, post uuid.UUID) (int64, error)

	AddUpload(ctx context.Context, u store.Upload, most int64) (bool, error)
	ShowUpload(ctx context.Context, key string, post uuid.UUID) error
	DropUpload(ctx context.Context, key string) error
	Adopt(ctx context.Context, found []store.Found) error
	Adopted(ctx context.Context) (bool, error)
	NoteAdopted(ctx context.Context) error
	Loose(ctx context.Context, after time.Duration, limit int) ([]store.Upload, error)
	Shows(ctx context.Context, user uuid.UUID, key string) (bool, error)
	Discard(ctx context.Context, user uuid.UUID, keys ...string) error

	Job(ctx context.Context, id uuid.UUID) (store.Job, error)
	JobsOf(ctx context.Context, user uuid.UUID, limit int) ([]store.Job, error)
}
