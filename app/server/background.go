package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/store"
)

// work does jobs until ctx ends. A queue that is away is tried again.
func (a *App) work(ctx context.Context) {
	a.workers.Go(func() {
		var handlers map[string]jobs.Handler
		if a.parts.Jobs != nil {
			var err error
			if handlers, err = a.parts.Jobs(a.doing.people); err != nil {
				a.failed <- err
				return
			}
		}
		runner := &jobs.Runner{Store: a.doing.people.Store, Handlers: handlers, Metrics: a.Metrics,
			Tracing: a.options.Tracing, Log: a.Log}
		for ctx.Err() == nil {
			if err := a.Queue.Work(ctx, runner.Run, a.Settings.Drain); err != nil {
				a.Log.ErrorContext(ctx, "work on jobs: trying again", "err", err)
				pause(ctx, time.Second)
			}
		}
	})
}

// giveUp notes the end of jobs whose queue has given them up.
func (a *App) giveUp(ctx context.Context) {
	a.every(ctx, 30*time.Second, "give up on jobs", func(ctx context.Context) error {
		n, err := a.options.Jobs.GiveUp(ctx, a.doing.people.Store)
		if n > 0 {
			a.Log.WarnContext(ctx, "jobs whose worker ended at the last attempt", "jobs", n)
		}
		return err
	})
}

// warm fills the cache at the start and every hour.
func (a *App) warm(ctx context.Context) {
	a.every(ctx, time.Hour, "warm the cache", func(ctx context.Context) error {
		n, err := a.parts.Warm(ctx)
		a.Log.InfoContext(ctx, "warmed the cache", "values", n)
		return err
	})
}

// tidy removes what has expired.
func (a *App) tidy(ctx context.Context) {
	a.every(ctx, 10*time.Minute, "tidy the database", func(ctx context.Context) error {
		err := a.Tidy(ctx)
		if a.parts.Tidy != nil {
			err = errors.Join(err, a.parts.Tidy(ctx))
		}
		return err
	})
}

const (
	// dropEvery is how long a deleted picture may stay at a CDN, about.
	dropEvery = 2 * time.Second
	dropBatch = 50
)

// dropFiles removes what was discarded.
func (a *App) dropFiles(ctx context.Context) {
	a.every(ctx, dropEvery, "remove files", func(ctx context.Context) error {
		var errs []error
		for _, pool := range a.Primaries() {
			_, err := store.Discarded(ctx, pool, dropBatch, func(u store.Upload) error { return a.drop(ctx, u) })
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
}

// Tidy removes what has expired from every database, and events that nobody
// will ever be told.
func (a *App) Tidy(ctx context.Context) error {
	var errs []error
	for _, pool := range a.Primaries() {
		_, err := store.Tidy(ctx, pool)
		errs = append(errs, err)
		if but, drop := a.told(); drop {
			_, err := store.DropUntold(ctx, pool, but...)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// told says which kinds of events a relay sends, and whether that is sure.
// Events are written on every stage, so that a climb misses none, but before
// stage 4 there is nobody to tell. Later a service tells of what is its own;
// the one app beside it writes of the rest into the same database.
func (a *App) told() (kinds []string, sure bool) {
	if slices.Contains(contract.Roles(), a.Settings.Role) {
		return nil, a.Settings.Stage < "4"
	}
	kinds = a.Settings.Events.Told()
	return kinds, len(kinds) > 0
}

// Primaries are the databases that are written to.
func (a *App) Primaries() []*pgxpool.Pool {
	pools := []*pgxpool.Pool{a.pools.Primary()}
	for _, p := range a.further {
		pools = append(pools, p.Primary())
	}
	return pools
}

func (a *App) every(ctx context.Context, d time.Duration, what string, do func(context.Context) error) {
	a.workers.Go(func() {
		for ctx.Err() == nil {
			bounded, cancel := context.WithTimeout(ctx, time.Minute)
			if err := do(bounded); err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, what, "err", err)
			}
			cancel()
			pause(ctx, d)
		}
	})
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
