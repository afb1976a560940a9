// Package web answers people: the API under /api/, the pages, static files,
// uploads and health. Handlers return errors; one place turns those into
// problem JSON for programs and a page for people. Servers keep nothing of
// their own between requests: any of them answers any request.
package web

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/batch"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/purge"
	"github.com/rung-dev/rung/app/search"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// Deps are what the handlers need.
type Deps struct {
	Settings settings.Settings
	Store    Store
	Health   *health.Health
	// Search finds posts by words; nil means in the store.
	Search   search.Finder
	Cache    *cache.Cache
	Sessions *session.Sessions
	Hasher   *session.Hasher
	Limiter  *limit.Limiter
	Queue    jobs.Queue
	Uploads  uploads.Store
	Assets   *assets.Set
	Purger   *purge.Purger
	Views    *batch.Batch[uuid.UUID]
	Metrics  *metrics.Metrics
	// OriginSecret is what requests must carry in contract.OriginHeader;
	// empty lets all pass.
	OriginSecret string
	Log          *slog.Logger
}

// Server answers requests.
type Server struct {
	Deps
	templates *template.Template
	active    atomic.Int64 // requests being answered
	csrf      *http.CrossOriginProtection
}

// New is a server; its error is about the templates.
func New(d Deps) (*Server, error) {
	if d.Search == nil {
		d.Search = d.Store
	}
	s := &Server{Deps: d, csrf: http.NewCrossOriginProtection()}
	if u := d.Settings.PublicURL; u != nil {
		if err := s.csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	var err error
	s.templates, err = parseTemplates(d.Assets)
	return s, err
}

// Active is how many requests are being answered.
func (s *Server) Active() int64 { return s.active.Load() }

// Handler serves people.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.Health.Register(mux)
	mux.Handle("GET "+contract.StaticPrefix, s.Assets)
	s.routesAPI(mux)
	s.routesPages(mux)
	return s.wrap(mux)
}

func (s *Server) routesAPI(mux *http.ServeMux) {
	routes := map[string]handler{
		"POST /api/users":                 s.apiSignUp,
		"GET /api/users/{name}":           s.apiUser,
		"GET /api/users/{name}/posts":     s.apiUserPosts,
		"PUT /api/users/{name}/follow":    s.apiFollow,
		"DELETE /api/users/{name}/follow": s.apiUnfollow,
		"POST /api/sessions":              s.apiLogIn,
		"DELETE /api/sessions":            s.apiLogOut,
		"GET /api/me":                     s.apiMe,
		"GET /api/posts":                  s.apiPosts,
		"POST /api/posts":                 s.apiPublish,
		"GET /api/posts/{id}":             s.apiPost,
		"PUT /api/posts/{id}":             s.apiEdit,
		"DELETE /api/posts/{id}":          s.apiDelete,
		"GET /api/feed":                   s.apiFeed,
		"GET /api/search":                 s.apiSearch,
		"POST /api/uploads":               s.apiTicket,
		"POST /api/jobs":                  s.apiExport,
		"GET /api/jobs":                   s.apiJobs,
		"GET /api/jobs/{id}":              s.apiJob,
		"GET /api/jobs/{id}/result":       s.apiResult,
		"PUT /uploads/{key...}":           s.receiveUpload,
		"GET /uploads/{key...}":           s.serveUpload,
		"/api/":                           s.apiNothing,
	}
	for pattern, h := range routes {
		mux.HandleFunc(pattern, s.serve(h, s.failAPI))
	}
}

func (s *Server) routesPages(mux *http.ServeMux) {
	routes := map[string]handler{
		"GET /{$}":                   s.pageHome,
		"GET /signup":                s.pageSignUp,
		"POST /signup":               s.formSignUp,
		"GET /login":                 s.pageLogIn,
		"POST /login":                s.formLogIn,
		"POST /logout":               s.formLogOut,
		"GET /feed":                  s.pageFeed,
		"GET /search":                s.pageSearch,
		"GET /write":                 s.pageWrite,
		"POST /write":                s.formWrite,
		"GET /posts/{id}":            s.pagePost,
		"GET /people/{name}":         s.pagePerson,
		"POST /people/{name}/follow": s.formFollow,
		"GET /exports":               s.pageExports,
		"POST /exports":              s.formExport,
		"GET /exports/{id}":          s.pageExport,
		"/":                          s.pageNothing,
	}
	for pattern, h := range routes {
		mux.HandleFunc(pattern, s.serve(h, s.failPage))
	}
}

// handler answers or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

func (s *Server) serve(h handler, fail func(http.ResponseWriter, *http.Request, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := s.identify(r)
		if err == nil {
			err = h(w, r)
		}
		if err != nil {
			fail(w, r, err)
		}
	}
}

// Changed forgets a post everywhere, for the worker that has changed it.
func (s *Server) Changed(ctx context.Context, id uuid.UUID) { s.forgetPost(ctx, store.Post{ID: id}) }
