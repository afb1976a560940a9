package services

import (
	"context"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/gateway"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/tracing"
)

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
	measured := m.Instrument(func(w *metrics.Answer, r *http.Request) { next.ServeHTTP(w, r) }, route)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		measured.ServeHTTP(w, r.WithContext(gateway.WithLabel(r.Context())))
	})
}

func startGateway(ctx context.Context, s settings.Settings, o server.Options) (*Process, error) {
	config, err := configureAWS(ctx, s, o, s.Region != "") // to hear of the machine's end
	if err != nil {
		return nil, err
	}
	measured := newMeasures()
	g, err := gateway.New(ctx, gateway.Config{Services: map[contract.Role][]string{contract.RoleUsers: s.Services.Users,
		contract.RolePosts: s.Services.Posts, contract.RoleSearch: s.Services.Search},
		Breakers: measured.Breakers, Retries: measured.retries, Way: s.Way(), Log: o.Log})
	if err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	failed := make(chan error, 2)
	servers, err := server.Serve(server.Doors{Listen: s.Listen, Internal: s.Internal,
		Public:  o.Tracing.Handler(measured.count(g, gateway.LabelOf), tracing.Anybody, server.Probes),
		Metrics: measured.Handler(), Health: g.Health(), Failed: failed, Log: o.Log})
	if err != nil {
		g.Close()
		return nil, err
	}
	return &Process{Address: servers.Address, Internal: servers.Internal, Failed: failed, AWS: given(config),
		Stop: func() error {
			g.Health().Drain()
			defer g.Close()
			return servers.Finish(s.Drain, o.Hurry)
		}}, nil
}
