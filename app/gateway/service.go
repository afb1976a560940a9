package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/rung-dev/rung/app/contract"
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
)

// errOpen says that the breaker keeps requests from the service.
var errOpen = errors.New("the breaker is open")

// service is one of those behind the gateway, as a transport to it.
type service struct {
	role      contract.Role
	config    Config
	instances *instances
	transport *http.Transport
	breaker   *gobreaker.CircuitBreaker[*http.Response]
	budget    *budget
	free      chan struct{}
}

func newService(ctx context.Context, role contract.Role, c Config) (*service, error) {
	found, err := newInstances(c.Services[role], c.Lookup)
	if err != nil {
		return nil, fmt.Errorf("find the service %s: %w", role, err)
	}
	found.refresh(ctx)
	s := &service{role: role, config: c, instances: found, budget: newBudget(), free: make(chan struct{}, c.Parallel)}
	s.transport = &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second, KeepAlive: 15 * time.Second}).DialContext,
		ResponseHeaderTimeout: c.Attempt, TLSHandshakeTimeout: time.Second, IdleConnTimeout: 30 * time.Second,
		MaxIdleConnsPerHost: 64, MaxConnsPerHost: c.Parallel, DisableCompression: true, ForceAttemptHTTP2: true,
	}
	s.breaker = gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{
		Name: string(role), MaxRequests: probes, Interval: tripWindow, BucketPeriod: time.Second, Timeout: c.Open,
		ReadyToTrip:   trips,
		IsExcluded:    callersFault,
		OnStateChange: s.changed,
	})
	s.show(gobreaker.StateClosed)
	return s, nil
}

// callersFault tells what the caller did, who went away or sends too much.
func callersFault(err error) bool {
	var large *http.MaxBytesError
	return errors.Is(err, context.Canceled) || errors.As(err, &large)
}

// trips decides on counts of the last ten seconds.
func trips(n gobreaker.Counts) bool {
	return n.TotalFailures >= tripAfter && float64(n.TotalFailures) >= tripShare*float64(n.Requests)
}

func (s *service) changed(name string, from, to gobreaker.State) {
	s.config.Log.Warn("breaker", "service", name, "from", from.String(), "to", to.String())
	s.show(to)
}

func (s *service) show(state gobreaker.State) {
	if s.config.Breakers != nil { // 0 closed, 1 half-open, 2 open: the library's own numbers
		s.config.Breakers.WithLabelValues(string(s.role)).Set(float64(state))
	}
}

// String is the service's state for the probe.
func (s *service) String() string {
	switch s.breaker.State() {
	case gobreaker.StateOpen:
		return "away: answered at once"
	case gobreaker.StateHalfOpen:
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

// failedAnswer is an answer that says that the instance is in trouble.
type failedAnswer struct{ *http.Response }

func (f failedAnswer) Error() string { return "answered " + f.Status }

// RoundTrip tries instances until one answers, the attempts or the budget are
// used up, or the request may not be made again.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.budget.request()
	r.Body = keepOpen(r.Body) // an attempt that did not connect has not read it
	for n := 1; ; n++ {
		instance := s.instances.pick()
		resp, err := s.attempt(r, instance)
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

func (s *service) attempt(r *http.Request, to *instance) (*http.Response, error) {
	resp, err := s.breaker.Execute(func() (*http.Response, error) {
		if to == nil {
			return nil, errors.New("no address is known")
		}
		out := r.Clone(r.Context())
		out.URL.Scheme, out.URL.Host = to.scheme, to.address
		resp, err := s.transport.RoundTrip(out)
		if err == nil && resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented && resp.StatusCode != http.StatusInsufficientStorage {
			err = failedAnswer{resp}
		}
		if !callersFault(err) {
			to.note(err == nil)
		}
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
	var bad failedAnswer
	if errors.As(err, &bad) {
		return bad.StatusCode >= http.StatusBadGateway // 500 would be the same elsewhere
	}
	return true
}

type open struct{ io.Reader }

func (open) Close() error { return nil }

func keepOpen(b io.ReadCloser) io.ReadCloser {
	if b == nil || b == http.NoBody {
		return http.NoBody
	}
	return open{b}
}
