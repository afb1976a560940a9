// Package copies keeps what one service must know of another's, as stage 4 has it:
// the names of people beside the posts, the posts beside the search. Copies follow
// events in any order: the highest version stays, and what was deleted never comes back.
package copies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/outbox"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/store"
)

const (
	knowsUser = `SELECT EXISTS (SELECT FROM users WHERE id = $1) OR EXISTS (SELECT FROM removed WHERE id = $1)`
	// A person's copy has neither address nor password: nobody logs in here.
	copyUser = `INSERT INTO users (id, slot, email, name, password_hash) SELECT $1, $2, $3, $4, ''
		WHERE NOT EXISTS (SELECT FROM removed WHERE id = $1) ON CONFLICT DO NOTHING`
	// A change is told after or before what it changed, and a deletion before
	// either: the highest version stays, and nothing comes back.
	copyPost = `INSERT INTO posts (id, slot, user_id, author, title, body, picture, thumbnail, created_at, version, alt)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE NOT EXISTS (SELECT FROM removed WHERE id = $1)
		ON CONFLICT (id) DO UPDATE SET author = excluded.author, title = excluded.title, body = excluded.body, picture = excluded.picture,
			thumbnail = excluded.thumbnail, alt = excluded.alt, version = excluded.version WHERE posts.version < excluded.version`
	lockCopy    = `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))`
	noteRemoved = `INSERT INTO removed (id) VALUES ($1) ON CONFLICT DO NOTHING`
	removePost  = `DELETE FROM posts WHERE id = $1`
)

// User is what others may know of a person.
type User struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// UserOf reads the person of an event user.created or user.deleted.
func UserOf(e outbox.Event) (User, error) {
	var u User
	if err := json.Unmarshal(e.Payload, &u); err != nil {
		return u, fmt.Errorf("read the user: %w", err)
	}
	if u.ID == uuid.Nil || u.Name == "" {
		return u, fmt.Errorf("read the user: got id %s and name %q, want both", u.ID, u.Name)
	}
	return u, nil
}

// CopyUsers keeps people's names in a store of one's own, as the posts
// service needs them to show whose posts are asked for.
func CopyUsers(ctx context.Context, tx pgx.Tx, e outbox.Event) error {
	u, err := UserOf(e)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockCopy, u.ID); err != nil {
		return err
	}
	// Who is there, or gone, is not written again: while the users move to a database of their own,
	// their rows come from there, and the table takes no writes.
	var known bool
	if err := tx.QueryRow(ctx, knowsUser, u.ID).Scan(&known); err != nil || known {
		return err
	}
	_, err = tx.Exec(ctx, copyUser, u.ID, store.SlotOf(u.ID), u.ID.String(), u.Name)
	return err
}

// RemoveUsers keeps a person who is gone from coming back. What is left of them is
// more than one transaction should do.
func RemoveUsers(ctx context.Context, tx pgx.Tx, e outbox.Event) error {
	u, err := UserOf(e)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockCopy, u.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, noteRemoved, u.ID)
	return err
}

// CopyPosts keeps posts in a store of one's own, as the search service does:
// it takes what is created and what is changed, in any order.
func CopyPosts(ctx context.Context, tx pgx.Tx, e outbox.Event) error {
	p, err := PostOf(e)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockCopy, p.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, copyPost, p.ID, store.SlotOf(p.UserID), p.UserID, p.Author, p.Title, p.Body, p.Picture,
		p.Thumbnail, p.CreatedAt, p.Version, p.Alt)
	return err
}

// RemovePosts removes copies for good, also of posts that are yet to come.
func RemovePosts(ctx context.Context, tx pgx.Tx, e outbox.Event) error {
	id, err := RemovedOf(e)
	if err != nil {
		return err
	}
	for _, sql := range []string{lockCopy, noteRemoved, removePost} {
		if _, err := tx.Exec(ctx, sql, id); err != nil {
			return err
		}
	}
	return nil
}

// RemovedOf reads which post an event post.deleted is about.
func RemovedOf(e outbox.Event) (uuid.UUID, error) {
	var p struct {
		ID uuid.UUID `json:"id"`
	}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return p.ID, fmt.Errorf("read the deleted post: %w", err)
	}
	if p.ID == uuid.Nil {
		return p.ID, errors.New("read the deleted post: got no id")
	}
	return p.ID, nil
}

// PostOf reads the post of an event post.created or post.updated. The first is written before
// the database says when the post was made, but its identifier says it too.
func PostOf(e outbox.Event) (posts.Post, error) {
	var p posts.Post
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return p, fmt.Errorf("read the post: %w", err)
	}
	if p.ID == uuid.Nil || p.UserID == uuid.Nil {
		return p, fmt.Errorf("read the post: got id %s of user %s, want both", p.ID, p.UserID)
	}
	p.Version = max(p.Version, 1)
	if p.CreatedAt.IsZero() {
		p.CreatedAt = time.Unix(p.ID.Time().UnixTime())
	}
	return p, nil
}
