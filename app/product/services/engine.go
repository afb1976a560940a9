package services

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/outbox"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/copies"
	"github.com/rung-dev/rung/app/product/search"
	"github.com/rung-dev/rung/app/product/web"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/tracing"
)

const (
	// searchRoute is all that the engine's service answers.
	searchRoute = "GET /api/search"
	// engineTimeout bounds a question to the engine.
	engineTimeout = 5 * time.Second
)

// engine is the search service whose only store is a search engine.
type engine struct {
	index    search.Index
	prepare  func(context.Context) error
	origin   string // what requests must carry; empty lets all pass
	count    *prometheus.CounterVec
	tracing  *tracing.Tracing
	log      *slog.Logger
	prepared atomic.Bool
	health   *health.Health
}

// Take keeps or removes a post. The engine compares versions, so twice is once.
func (e *engine) Take(ctx context.Context, v outbox.Event) error {
	var do func(context.Context, outbox.Event) error
	switch v.Topic {
	case outbox.PostCreated, outbox.PostUpdated:
		do = e.keep
	case outbox.PostDeleted:
		do = e.remove
	default:
		return nil
	}
	if !e.prepared.Load() {
		return errors.New("take a post: the index is not made yet")
	}
	outcome := "taken"
	ctx, done := outbox.Span(ctx, e.tracing, "take", v)
	err := do(ctx, v)
	done(err)
	if err != nil {
		outcome, err = "refused", fmt.Errorf("take in %s %s: %w", v.Topic, v.ID, err)
	}
	e.count.WithLabelValues(v.Topic, outcome).Inc()
	return err
}

func (e *engine) keep(ctx context.Context, v outbox.Event) error {
	p, err := copies.PostOf(v)
	if err != nil {
		return err
	}
	return e.index.Put(ctx, p)
}

func (e *engine) remove(ctx context.Context, v outbox.Event) error {
	id, err := copies.RemovedOf(v)
	if err != nil {
		return err
	}
	return e.index.Remove(ctx, id)
}

// make makes the index, trying until the engine is there.
func (e *engine) make(ctx context.Context) {
	for ctx.Err() == nil {
		bounded, cancel := context.WithTimeout(ctx, engineTimeout)
		err := e.prepare(bounded)
		cancel()
		if err == nil {
			e.prepared.Store(true)
			return
		}
		e.log.WarnContext(ctx, "make the index: trying again", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (e *engine) handler() http.Handler {
	mux := http.NewServeMux()
	e.health.Register(mux)
	find := web.Finder(e.index, e.log)
	mux.HandleFunc(searchRoute, func(w http.ResponseWriter, r *http.Request) {
		if e.origin != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get(contract.OriginHeader)), []byte(e.origin)) != 1 {
			problem.New(http.StatusForbidden, "Requests must come through the CDN.").Write(w)
			return
		}
		tracing.Route(r.Context(), searchRoute)
		ctx, cancel := context.WithTimeout(r.Context(), engineTimeout)
		defer cancel()
		find.ServeHTTP(w, r.WithContext(ctx))
	})
	return Only(contract.RoleSearch)(mux)
}

// answers says why the engine does not.
func (e *engine) answers(ctx context.Context) error {
	if !e.prepared.Load() {
		return errors.New("the index is not made yet")
	}
	_, err := e.index.Search(ctx, "status", uuid.Nil, 1)
	return err
}

func startEngine(ctx context.Context, s settings.Settings, o server.Options) (*Process, error) {
	config, err := configureAWS(ctx, s, o,
		s.Events.QueueURL != "" || s.OriginSecret != "" || s.Engine.Secret != "" || s.Region != "")
	if err != nil {
		return nil, err
	}
	secrets := server.NewSecretReader(given(config))
	who := secrets.Login(ctx, contract.EnvEngineSecret, s.Engine.Secret)
	at := &search.OpenSearch{URL: s.Engine.URL, Username: who.Username, Password: who.Password, AWS: config,
		Client: &http.Client{Timeout: engineTimeout}}
	measured := newMeasures()
	e := &engine{index: at, prepare: at.Prepare, origin: secrets.Text(ctx, contract.EnvOriginSecret, s.OriginSecret),
		count: measured.Events, tracing: o.Tracing, log: o.Log}
	if err := secrets.Err(); err != nil {
		return nil, err
	}
	e.health = health.New(health.Config{Dependencies: []health.Dependency{{Name: "engine", Ask: e.answers, Needed: true}},
		Log: o.Log})
	public, failed := measured.count(e.handler(), func(context.Context) string { return searchRoute }), make(chan error, 2)
	servers, err := server.Serve(server.Doors{Listen: s.Listen, Internal: s.Internal,
		Public: o.Tracing.Handler(public, tracing.Ours, server.Probes), Metrics: measured.Handler(), Health: e.health,
		Inside: map[string]http.Handler{"POST " + outbox.Path: outbox.Receiver{Taker: e, Log: o.Log}}, Failed: failed,
		Log: o.Log})
	if err != nil {
		return nil, err
	}
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var under sync.WaitGroup
	under.Go(func() { e.make(working) })
	under.Go(func() { e.health.Run(working) })
	if s.Events.QueueURL != "" {
		queue := &outbox.SQS{Config: given(config), URL: s.Events.QueueURL, Taker: e, Log: o.Log}
		under.Go(func() { queue.Run(working) })
	}
	return &Process{Address: servers.Address, Internal: servers.Internal, Failed: failed, AWS: given(config),
		Stop: func() error {
			e.health.Drain()
			cancel()
			err := servers.Finish(s.Drain, o.Hurry)
			under.Wait()
			return err
		}}, nil
}
