package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/site"
)

// What lists there are: the API answers with their JSON, and pages show what is
// in it.

// asked is the part of a list that a request asks for.
func (s *Server) asked(r *http.Request, kept cache.Value, of lister) ([]byte, error) {
	w, err := parseWindow(r.URL.Query())
	if err != nil {
		return nil, err
	}
	return s.part(r.Context(), w, kept, of)
}

func (s *Server) newest(r *http.Request) ([]byte, error) {
	return s.asked(r, newestFirst, s.Store.Newest)
}

// byUser are the posts of whom the path names.
func (s *Server) byUser(r *http.Request) ([]byte, error) {
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return s.postsOf(r, u.ID)
}

func (s *Server) postsOf(r *http.Request, user uuid.UUID) ([]byte, error) {
	return s.asked(r, cache.Value{Family: byUserFamily, ID: user.String()},
		func(ctx context.Context, before uuid.UUID, limit int) ([]posts.Post, error) {
			return s.Store.PostsOf(ctx, user, before, limit)
		})
}

func (s *Server) feed(r *http.Request) ([]byte, error) {
	who, err := site.Person(r)
	if err != nil {
		return nil, err
	}
	return s.asked(r, cache.Value{}, func(ctx context.Context, before uuid.UUID, limit int) ([]posts.Post, error) {
		return s.Store.Feed(ctx, who.UserID, before, limit)
	})
}

func (s *Server) search(r *http.Request) ([]byte, error) { return searched(r, s.Search) }

// listPage shows a list, and what is said where it has nothing in it.
func (s *Server) listPage(title, empty string, of func(*http.Request) ([]byte, error)) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p := page{Title: title, Empty: empty, Form: map[string]string{"q": r.URL.Query().Get("q")}}
		if err := p.list(r, of); err != nil {
			return err
		}
		return s.render(w, r, http.StatusOK, "list", p)
	}
}

// list puts a list on the page.
func (p *page) list(r *http.Request, of func(*http.Request) ([]byte, error)) error {
	var l list
	text, err := of(r)
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		return err
	}
	p.Posts = l.Posts
	if l.Next != "" {
		q := url.Values{"before": {l.Next}}
		if v := r.URL.Query().Get("q"); v != "" {
			q.Set("q", v)
		}
		p.Next = "?" + q.Encode()
	}
	return nil
}

// pageSearch asks for words first.
func (s *Server) pageSearch(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("q") == "" {
		return s.render(w, r, http.StatusOK, "list", page{Title: "Search", Form: map[string]string{"q": ""}})
	}
	return s.listPage("Search", "Nothing has all of these words. Try fewer, or others.", s.search)(w, r)
}

func (s *Server) pagePerson(w http.ResponseWriter, r *http.Request) error {
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	p := page{Title: u.Name, User: &u, Empty: u.Name + " has not written anything yet."}
	if err := p.list(r, func(r *http.Request) ([]byte, error) { return s.postsOf(r, u.ID) }); err != nil {
		return err
	}
	if who := site.Of(r).Session; who != nil {
		if p.Follows, err = s.Store.Follows(r.Context(), who.UserID, u.ID); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "person", p)
}
