// Package server puts the app together for a role and runs it: it opens what
// the role needs, serves, and on its way out finishes what was begun. Nothing
// but this package knows all the others.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/batch"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/purge"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
	"github.com/rung-dev/rung/app/web"
	"github.com/rung-dev/rung/app/work"
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
	// Templates is as in web.Deps.
	Templates string
	// Visible is how long SQS hides a job whose worker has died; zero means 30 s.
	Visible time.Duration
}

// App is a running app.
type App struct {
	// Address and Internal are where it listens.
	Address, Internal string
	Metrics           *metrics.Metrics
	Store             *store.Store
	Queue             jobs.Queue
	// Shards are the databases over which users are spread; nil when one
	// holds everything.
	Shards *shard.Shards

	settings settings.Settings
	options  Options
	log      *slog.Logger
	secrets  secrets
	aws      aws.Config
	pools    *database.Pools
	further  []*database.Pools // the shards beside the first
	// people is where users and posts are: Store, or a store over shards.
	people people
	// doing is what jobs use: where this process also serves requests, neither
	// waits for connections that the other holds.
	doing   *kept
	redis   *redis.Client
	limiter *limit.Limiter
	purger  *purge.Purger
	uploads uploads.Store
	studio  *pictures.Studio
	views   *batch.Batch[uuid.UUID]
	health  *health.Health
	probes  []*database.Probe
	web     *web.Server
	servers []*http.Server
	failed  chan error
	// working ends the goroutines that go on by themselves.
	working context.CancelFunc
	workers sync.WaitGroup
}

// Migrate brings the database up to date.
func Migrate(ctx context.Context, url string) (int, error) {
	n, err := store.Migrate(ctx, url)
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
func Open(ctx context.Context, s settings.Settings, o Options) (*App, error) {
	a := &App{settings: s, options: o, log: o.Log, Metrics: metrics.New(), failed: make(chan error, 4)}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
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
	case needsAWS(a.settings):
		config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(a.settings.Region),
			awsconfig.WithHTTPClient(&http.Client{Timeout: 40 * time.Second})) // longer than SQS' long poll
		if err != nil {
			return fmt.Errorf("configure AWS: %w", err)
		}
		a.aws = config
	default:
		return nil
	}
	var err error
	a.secrets, err = readSecrets(ctx, a.aws, a.settings)
	return err
}

func (a *App) openDatabase(ctx context.Context) error {
	all := databases(a.settings.Database, a.secrets)
	if a.settings.Role == contract.RoleAll { // nobody else would
		if _, err := migrateAll(ctx, all); err != nil {
			return err
		}
	}
	k, err := a.keep(ctx, "",
		size{least: settings.PoolMin, primary: a.settings.Database.Pool, replica: a.settings.Database.ReaderPool}, all)
	if err != nil {
		return err
	}
	a.pools, a.further, a.Store, a.people, a.Shards = k.pools[0], k.pools[1:], k.store, k.people, k.shards
	a.Metrics.Database(k.pools...)
	a.options.Jobs.Log = a.log
	return a.openQueue()
}

func (a *App) openQueue() (err error) {
	if a.settings.Queue.URL != "" {
		q := jobs.NewSQS(a.aws, a.settings.Queue.URL, a.settings.Queue.DeadURL, a.Store, a.options.Jobs)
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
func Start(ctx context.Context, s settings.Settings, o Options) (*App, error) {
	a, err := Open(ctx, s, o)
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
	if s.Role != contract.RoleWorker {
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
	if a.settings.Role == contract.RoleWorker {
		a.doing = &kept{store: a.Store, people: a.people, shards: a.Shards}
		return nil
	}
	n := a.options.Jobs.Connections()
	if a.doing, err = a.keep(ctx, "jobs", size{primary: n, replica: n},
		databases(a.settings.Database, a.secrets)); err != nil {
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
		redis.Config{URL: a.settings.Redis.URL, Password: a.secrets.redis, Cluster: a.settings.Redis.Cluster, Up: up,
			Log: a.log}); err != nil {
		return err
	}
	if a.settings.Uploads.Bucket != "" {
		a.uploads = uploads.NewS3(a.aws, a.settings.Uploads.Bucket)
	} else if a.uploads, err = uploads.NewDir(a.settings.Uploads.Dir); err != nil {
		return err
	}
	static, err := assets.Load(a.settings.AssetsURL)
	if err != nil {
		return err
	}
	a.purger = purge.New(a.cdn(), a.log)
	a.limiter = limit.New(ctx, a.redis)
	a.views = viewBatch(a.Store, a.Metrics)
	a.health = a.newHealth()
	a.studio = pictures.NewStudio()
	a.Metrics.Away(a.health.Away)
	a.web, err = web.New(web.Deps{
		Settings: a.settings, Store: a.people, Health: a.health, Cache: cache.New(a.redis, store.ErrNotFound, a.Metrics.Cache),
		Sessions: a.sessions(), Hasher: session.NewHasher(), Limiter: a.limiter, Queue: a.Queue, Uploads: a.uploads, Studio: a.studio,
		Assets: static, Purger: a.purger, Views: a.views, Metrics: a.Metrics, OriginSecret: a.secrets.origin, Operate: a.operation,
		Templates: a.options.Templates, Log: a.log,
	})
	return err
}

func (a *App) cdn() purge.CDN {
	switch {
	case a.settings.CDN.Kind == "cloudfront" && a.settings.CDN.ID != "":
		return purge.NewCloudFront(a.aws, a.settings.CDN.ID)
	case a.settings.CDN.Kind == "cloudflare" && a.settings.CDN.ID != "" && a.settings.PublicURL != nil:
		return &purge.Cloudflare{Zone: a.settings.CDN.ID, Token: a.secrets.cdn, Site: a.settings.PublicURL,
			Client: &http.Client{Timeout: 10 * time.Second}}
	}
	return purge.None{}
}

// The ladder's batch: 100 items or 5 seconds. Ten thousand views may wait
// while the database is away; then requests do.
const (
	batchSize     = 100
	batchEvery    = 5 * time.Second
	batchCapacity = 10_000
)

func viewBatch(s *store.Store, m *metrics.Metrics) *batch.Batch[uuid.UUID] {
	return batch.New(batch.Config[uuid.UUID]{Size: batchSize, Every: batchEvery, Capacity: batchCapacity,
		NewID: func() string { return store.NewID().String() },
		Flush: func(ctx context.Context, id string, posts []uuid.UUID) error {
			counts := map[uuid.UUID]int64{}
			for _, p := range posts {
				counts[p]++
			}
			ids, ns := make([]uuid.UUID, 0, len(counts)), make([]int64, 0, len(counts))
			for p, n := range counts {
				ids, ns = append(ids, p), append(ns, n)
			}
			return s.AddViews(ctx, uuid.MustParse(id), ids, ns)
		},
		Done: func(n int, err error) {
			outcome := "flushed"
			if err != nil {
				outcome = "failed"
			}
			m.Batched.WithLabelValues(outcome).Add(float64(n))
		}})
}

func (a *App) mailer() (work.Mailer, error) {
	switch {
	case a.settings.Mail.URL != "":
		return work.NewSMTP(a.settings.Mail.URL, a.secrets.mail.Username, a.secrets.mail.Password, a.settings.Mail.From)
	case a.settings.Uploads.Dir != "":
		return work.MailDir{Dir: filepath.Join(a.settings.Uploads.Dir, "mail"), From: a.settings.Mail.From}, nil
	}
	return work.MailLog{Log: a.log}, nil
}

func (a *App) listen() error {
	var err error
	handler := a.web.Handler()
	if a.settings.Role == contract.RoleWorker {
		handler = a.probePaths()
	}
	if a.options.Wrap != nil {
		handler = a.options.Wrap(handler)
	}
	site := a.options.Site
	if site == nil {
		if site, err = listen(a.settings.Listen); err != nil {
			return err
		}
	}
	internal, err := listen(a.settings.Internal)
	if err != nil {
		return errors.Join(err, site.Close())
	}
	a.Address, a.Internal = a.serve(site, handler), a.serve(internal, a.internal())
	return nil
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
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
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
	half := a.settings.Drain / 2
	a.health.Drain()
	a.working()
	errs := []error{Finish(half, a.options.Hurry, a.web.Active, a.servers...)}
	a.workers.Wait()
	last, cancelLast := context.WithTimeout(context.Background(), max(half, 5*time.Second))
	defer cancelLast()
	errs = append(errs, a.views.Close(last), a.purger.Close(last))
	a.limiter.Close()
	a.redis.Close()
	a.Close()
	if dir, ok := a.uploads.(*uploads.Dir); ok {
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
