package web

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

// What is cached. 300 seconds is the ladder's time to live.
var (
	postFamily   = cache.Family{Name: "post", TTL: 300 * time.Second, Absent: 30 * time.Second}
	userFamily   = cache.Family{Name: "user", TTL: 300 * time.Second, Absent: 30 * time.Second}
	newestFamily = cache.Family{Name: "newest", TTL: 300 * time.Second}
	byUserFamily = cache.Family{Name: "by-user", TTL: 300 * time.Second}
)

// list is a part of a list as the API shows it. Next is what to ask for the
// part after it; empty at the end.
type list struct {
	Posts []posts.Post `json:"posts"`
	Next  string       `json:"next,omitempty"`
}

// listOf shortens the posts where they are: they were read for it.
func listOf(of []posts.Post, limit int) list {
	for i, p := range of {
		of[i] = p.Short()
	}
	l := list{Posts: of}
	if len(of) == limit {
		l.Next = of[len(of)-1].ID.String()
	}
	return l
}

func marshal[T any](v T, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func (s *Server) postJSON(ctx context.Context, id uuid.UUID) ([]byte, error) {
	return s.Cache.Get(ctx, postFamily, id.String(), s.loadPost(id))
}

func (s *Server) loadPost(id uuid.UUID) cache.Load {
	return func(ctx context.Context) ([]byte, error) { return marshal(s.Store.Post(ctx, id)) }
}

func (s *Server) userJSON(ctx context.Context, name string) ([]byte, error) {
	if !site.NameForm.MatchString(name) {
		return nil, store.ErrNotFound // nobody can have it, so nobody is asked
	}
	return s.Cache.Get(ctx, userFamily, name,
		func(ctx context.Context) ([]byte, error) { return marshal(s.Store.UserByName(ctx, name)) })
}

// lister lists posts before one, the newest first.
type lister func(ctx context.Context, before uuid.UUID, limit int) ([]posts.Post, error)

// part is the part of a list that is asked for. Where kept names a cached value, that has
// the part that everybody asks for; older parts go to the replicas.
func (s *Server) part(ctx context.Context, w window, kept cache.Value, of lister) ([]byte, error) {
	load := func(ctx context.Context) ([]byte, error) {
		found, err := of(ctx, w.before, w.limit)
		return marshal(listOf(found, w.limit), err)
	}
	if kept.ID == "" || !w.first() {
		return load(ctx)
	}
	return s.Cache.Get(ctx, kept.Family, kept.ID, load)
}

// newestFirst is the part of the newest posts of all that everybody asks for.
var newestFirst = cache.Value{Family: newestFamily, ID: "first"}

func (s *Server) user(ctx context.Context, name string) (u account.User, err error) {
	text, err := s.userJSON(ctx, name)
	if err != nil {
		return u, err
	}
	return u, json.Unmarshal(text, &u)
}

// position is where the request's own writes are in the log.
func position(ctx context.Context) database.Position {
	if seen := database.SessionOf(ctx); seen != nil {
		return seen.After()
	}
	return 0
}

// keepPost writes a changed post through to the cache, because others read it
// too, and forgets the lists that show it.
func (s *Server) keepPost(ctx context.Context, p posts.Post) {
	s.Cache.Refresh(ctx, postFamily, p.ID.String(), position(ctx), s.loadPost(p.ID))
	s.forget(ctx, p)
}

// forgetPost forgets a post and the lists that may show it. Of a post that is
// new, that keeps the first who asks from a replica that does not have it yet.
func (s *Server) forgetPost(ctx context.Context, p posts.Post) {
	s.forget(ctx, p, cache.Value{Family: postFamily, ID: p.ID.String()})
}

// forget forgets values and the lists that may show a post.
func (s *Server) forget(ctx context.Context, p posts.Post, values ...cache.Value) {
	values = append(values, newestFirst)
	paths := []string{contract.APIPrefix + "posts/" + p.ID.String(), contract.APIPrefix + "posts",
		"/posts/" + p.ID.String(), "/"}
	if p.UserID != uuid.Nil {
		values = append(values, cache.Value{Family: byUserFamily, ID: p.UserID.String()})
		paths = append(paths, contract.APIPrefix+"users/"+p.Author+"/posts")
	}
	s.Cache.InvalidateAll(ctx, position(ctx), values...)
	s.Purger.Changed(ctx, paths...)
}

// How many posts and people the ladder keeps warm, and how many posts are read for it
// at a time.
const (
	warmPosts = 5_000
	warmUsers = 1_000
	warmPart  = 250
)

// Warm loads the most read posts and their authors, and the first page.
func (s *Server) Warm(ctx context.Context) (n int, err error) {
	if _, err := s.part(ctx, window{limit: defaultPage}, newestFirst, s.Store.Newest); err != nil {
		return 0, err
	}
	authors := map[string]bool{}
	err = s.Store.MostRead(ctx, warmPosts, warmPart, func(some []posts.Post) error {
		for _, p := range some {
			if _, err := s.Cache.Get(ctx, postFamily, p.ID.String(),
				func(context.Context) ([]byte, error) { return json.Marshal(p) }); err != nil {
				return err
			}
			if n++; len(authors) < warmUsers {
				authors[p.Author] = true
			}
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	for name := range authors {
		if _, err := s.userJSON(ctx, name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
