package database

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// gibibyte in bytes.
const gibibyte = 1 << 30

// gibPerVCPU is the memory of one vCPU in each supported family, in GiB.
// Source: the RDS user guide's table of DB instance classes.
var gibPerVCPU = map[string]float64{
	"m5": 4, "m6g": 4, "m6i": 4, "m7g": 4, "m7i": 4, "m8g": 4,
	"r5": 8, "r6g": 8, "r6i": 8, "r7g": 8, "r7i": 8, "r8g": 8,
}

// vcpus is the number of vCPUs of each size of those families.
var vcpus = map[string]int{
	"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96,
}

// burstableGiB is the memory of the burstable sizes (t3, t4g), in GiB.
var burstableGiB = map[string]float64{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}

// MemoryGiB is the memory of an instance class, "db.m7g.large" say, in GiB.
// It fails for a class that PostgreSQL does not run on or that the package
// does not know.
func MemoryGiB(class string) (float64, error) {
	parts := strings.Split(class, ".")
	if len(parts) == 3 && parts[0] == "db" {
		family, size := parts[1], parts[2]
		if gib, ok := burstableGiB[size]; ok && (family == "t3" || family == "t4g") {
			return gib, nil
		}
		if perCPU, ok := gibPerVCPU[family]; ok && vcpus[size] > 0 {
			return perCPU * float64(vcpus[size]), nil
		}
	}
	return 0, fmt.Errorf("unknown class %q, want db.FAMILY.SIZE with family t3, t4g (micro to 2xlarge) or %s (large to 24xlarge)",
		class, strings.Join(slices.Sorted(maps.Keys(gibPerVCPU)), ", "))
}

// IncludedIOPS is how many operations a second a gp3 disk of so many GiB takes
// without extra charge. From 400 GiB on, RDS stripes it over four volumes.
// Source: the RDS user guide's table of gp3 storage for PostgreSQL.
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
	return min(int(memoryGiB*gibibyte/9531392), 5000)
}

// Family is the parameter group family of an engine version: "postgres17".
func Family(engineVersion string) string {
	major, _, _ := strings.Cut(engineVersion, ".")
	return "postgres" + major
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

// identifierChars is what instance and snapshot identifiers may not contain.
var identifierChars = regexp.MustCompile(`[^a-z0-9]+`)

// maxIdentifier is the longest identifier that RDS takes for an instance.
const maxIdentifier = 63

// identifier is the physical name of an instance: the stack, the child and
// the incarnation, in what RDS allows (63 letters, digits and single hyphens,
// beginning with a letter). The incarnation always survives a shortening.
func identifier(stack, child, incarnation string) string {
	id := strings.Trim(identifierChars.ReplaceAllString(strings.ToLower(stack+"-"+child), "-"), "-")
	if id == "" || id[0] < 'a' || id[0] > 'z' {
		id = "s" + id
	}
	room := maxIdentifier - len(incarnation) - 1
	return strings.TrimRight(id[:min(len(id), room)], "-") + "-" + incarnation
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
