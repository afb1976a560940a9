// Package server opens what any product stands on for a role and runs it: it
// serves, works on jobs, and on its way out finishes what was begun. It knows
// no product: what is served comes by a [Product].
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/assets"
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
	"github.com/rung-dev/rung/app/store"
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
	servers []*http.Server
	failed  chan error
	// working ends the goroutines that go on by themselves.
	working context.CancelFunc
	workers sync.WaitGroup
}

// Migrate brings the database up to date, but for what shards need.
func Migrate(ctx context.Context, url string, p Product) (int, error) {
	n, err := p.migrate(ctx, url)
	if err != nil {
		return n, err
	}
	pools, err := database.Open(ctx, database.Config{Primary: url, MaxConns: 2, StatementTimeout: 10 * time.Minute})
	if err != nil {
		return n, err
	}
	defer pools.Close()
	return n, jobs.MigrateRiver(ctx, pools.Primary())
}

// Open opens the stores for a command that serves nobody.
func Open(ctx context.Context, s settings.Settings, p Product, o Options) (*App, error) {
	a := &App{Settings: s, product: p, options: o, Log: o.Log, Metrics: metrics.New(), failed: make(chan error, 4)}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if err := a.configureAWS(ctx); err != nil {
		return nil, err
	}
	if err := a.openDatabase(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// needsAWS says whether any part of the app speaks to AWS.
func needsAWS(s settings.Settings) bool {
	if slices.ContainsFunc(s.Database.Shards, func(shard settings.Shard) bool { return shard.Secret != "" }) {
		return true
	}
	return s.Queue.URL != "" || s.Uploads.Bucket != "" || s.Database.Secret != "" || s.Redis.Secret != "" ||
		s.OriginSecret != "" || s.CDN.Kind != "" || s.Mail.Secret != ""
}

func (a *App) configureAWS(ctx context.Context) error {
	switch {
	case a.options.AWS != nil:
		a.aws = *a.options.AWS
	case needsAWS(a.Settings):
		config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(a.Settings.Region),
			awsconfig.WithHTTPClient(&http.Client{Timeout: 40 * time.Second})) // longer than SQS' long poll
		if err != nil {
			return fmt.Errorf("configure AWS: %w", err)
		}
		a.aws = config
	default:
		return nil
	}
	var err error
	a.secrets, err = readSecrets(ctx, a.aws, a.Settings)
	return err
}

func (a *App) openDatabase(ctx context.Context) error {
	all := databases(a.Settings.Database, a.secrets)
	if a.Settings.Role == contract.RoleAll { // nobody else would
		if _, err := migrateAll(ctx, a.product, all); err != nil {
			return err
		}
	}
	k, err := a.keep(ctx, "",
		size{least: settings.PoolMin, primary: a.Settings.Database.Pool, replica: a.Settings.Database.ReaderPool}, all)
	if err != nil {
		return err
	}
	a.pools, a.further, a.Store = k.pools[0], k.pools[1:], k.people
	a.Metrics.Database(k.pools...)
	a.options.Jobs.Log = a.Log
	return a.openQueue()
}

func (a *App) openQueue() (err error) {
	if a.Settings.Queue.URL != "" {
		q := jobs.NewSQS(a.aws, a.Settings.Queue.URL, a.Settings.Queue.DeadURL, a.Store.Store, a.options.Jobs)
		if a.options.Visible > 0 {
			q.WithVisible(a.options.Visible)
		}
		a.Queue = q
	} else if a.Queue, err = jobs.NewRiver(a.pools.Primary(), a.options.Jobs); err != nil {
		return err
	}
	a.Metrics.Queue(a.Queue.Length)
	return nil
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

// openJobs gives jobs connections of their own, unless there is nothing else
// that wants any.
func (a *App) openJobs(ctx context.Context) (err error) {
	if a.Settings.Role == contract.RoleWorker {
		a.doing = &kept{people: a.Store}
		return nil
	}
	n := a.options.Jobs.Connections()
	if a.doing, err = a.keep(ctx, "jobs", size{primary: n, replica: n},
		databases(a.Settings.Database, a.secrets)); err != nil {
		return fmt.Errorf("open the pools of jobs: %w", err)
	}
	a.Metrics.Database(a.doing.pools...)
	if q, ok := a.Queue.(*jobs.River); ok {
		q.WithWorkers(a.doing.pools[0].Primary())
	}
	return nil
}

// worksOnJobs is true of what is not for requests alone. Services do their own
// jobs, but where there is a queue it is the workers'.
func worksOnJobs(s settings.Settings) bool {
	switch s.Role {
	case contract.RoleAll, contract.RoleWorker:
		return true
	case contract.RoleWeb:
		return false
	}
	return s.Queue.URL == ""
}

func (a *App) openRest(ctx context.Context) error {
	var err error
	up := func(up bool) {
		a.Metrics.RedisUp.Set(0)
		if up {
			a.Metrics.RedisUp.Set(1)
		}
	}
	if a.redis, err = redis.Open(ctx,
		redis.Config{URL: a.Settings.Redis.URL, Password: a.secrets.redis, Cluster: a.Settings.Redis.Cluster, Up: up,
			Log: a.Log}); err != nil {
		return err
	}
	if a.Settings.Uploads.Bucket != "" {
		a.Uploads = uploads.NewS3(a.aws, a.Settings.Uploads.Bucket)
	} else if a.Uploads, err = uploads.NewDir(a.Settings.Uploads.Dir); err != nil {
		return err
	}
	static, err := assets.Load(a.Settings.AssetsURL)
	if err != nil {
		return err
	}
	a.Purger, a.limiter, a.health = purge.New(a.cdn(), a.Log), limit.New(ctx, a.redis), a.newHealth()
	a.Cache, a.Sessions, a.Hasher = cache.New(a.redis, store.ErrNotFound, a.Metrics.Cache), a.sessions(), session.NewHasher()
	a.Metrics.Away(a.health.Away)
	if a.Site, err = site.New(site.Config{Settings: a.Settings, Health: a.health, Sessions: a.Sessions, Limiter: a.limiter,
		Assets: static, Metrics: a.Metrics, OriginSecret: a.secrets.origin, Log: a.Log}); err != nil {
		return err
	}
	a.parts, err = a.product.Build(a)
	return err
}

func (a *App) cdn() purge.CDN {
	switch {
	case a.Settings.CDN.Kind == "cloudfront" && a.Settings.CDN.ID != "":
		return purge.NewCloudFront(a.aws, a.Settings.CDN.ID)
	case a.Settings.CDN.Kind == "cloudflare" && a.Settings.CDN.ID != "" && a.Settings.PublicURL != nil:
		return &purge.Cloudflare{Zone: a.Settings.CDN.ID, Token: a.secrets.cdn, Site: a.Settings.PublicURL,
			Client: &http.Client{Timeout: 10 * time.Second}}
	}
	return purge.None{}
}

func (a *App) listen() error {
	var err error
	handler := a.parts.Handler
	if a.Settings.Role == contract.RoleWorker {
		handler = a.probePaths()
	}
	if a.options.Wrap != nil {
		handler = a.options.Wrap(handler)
	}
	handler = a.options.Tracing.Handler(handler, a.trust(), probes)
	site := a.options.Site
	if site == nil {
		if site, err = listen(a.Settings.Listen); err != nil {
			return err
		}
	}
	internal, err := listen(a.Settings.Internal)
	if err != nil {
		return errors.Join(err, site.Close())
	}
	a.Address, a.Internal = a.serve(site, handler), a.serve(internal, a.internal())
	return nil
}

// probes are requests that nobody wants to trace: load balancers ask all the time.
func probes(r *http.Request) bool { return health.Probe(r.URL.Path) }

// trust is whom the app hears from: a service from the gateway alone.
func (a *App) trust() tracing.Trust {
	return tracing.Trust(slices.Contains(contract.Services(), a.Settings.Role))
}

func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

func (a *App) internal() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+contract.MetricsPath, a.Metrics.Handler())
	Profiles(mux)
	for path, h := range a.options.Inside {
		mux.Handle(path, h)
	}
	a.health.Register(mux)
	return mux
}

// probePaths is all that a process serves that serves nobody.
func (a *App) probePaths() http.Handler {
	mux := http.NewServeMux()
	a.health.Register(mux)
	return mux
}

// Profiles serves Go's profiles; never to the world.
func Profiles(mux *http.ServeMux) {
	mux.HandleFunc(contract.ProfilePath, pprof.Index)
	mux.HandleFunc(contract.ProfilePath+"cmdline", pprof.Cmdline)
	mux.HandleFunc(contract.ProfilePath+"profile", pprof.Profile)
	mux.HandleFunc(contract.ProfilePath+"symbol", pprof.Symbol)
	mux.HandleFunc(contract.ProfilePath+"trace", pprof.Trace)
}

func (a *App) serve(listener net.Listener, h http.Handler) (address string) {
	address = listener.Addr().String()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout:   2 * time.Minute,  // a profile takes half a minute
		IdleTimeout:    75 * time.Second, // longer than a load balancer's 60 s
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn)}
	a.servers = append(a.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serve on %s: %w", address, err)
		}
	}()
	return address
}

// Failed tells why the app cannot go on.
func (a *App) Failed() <-chan error { return a.failed }

// Stop drains: readiness fails and no more jobs are taken; after half of the
// time, when proxies have looked elsewhere, connections are closed as their
// requests end; then what waits in memory is written.
func (a *App) Stop() error {
	half := a.Settings.Drain / 2
	a.health.Drain()
	a.working()
	errs := []error{Finish(half, a.options.Hurry, a.Site.Active, a.servers...)}
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

// Finish waits for a time until proxies look elsewhere, unless there is a hurry,
// and for as long again until the active requests have ended.
func Finish(half time.Duration, hurry <-chan struct{}, active func() int64, servers ...*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*max(half, 100*time.Millisecond))
	defer cancel()
	select {
	case <-hurry:
		// A connection on which nothing was asked yet would hold Shutdown up.
		go func() {
			for active() > 0 && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
			cancel()
		}()
	case <-time.After(half):
	}
	var errs []error
	for _, s := range servers {
		if err := s.Shutdown(ctx); err != nil && active() > 0 {
			errs = append(errs, fmt.Errorf("finish requests within %v: %w", half, err))
		}
		s.Close() //nolint:errcheck // it is closed or holds idle connections only
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
