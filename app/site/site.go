// Package site answers people for any product: it finds out who asks, holds the
// limits, bounds what is sent, logs and measures, and turns errors into answers.
// What a product's paths do is the product's: handlers return errors, and one place
// makes problem JSON for programs and a page for people of them. Servers keep nothing
// of their own between requests: any of them answers any request.
package site

import (
	"log/slog"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
)

// Config is what a site stands on.
type Config struct {
	Settings settings.Settings
	Health   *health.Health
	Sessions *session.Sessions
	Limiter  *limit.Limiter
	Assets   *assets.Set
	Metrics  *metrics.Metrics
	// OriginSecret is what requests must carry in contract.OriginHeader;
	// empty lets all pass.
	OriginSecret string
	Log          *slog.Logger
}

// Site answers requests.
type Site struct {
	Config
	// Fields are what forms of the product have; others are not kept.
	Fields []string
	// Most is how many bytes a request's body may have; nil is 256 KiB for all.
	Most func(*http.Request) int64
	// Problem is what to say of the product's own errors, nil of others; nil knows none.
	Problem func(error) *problem.Problem

	csrf *http.CrossOriginProtection
	way  edge.Way
}

// New is a site; its error is about the site's own address.
func New(c Config) (*Site, error) {
	s := &Site{Config: c, csrf: http.NewCrossOriginProtection(), way: c.Settings.Way()}
	if c.OriginSecret != "" {
		s.way = s.way.Past(c.OriginSecret)
	}
	if u := c.Settings.PublicURL; u != nil {
		if err := s.csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Fail answers for a handler that could not.
type Fail func(w http.ResponseWriter, r *http.Request, err error)

// Handler serves the product's paths, by patterns of [http.ServeMux], its static
// files and the probes. Below contract.APIPrefix errors are told as problem JSON,
// elsewhere by fail.
func (s *Site) Handler(api, pages map[string]Handler, fail Fail) http.Handler {
	r := &router{mux: http.NewServeMux(), known: http.NewServeMux()}
	health := http.NewServeMux()
	s.Health.Register(health)
	for _, path := range []string{contract.HealthPath, contract.ReadyPath, contract.StatusPath} {
		r.handle("GET "+path, health)
	}
	r.handle("GET "+contract.StaticPrefix, s.Assets)
	for pattern, h := range api {
		r.handle(pattern, s.serve(h, s.FailAPI))
	}
	for pattern, h := range pages {
		r.handle(pattern, s.serve(h, fail))
	}
	r.mux.Handle(contract.APIPrefix, s.serve(r.nothing, s.FailAPI))
	r.mux.Handle("/", s.serve(r.nothing, fail))
	return s.wrap(r.mux)
}

// Squeeze compresses answers. Speed counts more than the last per cent: they are
// made for each request.
func Squeeze(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false))
	if err != nil {
		panic(err) // of options that are constant
	}
	return wrap(next)
}

// router knows which methods a path has, beside what answers it.
type router struct{ mux, known *http.ServeMux }

func (r *router) handle(pattern string, h http.Handler) {
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
		Of(q).Route = pattern
		tracing.Route(q.Context(), pattern)
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

func (s *Site) serve(h Handler, fail Fail) http.HandlerFunc {
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
