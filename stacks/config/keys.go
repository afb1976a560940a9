package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Key is one setting: what it is called, what it takes and what it means.
type Key struct {
	// Name is the key without its namespace, dotted where it is nested.
	Name string
	// Type is "text", "whole number", "list", ….
	Type string
	// Allowed says which values are taken.
	Allowed string
	// Meaning is one sentence.
	Meaning string
	// Default is the value that stage n has when the key is not set. It is
	// written as a user would write it; empty means none.
	Default func(n ladder.Number) string
	// Change is what a change of it does to a stack that stands.
	Change Change
	// Form is how a program writes and checks a value.
	Form Form

	set func(c *Config, value string) error
}

// Keys is every setting there is, in the order of the documentation.
func Keys() []Key {
	return slices.Concat(siteKeys(), deployKeys(), sizeKeys(), dataKeys(), serviceKeys(), regionKeys(), edgeKeys())
}

func siteKeys() []Key {
	return []Key{
		key("stage", "which stage of the ladder the stack stands on", nothing,
			whole(int(ladder.First), int(ladder.Last), func(c *Config, v int) { c.Stage = ladder.Number(v) })),
		key("domain", "the site's domain; without it the site has the name that AWS gives it", nothing,
			domain(func(c *Config, v string) { c.Domain = v })),
		key("hostedZone", "id of an existing Route 53 zone of the domain; without it one is created", nothing,
			pattern(`^Z[A-Z0-9]{1,31}$`, "the id of a hosted zone, Z0123456789ABCDEFGHIJ say",
				func(c *Config, v string) { c.HostedZone = v })),
		key("domainDelegated",
			"the registrar names the name servers of the zone that rung created; until then rung up makes no certificate",
			always("false"),
			flag(func(c *Config, v bool) { c.DomainDelegated = v })),
		key("dnsTtlSeconds", "how long resolvers may keep the site's address, in seconds", always("60"),
			whole(1, 86_400, func(c *Config, v int) { c.DNSTTLSeconds = v })),
		key("cdn", "what stands in front of the origin", from(2, "cloudfront", "none"),
			oneOf([]CDN{CloudFront, Cloudflare, NoCDN}, func(c *Config, v CDN) { c.CDN = v })),
		key("cloudflareZone", "id of the domain's zone at Cloudflare", nothing,
			pattern(`^[0-9a-f]{32}$`, "the id of a Cloudflare zone, 32 hexadecimal digits",
				func(c *Config, v string) { c.CloudflareZone = v })),
		key("regions", "AWS regions, home first", homes,
			listOf(Regions(), func(c *Config, v []string) { c.Regions = v })),
		key("zones", "availability zones in use in each region", from(3, "2", "1"),
			whole(1, 4, func(c *Config, v int) { c.Zones = v })),
		key("users", "registered users, for the estimate; without it the stage's own figure", nothing,
			whole(1, 1_000_000_000, func(c *Config, v int) { c.Users = v })),
		key("peakRequestsPerSecond", "peak load, for the estimate; without it the stage's own figure", nothing,
			number(0.01, 10_000_000, func(c *Config, v float64) { c.PeakRequestsPerSecond = v })),
		key("budget", "the most that a month may cost, in USD; rung stops above it and AWS warns at 80 %", budgetOf,
			money(func(c *Config, v moneyValue) { c.Budget = v })),
		key("artifact", "path of the app's binary for Linux on arm64, relative to the working directory; without it this "+
			"project's app is built, where rung stands in the checkout that it was compiled from", nothing,
			text(func(c *Config, v string) { c.Artifact = v })),
		key("app", "your own app, as "+manifest.FileName+" describes it (docs/your-app.md): its folder, or the description; "+
			"without it "+manifest.FileName+" of the working directory counts, and without that this project's app",
			nothing, described(func(c *Config, v *manifest.App) { c.App = v })),
		key("ami", "machine image; without it Amazon Linux 2023's current one for arm64", nothing,
			pattern(`^ami-[0-9a-f]{8,17}$`, "the id of a machine image, ami-0123456789abcdef0 say",
				func(c *Config, v string) { c.AMI = v })),
		key("alertEmail", "who receives alarms and budget notices", nothing,
			email(func(c *Config, v string) { c.AlertEmail = v })),
		key("nat", "how machines without a public address reach the internet", from(3, "per-zone", "none"),
			oneOf([]NAT{NoNAT, NATInstance, NATSingle, NATPerZone}, func(c *Config, v NAT) { c.NAT = v })),
		key("flowLogs", "record the network's traffic in the bucket of logs", from(3, "true", "false"),
			flag(func(c *Config, v bool) { c.FlowLogs = v })),
		key("maintenance",
			"the load balancer answers everybody with 503 and a page, and health checks go on (rung maintenance)",
			always("false"),
			flag(func(c *Config, v bool) { c.Maintenance = v })),
	}
}

func sizeKeys() []Key {
	return []Key{
		key("server.instanceType", "machine type of the single server; a change stops and starts it",
			from(2, "t4g.xlarge", "t4g.small"),
			graviton(func(c *Config, v string) { c.Server.InstanceType = v })),
		key("server.dataGiB", "size of the server's data volume, in GiB; it can only grow", from(2, "50", "30"),
			whole(8, 16_384, func(c *Config, v int) { c.Server.DataGiB = v })),
		key("web.instanceTypes", "machine types of the web fleet, cheapest first",
			rising("c7g.medium,c6g.medium,m7g.medium,m6g.medium", rise{5, "c7g.xlarge,c6g.xlarge,m7g.xlarge,m6g.xlarge"}),
			gravitons(func(c *Config, v []string) { c.Web.InstanceTypes = v })),
		key("web.min", "web machines that always run in each region; they are on-demand", rising("2", rise{5, "4"}),
			whole(1, 1_000, func(c *Config, v int) { c.Web.Min = v })),
		key("web.max", "the most web machines in each region", rising("6", rise{5, "24"}),
			whole(1, 1_000, func(c *Config, v int) { c.Web.Max = v })),
		key("web.spotShare", "part of the web machines above the minimum that are spot, in percent", always("50"),
			whole(0, 100, func(c *Config, v int) { c.Web.SpotShare = v })),
		key("web.predictive", "forecast the load and scale ahead of it", rising("false", rise{5, "true"}),
			flag(func(c *Config, v bool) { c.Web.Predictive = v })),
		key("web.schedules", "change the minimum of web machines at set times", nothing,
			schedules(func(c *Config, v []Schedule) { c.Web.Schedules = v })),
		key("workers.instanceTypes", "machine types of the workers, cheapest first",
			always("c7g.medium,c6g.medium,m7g.medium,m6g.medium"),
			gravitons(func(c *Config, v []string) { c.Workers.InstanceTypes = v })),
		key("workers.min", "workers that always run in each region; zero is safe, the first job wakes one", always("0"),
			whole(0, 1_000, func(c *Config, v int) { c.Workers.Min = v })),
		key("workers.max", "the most workers in each region", rising("4", rise{5, "20"}),
			whole(1, 1_000, func(c *Config, v int) { c.Workers.Max = v })),
		key("workers.spotShare", "part of the workers above the minimum that are spot, in percent", always("100"),
			whole(0, 100, func(c *Config, v int) { c.Workers.SpotShare = v })),
		key("workers.acceptableDelaySeconds", "how long a job may wait, in seconds", always("60"),
			whole(1, 86_400, func(c *Config, v int) { c.Workers.AcceptableDelaySeconds = v })),
		key("workers.secondsPerJob", "how long one job takes a worker, in seconds", always("5"),
			number(0.001, 3_600, func(c *Config, v float64) { c.Workers.SecondsPerJob = v })),
		key("balancer.algorithm", "how the load balancer picks a machine", always("least_outstanding_requests"),
			oneOf([]Algorithm{RoundRobin, LeastOutstanding, WeightedRandom},
				func(c *Config, v Algorithm) { c.Balancer.Algorithm = v })),
		key("balancer.stickySeconds", "how long a user stays on one machine, in seconds; 0: not at all", always("0"),
			whole(0, 604_800, func(c *Config, v int) { c.Balancer.StickySeconds = v })),
		key("balancer.slowStartSeconds", "how long a new machine warms up, in seconds; 0: not at all", always("0"),
			zeroOr(30, 900, func(c *Config, v int) { c.Balancer.SlowStartSeconds = v })),
		key("reservedInstances", "instances that reservations or savings plans cover, by type: c7g.medium=2", nothing,
			counts(func(c *Config, v map[string]int) { c.ReservedInstances = v })),
		key("commitment", "savings plan or reservations for what always runs, where reservedInstances does not say what "+
			"they cover", always("none"),
			oneOf([]Commitment{NoCommitment, OneYear, ThreeYears}, func(c *Config, v Commitment) { c.Commitment = v })),
	}
}

func dataKeys() []Key {
	return []Key{
		key("database.class", "instance class of the primary", rising("db.m7g.large", rise{5, "db.r7g.xlarge"}),
			databaseClass(func(c *Config, v string) { c.Database.Class = v })),
		key("database.replicaClass", "instance class of the replicas; without it the primary's", nothing,
			databaseClass(func(c *Config, v string) { c.Database.ReplicaClass = v })),
		key("database.storageGiB", "storage at creation, in GiB; it grows by itself up to five times that",
			rising("100", rise{5, "200"}),
			whole(20, 13_000, func(c *Config, v int) { c.Database.StorageGiB = v })),
		key("database.multiAz", "keep a standby in a second zone", always("true"),
			flag(func(c *Config, v bool) { c.Database.MultiAZ = v })),
		key("database.replicas", "read replicas in each region; further regions have at least 1", always("1"),
			whole(0, 15, func(c *Config, v int) { c.Database.Replicas = v })),
		key("database.backupDays", "how long automated backups are kept, in days", always("7"),
			whole(0, 35, func(c *Config, v int) { c.Database.BackupDays = v })),
		key("database.version", "PostgreSQL's major version", always("17"),
			oneOf([]string{"16", "17"}, func(c *Config, v string) { c.Database.Version = v })),
		key("cache.engine", "software of the cache", always("valkey"),
			oneOf([]CacheEngine{Valkey, Redis}, func(c *Config, v CacheEngine) { c.Cache.Engine = v })),
		key("cache.nodeType", "class of each cache node", rising("cache.t4g.small", rise{5, "cache.r7g.large"}),
			cacheNode(func(c *Config, v string) { c.Cache.NodeType = v })),
		key("cache.replicas", "replicas of each shard", always("1"),
			whole(0, 5, func(c *Config, v int) { c.Cache.Replicas = v })),
		key("cache.clusterMode",
			"spread the keys over shards; there is no way back, and enabled is reached through compatible", always("disabled"),
			oneOf([]ClusterMode{ClusterDisabled, ClusterCompatible, ClusterEnabled},
				func(c *Config, v ClusterMode) { c.Cache.ClusterMode = v })),
		key("cache.shards", "shards in cluster mode", always("1"),
			whole(1, 90, func(c *Config, v int) { c.Cache.Shards = v })),
		key("handover", "whether the server of stages 1–2 stays, with its data, beside the fleet", always("none"),
			oneOf([]Handover{HandoverNone, HandoverPending, HandoverDone}, func(c *Config, v Handover) { c.Handover = v })),
		key("policy", "levels, parameters and exceptions of the policy pack's rules, by rule id; see policies/README.md",
			nothing,
			object(func(c *Config, v string) { c.Policy = v })),
		key("confirmDataLoss", "resources that may be deleted or replaced with all data in them, by name", nothing,
			listOf(nil, func(c *Config, v []string) { c.ConfirmDataLoss = v })),
	}
}

// key puts a key together; the setter knows its type and what it allows.
func key(name, meaning string, def func(ladder.Number) string, s setter) Key {
	return Key{Name: name, Type: s.typ, Allowed: s.allowed, Meaning: meaning, Default: def, Change: changes[name],
		Form: s.form(), set: s.set}
}

func nothing(ladder.Number) string { return "" }

func always(v string) func(ladder.Number) string {
	return func(ladder.Number) string { return v }
}

// from is the default of a key that changes on rung n.
func from(n ladder.Number, v, before string) func(ladder.Number) string {
	return func(stage ladder.Number) string {
		if stage >= n {
			return v
		}
		return before
	}
}

// rise is a default from a stage on.
type rise struct {
	from  ladder.Number
	value string
}

// rising is the default of a key that grows with the stages, in their order.
func rising(first string, later ...rise) func(ladder.Number) string {
	return func(stage ladder.Number) string {
		v := first
		for _, r := range later {
			if stage >= r.from {
				v = r.value
			}
		}
		return v
	}
}

// budgetOf is the upper end of the stage's seed band.
func budgetOf(n ladder.Number) string {
	stage, err := ladder.Get(n)
	if err != nil || !stage.Band.Known() {
		return ""
	}
	return strconv.Itoa(stage.Band.High)
}

// DefaultText is the key's default as the documentation shows it: one value,
// or one for each range of built stages.
func (k Key) DefaultText() string {
	var parts []string
	for n := ladder.First; n <= Built; n++ {
		v := k.Default(n)
		if v == "" {
			v = "–"
		}
		if len(parts) > 0 && strings.HasSuffix(parts[len(parts)-1], ": "+v) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%d: %s", n, v))
	}
	if len(parts) == 1 {
		return strings.TrimPrefix(parts[0], "1: ")
	}
	return strings.Join(parts, ", ")
}

// Allowed says which values the named key takes; empty for no key.
func Allowed(name string) string {
	for _, k := range Keys() {
		if k.Name == name {
			return k.Allowed
		}
	}
	return ""
}
