package database

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Database", Token) }

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
		_, err := New(ctx, "database", placed(change))
		return err
	})
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   []string // parts of the message; none means valid
	}{
		"defaults":        {},
		"a minor version": {change: func(a *Args) { a.EngineVersion = "16.4" }},
		"no place": {change: func(a *Args) { a.VPCID, a.Subnets = nil, nil },
			want: []string{"VPCID: required", "Subnets: got 0 zones"}},
		"one zone": {change: func(a *Args) { a.Subnets = a.Subnets[:1] }, want: []string{"at least 2"}},
		"replicas without backups": {change: func(a *Args) { a.Replicas, a.BackupDays = 2, NoBackups },
			want: []string{"Replicas: got 2 without backups"}},
		"too many replicas":    {change: func(a *Args) { a.Replicas = 16 }, want: []string{"Replicas: got 16, want 0 to 15"}},
		"too few backups":      {change: func(a *Args) { a.BackupDays = 1 }, want: []string{"BackupDays: got 1, want 7 to 35"}},
		"unknown version":      {change: func(a *Args) { a.EngineVersion = "9.6" }, want: []string{"EngineVersion"}},
		"unknown class":        {change: func(a *Args) { a.Class = "db.z9.huge" }, want: []string{"Class: unknown class", "ReplicaClass"}},
		"disk too small":       {change: func(a *Args) { a.AllocatedGiB = 5 }, want: []string{"AllocatedGiB: got 5, want 20"}},
		"disk cannot grow":     {change: func(a *Args) { a.AllocatedGiB, a.MaxAllocatedGiB = 100, 105 }, want: []string{"MaxAllocatedGiB: got 105, want 110"}},
		"reserved names":       {change: func(a *Args) { a.Username, a.DatabaseName = "admin", "pg_x" }, want: []string{`"admin" is reserved`, `"pg_x" is reserved`}},
		"malformed windows":    {change: func(a *Args) { a.BackupWindow, a.MaintenanceWindow = "3-4", "sunday" }, want: []string{"BackupWindow", "MaintenanceWindow"}},
		"log days":             {change: func(a *Args) { a.LogDays = 31 }, want: []string{"LogDays: got 31"}},
		"client without group": {change: func(a *Args) { a.Clients = []part.Client{{Name: "web"}} }, want: []string{"Clients[0].SecurityGroupID: required"}},
		"client twice":         {change: func(a *Args) { a.Clients = append(a.Clients, a.Clients[0]) }, want: []string{`"web" stands twice`}},
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

func TestPrimaryIsSafe(t *testing.T) {
	primary := recordtest.Only(t, run(t, nil), token.RDSInstance)
	assert.True(t, primary.Protect)
	assert.Equal(t, []string{"availabilityZone", "snapshotIdentifier"}, primary.IgnoreChanges)
	for _, key := range []string{"storageEncrypted", "multiAz", "deletionProtection", "iamDatabaseAuthenticationEnabled",
		"performanceInsightsEnabled", "copyTagsToSnapshot", "autoMinorVersionUpgrade", "applyImmediately"} {
		assert.True(t, primary.Bool(key), key)
	}
	for _, key := range []string{"publiclyAccessible", "skipFinalSnapshot", "deleteAutomatedBackups",
		"allowMajorVersionUpgrade"} {
		assert.Equal(t, false, primary.Value(key), key)
	}
	assert.InDelta(t, 7, primary.Number("backupRetentionPeriod"), 0)
	assert.False(t, primary.Has("manageMasterUserPassword"), "an RDS-managed password rules out replicas")
	assert.True(t, primary.Secret("password"))
	assert.Regexp(t, `^dev-database-primary-[0-9a-f]{8}$`, primary.String("identifier"))
	assert.Equal(t, primary.String("identifier")+"-final", primary.String("finalSnapshotIdentifier"))
	assert.Equal(t, "open-source-rds-extended-support-disabled", primary.String("engineLifecycleSupport"))
}

func TestReplicasFollowTheirPrimary(t *testing.T) {
	rec := run(t, func(a *Args) { a.Replicas, a.ReplicaClass = 2, "db.r7g.large" })
	primary := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
	first := recordtest.Named(t, rec, token.RDSInstance, "database-replica-1")
	second := recordtest.Named(t, rec, token.RDSInstance, "database-replica-2")
	assert.Equal(t, primary.String("identifier"), first.String("replicateSourceDb"))
	assert.Equal(t, "us-east-1b", first.String("availabilityZone"))
	assert.Equal(t, "us-east-1a", second.String("availabilityZone"))
	assert.Equal(t, "db.r7g.large", second.String("instanceClass"))
	for _, key := range []string{"username", "password", "dbName", "finalSnapshotIdentifier", "dbSubnetGroupName",
		"engine", "allocatedStorage"} {
		assert.False(t, first.Has(key), "a replica takes %s from its source", key)
	}
	assert.True(t, first.Bool("skipFinalSnapshot"))
	assert.True(t, first.Bool("storageEncrypted"))
	assert.True(t, first.Bool("deletionProtection"))
	assert.True(t, first.Protect)
}

func TestReaderNameFallsBackToThePrimary(t *testing.T) {
	weight := func(rec *record.Recording, name string) float64 {
		return recordtest.Named(t, rec, token.Route53Record, name).Number("weightedRoutingPolicies[0].weight")
	}
	alone := run(t, nil)
	assert.InDelta(t, 100, weight(alone, "database-reader-primary"), 0)
	with := run(t, func(a *Args) { a.Replicas = 1 })
	assert.InDelta(t, 0, weight(with, "database-reader-primary"), 0)
	assert.InDelta(t, 100, weight(with, "database-reader-replica-1"), 0)
}

func TestOnlyClientsMayConnect(t *testing.T) {
	rec := run(t, nil)
	group := recordtest.Only(t, rec, token.EC2SecurityGroup)
	assert.False(t, group.Has("ingress"), "inline rules would fight the standalone ones")
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "sg-web", rule.String("referencedSecurityGroupId"))
	assert.InDelta(t, 5432, rule.Number("fromPort"), 0)
	assert.False(t, rule.Has("cidrIpv4"))
}

func TestParameterGroupForcesTLS(t *testing.T) {
	group := recordtest.Only(t, run(t, func(a *Args) { a.EngineVersion = "16" }), token.RDSParameterGroup)
	assert.Equal(t, "postgres16", group.String("family"))
	assert.False(t, group.Has("name"), "a fixed name cannot be replaced while in use")
	assert.Contains(t, group.Value("parameters"),
		map[string]any{"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"})
}

func TestLogGroupsExistBeforeTheInstance(t *testing.T) {
	rec := run(t, nil)
	primary := recordtest.Only(t, rec, token.RDSInstance)
	group := recordtest.Named(t, rec, token.CloudWatchLogGroup, "database-primary-postgresql")
	assert.Equal(t, "/aws/rds/instance/"+primary.String("identifier")+"/postgresql", group.String("name"))
	assert.InDelta(t, 30, group.Number("retentionInDays"), 0)
	assert.Contains(t, primary.Dependencies, group.URN)
}

func TestConfirmationLiftsAwsProtectionButKeepsTheSnapshot(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"database-primary"})
		if err != nil {
			return err
		}
		_, err = New(ctx, "database", placed(func(a *Args) { a.Guard, a.Replicas = g, 1 }))
		return err
	})
	primary := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
	assert.False(t, primary.Protect)
	assert.Equal(t, false, primary.Value("deletionProtection"))
	assert.Equal(t, false, primary.Value("skipFinalSnapshot"))
	assert.Contains(t, primary.Hooks, "beforeDelete")
	assert.True(t, recordtest.Named(t, rec, token.RDSInstance, "database-replica-1").Protect,
		"another one's confirmation is no excuse")
}

func TestAlarmsComeFromTheClass(t *testing.T) {
	rec := run(t, func(a *Args) { a.Class, a.Replicas = "db.t4g.medium", 1 })
	alarm := func(name string) record.Resource {
		return recordtest.Named(t, rec, token.CloudWatchMetricAlarm, name)
	}
	assert.InDelta(t, 360, alarm("database-connections-high").Number("threshold"), 1)
	assert.InDelta(t, 10*gibibyte, alarm("database-log-kept").Number("threshold"), 1, "a fifth of 50 GiB")
	group := recordtest.Only(t, rec, token.RDSParameterGroup)
	assert.Contains(t, group.Value("parameters"),
		map[string]any{"name": slotLimit, "value": "20480", "applyMethod": "immediate"},
		"a forgotten slot is thrown away at two fifths of the disk, after somebody was told")
	assert.Equal(t, "ReplicaLag", alarm("database-replica-1-lag-high").String("metricName"))
	assert.Len(t, rec.All(token.CloudWatchMetricAlarm), 7)
}

func TestEverythingThatTakesTagsHasThem(t *testing.T) {
	for _, r := range run(t, func(a *Args) { a.Replicas = 1 }).Custom() {
		if r.Has("tags") {
			assert.NotEmpty(t, r.String(`tags["rung:component"]`), r.Name)
			assert.Equal(t, "dev", r.String(`tags["rung:stack"]`), r.Name)
		}
	}
}

func TestWidgetsShowLagOnlyWithReplicas(t *testing.T) {
	for replicas, want := range map[int]int{0: 4, 1: 5} {
		recordtest.Run(t, func(ctx *pulumi.Context) error {
			d, err := New(ctx, "database", placed(func(a *Args) { a.Replicas = replicas }))
			if err == nil {
				assert.Len(t, d.Widgets(), want)
			}
			return err
		})
	}
}
