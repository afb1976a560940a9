package drawing

import (
	"slices"

	"github.com/rung-dev/rung/stacks/parts"
)

// The kinds of lines, as the map names them.
const (
	calls  = string(parts.Calls)
	queued = string(parts.Queued)
	copied = string(parts.Copied)
)

// link is a line between two boxes.
type link struct {
	from, to, kind string
}

// drawnWays are those that every request may take.
func drawnWays() []parts.Way {
	return slices.DeleteFunc(parts.Ways(), func(w parts.Way) bool { return w.Kind == parts.May })
}

// linksOf are the lines between the boxes that there are.
func linksOf(b blueprint) []link {
	list := b.entries()
	for i, c := range b.cells {
		at := map[string][]Node{}
		for _, column := range c.columns {
			for _, n := range column {
				part := parts.Parse(n.Name).Part
				at[part] = append(at[part], n)
			}
		}
		for _, w := range drawnWays() {
			for _, from := range at[w.From] {
				for _, to := range at[w.To] {
					if !w.FirstOnly || parts.Parse(to.Name).Shard == 0 {
						list = append(list, link{from.Name, to.Name, string(w.Kind)})
					}
				}
			}
		}
		list = append(list, ownLinks(c, at["inner"])...)
		if i > 0 {
			list = append(list, b.copies(c)...)
		}
	}
	return list
}

// ownLinks lead to the services of somebody's own in a region, and from each to its own
// database. What else it uses, its app alone knows.
func ownLinks(c cellPlan, inner []Node) (list []link) {
	stores := map[string]string{}
	var services []Node
	for _, n := range slices.Concat(c.columns...) {
		switch tier, is := parts.Parse(n.Name).Own(); {
		case is && tier == parts.Store:
			stores[parts.Parse(n.Name).Base] = n.Name
		case is:
			services = append(services, n)
		}
	}
	for _, n := range services {
		for _, from := range inner {
			list = append(list, link{from.Name, n.Name, calls})
		}
		if store, has := stores[parts.Parse(n.Name).OwnStore()]; has {
			list = append(list, link{n.Name, store, calls})
		}
	}
	return list
}

// entries are the lines before the regions: users by way of everything on the
// way that there is, programs straight to the gateways.
func (b blueprint) entries() []link {
	var list []link
	last := users
	for _, n := range b.world {
		switch n.Name {
		case users, programs:
		case "dns":
			list = append(list, link{users, n.Name, calls})
		case "assets":
			if slices.ContainsFunc(b.world, func(n Node) bool { return n.Name == "cdn" }) {
				list = append(list, link{"cdn", n.Name, calls})
			}
		default:
			list = append(list, link{last, n.Name, calls})
			last = n.Name
		}
	}
	for i, c := range b.cells {
		if door := c.first("loadbalancer", "server"); door != "" && (i == 0 || b.routed()) {
			list = append(list, link{last, door, calls})
		}
		if gateway := c.first("gateway"); gateway != "" {
			list = append(list, link{programs, gateway, calls})
		}
	}
	return list
}

// routed is true where users come to every region: not while their data is on
// the server at home, and not where CloudFront has nothing to ask but home.
func (b blueprint) routed() bool {
	spread := slices.ContainsFunc(b.world, func(n Node) bool { return n.Name == "dns" || n.Name == "accelerator" })
	return b.cells[0].first("server") == "" && (spread || !b.cloudFront)
}

// first is the first of these that the region has.
func (c cellPlan) first(bases ...string) string {
	for _, base := range bases {
		for _, column := range c.columns {
			for _, n := range column {
				if is, _ := cellOf(n.Name); is == base {
					return n.Name
				}
			}
		}
	}
	return ""
}

// copies join a region's stores with the same ones at home.
func (b blueprint) copies(c cellPlan) []link {
	var list []link
	for _, column := range c.columns {
		for _, n := range column {
			base, _ := cellOf(n.Name)
			part, _ := parts.Get(parts.Parse(n.Name).Part)
			if part.Copied && b.cells[0].has(base) {
				list = append(list, link{base, n.Name, copied})
			}
		}
	}
	return list
}

func (c cellPlan) has(name string) bool {
	return slices.ContainsFunc(c.columns, func(column []Node) bool {
		return slices.ContainsFunc(column, func(n Node) bool { return n.Name == name })
	})
}
