// Package services runs the app as stage 4 does: users, posts and search each
// in a process of its own with a store of its own, and a gateway before them.
//
// A service is the app that answers its part of the paths and tells the others
// what has happened. What it needs to know of theirs it keeps copies of: posts
// the names of people, search the posts. Copies follow within a second or so;
// who asks sooner does not find them yet. Sessions are in Redis, which all
// share; while it is away only the users service knows who is logged in.
//
// Stage 4 needs it for teams and loads that grow apart. Before that every call
// between services is a call too many.
package services

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/gateway"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/outbox"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/copies"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
)

// Process is a role that runs.
type Process struct {
	// Address and Internal are where it listens.
	Address, Internal string
	// Failed tells why it cannot go on.
	Failed <-chan error
	// Stop drains and ends it.
	Stop func() error
	// AWS is the configuration for the rest of the process.
	AWS aws.Config
}

// Start runs any role that serves.
func Start(ctx context.Context, s settings.Settings, o server.Options) (*Process, error) {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	switch s.Role {
	case contract.RoleGateway:
		return startGateway(ctx, s, o)
	case contract.RoleSearch:
		if s.Engine.URL != "" {
			return startEngine(ctx, s, o)
		}
		return startService(ctx, s, o)
	case contract.RoleUsers, contract.RolePosts:
		return startService(ctx, s, o)
	}
	app, err := product.Start(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return process(app, app.Stop), nil
}

func process(app *product.App, stop func() error) *Process {
	return &Process{Address: app.Address, Internal: app.Internal, Failed: app.Failed(), Stop: stop, AWS: app.AWS()}
}

// Only lets through what the gateway would send to a role, the pages that are a role's,
// and the probes.
func Only(role contract.Role) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			of, path := gateway.Route(r.URL.Path)
			if !health.Probe(r.URL.Path) && !page(role, r.URL.Path) && (of != role || path != r.URL.Path) {
				problem.New(http.StatusNotFound, "The service "+string(role)+" does not have this.").Write(w)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// page says whether people come to a role for a page.
func page(role contract.Role, path string) bool {
	return role == contract.RoleUsers && slices.ContainsFunc(contract.AccountPages(), func(pattern string) bool {
		return strings.HasPrefix(path, strings.TrimSuffix(pattern, "*"))
	})
}

// handlers are the copies that a role keeps.
func handlers(role contract.Role) map[string]outbox.Handler {
	switch role {
	case contract.RolePosts:
		return map[string]outbox.Handler{outbox.UserCreated: copies.CopyUsers, outbox.UserDeleted: copies.RemoveUsers}
	case contract.RoleSearch:
		return map[string]outbox.Handler{outbox.PostCreated: copies.CopyPosts, outbox.PostUpdated: copies.CopyPosts,
			outbox.PostDeleted: copies.RemovePosts}
	}
	return nil
}

// copied tells the app of who it may remember not to exist, and of whom it must
// keep nothing.
func copied(app *product.App) func(context.Context, outbox.Event) error {
	return func(ctx context.Context, e outbox.Event) error {
		if e.Topic != outbox.UserCreated && e.Topic != outbox.UserDeleted {
			return nil
		}
		u, err := copies.UserOf(e)
		switch {
		case err != nil:
			return err
		case e.Topic == outbox.UserDeleted:
			return app.EraseUser(ctx, u.ID, u.Name)
		}
		return app.UserCopied(ctx, u.Name)
	}
}

// late is a receiver that is known later than its server.
type late struct {
	atomic.Pointer[outbox.Receiver]
}

func (l *late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if in := l.Load(); in != nil {
		in.ServeHTTP(w, r)
		return
	}
	http.Error(w, "not yet", http.StatusServiceUnavailable)
}

func startService(ctx context.Context, s settings.Settings, o server.Options) (*Process, error) {
	if s.Uploads == (settings.Uploads{}) { // users and search take none
		s.Uploads.Dir = filepath.Join(os.TempDir(), "app-"+string(s.Role))
	}
	inside := &late{}
	o.Wrap, o.Inside = Only(s.Role), map[string]http.Handler{"POST " + outbox.Path: inside}
	var err error
	if o.AWS, err = configureAWS(ctx, s, o, len(s.Events.Topics) > 0 || s.Events.QueueURL != ""); err != nil {
		return nil, err
	}
	app, err := product.Start(ctx, s, o)
	if err != nil {
		return nil, err
	}
	inbox := &outbox.Inbox{Pool: app.Store.Pools().Primary(), Handlers: handlers(s.Role), After: copied(app),
		Count: app.Metrics.Events, Tracing: o.Tracing}
	inside.Store(&outbox.Receiver{Taker: inbox, Log: o.Log})
	stop := exchange(ctx, s, app, inbox, o.Log)
	return process(app, func() error {
		stop()
		return app.Stop()
	}), nil
}

// exchange publishes and takes events until it is stopped.
func exchange(ctx context.Context, s settings.Settings, app *product.App, inbox *outbox.Inbox,
	log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var under sync.WaitGroup
	if p := publisher(s.Events, app.AWS()); p != nil {
		for _, pool := range app.Primaries() {
			relay := &outbox.Relay{Pool: pool, Publisher: p, Kinds: s.Events.Told(), Count: app.Metrics.Events,
				Tracing: inbox.Tracing, Log: log}
			under.Go(func() { relay.Run(ctx) })
		}
	}
	if s.Events.QueueURL != "" {
		queue := &outbox.SQS{Config: app.AWS(), URL: s.Events.QueueURL, Taker: inbox, Log: log}
		under.Go(func() { queue.Run(ctx) })
	}
	return func() { cancel(); under.Wait() }
}

// publisher is nil where nobody is to be told: events then wait in the outbox.
func publisher(e settings.Events, config aws.Config) outbox.Publisher {
	switch {
	case len(e.Topics) > 0:
		return outbox.NewSNS(config, e.Topics)
	case len(e.Subscribers) > 0:
		return &outbox.Push{Subscribers: e.Subscribers}
	}
	return nil
}

// configureAWS is the configuration that was given, or that the SDK finds where one is
// needed; else nil.
func configureAWS(ctx context.Context, s settings.Settings, o server.Options, needed bool) (*aws.Config, error) {
	if o.AWS != nil || !needed {
		return o.AWS, nil
	}
	config, err := server.ConfigureAWS(ctx, s.Region)
	return &config, err
}

// given is a configuration, the zero one where none was needed.
func given(config *aws.Config) aws.Config {
	if config == nil {
		return aws.Config{}
	}
	return *config
}
