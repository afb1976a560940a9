package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/store"
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

// fields are what forms have; others are not kept.
var fields = []string{"email", "name", "password", "new", "sure", "about", "token", "title", "body", "alt", "next", "job", "first",
	"last", "shard"}

const (
	// maxField is the longest text of a form.
	maxField = maxBody
	// maxForm is the largest form: a camera's picture may be too large, but
	// browsers show no answer that comes before they have sent everything.
	maxForm = 64 << 20
)

// readForm reads what was typed, once, and hands a file over. What came before
// something went wrong is there afterwards.
func readForm(r *http.Request, file func(io.Reader) error) error {
	q := of(r)
	if q.typed != nil {
		return nil
	}
	q.typed = map[string]string{}
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
		for _, name := range fields {
			q.typed[name] = r.PostForm.Get(name)
		}
		return incomplete(err)
	}
	var failed error // the texts may come after the file
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); errors.Is(err, io.EOF) {
			return failed
		}
		if err != nil {
			break
		}
		if part.FormName() == "picture" {
			failed = errors.Join(failed, file(part))
		} else if slices.Contains(fields, part.FormName()) {
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, maxField))
			q.typed[part.FormName()] = string(text)
		}
	}
	return errors.Join(failed, incomplete(err))
}

// incomplete is what to say of a form that has not come as a whole.
func incomplete(err error) error {
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) || errors.Is(err, edge.ErrSlow) {
		return err
	}
	return problem.New(http.StatusBadRequest, "The form is not complete.")
}

// typed is a field of a form.
func typed(r *http.Request, name string) string {
	readForm(r, noFile) //nolint:errcheck // what has not come is missing
	return of(r).typed[name]
}

// noFile takes a file of which nothing is wanted: a browser that may not send
// it to the end shows no answer.
func noFile(f io.Reader) error {
	_, err := io.Copy(io.Discard, f)
	return err
}

func (s *Server) failPage(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r, err)
	f, typing := forms[of(r).route]
	var shown error
	switch {
	case p.Status == http.StatusUnauthorized && of(r).route != "POST /login":
		shown = s.askWho(w, r, typing)
	case typing:
		typed(r, "")
		u := s.owner(r)
		if u != nil && of(r).route != "POST /account/profile" {
			of(r).typed["about"] = u.About
		}
		shown = s.render(w, r, p.Status, f.template,
			page{Title: f.title, Form: of(r).typed, Action: r.URL.Path, Wrong: p.Errors, Detail: p.Detail, User: u})
	default:
		shown = s.render(w, r, p.Status, "problem", page{Title: p.Title, Detail: p.Detail, Wrong: p.Errors})
	}
	if shown != nil {
		p.Write(w)
	}
}

// owner is whose account a form is about; nil where nobody's is.
func (s *Server) owner(r *http.Request) *store.User {
	if of(r).session == nil || !strings.HasPrefix(r.URL.Path, "/account") {
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
		return seeOther(w, r, "/login?"+url.Values{"next": {next}}.Encode())
	}
	typed(r, "")
	of(r).typed["next"] = next
	return s.render(w, r, http.StatusUnauthorized, "login", page{Title: "Log in", Form: of(r).typed,
		Detail: "You were logged out. Log in to go on: what you have typed is kept."})
}

// cookieAge is how long a browser keeps the cookie of a session. Whether there
// still is one is known here alone: it lives for session.TTL after its last use.
const cookieAge = 30 * 24 * time.Hour

// enter lets somebody in and leads back to where the log-in was asked for.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, token string) error {
	s.setCookie(w, s.cookieName(sessionCookie), token, cookieAge)
	if typed(r, "title") == "" && typed(r, "body") == "" {
		return seeOther(w, r, local(typed(r, "next")))
	}
	var err error
	if of(r).session, err = s.Sessions.Find(r.Context(), token); err != nil && !errors.Is(err, session.ErrNone) {
		return err
	}
	return s.render(w, r, http.StatusOK, "write", page{Title: "Write", Form: of(r).typed, Action: local(typed(r, "next")),
		Done: "You are logged in. Choose the picture again, if there was one, and publish."})
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
