// Package problem says what is wrong with a request in the form of RFC 9457
// (application/problem+json), with all wrong fields at once. What it says is
// for whoever sent the request: it never holds the text of an internal error.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// ContentType is that of RFC 9457.
const ContentType = "application/problem+json"

// Problem is one answer. It is an error, so that handlers may return it.
type Problem struct {
	// Type is a URI that names the kind of problem; "about:blank" means that
	// Status says it all.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Instance is the id of the request, which the log repeats.
	Instance string  `json:"instance,omitempty"`
	Errors   []Field `json:"errors,omitempty"`
	// RetryAfter is when to come again; zero says nothing about that.
	RetryAfter time.Duration `json:"-"`
}

// Field is one wrong field of a request.
type Field struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// New is a problem of which the status says the kind.
func New(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// Invalid is a request with wrong fields; nil when there are none.
func Invalid(fields ...Field) *Problem {
	if len(fields) == 0 {
		return nil
	}
	p := New(http.StatusUnprocessableEntity, "Some fields are not as they must be.")
	p.Errors = fields
	return p
}

func (p *Problem) Error() string {
	s := strconv.Itoa(p.Status) + " " + p.Title
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	for _, f := range p.Errors {
		s += "; " + f.Field + ": " + f.Detail
	}
	return s
}

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil { // strings and numbers always marshal
		body = []byte(`{"type":"about:blank","status":500}`)
	}
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	h.Del("CDN-Cache-Control")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	w.Write(body) //nolint:errcheck // the client went away: nobody is left to tell
}
