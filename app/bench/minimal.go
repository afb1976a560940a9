package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/store"
)

// minimal answers the same requests with the same queries and cache reads,
// and nothing else: no sessions, limits, metrics, validation or headers.
func minimal(s *posts.Store, c *cache.Cache, user uuid.UUID) http.Handler {
	family := cache.Family{Name: "minimal", TTL: 300 * time.Second}
	mux := http.NewServeMux()
	handle := func(route string, answer func(r *http.Request) ([]byte, error)) {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			text, err := answer(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Write(text) //nolint:errcheck // the client went away
		})
	}
	handle("GET /api/posts/{id}", func(r *http.Request) ([]byte, error) {
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		return c.Get(r.Context(), family, id.String(),
			func(ctx context.Context) ([]byte, error) { return encode(s.Post(ctx, id)) })
	})
	handle("GET /api/posts", func(r *http.Request) ([]byte, error) {
		before, err := uuid.Parse(r.URL.Query().Get("before"))
		if err != nil {
			return nil, err
		}
		return encode(s.Newest(r.Context(), before, 20))
	})
	handle("POST /api/posts", func(r *http.Request) ([]byte, error) {
		p := posts.Post{ID: store.NewID(), UserID: user, Author: "reporter"}
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			return nil, err
		}
		_, err := s.CreatePost(r.Context(), p)
		return encode(p, err)
	})
	return mux
}

func encode[T any](v T, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
