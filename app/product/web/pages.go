package web

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"hash/crc32"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

//go:embed templates/*.html
var templateFiles embed.FS

func parseTemplates(a *assets.Set, from fs.FS, pattern string) (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"asset":   a.URL,
		"date":    func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04") + " UTC" },
		"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"ago":     humanize.Time,
		"initial": func(name string) string { return name[:min(len(name), 1)] },
		"hue":     func(name string) uint32 { return crc32.ChecksumIEEE([]byte(name)) % hues },
		"add":     func(a, b int) int { return a + b },
	}).ParseFS(from, pattern)
}

// hues is how many colours avatars have in the style sheet.
const hues = 8

// pages are the templates, as they are now where a developer changes them.
func (s *Server) pages() (*template.Template, error) {
	if s.Templates == "" {
		return s.templates, nil
	}
	return parseTemplates(s.Assets, os.DirFS(s.Templates), "*.html")
}

// page is what a template gets.
type page struct {
	Title  string
	Person *session.Session
	Posts  []posts.Post
	Next   string // the address of the next part of a list
	Post   *posts.Post
	User   *account.User
	Job    *store.Job
	Jobs   []store.Job
	Form   map[string]string // what was sent, to be mended
	Action string            // where to send it
	// Follows is of who looks and User.
	Follows bool
	// Empty is what a list says that has nothing in it.
	Empty     string
	Operation Operation
	Done      string // what was done
	Wrong     []problem.Field
	Detail    string
	Views     int64
}

// render answers with a page. Browsers ask again each time whether a page has
// changed; a page for one person is kept by nobody.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	p.Person = site.Of(r).Session
	var b bytes.Buffer
	templates, err := s.pages()
	if err == nil {
		err = templates.ExecuteTemplate(&b, name, p)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	if site.Of(r).Token != "" || r.Method != http.MethodGet || r.URL.Query().Has("token") {
		h.Set("Cache-Control", site.CachePrivate)
	}
	if site.Of(r).Ended {
		s.SetCookie(w, s.CookieName(site.SessionCookie), "", -time.Second)
	}
	h.Add("Vary", "Cookie")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the client went away
	return nil
}

func (s *Server) showList(w http.ResponseWriter, r *http.Request, title, empty string, text []byte, err error) error {
	var l list
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		return err
	}
	p := page{Title: title, Empty: empty, Posts: l.Posts, Form: map[string]string{"q": r.URL.Query().Get("q")}}
	if l.Next != "" {
		q := url.Values{"before": {l.Next}}
		if v := r.URL.Query().Get("q"); v != "" {
			q.Set("q", v)
		}
		p.Next = "?" + q.Encode()
	}
	return s.render(w, r, http.StatusOK, "list", p)
}

func (s *Server) pageHome(w http.ResponseWriter, r *http.Request) error {
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	text, err := s.newestJSON(r.Context(), part)
	return s.showList(w, r, "Newest", "Nobody has written anything yet.", text, err)
}

func (s *Server) pageFeed(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Store.Feed(r.Context(), who.UserID, part.before, part.limit)
	text, err := marshal(listOf(list, part.limit), err)
	return s.showList(w, r, "Feed", "Your feed shows the posts of those you follow, and your own. Follow somebody from their page.", text, err)
}

func (s *Server) pageSearch(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("q") == "" {
		return s.render(w, r, http.StatusOK, "list", page{Title: "Search", Form: map[string]string{"q": ""}})
	}
	query, part, err := parseSearch(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Search.Search(r.Context(), query, part.before, part.limit)
	text, err := marshal(listOf(list, part.limit), err)
	return s.showList(w, r, "Search", "Nothing has all of these words. Try fewer, or others.", text, err)
}

func (s *Server) formSignUp(w http.ResponseWriter, r *http.Request) error {
	_, token, err := s.signUp(w, r,
		signUp{Email: site.Typed(r, "email"), Name: site.Typed(r, "name"), Password: site.Typed(r, "password")})
	if err != nil {
		return err
	}
	return s.enter(w, r, token)
}

func (s *Server) formLogIn(w http.ResponseWriter, r *http.Request) error {
	token, err := s.logIn(w, r, logIn{Email: site.Typed(r, "email"), Password: site.Typed(r, "password")})
	if err != nil {
		return err
	}
	return s.enter(w, r, token)
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

func (s *Server) pageWrite(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.Person(r); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "write", page{Title: "Write", Action: "/write"})
}

func (s *Server) formWrite(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	var picture *os.File
	var size int64
	done := func() {}
	defer func() { done() }()
	err = site.ReadForm(r, func(part io.Reader) (err error) {
		done()
		picture, size, done, err = spooled(part)
		return err
	})
	in := writing{Title: site.Typed(r, "title"), Body: site.Typed(r, "body"), Alt: strings.TrimSpace(site.Typed(r, "alt"))}
	if err = errors.Join(err, in.check(who)); err != nil {
		return err
	}
	if size > 0 {
		if in.Picture, err = s.keepPicture(r, who, picture, size); err != nil {
			return err
		}
	}
	p, err := s.publish(r, who, in)
	if err != nil {
		return err
	}
	return site.SeeOther(w, r, "/posts/"+p.ID.String())
}

// ownPost is a post of who asks for it.
func (s *Server) ownPost(r *http.Request) (p posts.Post, err error) {
	who, id, err := currentUser(r)
	if err != nil {
		return p, err
	}
	if p, err = s.post(r.Context(), id); err == nil && p.UserID != who.UserID {
		err = store.ErrNotFound
	}
	return p, err
}

func (s *Server) pageEdit(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ownPost(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "write", page{Title: "Edit", Action: r.URL.Path, Post: &p,
		Form: map[string]string{"title": p.Title, "body": p.Body, "alt": p.Alt}})
}

func (s *Server) formEdit(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	if _, err := s.edit(r.Context(), who, id, writing{Title: site.Typed(r, "title"), Body: site.Typed(r, "body"),
		Alt: strings.TrimSpace(site.Typed(r, "alt"))}); err != nil {
		return err
	}
	return site.SeeOther(w, r, "/posts/"+id.String())
}

func (s *Server) formDelete(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	if err := s.remove(r.Context(), who, id); err != nil {
		return err
	}
	return site.SeeOther(w, r, "/people/"+who.Name)
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

func (s *Server) pagePerson(w http.ResponseWriter, r *http.Request) error {
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	text, err := s.byUserJSON(r.Context(), u.ID, part)
	var l list
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		return err
	}
	p := page{Title: u.Name, User: &u, Posts: l.Posts, Empty: u.Name + " has not written anything yet."}
	if who := site.Of(r).Session; who != nil {
		if p.Follows, err = s.Store.Follows(r.Context(), who.UserID, u.ID); err != nil {
			return err
		}
	}
	if l.Next != "" {
		p.Next = "?before=" + l.Next
	}
	return s.render(w, r, http.StatusOK, "person", p)
}

func (s *Server) formFollow(w http.ResponseWriter, r *http.Request) error {
	return s.formFollowing(w, r, s.Store.Follow)
}

func (s *Server) formUnfollow(w http.ResponseWriter, r *http.Request) error {
	return s.formFollowing(w, r, s.Store.Unfollow)
}

func (s *Server) formFollowing(w http.ResponseWriter, r *http.Request, do following) error {
	if err := s.follow(r, do); err != nil {
		return err
	}
	return site.SeeOther(w, r, "/people/"+r.PathValue("name"))
}

func (s *Server) pageExports(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
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

func (s *Server) formExport(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	j, err := s.export(r.Context(), who)
	if err != nil {
		return err
	}
	return site.SeeOther(w, r, "/exports/"+j.ID.String())
}

func (s *Server) pageExport(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	id, err := site.PathID(r)
	if err != nil {
		return err
	}
	j, err := s.jobOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "export", page{Title: "Export", Job: &j})
}
