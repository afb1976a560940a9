package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/web"
	"github.com/rung-dev/rung/app/work"
)

// people is what users and posts are kept in.
type people interface {
	web.Store
	work.Store
}

// MigrateAll brings the database and the further ones up to date. The first
// becomes a shard, too, as soon as there are others.
func MigrateAll(ctx context.Context, primary string, further []string) (int, error) {
	steps, err := Migrate(ctx, primary)
	if err != nil || len(further) == 0 {
		return steps, err
	}
	for i, url := range further {
		n, err := store.Migrate(ctx, url)
		if err != nil {
			return steps, fmt.Errorf("shard %d: %w", i+1, err)
		}
		steps += n
	}
	for i, url := range append([]string{primary}, further...) {
		if err := shard.Prepare(ctx, url); err != nil {
			return steps, fmt.Errorf("shard %d: %w", i, err)
		}
	}
	return steps, nil
}

// openShards spreads users over the further databases.
func (a *App) openShards(ctx context.Context) error {
	pools := []*pgxpool.Pool{a.pools.Primary()}
	for i, url := range a.settings.Database.Shards {
		p, err := database.Open(ctx, database.Config{Primary: url, MinConns: settings.PoolMin, MaxConns: a.settings.Database.Pool, Log: a.log})
		if err != nil {
			return fmt.Errorf("shard %d: %w", i+1, err)
		}
		a.further = append(a.further, p)
		pools = append(pools, p.Primary())
	}
	var err error
	if a.Shards, err = shard.Open(ctx, shard.Hash{}, pools...); err != nil {
		return fmt.Errorf("open the shards: %w", err)
	}
	a.people = shard.NewStore(a.Store, a.Shards)
	return nil
}
