package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// cacheIn is what a cache needs, and its inputs.
func cacheIn(c *simtest.Cloud) sim.Props {
	_, a, b := twoZones(c)
	group := c.Settled(token.ElastiCacheSubnetGroup, "cache-subnets", sim.Props{"subnetIds": sim.List(a.ID, b.ID)})
	params := c.Settled(token.ElastiCacheParameterGroup, "cache-parameters",
		sim.Props{"family": "valkey8", "parameters": list{
			obj{"name": "maxmemory-policy", "value": "allkeys-lru"},
		}})
	return sim.Props{
		"description": "Cache", "engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.t4g.small", "port": 6379.0,
		"clusterMode": "disabled", "numNodeGroups": 1.0, "replicasPerNodeGroup": 1.0, "automaticFailoverEnabled": true, "multiAzEnabled": true,
		"atRestEncryptionEnabled": true, "transitEncryptionEnabled": true, "transitEncryptionMode": "required",
		"authToken": "0123456789abcdef", "authTokenUpdateStrategy": "ROTATE", "parameterGroupName": params.ID, "subnetGroupName": group.ID,
		"snapshotRetentionLimit": 7.0, "snapshotWindow": "02:00-03:00", "finalSnapshotIdentifier": "cache-final",
		"maintenanceWindow": "sun:05:30-sun:06:30", "autoMinorVersionUpgrade": true, "applyImmediately": true,
	}
}

func TestCacheSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := cacheIn(c)
	g := c.Settled(token.ElastiCacheReplicationGroup, "cache-group", in)
	assert.Regexp(t, `^master\.cache-group-[0-9a-f]{7}\.[a-z0-9]{6}\.use1\.cache\.amazonaws\.com$`,
		g.Str("primaryEndpointAddress"))
	assert.Regexp(t, `^replica\.`, g.Str("readerEndpointAddress"))
	assert.Equal(t, "8.0.1", g.Str("engineVersionActual"))
	assert.Equal(t, list{g.ID + "-001", g.ID + "-002"}, g.Get("memberClusters"))
	assert.True(t, g.Outputs["authToken"].IsSecret())
	preview, err := c.PreviewUpdate(g, but(in, sim.Props{"replicasPerNodeGroup": 2.0}))
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, preview.Get("memberClusters"))
	mustRefuse(t, c.Delete(&simtest.Resource{URN: simtest.URN(token.ElastiCacheSubnetGroup, "cache-subnets"),
		ID: in.Str("subnetGroupName")}), "CacheSubnetGroupInUse", "first")
	mustRefuse(t, c.Delete(&simtest.Resource{URN: simtest.URN(token.ElastiCacheParameterGroup, "cache-parameters"),
		ID: in.Str("parameterGroupName")}),
		"InvalidCacheParameterGroupState", "first")
	require.NoError(t, c.Delete(g))
	again := c.Must(token.ElastiCacheReplicationGroup, "cache-group", in)
	mustRefuse(t, c.Delete(again), "SnapshotAlreadyExistsFault", "another finalSnapshotIdentifier")
}

func TestCacheReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := cacheIn(c)
	g := c.Must(token.ElastiCacheReplicationGroup, "cache-group", in)
	decides(t, c, g, in, map[string]change{
		"engine":     {sim.Props{"engine": "redis", "engineVersion": "7.1"}, true},
		"downgrade":  {sim.Props{"engineVersion": "7.2"}, true},
		"upgrade":    {sim.Props{"engineVersion": "8.1"}, false},
		"at rest":    {sim.Props{"atRestEncryptionEnabled": false}, true},
		"port":       {sim.Props{"port": 6380.0}, true},
		"subnets":    {sim.Props{"subnetGroupName": "other"}, true},
		"TLS":        {sim.Props{"transitEncryptionEnabled": false}, false},
		"node type":  {sim.Props{"nodeType": "cache.m7g.large"}, false},
		"mode":       {sim.Props{"clusterMode": "compatible"}, false},
		"replicas":   {sim.Props{"replicasPerNodeGroup": 2.0}, false},
		"token":      {sim.Props{"authToken": "fedcba9876543210"}, false},
		"parameters": {sim.Props{"parameterGroupName": "other"}, false},
	})
}

func TestCacheRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := cacheIn(c)
	c.Must(token.ElastiCacheReplicationGroup, "taken", but(in, sim.Props{"replicationGroupId": "taken"}))
	c.Must(token.ElastiCacheParameterGroup, "redis", sim.Props{"name": "redis", "family": "redis7"})
	c.Must(token.ElastiCacheParameterGroup, "cluster",
		sim.Props{"name": "cluster", "family": "valkey8", "parameters": list{obj{"name": "cluster-enabled", "value": "yes"}}})
	s := c.Must(token.EC2Subnet, "lone",
		sim.Props{"vpcId": c.Must(token.EC2Vpc, "v2", sim.Props{"cidrBlock": "10.8.0.0/16"}).ID, "cidrBlock": "10.8.0.0/24",
			"availabilityZone": "us-east-1a"})
	lone := c.Must(token.ElastiCacheSubnetGroup, "lone", sim.Props{"subnetIds": sim.List(s.ID)})
	row := func(code, hint string, changes sim.Props) refusal {
		return refusal{token.ElastiCacheReplicationGroup, but(in, changes), code, hint}
	}
	const value, combination = "InvalidParameterValue", "InvalidParameterCombination"
	refuses(t, c, map[string]refusal{
		"taken":              row("ReplicationGroupAlreadyExists", "another name", sim.Props{"replicationGroupId": "taken"}),
		"version":            row(combination, "8.1", sim.Props{"engineVersion": "9.0"}),
		"node type":          row(value, "cache.FAMILY.SIZE", sim.Props{"nodeType": "cache.t4g.huge"}),
		"token without TLS":  row(value, "transitEncryptionEnabled", sim.Props{"transitEncryptionEnabled": false}),
		"failover alone":     row(combination, "replicasPerNodeGroup", sim.Props{"replicasPerNodeGroup": 0.0}),
		"cluster alone":      row(value, "auto failover", sim.Props{"clusterMode": "enabled", "parameterGroupName": "cluster", "automaticFailoverEnabled": false, "multiAzEnabled": false}),
		"shards":             row(combination, "one shard", sim.Props{"numNodeGroups": 2.0}),
		"mode without group": row(combination, "cluster-enabled set to yes", sim.Props{"clusterMode": "compatible"}),
		"group without mode": row(combination, "cluster-enabled=yes", sim.Props{"parameterGroupName": "cluster"}),
		"family":             row(combination, "valkey8", sim.Props{"parameterGroupName": "redis"}),
		"no group":           row("CacheParameterGroupNotFound", "exists", sim.Props{"parameterGroupName": "none"}),
		"no subnets":         row("CacheSubnetGroupNotFoundFault", "exists", sim.Props{"subnetGroupName": "none"}),
		"default subnets":    row(combination, "no default VPC", sim.Props{"subnetGroupName": nil}),
		"one zone":           row(combination, "another zone", sim.Props{"subnetGroupName": lone.ID}),
		"windows":            row(value, "overlap", sim.Props{"snapshotWindow": "06:00-07:00"}),
		"family of nothing":  {token.ElastiCacheParameterGroup, sim.Props{"family": "valkey1"}, value, "valkey8"},
		"subnet of nothing":  {token.ElastiCacheSubnetGroup, sim.Props{"subnetIds": sim.List("subnet-1")}, "InvalidSubnet", "exists"},
	})
}

func TestCacheInputs(t *testing.T) {
	c := cloud(t, "us-east-1")
	with := func(in sim.Props) sim.Props { return but(sim.Props{"description": "x"}, in) }
	invalid(t, c, token.ElastiCacheReplicationGroup, map[string]badInput{
		"multi AZ":     {with(sim.Props{"multiAzEnabled": true}), "automaticFailoverEnabled must be true"},
		"one node":     {with(sim.Props{"automaticFailoverEnabled": true, "numCacheClusters": 1.0}), "at least 2"},
		"two counts":   {with(sim.Props{"numCacheClusters": 2.0, "numNodeGroups": 1.0}), "conflicts"},
		"short token":  {with(sim.Props{"authToken": "short"}), "16 to 128"},
		"odd token":    {with(sim.Props{"authToken": "0123456789abcde@"}), "excluding"},
		"token, users": {with(sim.Props{"authToken": "0123456789abcdef", "userGroupIds": sim.List("a")}), "conflicts"},
		"engine":       {with(sim.Props{"engine": "keydb"}), "valkey"},
		"mode":         {with(sim.Props{"clusterMode": "on"}), "compatible"},
		"long name":    {with(sim.Props{"replicationGroupId": "a123456789012345678901234567890123456789x"}), "at most 40"},
		"replicas":     {with(sim.Props{"replicasPerNodeGroup": 6.0}), "0 to 5"},
		"window":       {with(sim.Props{"snapshotWindow": "noon"}), "hh24:mi"},
	})
}

func TestCacheModeForward(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := cacheIn(c)
	on := c.Must(token.ElastiCacheParameterGroup, "on",
		sim.Props{"family": "valkey8", "parameters": list{obj{"name": "cluster-enabled", "value": "yes"}}})
	compatible := but(in, sim.Props{"clusterMode": "compatible", "parameterGroupName": on.ID})
	enabled := but(compatible, sim.Props{"clusterMode": "enabled"})
	g := c.Must(token.ElastiCacheReplicationGroup, "g", in)
	_, err := c.Update(g, enabled)
	mustRefuse(t, err, "InvalidParameterValue", "compatible first")
	_, err = c.Update(g, but(compatible, sim.Props{"automaticFailoverEnabled": false, "multiAzEnabled": false}))
	mustRefuse(t, err, "InvalidParameterCombination", "one replica first")
	g, err = c.Update(g, compatible)
	require.NoError(t, err)
	assert.NotEmpty(t, g.Str("configurationEndpointAddress"))
	g, err = c.Update(g, enabled)
	require.NoError(t, err)
	assert.Empty(t, g.Str("primaryEndpointAddress"))
	_, err = c.Update(g, in)
	mustRefuse(t, err, "InvalidParameterValue", "Keep clusterMode enabled")
}
