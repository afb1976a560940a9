package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
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
	a.Log = cmp.Or(a.Log, slog.New(slog.DiscardHandler))
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

func (a *App) configureAWS(ctx context.Context) (err error) {
	switch {
	case a.options.AWS != nil:
		a.aws = *a.options.AWS
	case needsAWS(a.Settings):
		if a.aws, err = ConfigureAWS(ctx, a.Settings.Region); err != nil {
			return err
		}
	default:
		return nil
	}
	tracing.Calls(&a.aws)
	a.secrets, err = readSecrets(ctx, a.aws, a.Settings)
	return err
}

// ConfigureAWS is the configuration that the SDK finds.
func ConfigureAWS(ctx context.Context, region string) (aws.Config, error) {
	config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region),
		awsconfig.WithHTTPClient(&http.Client{Timeout: 40 * time.Second})) // longer than SQS' long poll
	if err != nil {
		return config, fmt.Errorf("configure AWS: %w", err)
	}
	return config, nil
}

func (a *App) openDatabase(ctx context.Context) error {
	all := databases(a.Settings.Database, a.secrets)
	if a.Settings.Role == contract.RoleAll { // nobody else would
		if _, err := migrateAll(ctx, a.product, a.Settings.Database.File, all); err != nil {
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
	a.Cache = cache.New(a.redis, store.ErrNotFound, a.Metrics.Cache)
	a.Sessions, a.Hasher = a.sessions(), session.NewHasher()
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
