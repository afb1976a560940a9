package stacks

import (
	"fmt"
	"path"
	"slices"

	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// signal is a limit of a stage: how one sees that it is near, and what to do. A
// signal asks other alarms, or is a limit of its own.
type signal struct {
	name string
	// near and next are sentences; near is for signals that ask other alarms.
	near, next string
	// any are groups of alarms as component/alarm, where * stands for any
	// number: the limit is near when all of one group fire. A group of what the
	// stack does not have is left out.
	any [][]string
	// limit is what no other alarm tells; nil where others do.
	limit *limit
	// firewall is true for what only the firewall can count.
	firewall bool
}

// limit is a figure that a metric comes near.
type limit struct {
	what, metric string
	at           float64
	perSecond    bool
}

// The metrics that limits are held against.
const (
	metricRequests = "requests" // a count: at the app on stages 1 and 2, else at the load balancer
	metricWrites   = "writes"   // operations a second of the primary's disk
)

// slow is that users wait: a busy part alone is a well used one.
const (
	slowAtServer   = "server/app-slow"
	slowAtBalancer = "loadbalancer/slow"
)

// signals are the limits of the stack's rung in one of its cells. The one table
// says all: which of them end the stage, and what the next one changes.
func signals(cfg config.Config) []signal {
	if cfg.App != nil && cfg.Stage < 3 {
		return []signal{busySignal(cfg)}
	}
	switch cfg.Stage {
	case 1:
		return slices.Concat(requestSignals(cfg,
			"stage 2 takes a larger server and puts a CDN in front, which answers most requests itself"), []signal{{
			name: "machine",
			near: "The server is at the limit of its CPU, its memory or its database connections, and users wait.",
			next: climbTo(cfg, "takes a larger server, and a CDN answers most requests before they reach it"),
			any:  [][]string{{"server/cpu-high", slowAtServer}, {"server/memory-high", slowAtServer}, {"server/pool-exhausted", slowAtServer}},
		}})
	case 2:
		return slices.Concat(requestSignals(cfg, "stage 3 has a fleet of servers that grows and shrinks with the load"),
			serverSignals(cfg))
	case 3:
		return slices.Concat(requestSignals(cfg,
			"stage 4 takes users, posts and search out of the one app, each with a fleet and a store of its own"),
			fleetSignals(cfg), storeSignals(cfg))
	case 4:
		return slices.Concat(requestSignals(cfg, "stage 5 has the whole system in several regions"), fleetSignals(cfg),
			storeSignals(cfg), []signal{outageSignal(cfg), farSignal(cfg)})
	}
	return slices.Concat(requestSignals(cfg, ""), fleetSignals(cfg), storeSignals(cfg))
}

// busySignal is all that is known of a server with somebody's app, which tells
// neither how many requests it answers nor how fast.
func busySignal(cfg config.Config) signal {
	return signal{
		name: "machine", near: "The server is at the limit of its CPU or its memory. Look whether users wait.",
		next: climbTo(cfg, "has more machines for the same work"),
		any:  [][]string{{"server/cpu-high"}, {"server/memory-high"}},
	}
}

// climbTo begins what the next stage changes. Above the last one there is none.
func climbTo(cfg config.Config, changes string) string {
	return fmt.Sprintf("Time to climb: stage %d %s.", cfg.Stage+1, changes)
}

// requestSignals hold the requests against the ladder's figure. What the CDN
// answers does not arrive here, and cells share the rest.
func requestSignals(cfg config.Config, changes string) []signal {
	stage, err := ladder.Get(cfg.Stage)
	if err != nil { // the configuration lets no such stage through
		return nil
	}
	at, where := float64(stage.PeakRequestsPerSecond), "load balancer"
	if cfg.CDN != config.NoCDN {
		at *= cfg.Traffic().MissRatio()
	}
	if cfg.Stage < 3 {
		where = "app"
	}
	next := fmt.Sprintf("That is this region's part of what stage %d is meant for. ", cfg.Stage)
	switch {
	case len(cfg.Regions) == 1 && cfg.Stage < 5:
		next = fmt.Sprintf("That is what stage %d is meant for. Time to climb: %s.", cfg.Stage, changes)
	case cfg.Stage == 5:
		next += climbTo(cfg, "answers at the edge what needs no server, and holds capacity for the rest")
	default:
		next += "There is no further rung: add a region (rung:regions)."
	}
	return []signal{{name: "requests", next: next, limit: &limit{
		what: "requests a second at the " + where, metric: metricRequests, at: at / float64(len(cfg.Regions)), perSecond: true,
	}}}
}

// serverSignals are those of the one server behind a CDN: the origin is still
// one machine. That its disk is full is no signal: it grows in place.
func serverSignals(cfg config.Config) []signal {
	return []signal{{
		name: "machine",
		near: "The server behind the CDN is at the limit of its CPU or memory, and users wait.",
		next: climbTo(cfg, "has servers that come and go with the load, and database and cache on machines of their own"),
		any:  [][]string{{"server/cpu-high", slowAtServer}, {"server/memory-high", slowAtServer}},
	}, {
		name: "connections",
		near: "Requests wait for a connection to the database, and users for them.",
		next: climbTo(cfg, "has a database of its own, with replicas that take the reads"),
		any:  [][]string{{"server/pool-exhausted", slowAtServer}},
	}, {
		name: "cache",
		near: "The cache answers under half of the reads, and the database takes the server's CPU for the rest.",
		next: climbTo(cfg, "has a cache with memory of its own, shared by all servers"),
		any:  [][]string{{"server/cache-cold", "server/cpu-high"}},
	}, {
		name: "jobs",
		near: "Over a thousand jobs wait, and the server has no CPU left for them.",
		next: climbTo(cfg, "has a queue, and workers that come when jobs wait"),
		any:  [][]string{{"server/jobs-waiting", "server/cpu-high"}},
	}}
}

// withServices are those of a list that come with the services, on stage 4.
func withServices[T any](cfg config.Config, list ...T) []T {
	if cfg.Stage < 4 {
		return nil
	}
	return list
}

// fleetSignals say that no more machines come, though they are needed.
func fleetSignals(cfg config.Config) []signal {
	fleet := signal{
		name: "fleet",
		near: "A fleet is at its maximum, and its machines are busy or users wait.",
		next: "Raise its maximum (rung:web.max, rung:services.max) as long as the stores behind it bear more. " + map[ladder.Number]string{
			3: climbTo(cfg, "lets each service grow by itself"),
			4: climbTo(cfg, "has fleets in several regions"),
			5: climbTo(cfg, "holds capacity for what always runs; a further region (rung:regions) takes a part of the users"),
			6: "There is no further rung: a further region (rung:regions) takes a part of the users.",
		}[cfg.Stage],
		any: [][]string{{"web/at-max", "web/cpu-high"}, {"web/at-max", slowAtBalancer}},
	}
	for _, one := range withServices(cfg, served(cfg)...) {
		fleet.any = append(fleet.any, []string{one.name + "/at-max", one.name + "/cpu-high"})
	}
	return []signal{fleet, {
		name: "jobs",
		near: "The workers are at their maximum, and jobs wait too long.",
		next: "Raise rung:workers.max; what the workers write to may be the limit. " + map[ladder.Number]string{
			3: climbTo(cfg, "takes search out of the jobs, as a service that hears of changes by events"),
			4: climbTo(cfg, "has workers in every region"),
			5: climbTo(cfg, "adds regions and shards, which jobs are spread over"),
			6: "There is no further rung: add shards (rung:database.shards) or a region (rung:regions).",
		}[cfg.Stage],
		any: [][]string{{"workers/at-max", "jobs/age"}, {"workers/at-max", "jobs/depth"}},
	}}
}

// storeSignals are those of database and cache.
func storeSignals(cfg config.Config) []signal {
	relief := map[ladder.Number]string{
		3: climbTo(cfg, "takes users and search out of this database, with stores of their own"),
		4: climbTo(cfg, "spreads users over several databases, and reads over several regions"),
		5: "Add a shard (rung:database.shards), which creates only and takes new users. " + climbTo(cfg, "has more of them, and keeps more reads at the edge"),
		6: "There is no further rung: add a shard (rung:database.shards), which creates only and takes new users.",
	}[cfg.Stage]
	class := fmt.Sprintf("Take a larger rung:database.class (now %s) as long as there is one. ", cfg.Database.Class)
	return []signal{{
		name: "primary",
		near: "A primary is at the limit of its CPU, its memory or its disk, and users wait or the disk no longer grows.",
		next: class + relief,
		any: append([][]string{{"database*/cpu-high", slowAtBalancer}, {"database*/memory-low", slowAtBalancer}, {"database*/storage-low"}},
			ownStores(cfg)...),
	}, {
		name: "connections",
		near: "The database has four fifths of the connections that it takes, and machines wait for one.",
		next: class + "A proxy (rung:database.proxy) shares them from stage 4 on. " + relief,
		any: append([][]string{{"database/connections-high", "web/pool-exhausted"}, {"database/connections-high", "workers/pool-exhausted"}},
			withServices(cfg, []string{"database/connections-high", "posts-service/pool-exhausted"},
				[]string{"users-database/connections-high", "users-service/pool-exhausted"})...),
	}, {
		name: "writes", next: "Reads move to replicas, writes cannot. " + relief,
		limit: &limit{what: "writes a second to the database's disk", metric: metricWrites, at: float64(database.IncludedIOPS(cfg.Database.StorageGiB))},
	}, {
		name: "cache",
		near: "The cache evicts what is still asked for: under half of the reads are answered by it.",
		next: fmt.Sprintf("Take a larger rung:cache.nodeType (now %s), or spread the keys over shards (rung:cache.clusterMode).", cfg.Cache.NodeType),
		any:  [][]string{{"cache/node-*-evictions-high", "web/cache-cold"}},
	}}
}

// mostMatches is how many alarms a * stands for at the most. Keys and users are
// spread evenly, so that the first nodes and shards tell of all.
const mostMatches = 16

// groups are the signal's groups among the alarms that there are.
func (s signal) groups(known []string) [][]string {
	var list [][]string
	for _, group := range s.any {
		list = append(list, expand(group, known)...)
	}
	return list
}

// expand replaces the first name of a group by each one that fits it. It gives
// nothing where a name fits none.
func expand(group, known []string) [][]string {
	for _, name := range group[1:] {
		if !slices.Contains(known, name) {
			return nil
		}
	}
	var list [][]string
	for _, name := range known {
		if fits, _ := path.Match(group[0], name); fits && len(list) < mostMatches {
			list = append(list, append([]string{name}, group[1:]...))
		}
	}
	return list
}
