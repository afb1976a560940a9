package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"go.opentelemetry.io/otel/attribute"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/tracing"
)

const (
	// attempts is how often a request is tried in all.
	attempts = 3
	// tripAfter failures at tripShare of the requests within tripWindow open
	// the breaker.
	tripAfter  = 10
	tripShare  = 0.5
	tripWindow = 10 * time.Second
	// probes is how many requests pass a breaker that tries to close.
	probes = 3
	// clientShare is the part of the requests under way that one client may have.
	clientShare = 8
)

// errOpen says that the breaker keeps requests from the service.
var errOpen = errors.New("the breaker is open")

// service is one of those behind the gateway, as a transport to it.
type service struct {
	role      contract.Role
	config    Config
	instances *instances
	transport *http.Transport
	breakers  map[string]*breaker // by route
	budget    *budget
	shares    *edge.Shares
	showing   sync.Mutex
}

type breaker = gobreaker.CircuitBreaker[*http.Response]

func newService(ctx context.Context, role contract.Role, c Config) (*service, error) {
	found, err := newInstances(c.Services[role], c.Lookup)
	if err != nil {
		return nil, fmt.Errorf("find the service %s: %w", role, err)
	}
	found.refresh(ctx)
	s := &service{role: role, config: c, instances: found, budget: newBudget(),
		shares: edge.NewShares(c.Parallel, c.Parallel/clientShare), breakers: map[string]*breaker{}}
	s.transport = &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second, KeepAlive: 15 * time.Second}).DialContext,
		ResponseHeaderTimeout: c.Attempt, TLSHandshakeTimeout: time.Second, IdleConnTimeout: 30 * time.Second,
		MaxIdleConnsPerHost: 64, MaxConnsPerHost: c.Parallel, DisableCompression: true, ForceAttemptHTTP2: true,
	}
	for _, pattern := range patternsOf(role) {
		s.breakers[pattern] = s.newBreaker(pattern)
	}
	s.show()
	return s, nil
}

func (s *service) newBreaker(pattern string) *breaker {
	return gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{ //nolint:bodyclose // it has no body yet
		Name: pattern, MaxRequests: probes, Interval: tripWindow, BucketPeriod: time.Second, Timeout: s.config.Open,
		ReadyToTrip: trips,
		IsExcluded:  callersFault,
		OnStateChange: func(pattern string, from, to gobreaker.State) {
			s.config.Log.Warn("breaker", "service", s.role, "route", pattern, "from", from.String(), "to", to.String())
			go s.show() // the breaker's lock is held
		},
	})
}

// errCaller is what the caller did: who went away, sends too much or too
// slowly.
var errCaller = errors.New("the caller does not send its request")

// callersFault tells that from what the service did.
func callersFault(err error) bool {
	var large *http.MaxBytesError
	return errors.Is(err, errCaller) || errors.Is(err, context.Canceled) || errors.As(err, &large)
}

// trips decides on counts of the last ten seconds.
func trips(n gobreaker.Counts) bool {
	return n.TotalFailures >= tripAfter && float64(n.TotalFailures) >= tripShare*float64(n.Requests)
}

// worst is the state of the breaker that is furthest from closed.
func (s *service) worst() gobreaker.State {
	worst := gobreaker.StateClosed
	for _, b := range s.breakers {
		worst = max(worst, b.State()) // 0 closed, 1 half-open, 2 open: the library's own numbers
	}
	return worst
}

func (s *service) show() {
	s.showing.Lock()
	defer s.showing.Unlock()
	if s.config.Breakers != nil {
		s.config.Breakers.WithLabelValues(string(s.role)).Set(float64(s.worst()))
	}
}

// String is the service's state for the probe.
func (s *service) String() string {
	var away []string
	for pattern, b := range s.breakers {
		if b.State() == gobreaker.StateOpen {
			away = append(away, pattern)
		}
	}
	slices.Sort(away)
	switch {
	case len(away) > 0:
		return "answered at once: " + strings.Join(away, ", ")
	case s.worst() == gobreaker.StateHalfOpen:
		return "tried again"
	default:
		return "ok"
	}
}

func (s *service) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.transport.CloseIdleConnections()
			return
		case <-tick.C:
			s.instances.refresh(ctx)
		}
	}
}

// inTrouble are the answers of an instance that cannot answer at the moment,
// and might if it were asked less. A 500 is not one: it came at once, and one
// odd request may get it however well everybody else is served.
var inTrouble = map[int]bool{http.StatusBadGateway: true, http.StatusServiceUnavailable: true,
	http.StatusGatewayTimeout: true}

// failedAnswer is an answer that says that the instance is in trouble.
type failedAnswer struct{ *http.Response }

func (f failedAnswer) Error() string { return "answered " + f.Status }

// RoundTrip tries instances until one answers, the attempts or the budget are
// used up, or the request may not be made again.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.budget.request()
	sent := &body{from: r.Body} // kept open: an attempt that did not connect has not read it
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = sent
	}
	for n := 1; ; n++ {
		instance := s.instances.pick()
		resp, err := s.attempt(r, instance, sent)
		if err == nil {
			return resp, nil
		}
		if n < attempts && r.Context().Err() == nil && again(r, err) && s.mayRetry() {
			var bad failedAnswer
			if errors.As(err, &bad) {
				io.Copy(io.Discard, io.LimitReader(bad.Body, 64<<10)) //nolint:errcheck // so that the connection is used again
				bad.Body.Close()
			}
			continue
		}
		var bad failedAnswer
		if errors.As(err, &bad) {
			return bad.Response, nil // the service's own words
		}
		return nil, err
	}
}

func (s *service) mayRetry() bool {
	ok := s.budget.retry()
	if s.config.Retries != nil {
		outcome := map[bool]string{true: "made", false: "refused"}[ok]
		s.config.Retries.WithLabelValues(string(s.role), outcome).Inc()
	}
	return ok
}

func (s *service) attempt(r *http.Request, to *instance, sent *body) (*http.Response, error) {
	pattern, _ := r.Context().Value(patternKey{}).(string)
	resp, err := s.breakers[pattern].Execute(func() (*http.Response, error) {
		if to == nil {
			return nil, errors.New("no address is known")
		}
		ctx, done := tracing.Child(r.Context(), "ask "+string(s.role), attribute.String("server.address", to.address))
		out := r.Clone(ctx)
		tracing.Pass(ctx, out.Header)
		out.URL.Scheme, out.URL.Host = to.scheme, to.address
		resp, err := s.transport.RoundTrip(out)
		if err != nil && sent.late() {
			err = fmt.Errorf("%w: %w", errCaller, err)
		}
		if err == nil && inTrouble[resp.StatusCode] {
			err = failedAnswer{resp}
		}
		if !callersFault(err) {
			to.note(err == nil)
		}
		done(err)
		return answer(resp, err), err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, fmt.Errorf("%s: %w", s.role, errOpen)
	}
	return resp, err
}

// answer leaves the answer to the error where there is one.
func answer(resp *http.Response, err error) *http.Response {
	if err != nil {
		return nil
	}
	return resp
}

// again says whether a failed attempt can be made again without having its
// effect twice: it only reads, or it never reached an instance.
func again(r *http.Request, err error) bool {
	if errors.Is(err, errOpen) {
		return false
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	return true
}
