package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
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
	replicas := map[string]string{}
	for _, p := range s.Store.Pools().State().Replicas {
		replicas[p.Name] = "ok"
		if !p.Healthy {
			replicas[p.Name] = "left out: away or more than a second behind"
		}
	}
	if len(replicas) > 0 {
		detail["replicas"] = replicas
	}
	s.probe(w, status, detail)
}

func (s *Server) probe(w http.ResponseWriter, status int, detail map[string]any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(detail) //nolint:errcheck // the prober went away
}
