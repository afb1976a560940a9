package parts

import "slices"

// Kind is how one part uses another.
type Kind string

// The kinds of ways.
const (
	Calls  Kind = "calls"  // one waits for the other's answer
	Queued Kind = "queued" // through a queue or a topic: nobody waits
	Copied Kind = "copied" // the same data in another region
	// May is a way that is open and not taken by every request, so that nothing
	// draws it: what a weight moves to a service, what services ask each other,
	// how rows move from one store to another, the proxy where others than the
	// posts' service write through it.
	May Kind = "may"
)

// Way says that one part uses another of its region. A way to a store with shards
// is one to each of them, unless it leads to the first alone.
type Way struct {
	From, To string
	Kind     Kind
	// FirstOnly is true where only the first shard is meant.
	FirstOnly bool
}

// ways are who uses what.
var ways = slices.Concat(
	from("loadbalancer", Calls, "web", "server"),
	from("gateway", Calls, "inner"),
	from("inner", Calls, "web", "users-service", "posts-service", "search-service"),
	from("web", Calls, "cache", "database", "uploads"),
	from("web", Queued, "jobs"),
	from("users-service", Calls, "cache", "users-database"),
	from("users-service", Queued, "events"),
	from("posts-service", Calls, "cache", "database-proxy", "database", "uploads"),
	from("posts-service", Queued, "jobs", "events"),
	from("search-service", Calls, "cache", "search"),
	from("search-service", Queued, "events"),
	from("workers", Calls, "cache", "database", "uploads"),
	from("workers", Queued, "jobs"),
	from("loadbalancer", May, "users-service", "posts-service", "search-service"),
	from("users-service", May, "inner"),
	from("posts-service", May, "inner"),
	from("search-service", May, "inner"),
	from("web", May, "database-proxy"),
	from("workers", May, "database-proxy"),
	from("server", May, "database"),
	from("database", May, "server"),
	from("users-database", May, "database"),
	[]Way{{From: "database-proxy", To: "database", Kind: Calls, FirstOnly: true}},
)

func from(part string, kind Kind, to ...string) []Way {
	var list []Way
	for _, t := range to {
		list = append(list, Way{From: part, To: t, Kind: kind})
	}
	return list
}

// Ways are all ways within a region, in the order of the parts that use others.
func Ways() []Way { return slices.Clone(ways) }
