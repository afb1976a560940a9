package cache

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/machine"
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

// vcpus is the number of vCPUs of a node type, "cache.t4g.small" say, of one that
// AWS may add as well: it takes whatever is spelt as one.
func vcpus(nodeType string) (int, error) {
	nodes := machine.ElastiCache
	if n := machine.CacheVCPUs(nodeType); n > 0 && nodes.Unfit(nodeType) == "" {
		return n, nil
	}
	return 0, fmt.Errorf("unknown node type %q, want %s, %s say", nodeType, nodes.Form(), nodes.Example)
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
	"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
	"noeviction",
}
