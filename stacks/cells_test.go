package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

const two = "us-east-1,eu-west-1"

func TestStage5Stands(t *testing.T) {
	for name, settings := range variants {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, append(slices.Clone(settings), "regions", two)...)
			for _, part := range []string{"network", "loadbalancer", "web", "workers", "jobs", "cache", "search",
				"users-service"} {
				here, there := rec.Named(part), rec.Named(part+"-euw1")
				assert.NotEmpty(t, here, part)
				assert.Len(t, there, len(here), part)
			}
			recordtest.Only(t, rec, token.BudgetsBudget)
		})
	}
}

func TestUsersComeToTheNearestCell(t *testing.T) {
	rec := built(t, 5, "regions", two, "domain", "example.com")
	for code, region := range map[string]string{"use1": "us-east-1", "euw1": "eu-west-1"} {
		r := recordtest.Named(t, rec, token.Route53Record, "dns-cells-"+code)
		assert.Equal(t, "cells.example.com", r.String("name"))
		assert.Equal(t, region, r.String("latencyRoutingPolicies[0].region"))
		assert.True(t, r.Has("healthCheckId"))
	}
	cdn := recordtest.Only(t, rec, token.CloudFrontDistribution)
	assert.Equal(t, "cells.example.com", cdn.String("origins[0].domainName"))
}

// While users are served by the server at home, nothing leads them elsewhere.
func TestUsersStayHomeDuringTheHandover(t *testing.T) {
	rec := built(t, 5, "regions", two, "domain", "example.com", "handover", "pending")
	for _, r := range rec.All(token.Route53Record) {
		assert.False(t, strings.HasPrefix(r.String("name"), "cells."), r.Name)
	}
	assert.Equal(t, "balancer.example.com",
		recordtest.Only(t, rec, token.CloudFrontDistribution).String("origins[0].domainName"))
}

func TestAnAcceleratorLeadsToAllCells(t *testing.T) {
	rec := built(t, 5, "regions", two, "domain", "example.com", "traffic.routing", "accelerator")
	recordtest.Only(t, rec, token.GlobalAcceleratorAccelerator)
	assert.Equal(t, "anycast.example.com",
		recordtest.Only(t, rec, token.CloudFrontDistribution).String("origins[0].domainName"))
	bare := built(t, 5, "regions", two, "traffic.routing", "accelerator")
	assert.Contains(t, recordtest.Only(t, bare, token.CloudFrontDistribution).String("origins[0].domainName"),
		"awsglobalaccelerator.com")
}

func TestCloudflareSharesOutItself(t *testing.T) {
	zone := strings.Repeat("0a", 16)
	rec := built(t, 5, "regions", two, "domain", "example.com", "cdn", "cloudflare", "cloudflareZone", zone,
		"cloudflareAccount", zone)
	assert.Len(t, rec.All(token.CloudflareLoadBalancerPool), 2)
}

// Nobody is led to a region that is held, by whichever way there is, and it is built all the
// same.
func TestNobodyIsLedToARegionThatIsHeld(t *testing.T) {
	zone := strings.Repeat("0a", 16)
	for name, tt := range map[string]struct {
		settings []string
		of       string
		led      int
	}{
		"by names":          {[]string{"domain", "example.com"}, token.Route53HealthCheck, 4}, // the site's and the gateway's
		"by an accelerator": {[]string{"traffic.routing", "accelerator"}, token.GlobalAcceleratorEndpointGroup, 2},
		"by Cloudflare": {[]string{"domain", "example.com", "cdn", "cloudflare", "cloudflareZone", zone,
			"cloudflareAccount", zone}, token.CloudflareLoadBalancerPool, 2},
	} {
		t.Run(name, func(t *testing.T) {
			settings := append([]string{"regions", two}, tt.settings...)
			led := built(t, 5, settings...)
			held := built(t, 5, append(settings, "traffic.held", "eu-west-1")...)
			assert.Len(t, led.All(tt.of), tt.led)
			assert.Len(t, held.All(tt.of), tt.led/2)
			assert.Len(t, held.All(token.RDSInstance), len(led.All(token.RDSInstance)))
		})
	}
}

// While the writes move no alarm takes new machines back; the machines are the same.
func TestNoAlarmTakesMachinesBackWhereNoneMay(t *testing.T) {
	const alarms = "instanceRefresh.preferences.alarmSpecification.alarms[0]"
	gated, not := built(t, 4), built(t, 4, "deploy.ungated", "true")
	n := 0
	for _, g := range gated.All(token.AutoScalingGroup) {
		if g.String(alarms) != "" {
			n++
		}
		assert.Empty(t, recordtest.Named(t, not, token.AutoScalingGroup, g.Name).String(alarms), g.Name)
	}
	assert.Greater(t, n, 1)
}

func TestAuroraStandsBesideTheDatabase(t *testing.T) {
	rec := built(t, 5, "regions", two, "database.global", "aurora")
	assert.Len(t, rec.All(token.RDSCluster), 2)
	assert.True(t, recordtest.Named(t, rec, token.RDSInstance, "database-primary").Protect)
}

func TestFurtherCellsReadCopiesAndWriteHome(t *testing.T) {
	rec := built(t, 5, "regions", two, "database.shards", "2")
	for _, name := range []string{"database", "database-shard-2", "users-database"} {
		source := recordtest.Named(t, rec, token.RDSInstance, name+"-primary")
		copied := recordtest.Named(t, rec, token.RDSInstance, name+"-euw1-primary")
		assert.Equal(t, source.Output("arn"), copied.String("replicateSourceDb"))
		assert.Equal(t, "eu-west-1", copied.Region)
		admitted := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule,
			name+"-from-range-euw1")
		assert.Equal(t, "10.4.64.0/18", admitted.String("cidrIpv4"))
	}
}

func TestThePastIsKept(t *testing.T) {
	p := previous{started: true, regions: []string{"us-east-1", "eu-west-1"}, shards: 3,
		writers: map[string][]string{"database": {"us-east-1"}}}
	cfg := config.Config{Stage: 5, Regions: []string{"us-east-1", "eu-west-1"}, Database: config.Database{Shards: 3}}
	require.Empty(t, p.problems(cfg))
	cfg.Database.Shards = 2
	require.ErrorContains(t, p.problems(cfg), "the stack has 3, and each holds the data of its users")
	cfg.Database.Shards, cfg.Regions = 4, []string{"eu-west-1", "us-east-1"}
	require.ErrorContains(t, p.problems(cfg), "home is us-east-1")
	cfg.Regions, cfg.Database.WriteRegion = []string{"us-east-1", "eu-west-1", "eu-west-2"}, "eu-west-2"
	require.ErrorContains(t, p.problems(cfg), "has no copy of it there yet")
	cfg.Database.Shards = 1
	assert.Len(t, p.problems(cfg), 2, "all at once")
}

// What a command asks before the program runs is what the program would say.
func TestWhatThereIsIsHeeded(t *testing.T) {
	has := map[string]any{
		"database": "somewhere", "regions": []any{"us-east-1", "eu-west-1"}, "shards": 2.0,
		"network": "10.0.0.0/16", "network-euw1": "10.64.0.0/16",
	}
	cfg := config.Config{
		Stage: 5, Regions: []string{"us-east-1", "eu-west-1"}, Database: config.Database{Shards: 2},
		Network: config.Network{Ranges: map[string]string{"eu-west-1": "10.64.0.0/16"}},
	}
	require.NoError(t, CheckPrevious(has, cfg))
	require.NoError(t, CheckPrevious(nil, cfg), "a new stack has no past")
	cfg.Network.Ranges = map[string]string{"us-east-1": "192.168.0.0/16"}
	cfg.Database.Shards = 1
	err := CheckPrevious(has, cfg)
	require.True(t, config.IsProblem(err))
	for _, part := range []string{"the network in us-east-1 has 10.0.0.0/16", "want eu-west-1=10.64.0.0/16",
		"the stack has 2"} {
		require.ErrorContains(t, err, part)
	}
	cfg.Stage = 3
	require.ErrorContains(t, CheckPrevious(has, cfg), "10.0.0.0/16", "no network ever moves")
}

// A range of the user's own is the network's.
func TestARangeOfTheUsersOwn(t *testing.T) {
	rec := built(t, 5, "regions", two, "network.ranges", "eu-west-1=172.16.0.0/16")
	assert.Equal(t, "172.16.0.0/16", recordtest.Named(t, rec, token.EC2Vpc, "network-euw1-vpc").String("cidrBlock"))
	assert.Equal(t, "10.0.0.0/16", recordtest.Named(t, rec, token.EC2Vpc, "network-vpc").String("cidrBlock"))
}

func TestWritesMoveToACopyThatIsThere(t *testing.T) {
	two := []string{"us-east-1", "eu-west-1"}
	for name, tt := range map[string]struct {
		previous previous
		family   string
		wanted   string
		want     []string
		err      string
	}{
		"a new stack begins where it wants":  {previous{}, postsDatabase, "eu-west-1", []string{"eu-west-1"}, ""},
		"a climb stays at home":              {previous{started: true}, postsDatabase, "us-east-1", []string{"us-east-1"}, ""},
		"a climb cannot move at once":        {previous{started: true}, postsDatabase, "eu-west-1", nil, "has no copy of it there yet"},
		"a copy is there":                    {previous{started: true, regions: two, writers: map[string][]string{"database": {"us-east-1"}}}, postsDatabase, "eu-west-1", two, ""},
		"they are there already":             {previous{started: true, regions: two, writers: map[string][]string{"database": two}}, postsDatabase, "eu-west-1", two, ""},
		"a new shard begins with the others": {previous{started: true, regions: two, writers: map[string][]string{"database": two}}, shardName(2), "eu-west-1", []string{"eu-west-1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.previous.lineOf(tt.family, "us-east-1", tt.wanted)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestBackupsOfEveryWriterAreCopied(t *testing.T) {
	rec := built(t, 5, "regions", two, "database.shards", "2", "database.backupCopyDays", "14")
	for _, name := range []string{"database", "database-shard-2", "users-database"} {
		copied := recordtest.Named(t, rec, token.RDSInstanceAutomatedBackupsReplication, name+"-backups-euw1")
		assert.Equal(t, recordtest.Named(t, rec, token.RDSInstance, name+"-primary").Output("arn"),
			copied.String("sourceDbInstanceArn"))
		assert.Equal(t, "eu-west-1", copied.Region)
		assert.Equal(t, 14, int(copied.Number("retentionPeriod")))
	}
	assert.Len(t, rec.All(token.RDSInstanceAutomatedBackupsReplication), 3)
	recordtest.None(t, built(t, 5, "regions", two, "database.backupRegion", "none"),
		token.RDSInstanceAutomatedBackupsReplication)
}

// A stack that begins with its writes elsewhere copies backups from there.
func TestBackupsAreCopiedFromWhereTheWritesAre(t *testing.T) {
	rec := built(t, 5, "regions", two, "database.writeRegion", "eu-west-1")
	for _, r := range rec.All(token.RDSInstanceAutomatedBackupsReplication) {
		assert.Equal(t, "us-east-1", r.Region, r.Name)
		assert.Contains(t, r.String("sourceDbInstanceArn"), ":eu-west-1:", r.Name)
	}
}
