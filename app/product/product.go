// Package product is what this app is for: people write posts with pictures, follow
// each other, search and export. It stands on package server, which knows nothing of
// it; another product would take its place.
package product

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/batch"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/web"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/store"
)

// App is the product as it runs.
type App struct {
	*server.App
	// Posts are its tables.
	Posts  *posts.Store
	web    *web.Server
	studio *pictures.Studio
	views  *batch.Batch[uuid.UUID]
}

func of(a *App, o server.Options) server.Product {
	return server.Product{Tables: posts.Tables, Build: func(on *server.App) (server.Parts, error) {
		return a.build(on, o)
	}}
}

// Open opens the stores for a command that serves nobody.
func Open(ctx context.Context, s settings.Settings, o server.Options) (*App, error) {
	a := &App{}
	on, err := server.Open(ctx, s, of(a, o), o)
	if err != nil {
		return nil, err
	}
	a.App, a.Posts = on, posts.New(on.Store)
	return a, nil
}

// Start opens and serves. Stop it, also after an error from Failed.
func Start(ctx context.Context, s settings.Settings, o server.Options) (*App, error) {
	a := &App{}
	_, err := server.Start(ctx, s, of(a, o), o)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Migrate brings one database up to date, but for what shards need.
func Migrate(ctx context.Context, url string) (int, error) {
	return server.Migrate(ctx, url, of(nil, server.Options{}))
}

// MigrateDatabases brings all that the settings name up to date.
func MigrateDatabases(ctx context.Context, s settings.Settings, o server.Options) (int, error) {
	return server.MigrateDatabases(ctx, s, of(nil, o), o)
}

// build makes what serves on what is open.
func (a *App) build(on *server.App, o server.Options) (server.Parts, error) {
	a.App, a.Posts, a.studio = on, posts.New(on.Store), pictures.NewStudio()
	a.views = viewBatch(a.Posts, on.Metrics)
	var err error
	a.web, err = web.New(on.Site, web.Deps{Store: a.Posts, Cache: on.Cache, Hasher: on.Hasher, Queue: on.Queue,
		Uploads: on.Uploads, Purger: on.Purger, Views: a.views, Operate: a.operation, Templates: o.Templates})
	if err != nil {
		return server.Parts{}, err
	}
	return server.Parts{Handler: a.web.Handler(), Jobs: a.jobs, Warm: a.web.Warm, Tidy: a.Collect, Drop: a.web.Drop,
		Close: a.views.Close}, nil
}

// jobs are done over connections of their own.
func (a *App) jobs(people *account.Store) (map[string]jobs.Handler, error) {
	m, err := mailer(a.App)
	shop := &work.Workshop{Store: posts.New(people), Uploads: a.Uploads, Studio: a.studio, Queue: a.Queue, Mailer: m,
		Changed: a.web.Changed, Gone: a.web.UserChanged, Shards: people.Shards, Log: a.Log}
	return shop.Handlers(), err
}

// Collect discards files that nothing shows.
func (a *App) Collect(ctx context.Context) error { return a.web.Collect(ctx) }

// UserCopied is to be called for each copy of a person that arrives.
func (a *App) UserCopied(ctx context.Context, name string) error { return a.web.UserCopied(ctx, name) }

// EraseUser has somebody removed who is gone elsewhere.
func (a *App) EraseUser(ctx context.Context, user uuid.UUID, name string) error {
	job, err := work.NewErase(user, name)
	if err != nil {
		return err
	}
	return a.Queue.Enqueue(ctx, job)
}

// Operator makes somebody one who operates the app, or no longer.
func (a *App) Operator(ctx context.Context, name string, is bool) error {
	u, err := a.UserByName(ctx, name)
	if err != nil {
		return err
	}
	return a.ChangeUser(ctx, u.ID, account.Operator(is))
}

// TellAll writes the events of a kind, user.created or post.created, for all that
// is there; see [store.TellAll]. Of other kinds there are none: what became of
// things is in what they are.
func (a *App) TellAll(ctx context.Context, kind string, progress func(rows int)) error {
	tell := map[string]func(context.Context, *pgxpool.Pool, func(int)) error{
		contract.TopicUserCreated: account.TellAll, contract.TopicPostCreated: posts.TellAll}[kind]
	if tell == nil {
		return nil
	}
	var errs []error
	for _, pool := range a.Primaries() {
		errs = append(errs, tell(ctx, pool, progress))
	}
	return errors.Join(errs...)
}

// The ladder's batch: 100 items, which are posts here, or 5 seconds. Ten thousand views
// more may wait while the database is away; then requests do.
const (
	batchSize     = 100
	batchEvery    = 5 * time.Second
	batchCapacity = 10_000
)

func viewBatch(s *posts.Store, m *metrics.Metrics) *batch.Batch[uuid.UUID] {
	return batch.New(batch.Config[uuid.UUID]{Size: batchSize, Every: batchEvery, Capacity: batchCapacity,
		NewID: func() string { return store.NewID().String() },
		Flush: func(ctx context.Context, id string, views map[uuid.UUID]int64) error {
			ids, ns := make([]uuid.UUID, 0, len(views)), make([]int64, 0, len(views))
			for p, n := range views {
				ids, ns = append(ids, p), append(ns, n)
			}
			return s.AddViews(ctx, uuid.MustParse(id), ids, ns)
		},
		Done: func(n int64, err error) {
			outcome := "flushed"
			if err != nil {
				outcome = "failed"
			}
			m.Batched.WithLabelValues(outcome).Add(float64(n))
		}})
}

func mailer(a *server.App) (work.Mailer, error) {
	user, password := a.MailLogin()
	switch {
	case a.Settings.Mail.URL != "":
		return work.NewSMTP(a.Settings.Mail.URL, user, password, a.Settings.Mail.From)
	case a.Settings.Uploads.Dir != "":
		return work.MailDir{Dir: filepath.Join(a.Settings.Uploads.Dir, "mail"), From: a.Settings.Mail.From}, nil
	}
	return work.MailLog{Log: a.Log}, nil
}
