package product

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rung-dev/rung/app/contract"
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

// cacheRates are read from the metrics: hits are what memory, Redis or the note that
// there is none have answered.
func (a *App) cacheRates() []web.CacheRate {
	reads, hits := map[string]float64{}, map[string]float64{}
	families, _ := a.Metrics.Registry.Gather() // what cannot be gathered is left out
	for _, f := range families {
		if f.GetName() != contract.MetricCache {
			continue
		}
		for _, m := range f.GetMetric() {
			label := map[string]string{}
			for _, l := range m.GetLabel() {
				label[l.GetName()] = l.GetValue()
			}
			reads[label["family"]] += m.GetCounter().GetValue()
			if slices.Contains([]string{"memory", "redis", "absent"}, label["outcome"]) {
				hits[label["family"]] += m.GetCounter().GetValue()
			}
		}
	}
	var out []web.CacheRate
	for family, n := range reads {
		out = append(out, web.CacheRate{Family: family, Reads: int(n), Percent: int(100 * hits[family] / max(n, 1))})
	}
	slices.SortFunc(out, func(a, b web.CacheRate) int { return cmp.Compare(a.Family, b.Family) })
	return out
}
