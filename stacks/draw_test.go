package stacks_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/config"
)

// values draws what a user may write for each key, bounds included. Names of
// machines are those that AWS has today and that the catalogue prices.
var values = map[string]*rapid.Generator[string]{
	"stage":                 whole(1, int(config.Built)),
	"domain":                choice("example.com", "shop.example.co.uk", "a-b.example.org"),
	"hostedZone":            choice("Z0123456789ABCDEFGHIJ"),
	"domainDelegated":       choice("true", "false"),
	"dnsTtlSeconds":         whole(1, 86_400),
	"cdn":                   choice("cloudfront", "cloudflare", "none"),
	"cloudflareZone":        choice(strings.Repeat("0a", 16)),
	"regions":               rapid.OneOf(rapid.SampledFrom(config.Regions()), several),
	"zones":                 whole(1, 4),
	"users":                 whole(1, 1_000_000_000),
	"peakRequestsPerSecond": choice("0.01", "10", "750.5", "10000000"),
	"policy":                choice(`{"rds-multi-az":"mandatory"}`),
	"budget":                choice("0.01", "99.50", "1000000"),
	"artifact":              choice("/tmp/app"),
	"app":                   choice(`{"binary":"bin/app"}`, `{"binary":"bin/app","commands":{"worker":"./app work"},"needs":["database"]}`),
	"ami":                   choice("ami-0123456789abcdef0"),
	"alertEmail":            choice("ops@example.com"),
	"nat":                   choice("none", "instance", "single", "per-zone"),
	"flowLogs":              choice("true", "false"),
	"maintenance":           choice("true", "false"),
	"server.instanceType":   choice("t4g.micro", "t4g.medium", "m7g.large", "r7g.4xlarge", "c7g.xlarge"),
	"server.dataGiB":        whole(8, 16_384),
	"web.instanceTypes":     machines,
	"web.min":               whole(1, 1_000),
	"web.max":               whole(1, 1_000),
	"web.spotShare":         whole(0, 100),
	"web.predictive":        choice("true", "false"),
	"web.schedules": choice(
		`[{"name":"morning","recurrence":"0 8 * * 1-5","timeZone":"Europe/Berlin","min":2}]`,
		`[{"name":"day","recurrence":"0 7 * * *","min":6},{"name":"night","recurrence":"0 22 * * *","min":0}]`,
	),
	"workers.instanceTypes":          machines,
	"workers.min":                    whole(0, 1_000),
	"workers.max":                    whole(1, 1_000),
	"workers.spotShare":              whole(0, 100),
	"workers.acceptableDelaySeconds": whole(1, 86_400),
	"workers.secondsPerJob":          choice("0.001", "0.5", "30", "3600"),
	"balancer.algorithm":             choice("round_robin", "least_outstanding_requests", "weighted_random"),
	"balancer.stickySeconds":         whole(0, 604_800),
	"deploy.canaryPercent":           whole(1, 99),
	"deploy.bakeSeconds":             whole(60, 28_800),
	"deploy.ungated":                 choice("true", "false"),
	"edge.code":                      choice("true", "false"),
	"edge.cacheGuard":                choice("true", "false"),
	"edge.experiment":                choice("home=1", "home=50", "checkout-2=99"),
	"edge.blockedCountries":          choice("KP", "KP,IR"),
	"edge.varyCountries":             choice("DE", "DE,FR"),
	"edge.apiKeys":                   choice("shop", "shop,mobile-app"),
	"edge.apiKeyPaths":               choice("/api/partner", "/api/partner,/api/v2"),
	"edge.redirects":                 choice("/old=/new", "/old=/new,/blog=https://blog.example.com/"),
	"originShield":                   choice("true", "false"),
	"capacityReservations":           choice("true", "false"),
	"placementPartitions":            rapid.OneOf(choice("0"), whole(2, 7)),
	"balancer.slowStartSeconds":      rapid.OneOf(choice("0"), whole(30, 900)),
	"reservedInstances":              choice("c7g.medium=2", "c7g.medium=5000,db.m7g.large=1", "m6g.medium=1,cache.t4g.small=2", "c7g.medium=0"),
	"commitment":                     choice("none", "one-year", "three-years"),
	"cloudflareAccount":              choice(strings.Repeat("0b", 16)),
	"network.link":                   choice("peering", "transit-gateway"),
	"network.ranges":                 rangesOfTheirOwn,
	"traffic.routing":                choice("latency", "failover", "accelerator"),
	"traffic.held":                   choice("eu-west-1"),
	"database.shards":                whole(1, 64),
	"database.writeRegion":           rapid.SampledFrom(config.Regions()),
	"database.backupRegion":          rapid.OneOf(choice("none"), rapid.SampledFrom(config.Regions())),
	"database.backupCopyDays":        whole(7, 35),
	"database.global":                choice("replicas", "aurora"),
	"database.class":                 choice("db.t4g.small", "db.m7g.large", "db.r7g.4xlarge", "db.m6g.xlarge"),
	"database.replicaClass":          choice("db.t4g.small", "db.m7g.large", "db.r6g.large"),
	"database.storageGiB":            whole(20, 13_000),
	"database.multiAz":               choice("true", "false"),
	"database.replicas":              whole(0, 15),
	"database.backupDays":            whole(0, 35),
	"database.version":               choice("16", "17"),
	"cache.engine":                   choice("valkey", "redis"),
	"cache.nodeType":                 choice("cache.t4g.micro", "cache.t4g.small", "cache.m7g.large", "cache.r7g.2xlarge"),
	"cache.replicas":                 whole(0, 5),
	"cache.clusterMode":              choice("disabled", "compatible", "enabled"),
	"cache.shards":                   whole(1, 90),
	"services.weights":               choice("users=10", "users=0,posts=100,search=50", `{"search":100}`),
	"services.api":                   choice("gateway", "balancer"),
	"services.instanceTypes":         machines,
	"services.min":                   whole(1, 1_000),
	"services.max":                   whole(1, 1_000),
	"services.spotShare":             whole(0, 100),
	"database.proxy":                 choice("auto", "always", "never"),
	"usersDatabase.class":            choice("db.t4g.small", "db.m7g.large", "db.r7g.4xlarge"),
	"usersDatabase.storageGiB":       whole(20, 13_000),
	"usersDatabase.replicas":         whole(0, 15),
	"search.instanceType":            choice("m7g.large.search", "r7g.xlarge.search", "t3.small.search"),
	"search.instances":               choice("2", "4", "10"),
	"search.masterType":              choice("m7g.medium.search", "m7g.large.search"),
	"search.masters":                 choice("0", "3", "5"),
	"search.storageGiB":              whole(10, 16_384),
	"firewall.requests":              whole(10, 2_000_000_000),
	"firewall.onlyCount":             choice("true", "false"),
	"handover":                       choice("none", "pending", "done"),
	"confirmDataLoss":                choice("server-data", "server-data,database-primary", "nothing-of-that-name"),
}

// several are regions of a stack from stage 5 on; more than three test nothing else.
var several = rapid.Map(rapid.SliceOfNDistinct(rapid.SampledFrom(config.Regions()), 2, 3, rapid.ID[string]),
	func(list []string) string {
		return strings.Join(list, ",")
	})

// rangesOfTheirOwn are networks of every size that is taken, of one region or two.
var rangesOfTheirOwn = rapid.Custom(func(t *rapid.T) string {
	first := []string{"10.64.0.0", "172.16.0.0", "192.168.0.0"}
	var pairs []string
	homes := rapid.SliceOfNDistinct(rapid.SampledFrom(config.Regions()), 1, 2, rapid.ID[string]).Draw(t, "regions")
	for i, region := range append(homes, "us-east-1") {
		if i < 2 || !slices.Contains(homes, region) { // home without regions is most often drawn
			pairs = append(pairs, fmt.Sprintf("%s=%s/%d", region, first[i], rapid.IntRange(16, 24).Draw(t, "bits")))
		}
	}
	return strings.Join(pairs, ",")
})

// machines are lists long enough for spot, and one that is not.
var machines = choice(
	"c7g.medium,c6g.medium,m7g.medium,m6g.medium",
	"m7g.large,m6g.large,r7g.large,r6g.large,t4g.large",
	"t4g.small",
)

func choice(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }

// whole draws numbers of which half are small, as most people's are.
func whole(low, high int) *rapid.Generator[string] {
	small := rapid.IntRange(low, min(high, low+5))
	return rapid.Map(rapid.OneOf(small, rapid.IntRange(low, high)), strconv.Itoa)
}

// settings are keys without their namespace, as [config.Parse] takes them.
type settings map[string]string

// draw makes settings that Parse accepts. Of what contradicts itself it drops
// the keys that the problems name, as a user would who follows them.
func draw(t *rapid.T) (settings, config.Config) { return drawOn(t, values["stage"]) }

// drawOn is draw on one of the stages.
func drawOn(t *rapid.T, stage *rapid.Generator[string]) (settings, config.Config) {
	s := settings{}
	if rapid.Bool().Draw(t, "onCloudflare") { // three keys that only go together
		s["cdn"], s["domain"], s["cloudflareZone"] = "cloudflare", "example.com", strings.Repeat("0a", 16)
	}
	// Half of the keys at the most: a drawn key is more often wrong than not given.
	for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom(keyNames()), 0, len(values)/2, rapid.ID[string]).Draw(t,
		"keys") {
		s[k] = values[k].Draw(t, k)
	}
	s["stage"] = stage.Draw(t, "stage")
	return accepted(t, s)
}

// keyNames are all keys but the stage, which every stack has.
func keyNames() []string {
	list := slices.Sorted(maps.Keys(values))
	return slices.DeleteFunc(list, func(k string) bool { return k == "stage" })
}

// accepted drops keys that have a problem until none is left.
func accepted(t require.TestingT, s settings) (settings, config.Config) {
	s = maps.Clone(s)
	for range len(values) {
		c, err := config.Parse(s)
		if err == nil {
			return s, c
		}
		var problems config.Problems
		require.ErrorAs(t, err, &problems)
		for _, p := range problems {
			dropBlamed(s, p.Key)
		}
	}
	require.Fail(t, "no way out of the problems", "%v", s)
	return nil, config.Config{}
}

// fewer reports whether the second configuration counts less of anything, or lost
// the range that it stands in: where more is not allowed, accepted falls back to a
// default.
func fewer(c, next config.Config) bool {
	return !maps.Equal(next.Network.Ranges, c.Network.Ranges) || next.Zones < c.Zones ||
		len(next.Regions) < len(c.Regions) || next.Database.Shards < c.Database.Shards ||
		next.Database.Replicas < c.Database.Replicas || next.UsersReplicas() < c.UsersReplicas() ||
		next.Cache.Replicas < c.Cache.Replicas || next.Cache.Shards < c.Cache.Shards
}

// partners are the keys to blame when the named key has its default.
var partners = map[string][]string{
	"domain":                         {"cdn", "cloudflareZone"},
	"cloudflareZone":                 {"cdn"},
	"zones":                          {"regions"},
	"cloudflareAccount":              {"regions", "cdn", "cloudflareZone"},
	"traffic.routing":                {"regions"},
	"traffic.held":                   {"regions", "traffic.routing"},
	"web.min":                        {"zones"},
	"services.min":                   {"zones"},
	"services.max":                   {"services.min"},
	"services.instanceTypes":         {"services.spotShare"},
	"search.masters":                 {"search.instances"},
	"web.max":                        {"web.min"},
	"workers.max":                    {"workers.min"},
	"web.instanceTypes":              {"web.spotShare"},
	"workers.instanceTypes":          {"workers.spotShare"},
	"workers.acceptableDelaySeconds": {"workers.secondsPerJob"},
	"cache.shards":                   {"cache.clusterMode"},
	"edge.apiKeys":                   {"edge.apiKeyPaths"},
	"edge.code":                      {"cdn"},
	"capacityReservations":           {"zones"},
	"database.backupRegion":          {"database.shards"},
}

func dropBlamed(s settings, key string) {
	if _, given := s[key]; given {
		delete(s, key)
		return
	}
	for _, k := range partners[key] {
		delete(s, k)
	}
}

// build runs the program of the settings. What Parse accepts must be built.
func build(t require.TestingT, s settings, opts ...record.Option) *record.Recording {
	rec, err := record.Run(stacks.Program(app), append(opts, record.Config(namespaced(s)))...)
	require.NoError(t, err, "settings that Parse accepts must be built: %v", s)
	return rec
}

// namespaced are settings with their namespace, as the engine gives them.
func namespaced(s settings) map[string]string {
	all := map[string]string{}
	for k, v := range s {
		all[config.Namespace+":"+k] = v
	}
	return all
}

func TestEveryKeyIsDrawn(t *testing.T) {
	var keys []string
	for _, k := range config.Keys() {
		keys = append(keys, k.Name)
	}
	slices.Sort(keys)
	assert.Equal(t, keys, slices.Sorted(maps.Keys(values)), "a new key needs a row in values")
}

// Each value must be allowed by its own key, or it tests nothing.
func TestDrawnValuesAreAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(keyNames()).Draw(t, "key")
		v := values[k].Draw(t, "value")
		_, err := config.Parse(settings{"stage": "3", k: v})
		var problems config.Problems
		if err == nil || !errors.As(err, &problems) {
			return
		}
		for _, p := range problems {
			shape := fmt.Sprintf("got %q, want", v)
			require.False(t, p.Key == k && strings.Contains(p.Error(), shape+" "+allowed(k)), "%v", p)
		}
	})
}

func allowed(name string) string {
	for _, k := range config.Keys() {
		if k.Name == name {
			return k.Allowed
		}
	}
	return ""
}
