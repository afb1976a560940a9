// Package posts holds the product's tables: what people write, whom they follow, and
// how often posts were looked at. Posts and follows are where their person is
// ([shard.Place]); counts are in the first database.
package posts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// Post is what a person wrote.
type Post struct {
	ID     uuid.UUID `json:"id"`
	UserID uuid.UUID `json:"user_id"`
	Author string    `json:"author"`
	Title  string    `json:"title"`
	Body   string    `json:"body,omitempty"`
	// Excerpt is how the body begins, in its place in lists.
	Excerpt string `json:"excerpt,omitempty"`
	Picture string `json:"picture,omitempty"`
	// Alt says what the picture shows; empty means that nobody has said.
	Alt       string    `json:"alt,omitempty"`
	Thumbnail string    `json:"thumbnail,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	// Version is 1 at first and grows with each change.
	Version int64 `json:"version,omitempty"`
}

// ExcerptLength is how many characters of a text lists show. Lists of the
// database have one more of the body, which says that it goes on.
const ExcerptLength = 280

// Short is the post as lists show it.
func (p Post) Short() Post {
	p.Excerpt, p.Body = p.Body, ""
	if utf8.RuneCountInString(p.Excerpt) <= ExcerptLength {
		return p
	}
	p.Excerpt = string([]rune(p.Excerpt)[:ExcerptLength])
	if word := strings.LastIndexAny(p.Excerpt, " \n"); word > len(p.Excerpt)/2 {
		p.Excerpt = p.Excerpt[:word]
	}
	p.Excerpt += "…"
	return p
}

// Key is as [shard.Row] says.
func (p Post) Key() (uuid.UUID, int64) { return p.ID, p.Version }

// Tables are those whose rows move with their person's slot.
var Tables = []shard.Table{
	{Name: "posts", Key: "id", Columns: "slot user_id author title body picture thumbnail created_at version alt"},
	{Name: "follows", Key: "follower_id followee_id", Columns: "slot created_at"},
}

// Store is the product's tables beside people.
type Store struct{ *account.Store }

// New is a store beside those of people.
func New(people *account.Store) *Store { return &Store{people} }

// CreatePost adds a post and the event that tells of it. It returns the time
// at which the database made it.
func (s *Store) CreatePost(ctx context.Context, p Post) (time.Time, error) {
	return shard.Put(ctx, s.Place, p.UserID, func(tx pgx.Tx, slot int16) (at time.Time, err error) {
		if err := tx.QueryRow(ctx, insertPost, p.ID, slot, p.UserID, p.Author, p.Title, p.Body,
			p.Picture, p.Alt).Scan(&at); err != nil {
			return at, err
		}
		told := p
		told.CreatedAt, told.Version = at, 1
		return at, store.Tell(ctx, tx, contract.TopicPostCreated, told)
	})
}

// UpdatePost changes the texts of a post of p.UserID's. ErrNotFound is returned for
// a post that does not exist or is somebody else's.
func (s *Store) UpdatePost(ctx context.Context, p Post) (Post, error) {
	return s.change(ctx, p.UserID, updatePost, p.ID, p.UserID, p.Title, p.Body, p.Alt)
}

// change changes a post, with the event.
func (s *Store) change(ctx context.Context, user uuid.UUID, sql string, args ...any) (Post, error) {
	return shard.Put(ctx, s.Place, user, func(tx pgx.Tx, _ int16) (Post, error) {
		p, err := one(database.Rows(ctx, tx, scan, sql, args...))
		if err != nil {
			return p, err
		}
		return p, store.Tell(ctx, tx, contract.TopicPostUpdated, p)
	})
}

// DeletePost removes a post of user's and notes that its files must go; it
// returns their keys. The error is as for UpdatePost.
func (s *Store) DeletePost(ctx context.Context, id, user uuid.UUID) ([]string, error) {
	return shard.Put(ctx, s.Place, user, func(tx pgx.Tx, _ int16) ([]string, error) {
		files := make([]string, 2)
		if err := tx.QueryRow(ctx, deletePost, id, user).Scan(&files[0], &files[1]); err != nil {
			return nil, store.NotFound(err)
		}
		files = slices.DeleteFunc(files, func(key string) bool { return key == "" })
		if err := store.Discard(ctx, tx, user, files...); err != nil {
			return nil, err
		}
		return files, store.Tell(ctx, tx, contract.TopicPostDeleted, map[string]any{"id": id, "user_id": user})
	})
}

// SetThumbnail notes the small picture of a post. ErrNotFound is returned for a
// post that was deleted meanwhile, which needs none. It looks for the post first:
// its id does not say whose it is.
func (s *Store) SetThumbnail(ctx context.Context, id uuid.UUID, key string) error {
	p, err := s.Post(database.AtLeast(ctx, database.Latest), id)
	if err == nil {
		_, err = s.change(ctx, p.UserID, setThumbnail, id, key)
	}
	return err
}

// Shows says whether any post of a person shows a file. The primary is asked: what
// a late replica does not know would be removed.
func (s *Store) Shows(ctx context.Context, user uuid.UUID, key string) (bool, error) {
	return s.asks(database.AtLeast(ctx, database.Latest), user, showsUpload, user, key)
}

// asks is a question about a person's rows that yes or no answers.
func (s *Store) asks(ctx context.Context, user uuid.UUID, sql string, args ...any) (bool, error) {
	return shard.Get(ctx, s.Place, user, func(q database.Querier) (yes bool, err error) {
		return yes, q.QueryRow(ctx, sql, args...).Scan(&yes)
	})
}

// Post finds a post. Every shard is asked; the cache keeps that from happening often.
func (s *Store) Post(ctx context.Context, id uuid.UUID) (Post, error) {
	return one(s.byIDs(ctx, []uuid.UUID{id}))
}

func (s *Store) byIDs(ctx context.Context, ids []uuid.UUID) ([]Post, error) {
	return shard.Gather(ctx, s.Place, scan, len(ids), postsByID, ids)
}

// one is the first of what was found.
func one(found []Post, err error) (Post, error) {
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Post{}, err
	}
	return found[0], nil
}

// Newest lists posts older than before, newest first. The zero before means
// from the newest.
func (s *Store) Newest(ctx context.Context, before uuid.UUID, limit int) ([]Post, error) {
	return shard.Gather(ctx, s.Place, scan, limit, newestPosts, older(before), limit)
}

// Search lists posts that match a query in the syntax of web searches.
func (s *Store) Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]Post, error) {
	return shard.Gather(ctx, s.Place, scan, limit, searchPosts, query, older(before), limit)
}

// PostsOf lists a person's posts in the same way.
func (s *Store) PostsOf(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	return s.of(ctx, user, postsOfUser, user, older(before), limit)
}

// Written lists a person's posts in the same way, with their whole texts.
func (s *Store) Written(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	return s.of(ctx, user, writtenBy, user, older(before), limit)
}

func (s *Store) of(ctx context.Context, user uuid.UUID, sql string, args ...any) ([]Post, error) {
	return shard.Get(ctx, s.Place, user, func(q database.Querier) ([]Post, error) {
		return database.Rows(ctx, q, scan, sql, args...)
	})
}

// Feed lists the posts of those whom user follows, and the user's own. Where people
// are spread it asks the follower's database whom, and theirs what.
func (s *Store) Feed(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	if s.Shards == nil {
		return s.of(ctx, user, feed, user, older(before), limit)
	}
	authors, err := shard.Get(ctx, s.Place, user, func(q database.Querier) ([]uuid.UUID, error) {
		return database.Rows(ctx, q, pgx.RowTo[uuid.UUID], followees, user, MaxFollows)
	})
	if err != nil {
		return nil, err
	}
	return shard.GatherOf(ctx, s.Shards, append(authors, user), scan, limit, feedOf, older(before), limit)
}

// MostRead tells each of the posts that were looked at most, in no order and a part at a
// time, so that their texts are not all in memory.
func (s *Store) MostRead(ctx context.Context, limit, part int, each func([]Post) error) error {
	ids, err := database.Rows(ctx, s.Pools().Primary(), pgx.RowTo[uuid.UUID], mostRead, limit)
	for some := range slices.Chunk(ids, part) {
		found, failed := s.byIDs(ctx, some)
		if err = errors.Join(err, failed); err == nil {
			err = each(found)
		}
		if err != nil {
			break
		}
	}
	return err
}

func older(before uuid.UUID) uuid.UUID {
	if before == uuid.Nil {
		return uuid.Max
	}
	return before
}

func scan(row pgx.CollectableRow) (p Post, err error) {
	return p, row.Scan(&p.ID, &p.UserID, &p.Author, &p.Title, &p.Body, &p.Picture, &p.Thumbnail, &p.CreatedAt, &p.Version,
		&p.Alt)
}

// Views is how often a post was looked at.
func (s *Store) Views(ctx context.Context, id uuid.UUID) (n int64, err error) {
	err = s.Pools().Read(ctx, func(q database.Querier) error {
		return q.QueryRow(ctx, viewsOfPost, id).Scan(&n)
	})
	return n, err
}

// AddViews adds counts to posts, once for each id of a batch however often it
// is called. IDs are distinct.
func (s *Store) AddViews(ctx context.Context, batch uuid.UUID, ids []uuid.UUID, counts []int64) error {
	return pgx.BeginFunc(ctx, s.Pools().Primary(), func(tx pgx.Tx) error {
		first, err := store.Once(ctx, tx, batch)
		if err != nil || !first {
			return err
		}
		_, err = tx.Exec(ctx, addViews, ids, counts)
		return err
	})
}
