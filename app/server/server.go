// Package server opens what any product stands on for a role and runs it: it
// serves, works on jobs, and on its way out finishes what was begun. It knows
// no product: what is served comes by a [Product].
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/purge"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/tracing"
	"github.com/rung-dev/rung/app/uploads"
)

// Options are what is not in the environment. The zero value is what the
// binary runs with.
type Options struct {
	Log *slog.Logger
	// AWS replaces the configuration that the SDK finds; nil means that one.
	AWS *aws.Config
	// Jobs changes how jobs are done.
	Jobs jobs.Config
	// Wrap stands before what serves people; nil means that nothing does.
	Wrap func(http.Handler) http.Handler
	// Inside are further paths of the internal port.
	Inside map[string]http.Handler
	// Hurry is closed when nobody stands in front who must look elsewhere
	// first; nil means that somebody may.
	Hurry <-chan struct{}
	// Site is where people are served; nil listens as the settings say.
	Site net.Listener
	// Templates is a directory of the product's templates, read for each page; empty
	// means those of the binary.
	Templates string
	// Tracing makes spans; nil makes none. Whoever began it closes it after the app.
	Tracing *tracing.Tracing
	// Visible is how long SQS hides a job whose worker has died; zero means 30 s.
	Visible time.Duration
}

// App is a running app: what a product may stand on.
type App struct {
	// Address and Internal are where it listens.
	Address, Internal string
	Metrics           *metrics.Metrics
	// Store is people and what is kept with them; its Shards are the databases over
	// which they are spread, nil when one holds everything.
	*account.Store
	Queue    jobs.Queue
	Settings settings.Settings
	Log      *slog.Logger

	// These are there once an app is started, not when it is only opened.
	Site     *site.Site
	Cache    *cache.Cache
	Uploads  uploads.Store
	Purger   *purge.Purger
	Sessions *session.Sessions
	Hasher   *session.Hasher

	product Product
	parts   Parts
	options Options
	secrets secrets
	aws     aws.Config
	pools   *database.Pools
	further []*database.Pools // the shards beside the first
	// doing is what jobs use: where this process also serves requests, neither
	// waits for connections that the other holds.
	doing   *kept
	redis   *redis.Client
	limiter *limit.Limiter
	health  *health.Health
	probes  []*database.Probe
	servers *Servers
	failed  chan error
	// working ends the goroutines that go on by themselves.
	working context.CancelFunc
	workers sync.WaitGroup
}

// Start opens and serves. Stop it, also after an error from Failed.
func Start(ctx context.Context, s settings.Settings, p Product, o Options) (*App, error) {
	a, err := Open(ctx, s, p, o)
	if err != nil {
		return nil, err
	}
	if err := a.openRest(ctx); err != nil {
		return nil, err
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.working = stop
	if worksOnJobs(s) {
		if err := a.openJobs(ctx); err != nil {
			return nil, err
		}
		a.work(working)
		a.giveUp(working)
	}
	if s.Role != contract.RoleWorker && a.parts.Warm != nil {
		a.warm(working)
	}
	a.tidy(working)
	a.dropFiles(working)
	a.workers.Go(func() { a.health.Run(working) })
	return a, a.listen()
}

func (a *App) listen() (err error) {
	handler := a.parts.Handler
	if a.Settings.Role == contract.RoleWorker { // it serves nobody
		mux := http.NewServeMux()
		a.health.Register(mux)
		handler = mux
	}
	if a.options.Wrap != nil {
		handler = a.options.Wrap(handler)
	}
	// A service hears from the gateway alone.
	trust := tracing.Trust(slices.Contains(contract.Services(), a.Settings.Role))
	a.servers, err = Serve(Doors{Listen: a.Settings.Listen, Internal: a.Settings.Internal, Site: a.options.Site,
		Public: a.options.Tracing.Handler(handler, trust, Probes), Metrics: a.Metrics.Handler(), Inside: a.options.Inside,
		Health: a.health, Failed: a.failed, Log: a.Log})
	if err == nil {
		a.Address, a.Internal = a.servers.Address, a.servers.Internal
	}
	return err
}

// Probes are requests that nobody wants to trace: load balancers ask all the time.
func Probes(r *http.Request) bool { return health.Probe(r.URL.Path) }

// Failed tells why the app cannot go on.
func (a *App) Failed() <-chan error { return a.failed }

// Stop drains: readiness fails and no more jobs are taken; after half of the
// time, when proxies have looked elsewhere, connections are closed as their
// requests end; then what waits in memory is written.
func (a *App) Stop() error {
	half := a.Settings.Drain / 2
	a.health.Drain()
	a.working()
	errs := []error{a.servers.Finish(a.Settings.Drain, a.options.Hurry)}
	a.workers.Wait()
	last, cancelLast := context.WithTimeout(context.Background(), max(half, 5*time.Second))
	defer cancelLast()
	if a.parts.Close != nil {
		errs = append(errs, a.parts.Close(last))
	}
	errs = append(errs, a.Purger.Close(last))
	a.limiter.Close()
	a.redis.Close()
	a.Close()
	if dir, ok := a.Uploads.(*uploads.Dir); ok {
		errs = append(errs, dir.Close())
	}
	return errors.Join(errs...)
}

// Close ends what Open has opened.
func (a *App) Close() {
	for _, p := range a.probes {
		p.Close()
	}
	if a.doing != nil {
		a.doing.close()
	}
	a.pools.Close()
	for _, p := range a.further {
		p.Close()
	}
}

// AWS is the configuration for the rest of the process.
func (a *App) AWS() aws.Config { return a.aws }

// MailLogin is the user of the mail server; both are empty where it wants none.
func (a *App) MailLogin() (username, password string) {
	return a.secrets.mail.Username, a.secrets.mail.Password
}
