package server

import (
	"context"
	"io/fs"
	"net/http"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// Product is what an app is for: its tables, pages and jobs, above what serves any.
type Product struct {
	// Migrations has files of goose in its directory migrations, which make the
	// product's own tables after those of all; nil is none.
	Migrations fs.FS
	// Tables are those of them whose rows are people's: they move with their slots.
	Tables []shard.Table
	// Build makes what serves, once all that it stands on is open.
	Build func(on *App) (Parts, error)
}

// Parts are what a product gives to run. All but Handler may be nil.
type Parts struct {
	// Handler serves people; see [site.Site.Handler].
	Handler http.Handler
	// Jobs are by kind. They reach people over connections of their own.
	Jobs func(people *account.Store) (map[string]jobs.Handler, error)
	// Warm fills the cache, at the start and every hour, and returns with how many values.
	Warm func(context.Context) (int, error)
	// Tidy removes what nobody wants any more, every ten minutes.
	Tidy func(context.Context) error
	// Drop removes a file that was discarded; nil removes it from the uploads.
	Drop func(context.Context, store.Upload) error
	// Close writes what waits in memory, after the last request and job.
	Close func(context.Context) error
}

// migrate brings the tables of one database up to date.
func (p Product) migrate(ctx context.Context, url string) (int, error) {
	n, err := store.Migrate(ctx, url)
	if err != nil || p.Migrations == nil {
		return n, err
	}
	more, err := store.MigrateFrom(ctx, url, p.Migrations, "goose_product_version")
	return n + more, err
}

// drop removes a file that was discarded.
func (a *App) drop(ctx context.Context, u store.Upload) error {
	if a.parts.Drop != nil {
		return a.parts.Drop(ctx, u)
	}
	return a.Uploads.Delete(ctx, u.Key)
}
