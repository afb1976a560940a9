// Package search finds posts by their words: in PostgreSQL's own full-text
// index, which is enough up to stage 3, or in OpenSearch where one is
// configured. Both take the syntax of web searches ("a phrase", -without) and
// answer newest first, so that a page goes on where the last one ended.
//
// OpenSearch holds copies only. They are brought by events, which may come
// twice and out of order: each carries a version, and an older one than what
// is there changes nothing.
package search

import (
	"context"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/product/posts"
)

// Finder answers searches.
type Finder interface {
	// Search lists posts older than before that match; the zero before begins
	// at the newest.
	Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]posts.Post, error)
}

// Index is a Finder with copies of its own.
type Index interface {
	Finder
	// Put keeps a post. Twice is once, and an older version than the one there
	// changes nothing.
	Put(ctx context.Context, p posts.Post) error
	// Remove removes a post for good, also one that is yet to come.
	Remove(ctx context.Context, id uuid.UUID) error
}
