// Package web is what people see of the product: the API under /api/, the pages
// and uploads, on a [site.Site].
package web

import (
	"context"
	"errors"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/batch"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/search"
	"github.com/rung-dev/rung/app/purge"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/uploads"
)

// Deps are what the handlers need beside the site.
type Deps struct {
	Store *posts.Store
	// Search finds posts by words; nil means in the store.
	Search  search.Finder
	Cache   *cache.Cache
	Hasher  *session.Hasher
	Queue   jobs.Queue
	Uploads uploads.Store
	Purger  *purge.Purger
	Views   *batch.Batch[uuid.UUID]
	// Operate is what is known beside the queue for those who operate the app; nil
	// is nothing.
	Operate func(context.Context) Operation
	// Templates is a directory of pages' templates, read for each page; empty
	// means those of the binary.
	Templates string
}

// Server answers requests.
type Server struct {
	*site.Site
	Deps
	templates *template.Template
	hands     *edge.Shares
}

// New is the product on a site; its error is about the templates.
func New(on *site.Site, d Deps) (*Server, error) {
	if d.Search == nil {
		d.Search = d.Store
	}
	s := &Server{Site: on, Deps: d, hands: edge.NewShares(hands, handsEach)}
	on.Fields, on.Most, on.Problem = fields, most, problemOf
	var err error
	s.templates, err = parseTemplates(on.Assets, templateFiles, "templates/*.html")
	return s, err
}

// most is how large a request's body may be.
func most(r *http.Request) int64 {
	switch {
	case r.URL.Path == "/write":
		return maxForm
	case strings.HasPrefix(r.URL.Path, "/uploads/"):
		return uploads.MaxSize + site.MaxBody
	}
	return site.MaxBody
}

// problemOf is what to say of the product's own errors.
func problemOf(err error) *problem.Problem {
	if !errors.Is(err, posts.ErrFollows) {
		return nil
	}
	return problem.New(http.StatusConflict,
		"You follow "+strconv.Itoa(posts.MaxFollows)+" people, and that is the most. Unfollow somebody first.")
}

// Handler serves people.
func (s *Server) Handler() http.Handler {
	return s.Site.Handler(s.routesAPI(), s.routesPages(), s.failPage)
}

// Routes are the patterns of the API.
func Routes() []string { return slices.Sorted(maps.Keys((&Server{}).routesAPI())) }

// Changed forgets a post everywhere, for the worker that has changed it.
func (s *Server) Changed(ctx context.Context, id uuid.UUID) { s.forgetPost(ctx, posts.Post{ID: id}) }
