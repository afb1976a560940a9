package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/health"
)

// Servers are the two of a process: one for people, and one inside, which is never
// the world's.
type Servers struct {
	// Address and Internal are where they listen.
	Address, Internal string
	both              []*http.Server
	active            atomic.Int64 // people's requests being answered
}

// Doors are what is served, and where.
type Doors struct {
	// Listen and Internal are addresses; Site is where people are served in place of
	// Listen, unless it is nil.
	Listen, Internal string
	Site             net.Listener
	// Public serves people, Metrics is a page of the internal port, and Inside are its
	// further paths.
	Public, Metrics http.Handler
	Inside          map[string]http.Handler
	Health          *health.Health
	// Failed is told why one of them cannot go on.
	Failed chan<- error
	Log    *slog.Logger
}

// Serve opens both doors, or none.
func Serve(d Doors) (*Servers, error) {
	site, err := d.Site, error(nil)
	if site == nil {
		if site, err = listen(d.Listen); err != nil {
			return nil, err
		}
	}
	internal, err := listen(d.Internal)
	if err != nil {
		return nil, errors.Join(err, site.Close())
	}
	s := &Servers{}
	s.Address, s.Internal = s.serve(d, site, s.counted(d.Public)), s.serve(d, internal, d.inside())
	return s, nil
}

func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// inside serves metrics, Go's profiles and the probes.
func (d Doors) inside() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+contract.MetricsPath, d.Metrics)
	mux.HandleFunc(contract.ProfilePath, pprof.Index)
	mux.HandleFunc(contract.ProfilePath+"cmdline", pprof.Cmdline)
	mux.HandleFunc(contract.ProfilePath+"profile", pprof.Profile)
	mux.HandleFunc(contract.ProfilePath+"symbol", pprof.Symbol)
	mux.HandleFunc(contract.ProfilePath+"trace", pprof.Trace)
	for path, h := range d.Inside {
		mux.Handle(path, h)
	}
	d.Health.Register(mux)
	return mux
}

func (s *Servers) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.active.Add(1)
		defer s.active.Add(-1)
		next.ServeHTTP(w, r)
	})
}

func (s *Servers) serve(d Doors, listener net.Listener, h http.Handler) (address string) {
	address = listener.Addr().String()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout:   2 * time.Minute,  // a profile takes half a minute
		IdleTimeout:    75 * time.Second, // longer than a load balancer's 60 s
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(d.Log.Handler(), slog.LevelWarn)}
	s.both = append(s.both, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.Failed <- fmt.Errorf("serve on %s: %w", address, err)
		}
	}()
	return address
}

// Finish waits for half of the drain until proxies look elsewhere, unless there is a
// hurry, and for as long again until people's requests have ended.
func (s *Servers) Finish(drain time.Duration, hurry <-chan struct{}) error {
	half := drain / 2
	ctx, cancel := context.WithTimeout(context.Background(), 2*max(half, 100*time.Millisecond))
	defer cancel()
	select {
	case <-hurry:
		// A connection on which nothing was asked yet would hold Shutdown up.
		go func() {
			for s.active.Load() > 0 && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
			cancel()
		}()
	case <-time.After(half):
	}
	var errs []error
	for _, server := range s.both {
		if err := server.Shutdown(ctx); err != nil && s.active.Load() > 0 {
			errs = append(errs, fmt.Errorf("finish requests within %v: %w", half, err))
		}
		server.Close() //nolint:errcheck // it is closed or holds idle connections only
	}
	return errors.Join(errs...)
}
