package database

import (
	"fmt"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/names"
)

// gibibyte in bytes.
const gibibyte = 1 << 30

// MemoryGiB is the memory of an instance class, "db.m7g.large" say, in GiB.
// It fails for a class that PostgreSQL does not run on, and for one whose name
// does not say.
func MemoryGiB(class string) (float64, error) {
	if gib := machine.DatabaseGiB(class); gib > 0 && machine.RDS.Unfit(class) == "" {
		return gib, nil
	}
	return 0, fmt.Errorf("unknown class %q, want %s, %s say", class, machine.RDS.Form(), machine.RDS.Example)
}

// IncludedIOPS is how many operations a second a gp3 disk of so many GiB takes
// without extra charge. From 400 GiB on, RDS stripes it over four volumes.
// Source: the RDS user guide's table of gp3 storage for PostgreSQL and MySQL.
func IncludedIOPS(allocatedGiB int) int {
	if allocatedGiB >= 400 {
		return 12_000
	}
	return 3_000
}

// MaxConnections is how many connections PostgreSQL accepts on an instance
// with that memory under RDS's default formula,
// LEAST(DBInstanceClassMemory/9531392, 5000). It is an upper bound: RDS keeps
// a part of the memory for itself, so that a real instance has some less.
func MaxConnections(memoryGiB float64) int {
	return machine.PostgreSQLConnections.Of(memoryGiB)
}

// replicaZones places n replicas: round robin over the zones, beginning with
// the second, because the primary is created in the first one more often than
// not (RDS chooses, and moves it on a failover). A further replica never
// moves those before it.
func replicaZones(zones []string, n int) []string {
	placed := make([]string, n)
	for i := range placed {
		placed[i] = zones[(i+1)%len(zones)]
	}
	return placed
}

// identifier is the physical name of an instance of the database called base:
// the stack, the child and the incarnation.
func identifier(stack, base, child, incarnation string) string {
	end := "-" + incarnation
	return names.RDS.Kept(stack, child, end, stood(stack, base, child, end))
}

// stood reports whether older versions, which cut names at their end, may have
// given the child its name: a primary and its first replica were still told
// apart where the stack's name left room for one more letter. Those names stay,
// because another one would give a standing database another address.
func stood(stack, base, child, end string) bool {
	primary, replica := primaryName(base), replicaName(base, 0)
	return (child == primary || child == replica) &&
		names.RDS.Cut(stack, primary, end) != names.RDS.Cut(stack, replica, end)
}

// finalSnapshot is the name of the snapshot that RDS takes of an instance
// before it deletes it; unique, because the identifier carries the incarnation.
func finalSnapshot(identifier string) string { return identifier + "-final" }

// readerWeights are the weights of the reader name's records: the primary
// first, then the replicas. The primary answers only while there is no
// replica, or while it is a copy and takes no writes itself; its record stays
// with weight 0, so that a first replica is an update, not a gap in the name.
func readerWeights(replicas int, copied bool) []int {
	weights := make([]int, 1+replicas)
	for i := range weights {
		weights[i] = 100
	}
	if replicas > 0 && !copied {
		weights[0] = 0
	}
	return weights
}
