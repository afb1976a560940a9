package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

func (s *Server) routesPages() map[string]site.Handler {
	return map[string]site.Handler{
		"GET /{$}":                     s.listPage("Newest", "Nobody has written anything yet.", s.newest),
		"GET /signup":                  s.show("signup", "Sign up"),
		"POST /signup":                 site.Filled(s.formSignUp),
		"GET /login":                   s.show("login", "Log in"),
		"POST /login":                  site.Filled(s.formLogIn),
		"POST /logout":                 s.formLogOut,
		"GET /feed":                    s.listPage("Feed", emptyFeed, s.feed),
		"GET /search":                  s.pageSearch,
		"GET /openapi.yaml":            s.openAPI,
		"GET /write":                   site.Own(s.pageWrite),
		"POST /write":                  site.Then(s.formWrite),
		"GET /posts/{id}":              s.pagePost,
		"GET /edit/{id}":               site.Own(s.pageEdit),
		"POST /edit/{id}":              site.Filled(site.Then(s.formEdit)),
		"POST /edit/{id}/delete":       site.Then(s.formDelete),
		"GET /people/{name}":           s.pagePerson,
		"POST /people/{name}/follow":   site.Then(s.formFollow),
		"POST /people/{name}/unfollow": site.Then(s.formUnfollow),
		"GET /account":                 s.pageAccount,
		"POST /account/password":       site.Filled(s.formPassword),
		"POST /account/profile":        site.Filled(site.Then(s.formProfile)),
		"POST /account/confirm":        s.formSendConfirm,
		"POST /account/delete":         site.Filled(s.formDeleteAccount),
		"GET /forgot":                  s.show("forgot", "Forgotten the password"),
		"POST /forgot":                 site.Filled(s.formForgot),
		"GET /reset":                   s.show("reset", "Choose a new password"),
		"POST /reset":                  site.Filled(s.formReset),
		"GET /confirm":                 s.show("confirm", "Confirm your address"),
		"POST /confirm":                site.Filled(s.formConfirm),
		"GET /operator":                s.operator(s.pageOperator),
		"POST /operator/replay":        site.Filled(s.operator(s.formReplay)),
		"POST /operator/move":          site.Filled(s.operator(s.formMove)),
		"POST /logout/everywhere":      s.formLogOutEverywhere,
		"GET /exports":                 site.Own(s.pageExports),
		"POST /exports":                site.Then(s.formExport),
		"GET /exports/{id}":            site.Own(s.pageExport),
	}
}

const emptyFeed = "Your feed shows the posts of those you follow, and your own. Follow somebody from their page."

func (s *Server) formSignUp(w http.ResponseWriter, r *http.Request) error {
	in, err := s.signUp(w, r,
		signUp{Email: site.Typed(r, "email"), Name: site.Typed(r, "name"), Password: site.Typed(r, "password")})
	if err != nil {
		return err
	}
	return s.enter(w, r, in.Token)
}

func (s *Server) formLogIn(w http.ResponseWriter, r *http.Request) error {
	in, err := s.logIn(w, r, logIn{Email: site.Typed(r, "email"), Password: site.Typed(r, "password")})
	if err != nil {
		return err
	}
	return s.enter(w, r, in.Token)
}

func (s *Server) formLogOut(w http.ResponseWriter, r *http.Request) error {
	if token := site.Of(r).Token; token != "" {
		if err := s.Sessions.End(r.Context(), token); err != nil {
			return err
		}
	}
	s.SetCookie(w, s.CookieName(site.SessionCookie), "", -time.Second)
	return site.SeeOther(w, r, "/")
}

func (s *Server) pageWrite(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return s.render(w, r, http.StatusOK, "write", page{Title: "Write", Action: "/write"})
}

// typedWriting is what the form of a post has, but for its picture.
func typedWriting(r *http.Request) writing {
	return writing{Title: site.Typed(r, "title"), Body: site.Typed(r, "body"),
		Alt: strings.TrimSpace(site.Typed(r, "alt"))}
}

func (s *Server) formWrite(r *http.Request, who *session.Session) (next string, err error) {
	var picture *os.File
	var size int64
	done := func() {}
	defer func() { done() }()
	err = site.ReadForm(r, func(part io.Reader) (err error) {
		done()
		picture, size, done, err = spooled(part)
		return err
	})
	in := typedWriting(r)
	if err = errors.Join(err, in.check(who)); err != nil {
		return "", err
	}
	if size > 0 {
		if in.Picture, err = s.keepPicture(r, who, picture, size); err != nil {
			return "", err
		}
	}
	p, err := s.publish(r, who, in)
	return "/posts/" + p.ID.String(), err
}

func (s *Server) pageEdit(w http.ResponseWriter, r *http.Request, who *session.Session) error {
	id, err := site.PathID(r)
	if err != nil {
		return err
	}
	p, err := s.post(r.Context(), id)
	if err == nil && p.UserID != who.UserID {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "write", page{Title: "Edit", Action: r.URL.Path, Post: &p,
		Form: map[string]string{"title": p.Title, "body": p.Body, "alt": p.Alt}})
}

func (s *Server) formEdit(r *http.Request, who *session.Session) (next string, err error) {
	p, err := s.edit(r, who, typedWriting(r))
	return "/posts/" + p.ID.String(), err
}

func (s *Server) formDelete(r *http.Request, who *session.Session) (next string, err error) {
	return "/people/" + who.Name, s.remove(r, who)
}

func (s *Server) post(ctx context.Context, id uuid.UUID) (p posts.Post, err error) {
	text, err := s.postJSON(ctx, id)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(text, &p)
}

func (s *Server) pagePost(w http.ResponseWriter, r *http.Request) error {
	id, err := site.PathID(r)
	if err != nil {
		return err
	}
	p, err := s.post(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.Views.Add(r.Context(), id); err != nil {
		return err
	}
	views, err := s.Store.Views(r.Context(), id)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "post", page{Title: p.Title, Post: &p, Views: views})
}

func (s *Server) formFollow(r *http.Request, who *session.Session) (next string, err error) {
	return "/people/" + r.PathValue("name"), s.follow(r, who)
}

func (s *Server) formUnfollow(r *http.Request, who *session.Session) (next string, err error) {
	return "/people/" + r.PathValue("name"), s.unfollow(r, who)
}

func (s *Server) pageExports(w http.ResponseWriter, r *http.Request, who *session.Session) error {
	found, err := s.Store.JobsOf(r.Context(), who.UserID, maxLimit)
	if err != nil {
		return err
	}
	p := page{Title: "Exports"}
	for _, j := range found {
		if j.Kind == work.Report {
			p.Jobs = append(p.Jobs, j)
		}
	}
	return s.render(w, r, http.StatusOK, "exports", p)
}

func (s *Server) formExport(r *http.Request, who *session.Session) (next string, err error) {
	j, err := s.export(r.Context(), who)
	return "/exports/" + j.ID.String(), err
}

func (s *Server) pageExport(w http.ResponseWriter, r *http.Request, who *session.Session) error {
	j, err := s.jobOf(r, who)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "export", page{Title: "Export", Job: &j})
}
