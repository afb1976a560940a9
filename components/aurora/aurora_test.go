package aurora

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Aurora", Token) }

// placed are args in two zones of a region that only say what is required.
func placed(region string, change func(*Args)) Args {
	a := Args{
		VPCID: pulumi.String("vpc-1"), Region: region, KMSKeyARN: pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-1"),
		Subnets: []part.Subnet{
			{ID: pulumi.String("subnet-a").ToStringOutput(), Zone: region + "a"},
			{ID: pulumi.String("subnet-b").ToStringOutput(), Zone: region + "b"},
		},
		Clients: []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-web")}},
	}
	if change != nil {
		change(&a)
	}
	return a
}

// run records a global database at home and in Ireland.
func run(t *testing.T, home, away func(*Args)) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		first, err := New(ctx, "database-aurora", placed("us-east-1", func(a *Args) {
			a.SecretRegions = []string{"eu-west-1"}
			if home != nil {
				home(a)
			}
		}))
		if err != nil {
			return err
		}
		ireland, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		second, err := New(ctx, "database-aurora-euw1", placed("eu-west-1", func(a *Args) {
			a.Global = first
			if away != nil {
				away(a)
			}
		}), pulumi.Provider(ireland))
		if err != nil {
			return err
		}
		ctx.Export("first", first.Endpoint.Host)
		ctx.Export("second", second.Endpoint.Host)
		ctx.Export("secret", second.Endpoint.Secret)
		ctx.Export("reader", second.ReaderHost)
		return nil
	})
}

func TestValidate(t *testing.T) {
	first := &Aurora{args: placed("us-east-1", nil).withDefaults()}
	further := &Aurora{args: placed("eu-west-1", func(a *Args) { a.Global = first }).withDefaults()}
	tests := map[string]struct {
		give Args
		want []string
	}{
		"defaults":         {give: placed("us-east-1", nil)},
		"a further region": {give: placed("eu-west-1", func(a *Args) { a.Global = first })},
		"of a further one": {give: placed("us-west-2", func(a *Args) { a.Global = further }), want: []string{"Global: it is a further region itself"}},
		"a region twice":   {give: placed("us-east-1", func(a *Args) { a.Global = first }), want: []string{`Region: got "us-east-1", the first one's`}},
		"its own user": {give: placed("eu-west-1", func(a *Args) { a.Global, a.Username, a.SecretRegions = first, "other", []string{"us-west-2"} }),
			want: []string{"EngineVersion, Username, DatabaseName: leave them empty", "SecretRegions"}},
		"a burstable class": {give: placed("us-east-1", func(a *Args) { a.Class = "db.t4g.medium" }), want: []string{`Class: got "db.t4g.medium"`}},
		"everything at once": {
			give: Args{EngineVersion: "17", Class: "db.m7g.large", Instances: 11, BackupDays: 1, Username: "admin", LogDays: 2},
			want: []string{"VPCID: required", "Subnets: got 0 zones", `Region: got ""`, "KMSKeyARN: required", `EngineVersion: got "17"`, "Class:",
				"Instances: got 11, want 1 to 10", "BackupDays: got 1, want 7 to 35", `Username: got "admin"`, "LogDays: got 2"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestEveryClusterIsSafe(t *testing.T) {
	rec := run(t, nil, nil)
	global := recordtest.Only(t, rec, token.RDSGlobalCluster)
	assert.True(t, global.Protect)
	assert.True(t, global.Bool("deletionProtection"))
	assert.True(t, global.Bool("storageEncrypted"))
	for _, name := range []string{"database-aurora-cluster", "database-aurora-euw1-cluster"} {
		cluster := recordtest.Named(t, rec, token.RDSCluster, name)
		assert.True(t, cluster.Protect, name)
		assert.Equal(t, false, cluster.Value("skipFinalSnapshot"), "any cluster may have had the writes last")
		assert.Equal(t, cluster.String("clusterIdentifier")+"-final", cluster.String("finalSnapshotIdentifier"))
		assert.Equal(t, false, cluster.Value("deleteAutomatedBackups"))
		assert.True(t, cluster.Bool("deletionProtection"))
		assert.True(t, cluster.Bool("storageEncrypted"))
		assert.Contains(t, cluster.String("kmsKeyId"), ":"+cluster.Region+":")
		for _, ignored := range []string{"globalClusterIdentifier", "replicationSourceIdentifier", "engineVersion"} {
			assert.Contains(t, cluster.IgnoreChanges, ignored, "a switchover or an upgrade must not plan a change")
		}
	}
}

func TestFurtherRegionJoinsOnceTheFirstStands(t *testing.T) {
	rec := run(t, nil, nil)
	first := recordtest.Named(t, rec, token.RDSCluster, "database-aurora-cluster")
	second := recordtest.Named(t, rec, token.RDSCluster, "database-aurora-euw1-cluster")
	assert.Equal(t, first.String("globalClusterIdentifier"), second.String("globalClusterIdentifier"))
	for _, name := range []string{"database-aurora-1", "database-aurora-2"} {
		assert.Contains(t, second.Dependencies, recordtest.Named(t, rec, token.RDSClusterInstance, name).URN,
			"AWS lets no region join a database without instances")
	}
	assert.True(t, first.Secret("masterPassword"))
	for _, key := range []string{"masterUsername", "masterPassword", "databaseName"} {
		assert.True(t, first.Has(key), key)
		assert.False(t, second.Has(key), "a further region has the first one's %s", key)
	}
	assert.True(t, second.Bool("enableGlobalWriteForwarding"))
	assert.False(t, first.Has("enableGlobalWriteForwarding"), "RDS takes it for further regions alone")
}

func TestWritesGoToOneAddress(t *testing.T) {
	rec := run(t, nil, nil)
	global := recordtest.Only(t, rec, token.RDSGlobalCluster).Output("endpoint")
	assert.Equal(t, global, rec.Exports["first"])
	assert.Equal(t, global, rec.Exports["second"])
	assert.Equal(t, recordtest.Named(t, rec, token.RDSCluster, "database-aurora-euw1-cluster").Output("readerEndpoint"),
		rec.Exports["reader"])
	assert.Contains(t, rec.Exports["secret"], ":eu-west-1:")
	require.Len(t, rec.All(token.SecretsManagerSecret), 1)
}

func TestInstancesComeAndGo(t *testing.T) {
	two, three := run(t, nil, nil), run(t, nil, func(a *Args) { a.Instances = 3 })
	for _, r := range two.Custom() {
		assert.Equal(t, r.Inputs, recordtest.Named(t, three, r.Type, r.Name).Inputs, r.Name)
	}
	added := recordtest.Named(t, three, token.RDSClusterInstance, "database-aurora-euw1-3")
	assert.InDelta(t, 1, added.Number("promotionTier"), 0)
	assert.False(t, added.Protect, "the data is the cluster's")
	assert.Len(t, three.Custom(), len(two.Custom())+1)
}

func TestFurtherRegionsLagIsWatched(t *testing.T) {
	rec := run(t, nil, nil)
	lag := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "database-aurora-euw1-global-lag-high")
	assert.Equal(t, recordtest.Named(t, rec, token.RDSCluster, "database-aurora-euw1-cluster").String("clusterIdentifier"),
		lag.String("dimensions.DBClusterIdentifier"))
	assert.Empty(t, rec.Named("database-aurora-global-lag-high"))
	low := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "database-aurora-memory-low")
	assert.InDelta(t, 1.6*gibibyte, low.Number("threshold"), 1)
}

func TestDoorsAreNamed(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "aurora", placed("us-east-1", nil))
		if err != nil {
			return err
		}
		old := part.Client{Name: "database", SecurityGroupID: pulumi.String("sg-old")}
		if err := a.CopyFrom(old); err != nil {
			return err
		}
		return a.AdmitRange(part.Range{Name: "euw1", CIDR: "10.4.64.0/18"})
	})
	out := recordtest.Only(t, rec, token.VPCSecurityGroupEgressRule)
	assert.Equal(t, "sg-old", out.String("referencedSecurityGroupId"))
	in := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule, "aurora-from-range-euw1")
	assert.Equal(t, "10.4.64.0/18", in.String("cidrIpv4"))
	for _, rule := range []record.Resource{out, in} {
		assert.InDelta(t, 5432, rule.Number("fromPort"), 0)
		assert.InDelta(t, 5432, rule.Number("toPort"), 0)
	}
}

func TestIdentifier(t *testing.T) {
	assert.Equal(t, "dev-database-aurora-1-abcdef01",
		identifier("dev", "database-aurora", "database-aurora-1", "abcdef01"))
	long := identifier("1-a-very-long-stack-name-that-nobody-should-ever-use", "database-aurora-euw1",
		"database-aurora-euw1-cluster", "abcdef01")
	assert.LessOrEqual(t, len(long), 63)
	assert.Regexp(t, `^s1-.*-cluster-abcdef01$`, long)
}

// The cluster of a stack that stands would be replaced under another name.
func TestClustersThatStandKeepTheirName(t *testing.T) {
	stack := strings.Repeat("a", 34) // with the database's name, and half of what follows
	assert.Equal(t, stack+"-database-aurora-clu-abcdef01",
		identifier(stack, "database-aurora", "database-aurora-cluster", "abcdef01"))
	assert.Equal(t, stack+"-database-aurora-glo-abcdef01",
		identifier(stack, "database-aurora", "database-aurora-global", "abcdef01"))
}

// Whatever the stack's name and however many instances, each has a name of its own.
func TestInstancesAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_-]{0,99}`).Draw(t, "stack")
		base := rapid.SampledFrom([]string{"database-aurora", "users-database-aurora-apse1",
			"database-aurora-apse1-2"}).Draw(t, "base")
		seen := map[string]bool{}
		for n := range MaxInstances {
			id := identifier(stack, base, fmt.Sprintf("%s-%d", base, n+1), "abcdef01")
			assert.LessOrEqual(t, len(id), 63)
			assert.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*-abcdef01$`, id)
			assert.False(t, seen[id], "%s: %s twice", stack, id)
			seen[id] = true
		}
	})
}
