package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/rung-dev/rung/app/contract"
)

// probeTimeout bounds how long a readiness probe waits for a dependency; the
// load balancer gives the whole probe 5 seconds.
const probeTimeout = 2 * time.Second

// server answers the health paths and says what it is.
type server struct {
	settings settings
	draining atomic.Bool
	// dial reaches a dependency; tests replace it.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func newServer(s settings) *server {
	return &server{settings: s, dial: (&net.Dialer{Timeout: probeTimeout}).DialContext}
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+contract.HealthPath, s.health)
	mux.HandleFunc("GET "+contract.ReadyPath, s.ready)
	mux.HandleFunc("GET /{$}", s.home)
	return mux
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

// ready answers 503 during the drain and while a dependency does not accept
// connections, with the detail of each.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	detail := map[string]string{}
	status := http.StatusOK
	if s.draining.Load() {
		detail["app"] = "draining"
		status = http.StatusServiceUnavailable
	}
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()
	for name, address := range s.settings.Dependencies {
		detail[name] = "ok"
		conn, err := s.dial(ctx, "tcp", address)
		if err != nil {
			detail[name], status = err.Error(), http.StatusServiceUnavailable
			continue
		}
		conn.Close()
	}
	writeJSON(w, status, detail)
}

func (s *server) home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "rung: stack %s, stage %s, role %s\n", s.settings.Stack, s.settings.Stage, s.settings.Role)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the client went away: nobody is left to tell
}

// serve runs until ctx ends, then fails readiness for half of the drain so
// that the load balancer looks elsewhere, and finishes what it has begun.
func serve(ctx context.Context, s settings, log *slog.Logger) error {
	app := newServer(s)
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	web := &http.Server{Handler: app.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second} // longer than the load balancer's 60 s
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	log.Info("serving", "address", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", s.Listen, err)
	case <-ctx.Done():
	}
	log.Info("draining")
	return app.drain(web, contract.DrainSeconds*time.Second)
}

func (s *server) drain(web *http.Server, limit time.Duration) error {
	s.draining.Store(true)
	time.Sleep(limit / 2)
	ctx, cancel := context.WithTimeout(context.Background(), limit/2)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("finish requests within %v: %w", limit/2, err)
	}
	return nil
}
