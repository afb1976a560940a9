package hand

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestWhatServersAreFor(t *testing.T) {
	entry := func(typ, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: typ, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	c := cloud.Of([]*sim.Entry{
		entry(token.EC2Instance, "i-1", sim.Props{"availabilityZone": "us-east-1a"}),
		entry(token.RDSInstance, "main", sim.Props{"identifier": "main", "multiAz": true, "availabilityZone": "us-east-1b"}),
		entry(token.RDSInstance, "read", sim.Props{"identifier": "read", "replicateSourceDb": "main"}),
		entry(token.ElastiCacheReplicationGroup, "cache", sim.Props{"numCacheClusters": 2.0}),
		entry(token.AutoScalingGroup, "web", sim.Props{"name": "web", "targetGroupArns": []any{"arn"},
			"vpcZoneIdentifiers": []any{"s-b", "s-a"}}),
		entry(token.AutoScalingGroup, "workers", sim.Props{"name": "workers"}),
		entry(token.EC2Subnet, "s-a", sim.Props{"availabilityZone": "us-east-1a"}),
		entry(token.EC2Subnet, "s-b", sim.Props{"availabilityZone": "us-east-1b"}),
	})
	led := &ledger.Ledger{Pairs: map[string]ledger.Pair{"rds/us-east-1/main": {Second: true, Epoch: 1}},
		Machines: map[string]ledger.Machine{"i-2": {ID: "i-2", Group: "web"}, "i-3": {ID: "i-3", Group: "web"},
			"i-4": {ID: "i-4", Group: "workers"}}}
	var s state.State
	for _, name := range []string{"i-1/app", "i-1/postgresql", "i-1/valkey", "i-2/app", "i-3/app", "i-4/app",
		"main/postgresql",
		"main/postgresql-2", "read/postgresql", "cache/1", "cache/2", "lb"} {
		s.Units = append(s.Units, state.Unit{Name: name, State: "well"})
	}
	s.Units = append(s.Units, state.Unit{Name: "main/backup", State: "done"}, state.Unit{Name: "i-5/app",
		State: "starting"})
	got := map[string]breaks.Unit{}
	for _, u := range unitsOf(c, led, s) {
		got[u.Name] = u
	}
	want := map[string]breaks.Role{"i-1/app": breaks.RoleWeb, "i-1/postgresql": breaks.RolePrimary,
		"i-1/valkey": breaks.RoleCache,
		"i-2/app":    breaks.RoleWeb, "i-3/app": breaks.RoleWeb, "i-4/app": breaks.RoleWorker,
		"main/postgresql": breaks.RoleStandby, "main/postgresql-2": breaks.RolePrimary, "read/postgresql": breaks.RoleReplica,
		"cache/1": breaks.RoleCache, "cache/2": breaks.RoleCacheTwo, "lb": breaks.RoleOther, "i-5/app": breaks.RoleOther}
	roles := map[string]breaks.Role{}
	for name, u := range got {
		roles[name] = u.Role
	}
	assert.Equal(t, want, roles, "what has run to its end is none")
	assert.Equal(t, "us-east-1a", got["i-2/app"].Zone, "machines are spread over the zones of their subnets")
	assert.Equal(t, "us-east-1b", got["i-3/app"].Zone)
	assert.Equal(t, "us-east-1", got["lb"].Region+got["i-1/app"].Region)
	assert.False(t, got["i-5/app"].Serves)
	assert.True(t, got["i-4/app"].Serves)
}
