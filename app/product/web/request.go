package web

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/site"
)

// The bounds of what people send.
const (
	maxTitle    = 200
	maxText     = 20_000
	maxAlt      = 300
	maxAbout    = 500
	maxQuery    = 200
	maxLimit    = 100
	defaultPage = 20
)

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
	var c site.Check
	if v := q.Get("before"); v != "" {
		id, err := uuid.Parse(v)
		if err != nil || id.String() != v {
			c.Wrong("before", "must be the id of a post")
		}
		w.before = id
	}
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxLimit {
			c.Wrong("limit", "must be a number from 1 to %d", maxLimit)
		}
		w.limit = n
	}
	return w, c.Err()
}

// parseSearch reads ?q= besides.
func parseSearch(q url.Values) (string, window, error) {
	var c site.Check
	text := strings.TrimSpace(q.Get("q"))
	c.Text("q", text, 1, maxQuery)
	w, err := parseWindow(q)
	var more *problem.Problem
	if errors.As(err, &more) {
		c.Fields = append(c.Fields, more.Errors...)
	}
	return text, w, c.Err()
}
