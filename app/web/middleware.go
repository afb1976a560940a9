package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

const (
	// requestTimeout bounds what is done for one request.
	requestTimeout = 10 * time.Second
	// maxBody is the largest body but for uploads.
	maxBody = 64 << 10
	// cookieName holds the session's token; with https it gets the prefix
	// that makes browsers refuse it from anywhere else.
	cookieName = "session"
)

// request is what is known of a request while it is answered.
type request struct {
	id      string
	address netip.Addr
	token   string
	session *session.Session
}

type requestKey struct{}

func of(r *http.Request) *request {
	v, ok := r.Context().Value(requestKey{}).(*request)
	if !ok {
		return &request{}
	}
	return v
}

// recorder notes the status for metrics and the log.
type recorder struct {
	http.ResponseWriter
	status int
	size   int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.size += n
	return n, err
}

// Unwrap lets http.ResponseController through.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrap is what every request passes, in this order: it is measured and
// logged, a panic becomes an answer, headers are set, and requests that may
// not pass are refused before anything is done for them.
func (s *Server) wrap(mux *http.ServeMux) http.Handler {
	guarded := s.csrf.Handler(mux)
	s.csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem.New(http.StatusForbidden, "This form was sent from another site.").Write(w)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		s.Metrics.Connections.Inc()
		defer s.Metrics.Connections.Dec()
		s.active.Add(1)
		defer s.active.Add(-1)
		q := &request{id: requestID(r), address: clientAddress(r, s.Settings.Proxies)}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestKey{}, q), requestTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		out := &recorder{ResponseWriter: w}
		defer s.finish(out, r, q, begin)
		s.headers(out.Header(), r.URL.Path, q)
		if s.Health.Draining() {
			out.Header().Set("Connection", "close") // so that a proxy sends its next request elsewhere
		}
		if p := s.refuse(r, q); p != nil {
			p.Instance = q.id
			p.Write(out)
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/uploads/") && r.URL.Path != "/write" {
			r.Body = http.MaxBytesReader(out, r.Body, maxBody)
		} else {
			r.Body = http.MaxBytesReader(out, r.Body, uploads.MaxSize+maxBody)
		}
		guarded.ServeHTTP(out, r)
	})
}

func (s *Server) finish(w *recorder, r *http.Request, q *request, begin time.Time) {
	if p := recover(); p != nil {
		s.Log.ErrorContext(r.Context(), "panic", "request", q.id, "panic", p, "stack", string(debug.Stack()))
		if w.status == 0 {
			problem.New(http.StatusInternalServerError, "").Write(w)
		}
	}
	took := time.Since(begin)
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	s.Metrics.Requests.WithLabelValues(r.Method, route, strconv.Itoa(w.status)).Inc()
	s.Metrics.Duration.WithLabelValues(r.Method, route).Observe(took.Seconds())
	if w.status >= 500 {
		s.Log.ErrorContext(r.Context(), "request", "id", q.id, "method", r.Method, "path", r.URL.Path, "status", w.status, "bytes", w.size, "took", took)
		return
	}
	if !s.Log.Enabled(r.Context(), slog.LevelDebug) {
		return // before anything is put together for it
	}
	s.Log.DebugContext(r.Context(), "request", "id", q.id, "method", r.Method, "path", r.URL.Path, "status", w.status, "bytes", w.size, "took", took)
}

// requestID is the proxy's when it has one, so that logs agree.
func requestID(r *http.Request) string {
	for _, name := range []string{"X-Request-Id", "X-Amzn-Trace-Id", "Cf-Ray"} {
		if v := r.Header.Get(name); v != "" && len(v) <= 128 {
			return v
		}
	}
	return uuid.NewString()
}

// clientAddress is the person's: what the outermost of our own proxies has
// seen. What stands further left anybody can write.
func clientAddress(r *http.Request, proxies int) netip.Addr {
	var seen []string
	for _, h := range r.Header.Values("X-Forwarded-For") {
		for part := range strings.SplitSeq(h, ",") {
			seen = append(seen, strings.TrimSpace(part))
		}
	}
	if proxies > 0 && len(seen) >= proxies {
		if a, err := netip.ParseAddr(seen[len(seen)-proxies]); err == nil {
			return a
		}
	}
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

const contentPolicy = "default-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (s *Server) headers(h http.Header, path string, q *request) {
	h.Set("X-Request-Id", q.id)
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
func (s *Server) refuse(r *http.Request, q *request) *problem.Problem {
	if health.Probe(r.URL.Path) {
		return nil // load balancers ask often and know no secret
	}
	if s.OriginSecret != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get(contract.OriginHeader)), []byte(s.OriginSecret)) != 1 {
		return problem.New(http.StatusForbidden, "Requests must come through the CDN.")
	}
	return s.limited("ip", limit.AddressKey(q.address), s.Settings.Rate.IP)
}

func (s *Server) limited(by, key string, most int) *problem.Problem {
	ok, wait := s.Limiter.Allow(by+":"+key, most)
	if ok {
		return nil
	}
	s.Metrics.Limited.WithLabelValues(by).Inc()
	p := problem.New(http.StatusTooManyRequests, "That is too often.")
	p.RetryAfter = wait
	return p
}

// identify finds who sends a request. A token that stands for nobody is no
// error: some handlers do not care.
func (s *Server) identify(r *http.Request) error {
	q := of(r)
	q.token = s.tokenOf(r)
	if q.token == "" {
		return nil
	}
	found, err := s.Sessions.Find(r.Context(), q.token)
	if errors.Is(err, session.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	q.session = found
	if p := s.limited("user", found.UserID.String(), s.Settings.Rate.User); p != nil {
		return p
	}
	seen := database.Resume(found.Seen)
	seen.Wrote = func(ctx context.Context) { s.Sessions.Wrote(ctx, found, seen.Seen()) }
	*r = *r.WithContext(database.WithSession(r.Context(), seen))
	return nil
}

func (s *Server) tokenOf(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	if c, err := r.Cookie(s.cookieName()); err == nil {
		return c.Value
	}
	return ""
}

func (s *Server) cookieName() string {
	if s.Settings.Secure() {
		return "__Host-" + cookieName
	}
	return cookieName
}

func (s *Server) setCookie(w http.ResponseWriter, token string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: token, Path: "/", MaxAge: int(age / time.Second), HttpOnly: true,
		Secure: s.Settings.Secure(), SameSite: http.SameSiteLaxMode})
}

// person is who sends the request, or the problem that it is nobody.
func person(r *http.Request) (*session.Session, error) {
	if p := of(r).session; p != nil {
		return p, nil
	}
	return nil, problem.New(http.StatusUnauthorized, "Log in first.")
}

// problemOf turns an error into what may be said of it.
func (s *Server) problemOf(r *http.Request, err error) *problem.Problem {
	var p *problem.Problem
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		c := *p
		p = &c
	case errors.Is(err, store.ErrNotFound), errors.Is(err, uploads.ErrNotFound):
		p = problem.New(http.StatusNotFound, "There is no such thing here.")
	case errors.Is(err, uploads.ErrFull):
		p = problem.New(http.StatusInsufficientStorage, "There is no room for uploads at the moment.")
		p.RetryAfter = time.Minute
	case errors.Is(err, uploads.ErrTicket):
		p = problem.New(http.StatusForbidden, "The upload's ticket is not valid. Ask for a new one.")
	case errors.As(err, &large):
		p = problem.New(http.StatusRequestEntityTooLarge, "The body is larger than "+strconv.FormatInt(large.Limit, 10)+" bytes.")
	default:
		s.Log.ErrorContext(r.Context(), "cannot answer", "request", of(r).id, "path", r.URL.Path, "err", err)
		p = problem.New(http.StatusServiceUnavailable, "Something that this needs is away. Try again in a moment.")
		p.RetryAfter = time.Second
	}
	p.Instance = of(r).id
	return p
}

func (s *Server) failAPI(w http.ResponseWriter, r *http.Request, err error) {
	s.problemOf(r, err).Write(w)
}
