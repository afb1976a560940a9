// Package parts is the map of the system as data: which parts a stage is made of,
// where each stands on the way of a request, who asks whom, and what a
// component's name says of its part, its region and its shard.
//
// The stacks build by these names, signals watch them, and everything that lists
// or draws a stack reads its order, its tiers and its lines here. A part that is
// not in the table is listed last and drawn beside the others; a test of package
// stacks does not let that happen to one of rung's own.
package parts

import "slices"

// Tier is how far a request has come when it reaches a part.
type Tier int

// The tiers, in the order of a request.
const (
	// World is what a stack has once, before all regions.
	World Tier = iota
	// Door lets users and programs into a region.
	Door
	// Compute answers and works.
	Compute
	// Store keeps what is to last, or hands it on.
	Store
	// Beside is what no request passes: what connects, grants, keeps and watches.
	Beside
)

// Part is one row of the map.
type Part struct {
	// Name is that of the component at home.
	Name string
	Tier Tier
	// Copied is true for a store whose data is in every region.
	Copied bool
	// Sharded is true for a store that may have further shards.
	Sharded bool
}

// table lists the parts the way a request takes, then what stands beside it.
var table = []Part{
	{Name: "network", Tier: Beside},
	{Name: "peering", Tier: Beside},
	{Name: "dns", Tier: World},
	{Name: "accelerator", Tier: World},
	{Name: "firewall", Tier: World},
	{Name: "origin", Tier: Beside},
	{Name: "edge", Tier: World},
	{Name: "cdn", Tier: World},
	{Name: "assets", Tier: World},
	{Name: "loadbalancer", Tier: Door},
	{Name: "gateway", Tier: Door},
	{Name: "inner", Tier: Door},
	{Name: "server", Tier: Compute},
	{Name: "capacity", Tier: Beside},
	{Name: "web", Tier: Compute},
	{Name: "users-service", Tier: Compute},
	{Name: "posts-service", Tier: Compute},
	{Name: "search-service", Tier: Compute},
	{Name: "workers", Tier: Compute},
	{Name: "cache", Tier: Store},
	{Name: "database-proxy", Tier: Store},
	{Name: "database", Tier: Store, Copied: true, Sharded: true},
	{Name: "database-aurora", Tier: Beside},
	{Name: "users-database", Tier: Store, Copied: true},
	{Name: "search", Tier: Store},
	{Name: "jobs", Tier: Store},
	{Name: "events", Tier: Store},
	{Name: "uploads", Tier: Store, Copied: true},
	{Name: "discovery", Tier: Beside},
	{Name: "key", Tier: Beside},
	{Name: "backups", Tier: Beside},
	{Name: "artifacts", Tier: Beside},
	{Name: "logs", Tier: Beside},
	{Name: "alerts", Tier: Beside},
	{Name: "budget", Tier: Beside},
	{Name: "climb", Tier: Beside},
	{Name: "slo", Tier: Beside},
	{Name: "dashboard", Tier: Beside},
}

// All are the parts in the order in which they are listed.
func All() []Part { return slices.Clone(table) }

// Of are the names of a tier's parts, in order.
func Of(t Tier) []string {
	var names []string
	for _, p := range table {
		if p.Tier == t {
			names = append(names, p.Name)
		}
	}
	return names
}

// Get finds a part by its name at home.
func Get(name string) (Part, bool) {
	if i := index(name); i >= 0 {
		return table[i], true
	}
	return Part{}, false
}

func index(name string) int {
	return slices.IndexFunc(table, func(p Part) bool { return p.Name == name })
}
