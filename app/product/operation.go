package product

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rung-dev/rung/app/product/web"
)

// operation is what those see who operate the app, beside its queue.
func (a *App) operation(ctx context.Context) (o web.Operation) {
	for _, pools := range a.Databases() {
		for _, r := range pools.State().Replicas {
			o.Replicas = append(o.Replicas, web.Replica{Name: r.Name, Lag: r.Lag.Round(time.Millisecond), Healthy: r.Healthy})
		}
	}
	if a.Shards != nil {
		if err := a.Shards.Refresh(ctx); err != nil {
			a.Log.WarnContext(ctx, "read the slot map", "err", err)
		}
		o.Slots = a.Shards.Held()
	}
	o.Caches = a.cacheRates()
	return o
}

func (a *App) cacheRates() (out []web.CacheRate) {
	for family, r := range a.Metrics.CacheReads() {
		out = append(out, web.CacheRate{Family: family, Reads: int(r.All), Percent: int(100 * r.Hits / max(r.All, 1))})
	}
	slices.SortFunc(out, func(a, b web.CacheRate) int { return cmp.Compare(a.Family, b.Family) })
	return out
}
