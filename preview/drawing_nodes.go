package preview

import (
	"slices"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
)

// nodesOf are the components of a report.
func nodesOf(all []section) map[string]node {
	nodes := map[string]node{}
	for _, s := range all {
		if s.component == "" {
			continue
		}
		n := node{name: s.component, region: s.region, after: s.after, op: boxOf(s).op}
		for _, r := range s.rows {
			n.data = n.data || r.data()
		}
		nodes[n.name] = n
	}
	return nodes
}

// nodes are the components that the bill knows, without a mark.
func (b Bill) nodes() map[string]node {
	nodes := map[string]node{}
	add := func(component, region, typ string, m Money) {
		if component == "" {
			return
		}
		n := nodes[component]
		_, holds := guard.HoldsData(typ)
		if n.region == "" && region != cost.Global {
			n.region = region
		}
		n.name, n.op, n.after, n.data = component, Same, n.after.add(m), n.data || holds
		nodes[component] = n
	}
	for _, l := range b.Cost.Lines {
		add(l.Component, l.Region, l.Type, l.Monthly)
	}
	for _, list := range [][]Note{b.Cost.Free, b.Cost.UsageBased, b.Cost.Unpriced} {
		for _, n := range list {
			add(n.Component, "", n.Type, Money{})
		}
	}
	return nodes
}

// distribution is CloudFront's: there the firewall is the first that a request
// meets.
const distribution = "aws:cloudfront/distribution:Distribution"

func (r Report) cloudFront() bool {
	return slices.ContainsFunc(slices.Concat(r.Resources.Changes, r.Resources.same),
		func(c Change) bool { return c.Type == distribution })
}

func (b Bill) cloudFront() bool {
	return slices.ContainsFunc(b.Cost.Lines, func(l Line) bool { return l.Type == distribution })
}
