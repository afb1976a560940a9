package preview

import (
	"slices"
	"strings"
)

// The kinds of lines.
const (
	calls  = "calls"  // one waits for the other's answer
	queued = "queued" // through a queue: nobody waits
	copied = "copied" // the same data in another region
)

// link is a line between two boxes.
type link struct {
	from, to, kind string
}

// ways are who uses what within a region, by the names at home, as the steps
// of package stacks admit them to one another. A way to the database is one to
// its shards too, but for the proxy's. What a weight gives a service of the
// load balancer's paths is not to be seen in a plan, and not drawn.
var ways = []link{
	{"loadbalancer", "web", calls}, {"loadbalancer", "server", calls},
	{"gateway", "inner", calls}, {"inner", "web", calls},
	{"inner", "users-service", calls}, {"inner", "posts-service", calls}, {"inner", "search-service", calls},
	{"web", "cache", calls}, {"web", "database", calls}, {"web", "uploads", calls}, {"web", "jobs", queued},
	{"users-service", "cache", calls}, {"users-service", "users-database", calls}, {"users-service", "events", queued},
	{"posts-service", "cache", calls}, {"posts-service", "database-proxy", calls}, {"posts-service", "database", calls},
	{"posts-service", "uploads", calls}, {"posts-service", "jobs", queued}, {"posts-service", "events", queued},
	{"search-service", "cache", calls}, {"search-service", "search", calls}, {"search-service", "events", queued},
	{"workers", "cache", calls}, {"workers", "database", calls}, {"workers", "uploads", calls}, {"workers", "jobs", queued},
	{"database-proxy", "database", calls},
}

// shared are the stores whose data is in every region.
var shared = []string{"database", "users-database", "uploads"}

// linksOf are the lines between the boxes that there are.
func linksOf(b blueprint) []link {
	list := b.entries()
	for i, c := range b.cells {
		at := map[string][]node{}
		for _, column := range c.columns {
			for _, n := range column {
				base, _ := cellOf(n.name)
				base, _, _ = strings.Cut(base, "-shard-")
				at[base] = append(at[base], n)
			}
		}
		for _, w := range ways {
			for _, from := range at[w.from] {
				for _, to := range at[w.to] {
					if w.from != "database-proxy" || to.name == "database" {
						list = append(list, link{from.name, to.name, w.kind})
					}
				}
			}
		}
		if i > 0 {
			list = append(list, b.copies(c)...)
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
		switch n.name {
		case users, programs:
		case "dns":
			list = append(list, link{users, n.name, calls})
		case "assets":
			if slices.ContainsFunc(b.world, func(n node) bool { return n.name == "cdn" }) {
				list = append(list, link{"cdn", n.name, calls})
			}
		default:
			list = append(list, link{last, n.name, calls})
			last = n.name
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
	spread := slices.ContainsFunc(b.world, func(n node) bool { return n.name == "dns" || n.name == "accelerator" })
	return b.cells[0].first("server") == "" && (spread || !b.cloudFront)
}

// first is the first of these that the region has.
func (c cellPlan) first(bases ...string) string {
	for _, base := range bases {
		for _, column := range c.columns {
			for _, n := range column {
				if is, _ := cellOf(n.name); is == base {
					return n.name
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
			base, _ := cellOf(n.name)
			family, _, _ := strings.Cut(base, "-shard-")
			if slices.Contains(shared, family) && b.cells[0].has(base) {
				list = append(list, link{base, n.name, copied})
			}
		}
	}
	return list
}

func (c cellPlan) has(name string) bool {
	return slices.ContainsFunc(c.columns, func(column []node) bool {
		return slices.ContainsFunc(column, func(n node) bool { return n.name == name })
	})
}
