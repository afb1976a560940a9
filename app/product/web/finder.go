package web

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/search"
	"github.com/rung-dev/rung/app/site"
)

// Finder answers GET /api/search from an engine alone, as the search service
// of stage 4 does, which has no other store.
func Finder(f search.Finder, log *slog.Logger) http.Handler {
	find := site.ReadPublic(func(r *http.Request) ([]byte, error) { return searched(r, f) })
	return site.Squeeze(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := edge.RequestID(r.Header)
		err := find(w, r)
		var p *problem.Problem
		if err == nil {
			return
		}
		if !errors.As(err, &p) {
			log.WarnContext(r.Context(), "search", "request", id, "err", err)
			p = problem.New(http.StatusServiceUnavailable, "The search engine does not answer. Try again in a moment.")
			p.RetryAfter = time.Second
		}
		c := *p
		c.Instance = id
		c.Write(w)
	}))
}

// searched is the part of a list that is asked for.
func searched(r *http.Request, f search.Finder) ([]byte, error) {
	text, part, err := parseSearch(r.URL.Query())
	if err != nil {
		return nil, err
	}
	found, err := f.Search(r.Context(), text, part.before, part.limit)
	return marshal(listOf(found, part.limit), err)
}
