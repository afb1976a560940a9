package bill

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
)

// Calibrate puts what was billed in the place of what the estimate took, in a list of
// what is paid by use. What was billed for several resources together is shared out as
// the estimate would have it, or evenly where it takes nothing. Quantities of a part of
// a month are those of the whole one.
func Calibrate(c Comparison, s Statement, used []cost.UsedResource) []cost.UsedResource {
	out := slices.Clone(used)
	for i := range out {
		known := map[string]decimal.Decimal{}
		for _, m := range out[i].Things {
			if before, has := out[i].Known[m.Key]; has {
				known[m.Key] = before
			}
			thing, ok := measuredBy(m.Priced())
			if !ok {
				continue
			}
			for _, r := range c.Rows {
				if r.Thing != thing || !slices.Contains(r.urns, out[i].URN) || r.Used.IsZero() {
					continue
				}
				known[m.Key] = r.Used.Mul(share(out[i], m.Key, thing, r, used)).Div(s.part()).Round(3)
			}
		}
		out[i].Known = known
	}
	return out
}

// share is the part of a row that one resource has used.
func share(of cost.UsedResource, key, thing string, r Row, used []cost.UsedResource) decimal.Decimal {
	all, n := zero, int64(0)
	for _, u := range used {
		if !slices.Contains(r.urns, u.URN) {
			continue
		}
		for _, m := range u.Things {
			if t, _ := measuredBy(m.Priced()); t == thing {
				all, n = all.Add(u.Known[m.Key]), n+1
			}
		}
	}
	if all.IsZero() {
		return decimal.NewFromInt(1).Div(decimal.NewFromInt(max(n, 1)))
	}
	return of.Known[key].Div(all)
}
