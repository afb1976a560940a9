package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
)

// form is a page on which people type. Whatever goes wrong with what they send,
// it comes back with what they have typed.
type form struct{ template, title string }

// forms are by the route that takes them.
var forms = map[string]form{
	"POST /signup": {"signup", "Sign up"},
	"POST /login":  {"login", "Log in"},
	"POST /write":  {"write", "Write"},

	"POST /edit/{id}":        {"write", "Edit"},
	"POST /account/password": {"account", "Account"},
	"POST /account/profile":  {"account", "Account"},
	"POST /account/delete":   {"account", "Account"},
	"POST /forgot":           {"forgot", "Forgotten the password"},
	"POST /reset":            {"reset", "Choose a new password"},
	"POST /confirm":          {"confirm", "Confirm your address"},
}

// maxForm is the largest form: a camera's picture may be too large, but
// browsers show no answer that comes before they have sent everything.
const maxForm = 64 << 20

// fields are what forms have; others are not kept.
var fields = []string{"email", "name", "password", "new", "sure", "about", "token", "title", "body", "alt",
	"next", "job",
	"first", "last", "shard"}

func (s *Server) failPage(w http.ResponseWriter, r *http.Request, err error) {
	p := s.ProblemOf(r, err)
	f, typing := forms[site.Of(r).Route]
	var shown error
	switch {
	case p.Status == http.StatusUnauthorized && site.Of(r).Route != "POST /login":
		shown = s.askWho(w, r, typing)
	case typing:
		site.Typed(r, "")
		u := s.owner(r)
		if u != nil && site.Of(r).Route != "POST /account/profile" {
			site.Of(r).Typed["about"] = u.About
		}
		shown = s.render(w, r, p.Status, f.template,
			page{Title: f.title, Form: site.Of(r).Typed, Action: r.URL.Path, Wrong: p.Errors, Detail: p.Detail, User: u})
	default:
		shown = s.render(w, r, p.Status, "problem", page{Title: p.Title, Detail: p.Detail, Wrong: p.Errors})
	}
	if shown != nil {
		p.Write(w)
	}
}

// owner is whose account a form is about; nil where nobody's is.
func (s *Server) owner(r *http.Request) *account.User {
	if site.Of(r).Session == nil || !strings.HasPrefix(r.URL.Path, "/account") {
		return nil
	}
	u, err := s.me(r)
	if err != nil {
		return nil // the page says less
	}
	return &u
}

// askWho leads to the log-in and back. Texts go along in the page.
func (s *Server) askWho(w http.ResponseWriter, r *http.Request, typing bool) error {
	next := r.URL.RequestURI()
	typing = typing && !strings.HasPrefix(r.URL.Path, "/account") // passwords go into no page
	if r.Method != http.MethodGet {
		next = strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, "/unfollow"), "/follow") // the page that has the button
		next = strings.TrimSuffix(next, "/delete")
		if page, _, is := strings.Cut(r.URL.Path, "account/"); is {
			next = page + "account"
		}
	}
	if !typing {
		return site.SeeOther(w, r, "/login?"+url.Values{"next": {next}}.Encode())
	}
	site.Typed(r, "")
	site.Of(r).Typed["next"] = next
	return s.render(w, r, http.StatusUnauthorized, "login", page{Title: "Log in", Form: site.Of(r).Typed,
		Detail: "You were logged out. Log in to go on: what you have typed is kept."})
}

// enter lets somebody in and leads back to where the log-in was asked for.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, token string) error {
	s.SetCookie(w, s.CookieName(site.SessionCookie), token, site.CookieAge)
	if site.Typed(r, "title") == "" && site.Typed(r, "body") == "" {
		return site.SeeOther(w, r, local(site.Typed(r, "next")))
	}
	var err error
	if site.Of(r).Session, err = s.Sessions.Find(r.Context(), token); err != nil && !errors.Is(err, session.ErrNone) {
		return err
	}
	return s.render(w, r, http.StatusOK, "write", page{Title: "Write", Form: site.Of(r).Typed,
		Action: local(site.Typed(r, "next")),
		Done:   "You are logged in. Choose the picture again, if there was one, and publish."})
}

// local is a path of this site, or the feed: nobody is led elsewhere.
func local(next string) string {
	u, err := url.Parse(next) // refuses control characters, which browsers would leave out
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.Contains(next, `\`) {
		return "/feed"
	}
	return next
}
