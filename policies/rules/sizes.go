package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// sizeFactors are AWS's normalization factors for reserved instances, which
// say how many of a "small" a size is worth.
// Source: Amazon EC2 User Guide, "How reserved instance discounts are applied".
var sizeFactors = map[string]float64{
	"nano": 0.25, "micro": 0.5, "small": 1, "medium": 2, "large": 4, "xlarge": 8,
}

// wholeMachine is the factor of a "metal" size that names no other: most have as
// many cores as a 24xlarge.
const wholeMachine = 8 * 24

// factorOf is the factor of a size, "4xlarge" or "metal-24xl" say; zero for one
// that is none.
func factorOf(size string) float64 {
	if f, ok := sizeFactors[size]; ok {
		return f
	}
	if size == "metal" {
		return wholeMachine
	}
	if like, ok := strings.CutPrefix(size, "metal-"); ok {
		size = like + "arge" // metal-24xl is as large as a 24xlarge
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, "xlarge"))
	if err != nil || n <= 0 || !strings.HasSuffix(size, "xlarge") {
		return 0
	}
	return 8 * float64(n)
}

// class splits "db.m7g.large", "cache.m7g.large" or "m7g.large".
func class(name string) (family, size string) {
	for _, prefix := range []string{"db.", "cache."} {
		name = strings.TrimPrefix(name, prefix)
	}
	family, size, _ = strings.Cut(name, ".")
	return family, size
}

// burstable families earn credits while idle and slow down without them.
func burstable(family string) bool {
	return strings.HasPrefix(family, "t") && len(family) > 1 && family[1] >= '0' && family[1] <= '9'
}

// largest is the largest size that a stage calls for. Above it, the next
// stage carries the same load for less: stage 1 and 2 are one machine, stage
// 3 adds machines instead of larger ones, stage 4 splits the database.
func largest(n ladder.Number) string {
	switch {
	case n <= 1:
		return "large"
	case n == 2:
		return "2xlarge"
	case n == 3:
		return "4xlarge"
	case n == 4:
		return "12xlarge"
	}
	return "48xlarge"
}

// sizes are where a machine's size stands, by type.
var sizes = map[string]string{
	token.EC2LaunchTemplate: "instanceType", token.EC2Instance: "instanceType", token.EC2LaunchConfiguration: "instanceType", token.EC2SpotInstanceRequest: "instanceType",
	token.RDSInstance: "instanceClass", token.RDSClusterInstance: "instanceClass",
	token.ElastiCacheReplicationGroup: "nodeType", token.ElastiCacheCluster: "nodeType",
}

func sizedTypes() []string { return slices.Sorted(maps.Keys(sizes)) }

func sizeFits(c *rule.Check, r *rule.Resource) {
	prop := sizes[r.Type]
	name, there := r.At(prop).Text()
	if there == rule.Unknown {
		c.Undecided(r, prop)
		return
	}
	family, size := class(name)
	most := largest(c.Settings.Stage)
	if factorOf(size) > factorOf(most)*c.Number("factor") {
		c.Require(rule.No, r, prop,
			fmt.Sprintf("use %s at most on stage %d; beyond it the next stage is cheaper", most, c.Settings.Stage))
	}
	if c.Settings.Stage >= spreadFrom && burstable(family) && steady(r.Type) {
		c.Require(rule.No, r, prop,
			"use a family with steady performance, m7g or c7g: burstable machines slow down once their credits are gone")
	}
}

// steady are the types under load all day. A cache is not among them: it is
// bound by memory, not by CPU. Nor is a single machine, which is a helper from
// stage 3 on.
func steady(typ string) bool {
	return slices.Contains([]string{token.RDSInstance, token.RDSClusterInstance, token.EC2LaunchTemplate,
		token.EC2LaunchConfiguration}, typ)
}

// cpus is the number of vCPUs of a size: two for a large, then in proportion.
func cpus(size string) float64 { return max(2, factorOf(size)/2) }

// MemoryGiB is the memory of a database class, in GiB; false for a class whose
// name does not say.
func MemoryGiB(name string) (float64, bool) {
	gib := machine.DatabaseGiB(name)
	return gib, gib > 0
}
