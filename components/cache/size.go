package cache

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Engine is the program that the nodes run.
type Engine string

const (
	// Valkey is the open continuation of Redis; AWS charges a fifth less for it.
	Valkey Engine = "valkey"
	// Redis is Redis OSS, for apps that depend on its version.
	Redis Engine = "redis"
)

// Mode says whether the cache speaks the cluster protocol.
//
// The way is disabled → compatible → enabled, one step in a deployment of its
// own, and there is no way back: a group that was once enabled stays so.
// Before compatible, the engine must be Valkey 7.2 or Redis 7.0 or higher, every
// shard must have a replica, and all keys must be in database 0. With
// compatible, clients get the configuration endpoint and speak the cluster
// protocol; with enabled, nothing changes for them. docs/stores.md goes through
// the steps.
type Mode string

const (
	// Disabled is one primary that holds everything.
	Disabled Mode = "disabled"
	// Compatible answers both protocols, so that clients can move over.
	Compatible Mode = "compatible"
	// Enabled spreads the keys over shards; clients must speak the cluster protocol.
	Enabled Mode = "enabled"
)

// Clustered is true where clients may speak the cluster protocol.
func (m Mode) Clustered() bool { return m == Compatible || m == Enabled }

// versions are the engine versions that the package knows, by engine, the
// default first. Source: the ElastiCache user guide's supported versions.
var versions = map[Engine][]string{
	Valkey: {"8.0", "8.1", "7.2"},
	Redis:  {"7.1", "7.0"},
}

// family is the parameter group family of an engine version: "valkey8".
func family(e Engine, version string) string {
	major, _, _ := strings.Cut(version, ".")
	return string(e) + major
}

var nodeForm = regexp.MustCompile(`^cache\.(t3|t4g|m5|m6g|m7g|m8g|r5|r6g|r7g|r8g)\.([a-z0-9]+)$`)

// sizes are the vCPUs of each size of the families above.
var sizes = map[string]int{
	"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96,
}

// vcpus is the number of vCPUs of a node type, "cache.t4g.small" say.
func vcpus(nodeType string) (int, error) {
	parts := nodeForm.FindStringSubmatch(nodeType)
	if parts != nil {
		burstable := strings.HasPrefix(parts[1], "t")
		small := slices.Contains([]string{"micro", "small", "medium"}, parts[2])
		if n := sizes[parts[2]]; n > 0 && burstable == small {
			return n, nil
		}
	}
	return 0, fmt.Errorf("unknown node type %q, want cache.FAMILY.SIZE with family t3 or t4g (micro, small, medium) or m5 to m8g, r5 to r8g (large to 24xlarge)", nodeType)
}

// cpuAlarm is the metric and the threshold by which a node's CPU is judged.
// The engine works on one thread: with four vCPUs or more its own metric
// counts; with fewer, the other threads take their share of the same cores,
// and the whole machine counts, at 90 % divided by the number of vCPUs.
// Source: the ElastiCache user guide, "Which metrics should I monitor?".
func cpuAlarm(vcpus int) (metric string, threshold float64) {
	if vcpus >= 4 {
		return "EngineCPUUtilization", 90
	}
	return "CPUUtilization", 90 / float64(vcpus)
}

// parameterValues are the parameters of the cache's group.
func (a Args) parameterValues() map[string]string {
	values := map[string]string{"maxmemory-policy": a.MaxMemoryPolicy}
	maps.Copy(values, a.Parameters)
	if a.ClusterMode.Clustered() {
		values["cluster-enabled"] = "yes"
	}
	return values
}

// nodes is the number of machines.
func (a Args) nodes() int { return a.Shards * (1 + a.replicas()) }

// replicas is the number of replicas of each shard.
func (a Args) replicas() int { return max(a.Replicas, 0) }

// major is the engine's major version; 0 for what is no version.
func major(version string) int {
	text, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// policies are the eviction policies that both engines know.
var policies = []string{
	"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "noeviction",
}
