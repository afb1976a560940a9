package cache

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Cache", Token) }

// placed are args in two zones that only say what is required.
func placed(change func(*Args)) Args {
	a := Args{
		VPCID: pulumi.String("vpc-1"),
		Subnets: []part.Subnet{
			{ID: pulumi.String("subnet-a").ToStringOutput(), Zone: "us-east-1a"},
			{ID: pulumi.String("subnet-b").ToStringOutput(), Zone: "us-east-1b"},
		},
		Clients: []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-web")}},
	}
	if change != nil {
		change(&a)
	}
	return a
}

func run(t *testing.T, change func(*Args)) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "cache", placed(change))
		return err
	})
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   []string // parts of the message; none means valid
	}{
		"defaults":        {},
		"redis":           {change: func(a *Args) { a.Engine = Redis }},
		"three shards":    {change: func(a *Args) { a.ClusterMode, a.Shards = Enabled, 3 }},
		"no place":        {change: func(a *Args) { a.VPCID, a.Subnets = nil, nil }, want: []string{"VPCID: required", "Subnets: got 0 zones"}},
		"unknown engine":  {change: func(a *Args) { a.Engine = "memcached" }, want: []string{`Engine: got "memcached", want "valkey" or "redis"`}},
		"foreign version": {change: func(a *Args) { a.Engine, a.EngineVersion = Redis, "8.0" }, want: []string{`EngineVersion: got "8.0"`}},
		"unknown node":    {change: func(a *Args) { a.NodeType = "cache.m7g.micro" }, want: []string{"NodeType: unknown node type"}},
		"shards without the protocol": {change: func(a *Args) { a.Shards = 2 },
			want: []string{`Shards: got 2 with ClusterMode "disabled"`}},
		"protocol without failover": {change: func(a *Args) { a.ClusterMode, a.Replicas = Compatible, NoReplicas },
			want: []string{"needs a failover"}},
		"too many replicas": {change: func(a *Args) { a.Replicas = 6 }, want: []string{"Replicas: got 6, want 1 to 5"}},
		"unknown mode":      {change: func(a *Args) { a.ClusterMode = "on" }, want: []string{`ClusterMode: got "on"`}},
		"unknown policy":    {change: func(a *Args) { a.MaxMemoryPolicy = "lru" }, want: []string{`MaxMemoryPolicy: got "lru"`}},
		"our parameter":     {change: func(a *Args) { a.Parameters = map[string]string{"cluster-enabled": "yes"} }, want: []string{`"cluster-enabled" is set by`}},
		"care": {change: func(a *Args) { a.SnapshotDays, a.SnapshotWindow, a.MaintenanceWindow, a.LogDays = 40, "2", "sun", 2 },
			want: []string{"SnapshotDays: got 40", "SnapshotWindow", "MaintenanceWindow", "LogDays"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := placed(tt.change).withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestFamily(t *testing.T) {
	assert.Equal(t, "valkey8", family(Valkey, "8.0"))
	assert.Equal(t, "redis7", family(Redis, "7.1"))
}

func TestCPUAlarm(t *testing.T) {
	tests := map[string]struct {
		metric    string
		threshold float64
	}{
		"cache.t4g.small":   {"CPUUtilization", 45},
		"cache.r7g.large":   {"CPUUtilization", 45},
		"cache.m7g.xlarge":  {"EngineCPUUtilization", 90},
		"cache.m7g.4xlarge": {"EngineCPUUtilization", 90},
	}
	for nodeType, want := range tests {
		n, err := vcpus(nodeType)
		require.NoError(t, err)
		metric, threshold := cpuAlarm(n)
		assert.Equal(t, want.metric, metric, nodeType)
		assert.InDelta(t, want.threshold, threshold, 0, nodeType)
	}
}

func TestFinalSnapshotIsAlwaysValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := finalSnapshot(rapid.StringMatching(`[a-zA-Z0-9._-]{1,100}`).Draw(t, "stack"), "cache", "0a1b2c3d")
		assert.LessOrEqual(t, len(got), 50)
		assert.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*-0a1b2c3d-final$`, got)
	})
}

func TestGroupIsSafe(t *testing.T) {
	group := recordtest.Only(t, run(t, nil), token.ElastiCacheReplicationGroup)
	assert.True(t, group.Protect)
	assert.Equal(t, "valkey", group.String("engine"))
	for _, key := range []string{"automaticFailoverEnabled", "multiAzEnabled", "atRestEncryptionEnabled",
		"transitEncryptionEnabled", "autoMinorVersionUpgrade"} {
		assert.True(t, group.Bool(key), key)
	}
	assert.Equal(t, "required", group.String("transitEncryptionMode"))
	assert.True(t, group.Secret("authToken"))
	assert.InDelta(t, 7, group.Number("snapshotRetentionLimit"), 0)
	assert.Regexp(t, `^dev-cache-[0-9a-f]{8}-final$`, group.String("finalSnapshotIdentifier"))
	assert.Equal(t, "slow-log", group.String("logDeliveryConfigurations[0].logType"))
}

func TestClusterModeChangesModeAndParametersOnly(t *testing.T) {
	inputs := func(mode Mode) map[string]any {
		in := recordtest.Only(t, run(t, func(a *Args) { a.ClusterMode = mode }), token.ElastiCacheReplicationGroup).Inputs
		delete(in, "clusterMode")
		delete(in, "parameterGroupName")
		return in
	}
	assert.Equal(t, inputs(Disabled), inputs(Compatible))
	assert.Equal(t, inputs(Compatible), inputs(Enabled))
}

func TestClusterModeIsPublished(t *testing.T) {
	for mode, want := range map[Mode]bool{Disabled: false, Compatible: true, Enabled: true} {
		rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
			c, err := New(ctx, "cache", placed(func(a *Args) { a.ClusterMode = mode }))
			if err != nil {
				return err
			}
			assert.Equal(t, want, c.ClusterMode, mode)
			ctx.Export("host", c.Endpoint.Host)
			return nil
		})
		group := recordtest.Only(t, rec, token.ElastiCacheReplicationGroup)
		endpoint := map[bool]string{false: "primaryEndpointAddress", true: "configurationEndpointAddress"}[want]
		assert.Equal(t, group.Output(endpoint), rec.Exports["host"])
	}
}

func TestParameterGroupStatesTheEvictionPolicy(t *testing.T) {
	params := recordtest.Only(t, run(t, func(a *Args) { a.ClusterMode = Enabled }),
		token.ElastiCacheParameterGroup)
	assert.Equal(t, []any{
		map[string]any{"name": "cluster-enabled", "value": "yes"},
		map[string]any{"name": "maxmemory-policy", "value": "allkeys-lru"},
	}, params.Value("parameters"))
	assert.False(t, params.Has("name"), "a fixed name cannot be replaced while in use")
}

func TestOnlyClientsMayConnect(t *testing.T) {
	rule := recordtest.Only(t, run(t, nil), token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "sg-web", rule.String("referencedSecurityGroupId"))
	assert.InDelta(t, 6379, rule.Number("toPort"), 0)
}

func TestEveryNodeIsWatched(t *testing.T) {
	alarms := func(change func(*Args)) int {
		return len(run(t, change).All(token.CloudWatchMetricAlarm))
	}
	assert.Equal(t, 10, alarms(nil))
	assert.Equal(t, 5, alarms(func(a *Args) { a.Replicas = NoReplicas }))
	assert.Equal(t, 30, alarms(func(a *Args) { a.ClusterMode, a.Shards = Enabled, 3 }))
}

func TestConfirmationLiftsProtectionButKeepsTheSnapshot(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"cache-group"})
		if err != nil {
			return err
		}
		_, err = New(ctx, "cache", placed(func(a *Args) { a.Guard = g }))
		return err
	})
	group := recordtest.Only(t, rec, token.ElastiCacheReplicationGroup)
	assert.False(t, group.Protect)
	assert.True(t, group.Has("finalSnapshotIdentifier"))
	assert.Contains(t, group.Hooks, "beforeDelete")
}

// From Redis to Valkey AWS goes in place: only the name of the last snapshot is
// drawn anew, which nothing may stop.
func TestTheNameOfTheLastSnapshotIsNotProtected(t *testing.T) {
	rec := run(t, func(*Args) {})
	assert.False(t, recordtest.Only(t, rec, token.RandomId).Protect)
	assert.True(t, recordtest.Only(t, rec, token.ElastiCacheReplicationGroup).Protect)
}
