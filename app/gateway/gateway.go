// Package gateway is the one door of stage 4: it sends each request to the
// service that answers it, and keeps the trouble of one service from becoming
// everybody's.
//
// Every attempt has a time-out. An attempt that failed before it had an effect
// is made again elsewhere, but only as long as few requests fail (a budget):
// a service in trouble is not hit harder. After many failures of a route its
// breaker answers at once for a few seconds. What counts is what the service
// itself did wrong, that it did not answer or cannot at the moment: nobody's
// odd request closes a route to others. No service may have more than a share
// of the gateway's requests under way, and no client more than a share of
// those. Where the instances are comes from DNS, which Cloud Map answers, or
// from a static list.
//
// It costs a hop, about a millisecond, and a failure mode; one service needs
// none. It keeps no state and decides nothing about users.
package gateway

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/tracing"
)

// Config says where the services are. The zero value of each field means its
// default.
type Config struct {
	// Services are base URLs by role, one or several for each. A host name
	// stands for all addresses that DNS gives for it.
	Services map[contract.Role][]string
	// Attempt bounds one attempt up to the answer's headers; default 3 s.
	Attempt time.Duration
	// Whole bounds a request with all its attempts, from when the last part
	// of its body came; default 10 s.
	Whole time.Duration
	// Parallel is the most requests under way to one service; default 256.
	// One client may have an eighth of them.
	Parallel int
	// Way is what requests pass before they are here.
	Way edge.Way
	// Open is how long a breaker stays open; default 5 s.
	Open time.Duration
	// Lookup asks DNS; nil means the system's resolver.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// Breakers shows each breaker's state, Retries counts by service and
	// outcome (made, refused); nil shows nothing.
	Breakers *prometheus.GaugeVec
	Retries  *prometheus.CounterVec
	Log      *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Attempt = cmp.Or(c.Attempt, 3*time.Second)
	c.Whole = cmp.Or(c.Whole, 10*time.Second)
	c.Parallel = cmp.Or(c.Parallel, 256)
	c.Open = cmp.Or(c.Open, 5*time.Second)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	return c
}

// maxBody is the largest body that passes: a picture and what goes with it.
const maxBody = 11 << 20

// Gateway answers requests through services.
type Gateway struct {
	config   Config
	services map[contract.Role]*service
	proxies  map[contract.Role]*httputil.ReverseProxy
	routes   *http.ServeMux
	health   *health.Health
	probes   *http.ServeMux
	stop     context.CancelFunc
}

// New is a gateway that knows its services' first addresses. The error names
// every service whose URL is wrong or missing. Close it.
func New(ctx context.Context, c Config) (*Gateway, error) {
	c = c.withDefaults()
	g := &Gateway{config: c, routes: mux(), services: map[contract.Role]*service{},
		proxies: map[contract.Role]*httputil.ReverseProxy{}}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	g.stop = stop
	g.health, g.probes = health.New(health.Config{Detail: g.state, Log: c.Log}), http.NewServeMux()
	g.health.Register(g.probes)
	var errs []error
	for _, role := range []contract.Role{contract.RoleUsers, contract.RolePosts, contract.RoleSearch} {
		s, err := newService(ctx, role, c)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		go s.watch(watching)
		g.services[role] = s
		g.proxies[role] = g.proxy(role, s)
	}
	if err := errors.Join(errs...); err != nil {
		stop()
		return nil, err
	}
	return g, nil
}

// Close ends the look-ups. Requests under way go on.
func (g *Gateway) Close() { g.stop() }

// Health is what the gateway says of itself.
func (g *Gateway) Health() *health.Health { return g.health }

// ServeHTTP sends a request to its service.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if health.Probe(r.URL.Path) {
		g.probes.ServeHTTP(w, r)
		return
	}
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = long(r.URL.Path), ""
	switch pattern, allow := edge.Match(g.routes, r); {
	case pattern != "":
		note(r.Context(), pattern)
		tracing.Route(r.Context(), pattern)
		g.pass(w, r, pattern)
	case allow != "":
		w.Header().Set("Allow", allow)
		problem.New(http.StatusMethodNotAllowed, "This path has the methods "+allow+".").Write(w)
	default:
		problem.New(http.StatusNotFound, "No service has this.").Write(w)
	}
}

// pass sends a request to the service that has its route.
func (g *Gateway) pass(w http.ResponseWriter, r *http.Request, pattern string) {
	role := routes[pattern]
	r, done := edge.Phases(context.WithValue(r.Context(), patternKey{}, pattern), w, r, g.config.Whole)
	defer done()
	leave, ok := g.services[role].shares.Enter(edge.AddressKey(g.config.Way.Address(r)))
	if !ok {
		unavailable(w, "Too many requests wait for this service.", time.Second)
		return
	}
	defer leave()
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	r.Header.Set("X-Request-Id", edge.RequestID(r.Header))
	g.proxies[role].ServeHTTP(w, r)
}

// patternKey is where the route of a request is that is being answered.
type patternKey struct{}

func (g *Gateway) proxy(role contract.Role, s *service) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: s,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = "http", string(role) // the service puts an instance here
			p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
			p.SetXForwarded()
			for _, word := range tracing.Words() { // of strangers: services believe what comes from here
				p.Out.Header.Del(word)
			}
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) { g.fail(w, r, role, err) },
		ErrorLog:     slog.NewLogLogger(g.config.Log.Handler(), slog.LevelWarn),
	}
}

// fail says what kept a service from answering, without what is inside.
func (g *Gateway) fail(w http.ResponseWriter, r *http.Request, role contract.Role, err error) {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		problem.New(http.StatusRequestEntityTooLarge, "The body is too large.").Write(w)
		return
	case errors.Is(err, errOpen):
		unavailable(w, "This service is in trouble. Try again in a moment.", g.config.Open)
		return
	case errors.Is(err, errCaller): // which the library also takes for a caller who is gone
		problem.New(http.StatusRequestTimeout, "The body came too slowly, or not whole.").Write(w)
		return
	case errors.Is(context.Cause(r.Context()), context.Canceled):
		return // nobody waits
	}
	g.config.Log.WarnContext(r.Context(), "no answer", "service", role, "path", edge.Brief(r.URL.Path), "request",
		r.Header.Get("X-Request-Id"), "err", err)
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		problem.New(http.StatusGatewayTimeout, "This service took too long.").Write(w)
		return
	}
	problem.New(http.StatusBadGateway, "This service did not answer.").Write(w)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func unavailable(w http.ResponseWriter, detail string, after time.Duration) {
	p := problem.New(http.StatusServiceUnavailable, detail)
	p.RetryAfter = after
	p.Write(w)
}

// state is how the services are. That one is away is no reason to send nothing
// here: the others answer.
func (g *Gateway) state() map[string]any {
	out := map[string]any{}
	for role, s := range g.services {
		out[string(role)] = s.String()
	}
	return out
}
