package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/trustelem/zxcvbn"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/store"
)

// MinPassword and MaxPassword are how many characters a password has.
const (
	MinPassword = 10
	MaxPassword = 200
)

// Decode reads a JSON body strictly.
func Decode(r *http.Request, into any) error {
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

// Check collects what is wrong with fields.
type Check struct{ Fields []problem.Field }

// Wrong notes what is wrong with a field.
func (c *Check) Wrong(field, format string, args ...any) {
	c.Fields = append(c.Fields, problem.Field{Field: field, Detail: fmt.Sprintf(format, args...)})
}

// Err is nil where nothing is wrong.
func (c *Check) Err() error {
	if p := problem.Invalid(c.Fields...); p != nil {
		return p
	}
	return nil
}

// Text checks the length in characters. NUL is refused because PostgreSQL
// cannot keep it.
func (c *Check) Text(field, v string, low, high int) {
	n := utf8.RuneCountInString(v)
	switch {
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		c.Wrong(field, "must be text")
	case low > 0 && strings.TrimFunc(v, unseen) == "":
		c.Wrong(field, "is missing")
	case n < low || n > high:
		c.Wrong(field, "has %d characters, must have %d to %d", n, low, high)
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

// Password refuses what is guessed in a million tries: the commonest passwords,
// what is like them, and what the other fields say.
func (c *Check) Password(field, v string, others ...string) {
	before := len(c.Fields)
	c.Text(field, v, MinPassword, MaxPassword)
	if len(c.Fields) > before {
		return
	}
	looked := []rune(v)
	looked = looked[:min(len(looked), passwordLooked)]
	if zxcvbn.PasswordStrength(string(looked), others).Guesses < 1e6 {
		c.Wrong(field, "is one of the first that anybody would try: take some words that do not belong together")
	}
}

// NameForm is that of people's names.
var NameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{2,29}$`)

// Name checks the name of a person.
func (c *Check) Name(field, v string) {
	if !NameForm.MatchString(v) {
		c.Wrong(field, "must be 3 to 30 of a-z, 0-9, - and _, and begin with a letter or digit")
	}
}

// Email returns the address in the one form in which it is kept.
func (c *Check) Email(field, v string) string {
	v = strings.ToLower(strings.TrimSpace(v))
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || len(v) > 254 || strings.ContainsAny(v, "\r\n\x00") || !utf8.ValidString(v) {
		c.Wrong(field, "must be an e-mail address")
	}
	return v
}

// PathID is the path's id, in the one form that has a cache's entry.
func PathID(r *http.Request) (uuid.UUID, error) {
	text := r.PathValue("id")
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}
