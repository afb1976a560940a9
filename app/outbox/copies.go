package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/store"
)

const (
	// A person's copy has neither address nor password: nobody logs in here.
	copyUser = `INSERT INTO users (id, slot, email, name, password_hash) VALUES ($1, $2, $3, $4, '') ON CONFLICT DO NOTHING`
	copyPost = `INSERT INTO posts (id, slot, user_id, author, title, body, picture, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
)

// User is what others may know of a person.
type User struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// UserOf reads the person of an event user.created.
func UserOf(e Event) (User, error) {
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
func CopyUsers(ctx context.Context, tx pgx.Tx, e Event) error {
	u, err := UserOf(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, copyUser, u.ID, store.SlotOf(u.ID), u.ID.String(), u.Name)
	return err
}

// CopyPosts keeps posts in a store of one's own, as the search service does.
func CopyPosts(ctx context.Context, tx pgx.Tx, e Event) error {
	p, err := PostOf(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, copyPost, p.ID, store.SlotOf(p.UserID), p.UserID, p.Author, p.Title, p.Body, p.Picture, p.CreatedAt)
	return err
}

// PostOf reads the post of an event post.created. The event is written before
// the database says when the post was made, but its identifier says it too.
func PostOf(e Event) (store.Post, error) {
	var p store.Post
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return p, fmt.Errorf("read the post: %w", err)
	}
	if p.ID == uuid.Nil || p.UserID == uuid.Nil {
		return p, fmt.Errorf("read the post: got id %s of user %s, want both", p.ID, p.UserID)
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = time.Unix(p.ID.Time().UnixTime())
	}
	return p, nil
}
