package services

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/gateway"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
)

// pollTimeout is longer than SQS' long poll.
const pollTimeout = 40 * time.Second

// measures are the gateway's metrics under the app's names.
type measures struct {
	*metrics.Metrics
	retries *prometheus.CounterVec
}

func newMeasures() *measures {
	m := &measures{Metrics: metrics.New(),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gateway_retries_total",
			Help: "Attempts made again, and refused for want of budget."}, []string{"service", "outcome"})}
	m.Registry.MustRegister(m.retries)
	return m
}

// count measures requests by their route, which is one of our own.
func (m *measures) count(next http.Handler, route func(context.Context) string) http.Handler {
	measured := m.Instrument(next, route)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		measured.ServeHTTP(w, r.WithContext(gateway.WithLabel(r.Context())))
	})
}

// servers are the two ports of a process.
type servers struct {
	address, internal string
	both              []*http.Server
	active            atomic.Int64 // requests being answered
	failed            chan error
}

// listen serves the public handler, and inside of it the metrics, profiles and probes,
// and whatever else inside has by path.
func listen(s settings.Settings, public, metrics http.Handler, inside map[string]http.Handler,
	log *slog.Logger) (*servers, error) {
	out := &servers{failed: make(chan error, 2)}
	mux := http.NewServeMux()
	mux.Handle("GET "+contract.MetricsPath, metrics)
	for _, path := range []string{contract.HealthPath, contract.ReadyPath, contract.StatusPath} {
		mux.Handle("GET "+path, public)
	}
	server.Profiles(mux)
	for path, h := range inside {
		mux.Handle(path, h)
	}
	var err error
	if out.address, err = out.serve(s.Listen, public, log); err == nil {
		out.internal, err = out.serve(s.Internal, mux, log)
	}
	if err != nil {
		return nil, errors.Join(err, out.stop(0, nil))
	}
	return out, nil
}

func (s *servers) serve(address string, h http.Handler, log *slog.Logger) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", address, err)
	}
	one := &http.Server{Handler: s.counted(h), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute,
		IdleTimeout:  75 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	s.both = append(s.both, one)
	go func() {
		if err := one.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve on %s: %w", address, err)
		}
	}()
	return l.Addr().String(), nil
}

// stop waits for half of the time until proxies look elsewhere, and for the
// other half until requests have ended.
func (s *servers) stop(drain time.Duration, hurry <-chan struct{}) error {
	return server.Finish(drain/2, hurry, s.active.Load, s.both...)
}

// counted notes how many requests are being answered.
func (s *servers) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.active.Add(1)
		defer s.active.Add(-1)
		next.ServeHTTP(w, r)
	})
}
