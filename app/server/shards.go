package server

import (
	"context"
	"fmt"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/session"
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

// migrateAll brings the databases up to date. The first becomes a shard, too,
// as soon as there are others.
func migrateAll(ctx context.Context, all []at) (int, error) {
	steps, err := Migrate(ctx, all[0].primary)
	if err != nil || len(all) == 1 {
		return steps, err
	}
	for i, db := range all[1:] {
		n, err := store.Migrate(ctx, db.primary)
		if err != nil {
			return steps, fmt.Errorf("shard %d: %w", i+2, err)
		}
		steps += n
	}
	for i, db := range all {
		if err := shard.Prepare(ctx, db.primary); err != nil {
			return steps, fmt.Errorf("shard %d: %w", i+1, err)
		}
	}
	return steps, nil
}

func (a *App) openPools(ctx context.Context, name string, db at) (*database.Pools, error) {
	return database.Open(ctx, database.Config{Name: name, Primary: db.primary, Replicas: db.replicas, MinConns: settings.PoolMin,
		MaxConns: a.settings.Database.Pool, ReplicaConns: a.settings.Database.ReaderPool, Log: a.log})
}

// openShards spreads users over the further databases.
func (a *App) openShards(ctx context.Context, further []at) error {
	for i, db := range further {
		p, err := a.openPools(ctx, fmt.Sprintf("shard-%d", i+2), db)
		if err != nil {
			return fmt.Errorf("shard %d: %w", i+2, err)
		}
		a.further = append(a.further, p)
	}
	placement, err := placementOf(a.settings.Database.Placement)
	if err != nil {
		return fmt.Errorf("%s: %w", contract.EnvPlacement, err)
	}
	a.Shards, err = shard.Open(ctx, shard.Config{Placement: placement, Region: a.settings.Region}, append([]*database.Pools{a.pools}, a.further...)...)
	if err != nil {
		return fmt.Errorf("open the shards: %w", err)
	}
	a.people = shard.NewStore(a.Store, a.Shards)
	return nil
}

func placementOf(p settings.Placement) (shard.Placement, error) {
	switch {
	case len(p.Regions) > 0:
		return shard.NewGeo(p.Regions...)
	case len(p.Days) > 0:
		return shard.NewRange(shard.Days(p.Days...)...)
	}
	return shard.Hash{}, nil
}

// sessions know how far further databases are when Redis has lost what a
// person has written.
func (a *App) sessions() *session.Sessions {
	s := session.New(a.redis, a.Store, a.log)
	if len(a.further) == 0 {
		return s
	}
	s.Elsewhere = func(ctx context.Context) map[string]database.Position {
		now := map[string]database.Position{}
		for _, p := range a.further {
			if !p.Replicated() {
				continue
			}
			at, err := p.Now(ctx)
			if err != nil {
				at = database.Latest // then its primary answers, as soon as it can
			}
			now[p.Name()] = at
		}
		return now
	}
	return s
}
