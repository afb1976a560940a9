package health

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/rung-dev/rung/app/contract"
)

// Register adds the three paths.
func (h *Health) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+contract.HealthPath, h.Health)
	mux.HandleFunc("GET "+contract.ReadyPath, h.Ready)
	mux.HandleFunc("GET "+contract.StatusPath, h.Status)
}

// Health answers 200 unless this process drains or is at fault.
func (h *Health) Health(w http.ResponseWriter, _ *http.Request) {
	if fault := h.fault(time.Now()); fault != "" {
		write(w, http.StatusServiceUnavailable, map[string]any{"status": fault})
		return
	}
	write(w, http.StatusOK, map[string]any{"status": "alive"})
}

// Ready answers as Health does and says what is known.
func (h *Health) Ready(w http.ResponseWriter, _ *http.Request) {
	detail, _ := h.detail()
	detail["app"] = "ok"
	status := http.StatusOK
	if fault := h.fault(time.Now()); fault != "" {
		detail["app"], status = fault, http.StatusServiceUnavailable
	}
	write(w, status, detail)
}

// Status answers 503 while anything is away that is needed.
func (h *Health) Status(w http.ResponseWriter, _ *http.Request) {
	detail, away := h.detail()
	detail["app"] = "ok"
	if fault := h.fault(time.Now()); fault != "" {
		detail["app"] = fault
	}
	if away {
		write(w, http.StatusServiceUnavailable, detail)
		return
	}
	write(w, http.StatusOK, detail)
}

func write(w http.ResponseWriter, status int, detail map[string]any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(detail) //nolint:errcheck // the prober went away
}

// Probe says whether a path is one of the three.
func Probe(path string) bool {
	return path == contract.HealthPath || path == contract.ReadyPath || path == contract.StatusPath
}
