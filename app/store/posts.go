package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
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
	text := []rune(p.Body)
	p.Excerpt, p.Body = p.Body, ""
	if len(text) <= ExcerptLength {
		return p
	}
	p.Excerpt = string(text[:ExcerptLength])
	if word := strings.LastIndexAny(p.Excerpt, " \n"); word > len(p.Excerpt)/2 {
		p.Excerpt = p.Excerpt[:word]
	}
	p.Excerpt += "…"
	return p
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
	if err := tx.QueryRow(ctx, insertPost, p.ID, slot, p.UserID, p.Author, p.Title, p.Body,
		p.Picture, p.Alt).Scan(&at); err != nil {
		return at, err
	}
	p.CreatedAt, p.Version = at, 1
	return at, tell(ctx, tx, contract.TopicPostCreated, p)
}

// UpdatePost changes the texts of a post of p.UserID's. ErrNotFound is returned for
// a post that does not exist or is somebody else's.
func (s *Store) UpdatePost(ctx context.Context, p Post) (changed Post, err error) {
	err = s.db.Write(ctx, func(tx pgx.Tx) error {
		changed, err = ChangePost(ctx, tx, p)
		return err
	})
	return changed, err
}

// ChangePost is UpdatePost in tx, with the event.
func ChangePost(ctx context.Context, tx pgx.Tx, p Post) (Post, error) {
	return changed(ctx, tx, tx.QueryRow(ctx, updatePost, p.ID, p.UserID, p.Title, p.Body, p.Alt))
}

// changed reads a post that has just been changed, and adds the event.
func changed(ctx context.Context, tx pgx.Tx, row pgx.Row) (Post, error) {
	p, err := scanPost(row)
	if err != nil {
		return p, err
	}
	return p, tell(ctx, tx, contract.TopicPostUpdated, p)
}

// DeletePost removes a post of user's and notes that its files must go; it
// returns their keys. The error is as for UpdatePost.
func (s *Store) DeletePost(ctx context.Context, id, user uuid.UUID) (files []string, err error) {
	err = s.db.Write(ctx, func(tx pgx.Tx) error {
		files, err = RemovePost(ctx, tx, id, user)
		return err
	})
	return files, err
}

// RemovePost is DeletePost in tx, with the event.
func RemovePost(ctx context.Context, tx pgx.Tx, id, user uuid.UUID) ([]string, error) {
	files := make([]string, 2)
	if err := tx.QueryRow(ctx, deletePost, id, user).Scan(&files[0], &files[1]); err != nil {
		return nil, notFound(err)
	}
	files = slices.DeleteFunc(files, func(key string) bool { return key == "" })
	if err := discard(ctx, tx, user, files...); err != nil {
		return nil, err
	}
	return files, tell(ctx, tx, contract.TopicPostDeleted, map[string]any{"id": id, "user_id": user})
}

// SetThumbnail notes the small picture of a post. ErrNotFound is returned for a
// post that was deleted meanwhile, which needs none.
func (s *Store) SetThumbnail(ctx context.Context, id uuid.UUID, key string) error {
	return s.db.Write(ctx, func(tx pgx.Tx) error { return ChangeThumbnail(ctx, tx, id, key) })
}

// ChangeThumbnail is SetThumbnail in tx, with the event.
func ChangeThumbnail(ctx context.Context, tx pgx.Tx, id uuid.UUID, key string) error {
	_, err := changed(ctx, tx, tx.QueryRow(ctx, setThumbnail, id, key))
	return err
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

// Written lists a person's posts in the same way, with their whole texts.
func (s *Store) Written(ctx context.Context, user, before uuid.UUID, limit int) ([]Post, error) {
	return s.posts(ctx, WrittenBy, user, older(before), limit)
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
	err := row.Scan(&p.ID, &p.UserID, &p.Author, &p.Title, &p.Body, &p.Picture, &p.Thumbnail, &p.CreatedAt, &p.Version,
		&p.Alt)
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
