package web

import (
	"bytes"
	"embed"
	"hash/crc32"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/posts"
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
		"day":     func(t time.Time) string { return t.UTC().Format("2 January 2006") },
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
