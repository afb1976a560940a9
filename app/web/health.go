package web

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/rung-dev/rung/app/database"
)

// probeTimeout bounds a probe: the load balancer waits five seconds in all.
const probeTimeout = 2 * time.Second

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	s.probe(w, http.StatusOK, map[string]any{"status": "alive"})
}

// ready answers 503 during the drain and while the primary is away: no write
// would succeed. Redis and replicas the app can do without, and says so.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	detail := map[string]any{"app": "ok", "database": "ok", "redis": "ok"}
	status := http.StatusOK
	if s.draining.Load() {
		detail["app"], status = "draining", http.StatusServiceUnavailable
	}
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()
	if err := s.Store.Pools().Primary().Ping(ctx); err != nil {
		detail["database"], status = "away", http.StatusServiceUnavailable
		s.Log.WarnContext(ctx, "the primary does not answer", "err", err)
	}
	if !s.Redis.Up() {
		detail["redis"] = "away: served from the database, slower"
	}
	if replicas := s.replicas(); len(replicas) > 0 {
		detail["replicas"] = replicas
	}
	if len(s.Further) > 0 {
		detail["shards"] = s.shards(ctx)
	}
	s.probe(w, status, detail)
}

func (s *Server) replicas() map[string]string {
	out := map[string]string{}
	for _, db := range append([]*database.Pools{s.Store.Pools()}, s.Further...) {
		for _, p := range db.State().Replicas {
			out[p.Name] = "ok"
			if !p.Healthy {
				out[p.Name] = "left out: away or more than a second behind"
			}
		}
	}
	return out
}

// shards says which answer. One that is away takes its part of the users and
// the lists of all with it; the others' requests are served.
func (s *Server) shards(ctx context.Context) map[string]string {
	out := make(map[string]string, len(s.Further))
	var mu sync.Mutex
	var asked sync.WaitGroup
	for _, db := range s.Further {
		asked.Go(func() {
			state := "ok"
			if err := db.Primary().Ping(ctx); err != nil {
				state = "away"
				s.Log.WarnContext(ctx, "a shard does not answer", "shard", db.Name(), "err", err)
			}
			mu.Lock()
			defer mu.Unlock()
			out[db.Name()] = state
		})
	}
	asked.Wait()
	return out
}

func (s *Server) probe(w http.ResponseWriter, status int, detail map[string]any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(detail) //nolint:errcheck // the prober went away
}
