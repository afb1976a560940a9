package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

// migrateAll brings the databases up to date, the first where the file leads (empty is
// none). It becomes a shard, too, as soon as there are others.
func migrateAll(ctx context.Context, p Product, file string, all []at) (int, error) {
	all = slices.Clone(all)
	all[0].primary = database.LedTo(file, all[0].primary)
	steps, err := Migrate(ctx, all[0].primary, p)
	if err != nil || len(all) == 1 {
		return steps, err
	}
	for i, db := range all[1:] {
		n, err := p.migrate(ctx, db.primary)
		if err != nil {
			return steps, fmt.Errorf("shard %d: %w", i+2, err)
		}
		steps += n
	}
	for i, db := range all {
		if err := shard.Prepare(ctx, db.primary, p.Tables...); err != nil {
			return steps, fmt.Errorf("shard %d: %w", i+1, err)
		}
	}
	return steps, nil
}

// kept are the connections to all databases, and what is kept in them.
type kept struct {
	pools  []*database.Pools // the first is home
	people *account.Store
}

// size is how many connections there may be to each server.
type size struct{ least, primary, replica int }

// keep opens the pools under names that begin with one, and spreads users over
// the databases where there are several.
func (a *App) keep(ctx context.Context, name string, n size, all []at) (*kept, error) {
	k := &kept{}
	for i, db := range all {
		own := name
		if i > 0 {
			own = strings.TrimPrefix(fmt.Sprintf("%s-shard-%d", name, i+1), "-")
		}
		c := database.Config{Name: own, Primary: db.primary, Replicas: db.replicas, MinConns: n.least, MaxConns: n.primary,
			ReplicaConns: n.replica, Tracer: a.options.Tracing.Queries(), Log: a.Log}
		if i == 0 {
			c.PrimaryFile = a.Settings.Database.File
		}
		p, err := database.Open(ctx, c)
		if err != nil {
			k.close()
			return nil, fmt.Errorf("database %d: %w", i+1, err)
		}
		k.pools = append(k.pools, p)
	}
	k.people = account.New(store.New(k.pools[0]), nil)
	if len(all) == 1 {
		return k, nil
	}
	return k, a.spread(ctx, k)
}

func (k *kept) close() {
	for _, p := range k.pools {
		p.Close()
	}
}

// spread puts users onto all databases.
func (a *App) spread(ctx context.Context, k *kept) error {
	placement, err := placementOf(a.Settings.Database.Placement)
	if err != nil {
		return fmt.Errorf("%s: %w", contract.EnvPlacement, err)
	}
	shards, err := shard.Open(ctx, shard.Config{Placement: placement, Region: a.Settings.Region, Tables: a.product.Tables},
		k.pools...)
	if err != nil {
		return fmt.Errorf("open the shards: %w", err)
	}
	k.people = account.New(k.people.Store, shards)
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
	s := session.New(a.redis, a.Store.Store, a.Log)
	if len(a.further) == 0 {
		return s
	}
	s.Elsewhere = func(ctx context.Context) map[string]database.Position {
		now := map[string]database.Position{}
		for _, p := range a.further {
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
