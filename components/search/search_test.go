package search

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

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Search", Token) }

func subnets(zones ...string) []part.Subnet {
	var all []part.Subnet
	for _, z := range zones {
		all = append(all, part.Subnet{ID: pulumi.String("subnet-" + z).ToStringOutput(), Zone: z})
	}
	return all
}

// placed are args in three zones that only say what is required.
func placed(change func(*Args)) Args {
	a := Args{
		VPCID: pulumi.String("vpc-1"), Subnets: subnets("us-east-1a", "us-east-1b", "us-east-1c"),
		Clients: []part.Client{{Name: "search", SecurityGroupID: pulumi.String("sg-search")}},
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   []string
	}{
		"defaults":              {},
		"two zones":             {change: func(a *Args) { a.Zones, a.Subnets = 2, a.Subnets[:2] }},
		"a trial":               {change: func(a *Args) { a.Zones, a.Masters, a.InstanceType = 1, NoMasters, "t3.small.search" }},
		"too few zones":         {change: func(a *Args) { a.Subnets = a.Subnets[:2] }, want: []string{"Subnets: got 2 zones, want 3"}},
		"two of one zone":       {change: func(a *Args) { a.Subnets = subnets("us-east-1a", "us-east-1a", "us-east-1b") }, want: []string{"Subnets: got 2 zones"}},
		"an odd share":          {change: func(a *Args) { a.Instances = 4 }, want: []string{"Instances: got 4, want a multiple of the 3 zones"}},
		"an even number":        {change: func(a *Args) { a.Masters = 4 }, want: []string{"Masters: got 4, want 3, 5 or -1"}},
		"two without a referee": {change: func(a *Args) { a.Zones, a.Masters = 2, NoMasters }, want: []string{"two nodes cannot agree"}},
		"everything at once": {
			change: func(a *Args) {
				*a = Args{Zones: 4, EngineVersion: "7.10", InstanceType: "t2.small.search", MasterType: "m7g.large", GiB: 5,
					IOPS: 1, ThroughputMiBps: 5000,
					LogDays: 31, Username: "admin", Clients: []part.Client{{}}}
			},
			want: []string{"VPCID: required", "Zones: got 4", `EngineVersion: got "7.10"`, "t2.small.search cannot encrypt", `MasterType: got "m7g.large"`,
				"GiB: got 5", "IOPS: got 1", "ThroughputMiBps: got 5000", "LogDays: got 31", `Username: got "admin"`,
				"Clients[0].Name: required"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := placed(tt.change).withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func run(t *testing.T, change func(*Args)) (*record.Recording, *Search) {
	t.Helper()
	var made *Search
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "search", placed(change))
		return err
	})
	return rec, made
}

func TestDomainIsSafe(t *testing.T) {
	rec, _ := run(t, nil)
	d := recordtest.Only(t, rec, token.OpenSearchDomain)
	assert.True(t, d.Protect)
	for _, path := range []string{"encryptAtRest.enabled", "nodeToNodeEncryption.enabled",
		"domainEndpointOptions.enforceHttps",
		"advancedSecurityOptions.enabled", "advancedSecurityOptions.internalUserDatabaseEnabled",
		"clusterConfig.zoneAwarenessEnabled",
		"clusterConfig.dedicatedMasterEnabled", "ebsOptions.ebsEnabled"} {
		assert.True(t, d.Bool(path), path)
	}
	assert.Equal(t, "Policy-Min-TLS-1-2-PFS-2023-10", d.Value("domainEndpointOptions.tlsSecurityPolicy"))
	assert.EqualValues(t, 3, d.Number("clusterConfig.instanceCount"))
	assert.EqualValues(t, 3, d.Number("clusterConfig.dedicatedMasterCount"))
	assert.EqualValues(t, 3, d.Number("clusterConfig.zoneAwarenessConfig.availabilityZoneCount"))
	assert.Equal(t, "gp3", d.Value("ebsOptions.volumeType"))
	assert.True(t, d.Secret("advancedSecurityOptions"), "the password must not stand in the state in the clear")
	assert.False(t, d.Has("domainName"), "a fixed name cannot stand beside its successor")
}

// OpenSearch refuses a user whose password has no special character.
func TestPasswordFitsOpenSearch(t *testing.T) {
	rec, _ := run(t, nil)
	assert.EqualValues(t, 1, recordtest.Only(t, rec, token.RandomPassword).Number("minSpecial"))
}

func TestARoleInsteadOfAPassword(t *testing.T) {
	rec, s := run(t, func(a *Args) { a.RoleARN = pulumi.String("arn:aws:iam::123456789012:role/search") })
	d := recordtest.Only(t, rec, token.OpenSearchDomain)
	assert.Equal(t, "arn:aws:iam::123456789012:role/search",
		d.Value("advancedSecurityOptions.masterUserOptions.masterUserArn"))
	assert.False(t, d.Bool("advancedSecurityOptions.internalUserDatabaseEnabled"))
	policy := recordtest.Only(t, rec, token.OpenSearchDomainPolicy).String("accessPolicies")
	assert.Contains(t, policy, `"AWS":"arn:aws:iam::123456789012:role/search"`)
	assert.Contains(t, policy, d.Output("arn").(string)+"/*")
	recordtest.None(t, rec, token.SecretsManagerSecret)
	assert.Nil(t, s.Endpoint.Secret.OutputState)
}

// Other subnets are another, empty domain: a fourth zone must not reach it.
func TestAZoneMoreLeavesTheDomainAlone(t *testing.T) {
	before, _ := run(t, func(a *Args) { a.Zones = 2 })
	after, _ := run(t, func(a *Args) {
		a.Zones, a.Subnets = 2, subnets("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d")
	})
	assert.Equal(t, recordtest.Only(t, before, token.OpenSearchDomain).Value("vpcOptions"),
		recordtest.Only(t, after, token.OpenSearchDomain).Value("vpcOptions"))
}

func TestLogsMayBeWrittenBeforeTheDomainIsThere(t *testing.T) {
	rec, _ := run(t, nil)
	d := recordtest.Only(t, rec, token.OpenSearchDomain)
	policy := recordtest.Only(t, rec, token.CloudWatchLogResourcePolicy)
	assert.Contains(t, d.Dependencies, policy.URN)
	assert.Contains(t, policy.String("policyDocument"), `"es.amazonaws.com"`)
	assert.NotContains(t, policy.String("policyDocument"), `"Resource":"*"`)
	assert.Len(t, d.Value("logPublishingOptions"), 4)
	for _, group := range rec.All(token.CloudWatchLogGroup) {
		assert.EqualValues(t, 30, group.Number("retentionInDays"))
	}
}

func TestServiceRoleStaysWhenTheStackGoes(t *testing.T) {
	const roleType = token.IAMServiceLinkedRole
	without, _ := run(t, nil)
	recordtest.None(t, without, roleType)
	with, _ := run(t, func(a *Args) { a.CreateServiceRole = true })
	role := recordtest.Only(t, with, roleType)
	assert.True(t, role.RetainOnDelete)
	assert.Contains(t, recordtest.Only(t, with, token.OpenSearchDomain).Dependencies, role.URN)
}

func TestOnlyClientsMayConnect(t *testing.T) {
	rec, _ := run(t, nil)
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "sg-search", rule.Value("referencedSecurityGroupId"))
	assert.EqualValues(t, 443, rule.Number("fromPort"))
}

func TestAlarmsComeFromTheSize(t *testing.T) {
	rec, s := run(t, func(a *Args) { a.GiB = 200 })
	const alarmType = token.CloudWatchMetricAlarm
	disk := recordtest.Named(t, rec, alarmType, "search-disk")
	assert.EqualValues(t, 51_200, disk.Number("threshold"), "a quarter of 200 GiB, in MiB")
	assert.Equal(t, "123456789012", disk.Value("dimensions").(map[string]any)["ClientId"])
	assert.EqualValues(t, 6, recordtest.Named(t, rec, alarmType, "search-nodes").Number("threshold"))
	for _, name := range []string{"red", "yellow", "blocked", "cpu", "memory", "snapshot", "master-memory"} {
		recordtest.Named(t, rec, alarmType, "search-"+name)
	}
	alone, _ := run(t, func(a *Args) { a.Masters = NoMasters })
	assert.Len(t, alone.All(alarmType), len(rec.All(alarmType))-1)
	assert.Len(t, s.Widgets(), 4)
}

func TestConfirmationLiftsTheProtection(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"search-domain"})
		if err != nil {
			return err
		}
		_, err = New(ctx, "search", placed(func(a *Args) { a.Guard = g }))
		return err
	})
	d := recordtest.Only(t, rec, token.OpenSearchDomain)
	assert.False(t, d.Protect)
	assert.Contains(t, d.Hooks, "beforeDelete")
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "search", Args{})
		return err
	})
	require.ErrorContains(t, err, "search search: VPCID: required")
	assert.Empty(t, rec.All(Token))
}
