// Package web answers people: the API under /api/, the pages, static files,
// uploads and health. Handlers return errors; one place turns those into
// problem JSON for programs and a page for people. Servers keep nothing of
// their own between requests: any of them answers any request.
package web

import (
	"context"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/batch"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/problem"
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
	Studio   *pictures.Studio
	Assets   *assets.Set
	Purger   *purge.Purger
	Views    *batch.Batch[uuid.UUID]
	Metrics  *metrics.Metrics
	// OriginSecret is what requests must carry in contract.OriginHeader;
	// empty lets all pass.
	OriginSecret string
	// Operate is what is known beside the queue for those who operate the app; nil
	// is nothing.
	Operate func(context.Context) Operation
	// Templates is a directory of pages' templates, read for each page; empty
	// means those of the binary.
	Templates string
	Log       *slog.Logger
}

// Server answers requests.
type Server struct {
	Deps
	templates *template.Template
	active    atomic.Int64 // requests being answered
	hands     *edge.Shares
	csrf      *http.CrossOriginProtection
}

// squeeze compresses answers. Speed counts more than the last per cent: they are
// made for each request.
func squeeze(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false))
	if err != nil {
		panic(err) // of options that are constant
	}
	return wrap(next)
}

// New is a server; its error is about the templates.
func New(d Deps) (*Server, error) {
	if d.Search == nil {
		d.Search = d.Store
	}
	s := &Server{Deps: d, csrf: http.NewCrossOriginProtection(), hands: edge.NewShares(hands, handsEach)}
	if u := d.Settings.PublicURL; u != nil {
		if err := s.csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	var err error
	s.templates, err = parseTemplates(d.Assets, templateFiles, "templates/*.html")
	return s, err
}

// Active is how many requests are being answered.
func (s *Server) Active() int64 { return s.active.Load() }

// Handler serves people.
func (s *Server) Handler() http.Handler {
	r := &router{mux: http.NewServeMux(), known: http.NewServeMux()}
	health := http.NewServeMux()
	s.Health.Register(health)
	for _, path := range []string{contract.HealthPath, contract.ReadyPath, contract.StatusPath} {
		r.handle("GET "+path, health)
	}
	r.handle("GET "+contract.StaticPrefix, s.Assets)
	for pattern, h := range s.routesAPI() {
		r.handle(pattern, s.serve(h, s.failAPI))
	}
	for pattern, h := range s.routesPages() {
		r.handle(pattern, s.serve(h, s.failPage))
	}
	r.mux.Handle(contract.APIPrefix, s.serve(r.nothing, s.failAPI))
	r.mux.Handle("/", s.serve(r.nothing, s.failPage))
	return s.wrap(r.mux)
}

// router knows which methods a path has, beside what answers it.
type router struct{ mux, known *http.ServeMux }

func (r *router) handle(pattern string, h http.Handler) {
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
		of(q).route = pattern
		h.ServeHTTP(w, q)
	})
	r.known.Handle(pattern, h)
}

// nothing answers what no pattern fits: either there is no such path, or it
// has other methods.
func (r *router) nothing(w http.ResponseWriter, q *http.Request) error {
	_, allow := edge.Match(r.known, q)
	if allow == "" {
		return store.ErrNotFound
	}
	w.Header().Set("Allow", allow)
	return problem.New(http.StatusMethodNotAllowed, "This path has the methods "+allow+".")
}

// Routes are the patterns of the API.
func Routes() []string { return slices.Sorted(maps.Keys((&Server{}).routesAPI())) }

func (s *Server) routesAPI() map[string]handler {
	return map[string]handler{
		"POST /api/users":                 s.apiSignUp,
		"GET /api/users/{name}":           s.apiUser,
		"GET /api/users/{name}/posts":     s.apiUserPosts,
		"PUT /api/users/{name}/follow":    s.apiFollow,
		"DELETE /api/users/{name}/follow": s.apiUnfollow,
		"POST /api/sessions":              s.apiLogIn,
		"DELETE /api/sessions":            s.apiLogOut,
		"GET /api/me":                     s.apiMe,
		"DELETE /api/me":                  s.apiLeave,
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
	}
}

func (s *Server) routesPages() map[string]handler {
	return map[string]handler{
		"GET /{$}":                     s.pageHome,
		"GET /signup":                  s.show("signup", "Sign up"),
		"POST /signup":                 filled(s.formSignUp),
		"GET /login":                   s.show("login", "Log in"),
		"POST /login":                  filled(s.formLogIn),
		"POST /logout":                 s.formLogOut,
		"GET /feed":                    s.pageFeed,
		"GET /search":                  s.pageSearch,
		"GET /openapi.yaml":            s.openAPI,
		"GET /write":                   s.pageWrite,
		"POST /write":                  s.formWrite,
		"GET /posts/{id}":              s.pagePost,
		"GET /edit/{id}":               s.pageEdit,
		"POST /edit/{id}":              filled(s.formEdit),
		"POST /edit/{id}/delete":       s.formDelete,
		"GET /people/{name}":           s.pagePerson,
		"POST /people/{name}/follow":   s.formFollow,
		"POST /people/{name}/unfollow": s.formUnfollow,
		"GET /account":                 s.pageAccount,
		"POST /account/password":       filled(s.formPassword),
		"POST /account/profile":        filled(s.own(s.formProfile)),
		"POST /account/confirm":        s.formSendConfirm,
		"POST /account/delete":         filled(s.formDeleteAccount),
		"GET /forgot":                  s.show("forgot", "Forgotten the password"),
		"POST /forgot":                 filled(s.formForgot),
		"GET /reset":                   s.show("reset", "Choose a new password"),
		"POST /reset":                  filled(s.formReset),
		"GET /confirm":                 s.show("confirm", "Confirm your address"),
		"POST /confirm":                filled(s.formConfirm),
		"GET /operator":                s.operator(s.pageOperator),
		"POST /operator/replay":        filled(s.operator(s.formReplay)),
		"POST /operator/move":          filled(s.operator(s.formMove)),
		"POST /logout/everywhere":      s.formLogOutEverywhere,
		"GET /exports":                 s.pageExports,
		"POST /exports":                s.formExport,
		"GET /exports/{id}":            s.pageExport,
	}
}

// filled is for a form without a file, which is read first.
func filled(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := readForm(r, noFile); err != nil {
			return err
		}
		return h(w, r)
	}
}

// own is for somebody who is logged in.
func (s *Server) own(h func(http.ResponseWriter, *http.Request, *session.Session) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := person(r)
		if err != nil {
			return err
		}
		return h(w, r, who)
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
