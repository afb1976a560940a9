package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestSettings(t *testing.T) {
	s, err := readSettings([]string{"web"}, env(map[string]string{
		contract.EnvDatabaseHost: "db.internal", contract.EnvDatabasePort: "5432",
		contract.EnvRedisURL: "rediss://cache.internal:6379/0",
	}))
	require.NoError(t, err)
	assert.Equal(t, contract.RoleWeb, s.Role)
	assert.Equal(t, ":8080", s.Listen)
	assert.Equal(t, map[string]string{"database": "db.internal:5432", "cache": "cache.internal:6379"}, s.Dependencies)
}

func TestSettingsReportsEveryProblem(t *testing.T) {
	_, err := readSettings([]string{"cook"}, env(map[string]string{
		contract.EnvListen: "nowhere", contract.EnvDatabaseHost: "db", contract.EnvDatabasePort: "lots", contract.EnvRedisURL: "http://cache",
	}))
	for _, name := range []string{contract.EnvRole, contract.EnvListen, contract.EnvDatabasePort, contract.EnvRedisURL} {
		require.ErrorContains(t, err, name)
	}
}

func TestHealthPaths(t *testing.T) {
	up := func(context.Context, string, string) (net.Conn, error) { c, _ := net.Pipe(); return c, nil }
	down := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }
	tests := map[string]struct {
		path     string
		dial     func(context.Context, string, string) (net.Conn, error)
		draining bool
		want     int
	}{
		"alive without its database": {path: contract.HealthPath, dial: down, want: 200},
		"ready":                      {path: contract.ReadyPath, dial: up, want: 200},
		"not ready without database": {path: contract.ReadyPath, dial: down, want: 503},
		"not ready in the drain":     {path: contract.ReadyPath, dial: up, draining: true, want: 503},
		"home":                       {path: "/", dial: up, want: 200},
		"anything else":              {path: "/nothing", dial: up, want: 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(settings{Dependencies: map[string]string{"database": "db:5432"}})
			s.dial = tt.dial
			s.draining.Store(tt.draining)
			answer := httptest.NewRecorder()
			s.handler().ServeHTTP(answer, httptest.NewRequest("GET", tt.path, nil))
			assert.Equal(t, tt.want, answer.Code, answer.Body.String())
		})
	}
}

// A request that is under way when the app is told to stop is answered.
func TestDrainFinishesRequests(t *testing.T) {
	s := newServer(settings{})
	started := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		time.Sleep(50 * time.Millisecond)
		w.WriteHeader(http.StatusNoContent)
	}))
	answered := make(chan int, 1)
	go func() {
		answer, err := http.Get(web.URL)
		if err != nil {
			answered <- 0
			return
		}
		answer.Body.Close()
		answered <- answer.StatusCode
	}()
	<-started
	require.NoError(t, s.drain(web.Config, 2*time.Second))
	assert.True(t, s.draining.Load())
	assert.Equal(t, http.StatusNoContent, <-answered)
}
