package site

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/tracing"
)

const (
	// requestTimeout bounds what is done for one request, once its body is here.
	requestTimeout = 10 * time.Second
	// MaxBody is the largest body but for uploads: a text of 20,000 characters
	// of twelve bytes each, as JSON and forms may write them.
	MaxBody = 256 << 10
)

// Request is what is known of a request while it is answered.
type Request struct {
	ID      string
	Address netip.Addr
	// Route is the pattern that answers, one of the app's own.
	Route   string
	Token   string
	Session *session.Session
	// Ended says that the browser has the cookie of a session that has ended.
	Ended bool
	// Typed is what came with a form; nil when it was not read yet.
	Typed  map[string]string
	fields []string
	answer *metrics.Answer
}

type requestKey struct{}

// Of is what is known of a request.
func Of(r *http.Request) *Request {
	v, ok := r.Context().Value(requestKey{}).(*Request)
	if !ok {
		return &Request{}
	}
	return v
}

// wrap is what every request passes, in this order: it is measured and
// logged, a panic becomes an answer, headers are set, and requests that may
// not pass are refused before anything is done for them.
func (s *Site) wrap(mux *http.ServeMux) http.Handler {
	guarded := s.csrf.Handler(Squeeze(mux))
	s.csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem.New(http.StatusForbidden, "This form was sent from another site.").Write(w)
	}))
	measured := s.Metrics.Instrument(func(w *metrics.Answer, r *http.Request) { s.answer(guarded, w, r) }, routeOf)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &Request{ID: edge.RequestID(r.Header), Address: s.way.Address(r), fields: s.Fields}
		r, done := edge.Phases(context.WithValue(r.Context(), requestKey{}, q), w, r, requestTimeout)
		defer done()
		measured.ServeHTTP(w, r)
	})
}

// routeOf is the label of a request: what was refused before its route was
// found has none, whatever its path is.
func routeOf(ctx context.Context) string {
	q, _ := ctx.Value(requestKey{}).(*Request)
	if q == nil || q.Route == "" {
		return "none"
	}
	return q.Route
}

func (s *Site) answer(next http.Handler, out *metrics.Answer, r *http.Request) {
	begin, q := time.Now(), Of(r)
	q.answer = out
	defer s.finish(out, r, q, begin)
	s.headers(out.Header(), r.URL.Path, q)
	if s.Health.Draining() {
		out.Header().Set("Connection", "close") // so that a proxy sends its next request elsewhere
	}
	if p := s.refuse(r, q); p != nil {
		p.Instance = q.ID
		p.Write(out)
		return
	}
	if p := s.holdWrite(r); p != nil {
		p.Instance = q.ID
		out.Header().Set("Retry-After", "1")
		p.Write(out)
		return
	}
	if r.Body != http.NoBody {
		most := int64(MaxBody)
		if s.Most != nil {
			most = s.Most(r)
		}
		r.Body = http.MaxBytesReader(out, r.Body, most)
	}
	next.ServeHTTP(out, r)
}

func (s *Site) finish(w *metrics.Answer, r *http.Request, q *Request, begin time.Time) {
	if p := recover(); p != nil {
		s.Log.ErrorContext(r.Context(), "panic", "request", q.ID, "panic", p, "stack", string(debug.Stack()))
		if w.Status == 0 {
			problem.New(http.StatusInternalServerError, "").Write(w)
		}
	}
	level := slog.LevelDebug
	if w.Status >= 500 {
		level = slog.LevelError
	}
	if !s.Log.Enabled(r.Context(), level) {
		return // before anything is put together for it
	}
	s.Log.Log(r.Context(), level, "request", "id", q.ID, "method", edge.Brief(r.Method), "path", edge.Brief(r.URL.Path),
		"route", q.Route, "status", w.Status, "bytes", w.Size, "took", time.Since(begin), "trace", tracing.ID(r.Context()))
}

const contentPolicy = "default-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

func (s *Site) headers(h http.Header, path string, q *Request) {
	h.Set("X-Request-Id", q.ID)
	h.Set("X-Content-Type-Options", "nosniff")
	if s.Settings.Secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	if strings.HasPrefix(path, contract.APIPrefix) {
		return // the rest is about documents, and with nosniff JSON is none
	}
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	policy := contentPolicy
	if s.Settings.AssetsURL != "" {
		policy = strings.Replace(policy, "default-src 'self'", "default-src 'self' "+s.Settings.AssetsURL, 1)
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// refuse says why a request may not pass.
func (s *Site) refuse(r *http.Request, q *Request) *problem.Problem {
	if health.Probe(r.URL.Path) {
		return nil // load balancers ask often and know no secret
	}
	if s.OriginSecret != "" &&
		subtle.ConstantTimeCompare([]byte(r.Header.Get(contract.OriginHeader)), []byte(s.OriginSecret)) != 1 {
		return problem.New(http.StatusForbidden, "Requests must come through the CDN.")
	}
	return s.Limited("ip", edge.AddressKey(q.Address), limit.PerMinute(s.Settings.Rate.IP))
}

// Limited is the answer to what came too often, counted by a kind and a key; nil lets
// it through.
func (s *Site) Limited(by, key string, most limit.Rate) *problem.Problem {
	ok, wait := s.Limiter.Allow(by+":"+key, most)
	if ok {
		return nil
	}
	s.Metrics.Limited.WithLabelValues(by).Inc()
	p := problem.New(http.StatusTooManyRequests, "That is too often.")
	p.RetryAfter = wait
	return p
}
