package cost

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// steerFailover is Cloudflare's name for taking the first region that answers.
const steerFailover = "off"

// cells are the regions in which users are answered, each with its part of the
// traffic. The parts add up to 1; there are none where nothing answers.
type cells map[string]decimal.Decimal

// regionOf is where a resource is.
func (st *stack) regionOf(r *Resource) string { return cmp.Or(r.Region, st.opts.Region) }

// findCells shares the traffic out among the regions that answer users: alike,
// as the nearest one answers, unless all of it goes to a first one and the
// others wait for its failure.
func (st *stack) findCells(fronts set) cells {
	var regions []string
	for r := range fronts {
		if region := st.regionOf(r); !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	out := make(cells, len(regions))
	if first := st.firstCell(); slices.Contains(regions, first) {
		for _, region := range regions {
			out[region] = zero
		}
		out[first] = one
		return out
	}
	for _, region := range regions {
		out[region] = one.Div(num(len(regions)))
	}
	return out
}

// firstCell is the region that answers as long as it can; empty where several
// answer. A record says so by a role and, in its identifier or its target, which
// region it is for; Cloudflare's balancing by taking the pools in order, of
// which the stack's own region is the first.
func (st *stack) firstCell() string {
	for _, r := range st.byType[token.Route53Record] {
		for _, policy := range props(r.Props).objects("failoverRoutingPolicies") {
			if policy.str("type") != "PRIMARY" {
				continue
			}
			if lb, certain := st.target(r, "aliases", token.LBLoadBalancer); lb != nil && certain {
				return st.regionOf(lb)
			}
			return props(r.Props).str("setIdentifier")
		}
	}
	for _, r := range st.byType[token.CloudflareLoadBalancer] {
		if props(r.Props).str("steeringPolicy") == steerFailover {
			return st.opts.Region
		}
	}
	return ""
}

// sharers are resources of one kind, among which a load is shared out.
type sharers struct {
	in set
	// per counts them by region.
	per map[string]int
	// weight is the part of the traffic of all their regions together.
	weight decimal.Decimal
}

// sharersOf counts the resources of a set.
func (st *stack) sharersOf(in set) *sharers {
	c := &sharers{in: in, per: map[string]int{}, weight: zero}
	for r := range in {
		region := st.regionOf(r)
		if c.per[region] == 0 {
			c.weight = c.weight.Add(st.cells[region])
		}
		c.per[region]++
	}
	return c
}

// sharers are the resources of a type, all of which share a load.
func (st *stack) sharers(typ string) *sharers {
	return st.sharersWhere(typ, "", func(*Resource) bool { return true })
}

// sharersWhere are those of a type for which keep holds; what they are is named,
// so that they are counted once.
func (st *stack) sharersWhere(typ, what string, keep func(*Resource) bool) *sharers {
	c, ok := st.sharersBy[typ+what]
	if !ok {
		c = st.sharersOf(where(st.byType[typ], keep))
		st.sharersBy[typ+what] = c
	}
	return c
}

// share is the part of a load that falls to r as one of the sharers: what its cell
// gets, and of that as much as each of its like there. Sharers of which none is
// in a cell that answers users shares alike.
func (st *stack) share(c *sharers, r *Resource) decimal.Decimal {
	if !c.in[r] {
		return zero
	}
	return st.shareIn(c, st.regionOf(r))
}

// shareIn is the share of each of the sharers in a region.
func (st *stack) shareIn(c *sharers, region string) decimal.Decimal {
	if c.weight.IsZero() {
		return one.Div(num(len(c.in)))
	}
	return st.cells[region].Div(c.weight).Div(num(c.per[region]))
}

// part is the span of a load that falls to the sheet's resource.
func (s *sheet) part(load span, c *sharers) span { return s.partOf(load, c, s.r) }

// partOf is the span of a load that falls to r.
func (st *stack) partOf(load span, c *sharers, r *Resource) span {
	if len(c.in) == 1 && c.in[r] {
		return load
	}
	return load.times(st.share(c, r))
}
