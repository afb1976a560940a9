package stacks_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// growth is what a team does to a stack that lives: each changes the settings
// in the direction of more.
var growth = map[string]func(s settings, c config.Config){
	"a climb": func(s settings, c config.Config) {
		if c.Stage < config.Built {
			s["stage"] = strconv.Itoa(int(c.Stage) + 1)
		}
		if c.Stage == 2 { // what stage 3 asks of a system in so many zones
			s["handover"] = "pending"
			s["web.min"] = strconv.Itoa(max(c.Web.Min, c.Zones))
			s["web.max"] = strconv.Itoa(max(c.Web.Max, c.Web.Min, c.Zones))
		}
	},
	"a zone more": func(s settings, c config.Config) {
		zones := min(len(config.Zones(c.Home())), c.Zones+1)
		s["zones"] = strconv.Itoa(zones)
		s["services.min"] = strconv.Itoa(max(c.Services.Min, zones))
		s["services.max"] = strconv.Itoa(max(c.Services.Max, zones))
		s["web.min"] = strconv.Itoa(max(c.Web.Min, zones))
		s["web.max"] = strconv.Itoa(max(c.Web.Max, zones))
	},
	"a reader more": func(s settings, c config.Config) {
		s["database.replicas"] = strconv.Itoa(min(15, c.Database.Replicas+1))
	},
	"a reader of users more": func(s settings, c config.Config) {
		s["usersDatabase.replicas"] = strconv.Itoa(min(15, c.UsersReplicas()+1))
	},
	"a region more": func(s settings, c config.Config) {
		if c.Stage < 5 || len(c.Regions) > 3 {
			return
		}
		for _, region := range config.Regions() {
			if !slices.Contains(c.Regions, region) {
				s["regions"] = strings.Join(append(slices.Clone(c.Regions), region), ",")
				return
			}
		}
	},
	"a database more": func(s settings, c config.Config) {
		if c.Stage >= 5 {
			s["database.shards"] = strconv.Itoa(min(64, c.Database.Shards+1))
		}
	},
	"another way between regions": func(s settings, c config.Config) {
		if c.Stage >= 5 {
			s["network.link"] = "transit-gateway"
		}
	},
	"a cache replica more": func(s settings, c config.Config) { s["cache.replicas"] = strconv.Itoa(min(5, c.Cache.Replicas+1)) },
	"a shard more": func(s settings, c config.Config) {
		if c.Cache.ClusterMode == config.ClusterEnabled {
			s["cache.shards"] = strconv.Itoa(min(40, c.Cache.Shards+1))
		}
	},
	"the cache towards cluster mode": func(s settings, c config.Config) {
		s["cache.clusterMode"] = map[config.ClusterMode]string{
			config.ClusterDisabled: "compatible", config.ClusterCompatible: "enabled", config.ClusterEnabled: "enabled",
		}[c.Cache.ClusterMode]
	},
	"larger machines": func(s settings, _ config.Config) {
		s["database.class"], s["cache.nodeType"], s["server.instanceType"] =
			"db.r7g.4xlarge", "cache.r7g.xlarge", "m7g.xlarge"
	},
	"larger disks": func(s settings, c config.Config) {
		s["database.storageGiB"] = strconv.Itoa(min(13_000, 2*c.Database.StorageGiB))
		s["server.dataGiB"] = strconv.Itoa(min(16_384, 2*c.Server.DataGiB))
	},
	"larger fleets": func(s settings, c config.Config) {
		s["web.max"], s["workers.max"] = strconv.Itoa(c.Web.Max+1), strconv.Itoa(c.Workers.Max+1)
	},
	"a path to its service": func(s settings, c config.Config) { s["services.weights"] = "users=100" },
	"more search": func(s settings, c config.Config) {
		s["search.instances"], s["search.instanceType"] = strconv.Itoa(min(80, c.Search.Instances+2)), "r7g.2xlarge.search"
		s["search.storageGiB"] = strconv.Itoa(min(16_384, 2*c.Search.StorageGiB))
	},
	"the other way to the services": func(s settings, c config.Config) {
		s["services.api"] = map[config.API]string{config.APIGateway: "balancer",
			config.APIBalancer: "gateway"}[c.Services.API]
	},
	"a proxy":             func(s settings, _ config.Config) { s["database.proxy"] = "always" },
	"another way out":     func(s settings, _ config.Config) { s["nat"] = "single" },
	"a standby":           func(s settings, _ config.Config) { s["database.multiAz"] = "true" },
	"a newer PostgreSQL":  func(s settings, _ config.Config) { s["database.version"] = "17" },
	"a new machine image": func(s settings, _ config.Config) { s["ami"] = "ami-00000000000000001" },
	"a recipient":         func(s settings, _ config.Config) { s["alertEmail"] = "night@example.com" },
}

// However a stack grows, no subnet moves, and what holds data stays where it
// is: the same URN, and no change of an input that forces a replacement.
func TestGrowthKeepsWhatThereIs(t *testing.T) {
	often(t, drawn, nightlyDrawn)
	rapid.Check(t, func(t *rapid.T) {
		s, c := draw(t)
		delete(s, "confirmDataLoss")
		how := rapid.SampledFrom(slices.Sorted(maps.Keys(growth))).Draw(t, "growth")
		more := maps.Clone(s)
		growth[how](more, c)
		more, grown := accepted(t, more)
		if grown.Stage < c.Stage || grown.Stage >= 3 && c.Stage == 2 && grown.Handover != config.HandoverPending {
			t.Skip("the way there is no growth")
		}
		if fewer(c, grown) || grown.WriteRegion() != c.WriteRegion() {
			t.Skip("the past, which a recording has not, would stop it")
		}
		stays(t, build(t, s), build(t, more))
	})
}

// The climbs that everyone makes, by one step or several at once.
func TestClimbsKeepWhatThereIs(t *testing.T) {
	for _, site := range []settings{
		{},
		{"domain": "example.com"},
		{"domain": "example.com", "hostedZone": "Z0123456789ABCDEFGHIJ", "regions": "eu-west-1"},
	} {
		var stages []*record.Recording
		for n := ladder.First; n <= config.Built; n++ {
			at := maps.Clone(site)
			at["stage"] = strconv.Itoa(int(n))
			if n >= 3 {
				at["handover"] = "pending"
			}
			stages = append(stages, build(t, at))
		}
		for from := range stages {
			for _, to := range stages[from+1:] {
				stays(t, stages[from], to)
			}
		}
	}
}

// What a team adds to a stack of several regions, each one step: creates and
// updates only.
func TestSeveralRegionsGrow(t *testing.T) {
	for name, more := range map[string]settings{
		"a region":      {"regions": "us-east-1,eu-west-1,ap-southeast-2"},
		"a zone":        {"zones": "3"},
		"a database":    {"database.shards": "3"},
		"a replica":     {"database.replicas": "2"},
		"a user reader": {"usersDatabase.replicas": "2"},
		"fewer copies":  {"database.backupRegion": "none"},
		"another link":  {"network.link": "transit-gateway"},
		"another route": {"traffic.routing": "accelerator"},
		"Aurora":        {"database.global": "aurora"},
	} {
		t.Run(name, func(t *testing.T) {
			now := settings{"stage": "5", "domain": "example.com"}
			then := maps.Clone(now)
			maps.Copy(then, more)
			stays(t, build(t, now), build(t, then))
		})
	}
}

// stays fails for what holds data, and for each part of the network, that
// after does not have just as before had it.
func stays(t require.TestingT, before, after *record.Recording) {
	now := map[string]record.Resource{}
	for _, r := range after.Resources {
		now[r.URN] = r
	}
	for _, old := range before.Custom() {
		keys, kept := replaceOn[old.Type]
		if !kept {
			continue
		}
		r, there := now[old.URN]
		if !assert.True(t, there, "%s would be deleted", old.URN) {
			continue
		}
		for _, key := range keys {
			assert.Equal(t, old.Value(key), r.Value(key), "%s would be replaced: %s", old.Name, key)
		}
	}
}

// replaceOn are the inputs of what must stay whose change makes AWS start
// anew, as the provider's tables say. It is a second, shorter list on purpose:
// the plan is held against it, not against the simulation.
var replaceOn = map[string][]string{
	token.EC2Vpc:    {"cidrBlock"},
	token.EC2Subnet: {"cidrBlock", "availabilityZone", "vpcId"},
	token.EBSVolume: {"availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "multiAttachEnabled"},
	token.RDSInstance: {
		"engine", "username", "dbName", "kmsKeyId", "storageEncrypted", "identifier", "replicateSourceDb",
		"availabilityZone", "snapshotIdentifier", "restoreToPointInTime",
	},
	token.ElastiCacheReplicationGroup: {
		"replicationGroupId", "engine", "port", "subnetGroupName", "atRestEncryptionEnabled", "kmsKeyId",
		"dataTieringEnabled", "securityGroupNames", "snapshotArns", "snapshotName", "globalReplicationGroupId",
	},
	token.S3BucketV2:           {"bucket", "bucketPrefix", "objectLockEnabled"},
	token.SQSQueue:             {"name", "namePrefix", "fifoQueue"},
	token.SecretsManagerSecret: {"name", "namePrefix"},
	token.RandomPassword:       {"length", "special", "overrideSpecial", "minLower", "minUpper", "minNumeric", "keepers", "number", "numeric", "lower", "upper"},
	token.Route53Zone:          {"name", "delegationSetId"},
	token.KMSKey:               {"customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"},
	token.KMSReplicaKey:        {"primaryKeyArn"},
	token.OpenSearchDomain: {
		"domainName", "vpcOptions", "encryptAtRest.kmsKeyId", "advancedSecurityOptions.enabled",
	},
}

// A type that comes to hold data on some rung needs a row, or it is not held.
func TestWhateverHoldsDataHasARow(t *testing.T) {
	for n := ladder.First; n <= config.Built; n++ {
		for _, r := range holders(build(t, settings{"stage": strconv.Itoa(int(n)), "domain": "example.com"})) {
			assert.Contains(t, replaceOn, r.Type)
		}
	}
}

// A preview, where nothing computed is known, plans exactly what an up makes:
// the shape of a stage never hangs on an output.
func TestPreviewPlansWhatUpMakes(t *testing.T) {
	often(t, drawn, nightlyDrawn)
	rapid.Check(t, func(t *rapid.T) {
		s, _ := draw(t)
		up, preview := build(t, s), build(t, s, record.Preview(true))
		assert.Equal(t, urns(up), urns(preview))
	})
}

func urns(rec *record.Recording) []string {
	var list []string
	for _, r := range rec.Resources {
		list = append(list, r.URN)
	}
	return list
}
