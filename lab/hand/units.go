// Package hand is what breaks a lab on purpose, and what restores its backups: the
// lab's side of package breaks. What a server is for it reads from the offline cloud
// and the lab's record; what it does to one it notes first, so that a drill which is
// killed in the middle is taken back by the next.
//
// A server is broken as a whole, with the processes that it has started. What cannot
// be done to it on this machine is refused, and says why.
package hand

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/redis"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/resource/token"
)

// well is how the lab says that a server is as it should be.
const well = "well"

// unitsOf says of what a lab runs what it is for and where it would be on AWS.
func unitsOf(c cloud.Cloud, led *ledger.Ledger, s state.State) (all []breaks.Unit) {
	known := parts(c, led)
	for _, u := range s.Units {
		one := known[u.Name]
		if one.Role == "" {
			one.Role = breaks.RoleOther
		}
		one.Name, one.Serves = u.Name, u.State == well
		if u.State != "done" { // which has run, and does not
			all = append(all, one)
		}
	}
	return all
}

// parts are the servers of a cloud by name.
func parts(c cloud.Cloud, led *ledger.Ledger) map[string]breaks.Unit {
	all := map[string]breaks.Unit{}
	for _, r := range c.All(token.EC2Instance) {
		for name, role := range map[string]breaks.Role{"app": breaks.RoleWeb, "postgresql": breaks.RolePrimary,
			"valkey": breaks.RoleCache} {
			all[r.ID+"/"+name] = breaks.Unit{Role: role, Zone: r.Str("availabilityZone"), Region: r.Region}
		}
	}
	for _, m := range postgres.Members(c, led.Pairs) {
		all[m.Unit] = breaks.Unit{Role: breaks.Role(m.Role), Zone: m.Zone, Region: m.Region}
	}
	addCaches(all, c, led)
	addMachines(all, c, led)
	return all
}

// addCaches are the nodes of caches: in a cluster any may have a key, else one takes the
// writes.
func addCaches(all map[string]breaks.Unit, c cloud.Cloud, led *ledger.Ledger) {
	for _, r := range c.All(token.ElastiCacheReplicationGroup) {
		shards := max(1, r.Int("numNodeGroups"))
		nodes := max(shards*(1+r.Int("replicasPerNodeGroup")), r.Int("numCacheClusters"))
		zones := r.Strs("preferredCacheClusterAzs")
		for n := range nodes {
			u := breaks.Unit{Role: breaks.RoleCacheTwo, Region: r.Region, Zone: nth(zones, n)}
			name := fmt.Sprintf("%s/%d", r.ID, n+1)
			if holder := redis.Holder(r, led.Pairs); name == holder || holder == "" && n < shards {
				u.Role = breaks.RoleCache
			}
			all[name] = u
		}
	}
}

// addMachines are those of groups, which are spread over the zones of their subnets as
// AWS does it: evenly.
func addMachines(all map[string]breaks.Unit, c cloud.Cloud, led *ledger.Ledger) {
	count := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(led.Machines)) {
		m := led.Machines[id]
		r, ok := c.First(token.AutoScalingGroup, "name", m.Group)
		if !ok {
			continue
		}
		u := breaks.Unit{Role: breaks.RoleWorker, Region: r.Region, Zone: nth(zonesOf(c, r), count[m.Group])}
		if len(r.Strs("targetGroupArns")) > 0 {
			u.Role = breaks.RoleWeb
		}
		count[m.Group]++
		all[machines.UnitOf(m)] = u
	}
}

// zonesOf are the zones of a group's subnets, in order.
func zonesOf(c cloud.Cloud, group cloud.Resource) (zones []string) {
	zones = group.Strs("availabilityZones")
	for _, id := range group.Strs("vpcZoneIdentifiers") {
		if subnet, ok := c.ByID(token.EC2Subnet, id); ok {
			zones = append(zones, subnet.Str("availabilityZone"))
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// nth is one of some, in turns; empty where there are none.
func nth(all []string, n int) string {
	if len(all) == 0 {
		return ""
	}
	return all[n%len(all)]
}
