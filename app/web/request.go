package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/trustelem/zxcvbn"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/store"
)

// The bounds of what people send.
const (
	maxTitle    = 200
	maxText     = 20_000
	maxAlt      = 300
	maxAbout    = 500
	maxQuery    = 200
	minPassword = 10
	maxPassword = 200
	maxLimit    = 100
	defaultPage = 20
)

// decode reads a JSON body strictly.
func decode(r *http.Request, into any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return problem.New(http.StatusUnsupportedMediaType, "Send application/json.")
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return decodeProblem(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return problem.New(http.StatusBadRequest, "Send one JSON object and nothing after it.")
	}
	return nil
}

func decodeProblem(err error) error {
	var large *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &large):
		return large
	case errors.As(err, &kind):
		return problem.Invalid(problem.Field{Field: kind.Field, Detail: "must be " + kindOf(kind.Type)})
	case errors.Is(err, edge.ErrSlow):
		return err
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return problem.Invalid(problem.Field{Field: edge.Brief(strings.Trim(field, `"`)),
			Detail: "is not a field of this request"})
	}
	return problem.New(http.StatusBadRequest, "The body is not JSON.")
}

// kindOf is what JSON calls a kind of value.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// check collects what is wrong with fields.
type check struct{ fields []problem.Field }

func (c *check) wrong(field, format string, args ...any) {
	c.fields = append(c.fields, problem.Field{Field: field, Detail: fmt.Sprintf(format, args...)})
}

func (c *check) err() error {
	if p := problem.Invalid(c.fields...); p != nil {
		return p
	}
	return nil
}

// text checks the length in characters. NUL is refused because PostgreSQL
// cannot keep it.
func (c *check) text(field, v string, low, high int) {
	n := utf8.RuneCountInString(v)
	switch {
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		c.wrong(field, "must be text")
	case low > 0 && strings.TrimFunc(v, unseen) == "":
		c.wrong(field, "is missing")
	case n < low || n > high:
		c.wrong(field, "has %d characters, must have %d to %d", n, low, high)
	}
}

// unseen says whether a character leaves nothing on the page: a title of those
// alone could not be clicked.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Cc) || r == '\u115f' || r == '\u1160' ||
		r == '\u2800' || r == '\u3164' || r == '\uffa0'
}

// passwordLooked is how much of a password is looked at for being known: nobody
// waits for the rest, which has words of its own.
const passwordLooked = 64

// password refuses what is guessed in a million tries: the commonest passwords,
// what is like them, and what the other fields say.
func (c *check) password(field, v string, others ...string) {
	before := len(c.fields)
	c.text(field, v, minPassword, maxPassword)
	if len(c.fields) > before {
		return
	}
	looked := []rune(v)
	looked = looked[:min(len(looked), passwordLooked)]
	if zxcvbn.PasswordStrength(string(looked), others).Guesses < 1e6 {
		c.wrong(field, "is one of the first that anybody would try: take some words that do not belong together")
	}
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{2,29}$`)

func (c *check) name(field, v string) {
	if !nameForm.MatchString(v) {
		c.wrong(field, "must be 3 to 30 of a-z, 0-9, - and _, and begin with a letter or digit")
	}
}

// email returns the address in the one form in which it is kept.
func (c *check) email(field, v string) string {
	v = strings.ToLower(strings.TrimSpace(v))
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || len(v) > 254 || strings.ContainsAny(v, "\r\n\x00") || !utf8.ValidString(v) {
		c.wrong(field, "must be an e-mail address")
	}
	return v
}

// window is which part of a list is asked for.
type window struct {
	before uuid.UUID // the zero value begins at the newest
	limit  int
}

// first says whether this is the part that most people ask for.
func (w window) first() bool { return w.before == uuid.Nil && w.limit == defaultPage }

// parseWindow reads ?before= and ?limit=.
func parseWindow(q url.Values) (window, error) {
	w := window{limit: defaultPage}
	var c check
	if v := q.Get("before"); v != "" {
		id, err := uuid.Parse(v)
		if err != nil || id.String() != v {
			c.wrong("before", "must be the id of a post")
		}
		w.before = id
	}
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxLimit {
			c.wrong("limit", "must be a number from 1 to %d", maxLimit)
		}
		w.limit = n
	}
	return w, c.err()
}

// parseSearch reads ?q= besides.
func parseSearch(q url.Values) (string, window, error) {
	var c check
	text := strings.TrimSpace(q.Get("q"))
	c.text("q", text, 1, maxQuery)
	w, err := parseWindow(q)
	var more *problem.Problem
	if errors.As(err, &more) {
		c.fields = append(c.fields, more.Errors...)
	}
	return text, w, c.err()
}

// pathID is the path's id, in the one form that has a cache's entry.
func pathID(r *http.Request) (uuid.UUID, error) {
	text := r.PathValue("id")
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}

// The caching rules of the ladder.
const (
	cachePublic  = "public, max-age=300"
	cacheCDN     = "max-age=3600"
	cachePrivate = "private, no-store"
	// cacheBrief and cacheBriefCDN are for what a CDN is not told of when it
	// changes.
	cacheBrief    = "public, max-age=60"
	cacheBriefCDN = "max-age=60"
)

// public answers with JSON that any cache may keep, or says that what the
// caller has is still good. A CDN is told of changed paths, not of each of
// their queries: searches and further pages are kept for a minute. The tag is a
// weak one, because it is the same for the compressed answer.
func public(w http.ResponseWriter, r *http.Request, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", cachePublic)
	h.Set("CDN-Cache-Control", cacheCDN)
	if r.URL.RawQuery != "" {
		h.Set("Cache-Control", cacheBrief)
		h.Set("CDN-Cache-Control", cacheBriefCDN)
	}
	sum := fnv.New64a()
	sum.Write(body)
	etag := `"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
	h.Set("ETag", "W/"+etag)
	if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) //nolint:errcheck // the client went away
	return nil
}

// private answers one person.
func private(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", cachePrivate)
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // the client went away
	return nil
}
