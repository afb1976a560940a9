package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// check finds contradictions between keys that are each right by themselves.
// A key that already has a problem is left out.
func check(c Config, values map[string]string, already Problems) Problems {
	var found Problems
	add := func(key, want string) {
		if !slices.ContainsFunc(already, func(p Problem) bool { return p.Key == key }) {
			found = append(found, Problem{key, values[key], want})
		}
	}
	checkStage(c, add)
	checkApp(c, add)
	checkDeploy(c, add)
	checkSite(c, add)
	checkFleets(c, add)
	checkData(c, add)
	checkServices(c, add)
	checkRegions(c, add)
	checkEdge(c, add)
	return found
}

type report func(key, want string)

// NewZone reports whether the domain has a zone that the stack creates, and
// ProvesDomain whether a certificate is asked for that only the world's way to
// that zone can prove.
func (c Config) NewZone() bool {
	return c.Domain != "" && c.HostedZone == "" && c.CDN != Cloudflare
}

// ProvesDomain is described with [Config.NewZone].
func (c Config) ProvesDomain() bool {
	return c.NewZone() && (c.Stage >= 3 || c.CDN == CloudFront)
}

func checkStage(c Config, add report) {
	if c.Stage < 3 && c.Handover != HandoverNone {
		add("handover", fmt.Sprintf("stage %d has nothing to hand over: leave the key out below stage 3", c.Stage))
	}
}

func checkSite(c Config, add report) {
	if c.CDN == Cloudflare && c.CloudflareZone == "" {
		add("cloudflareZone",
			"required with rung:cdn cloudflare: the zone's id is on the domain's overview page at Cloudflare")
	}
	if c.CDN == Cloudflare && c.Domain == "" {
		add("domain", "required with rung:cdn cloudflare: Cloudflare serves a zone's own names only")
	}
	if c.CDN != Cloudflare && c.CloudflareZone != "" {
		add("cloudflareZone", "only of use with rung:cdn cloudflare")
	}
	if c.Stage == 1 && c.CDN != NoCDN {
		add("cdn", "stage 1 has no CDN: want none, or rung:stage 2")
	}
	checkDomain(c, add)
	if c.HostedZone != "" && c.Domain == "" {
		add("hostedZone", "only of use with rung:domain")
	}
	if c.HostedZone != "" && c.CDN == Cloudflare {
		add("hostedZone", "only of use where Route 53 has the domain; with rung:cdn cloudflare its records are made at "+
			"Cloudflare, where ACM looks for them: leave it out")
	}
	if c.DomainDelegated && (c.Domain == "" || c.HostedZone != "" || c.CDN == Cloudflare) {
		add("domainDelegated", "only of use with rung:domain and a zone that rung creates: leave it out")
	}
	if c.Stage >= 3 && c.Zones < 2 {
		add("zones", "from stage 3 on the load balancer and the database need at least 2")
	}
	if c.Stage >= 3 && c.NAT == NoNAT {
		add("nat", "from stage 3 on the fleets are private and must reach the internet for packages and secrets: want "+
			"instance, single or per-zone")
	}
	if c.Stage < 3 && c.FlowLogs {
		add("flowLogs", fmt.Sprintf("stage %d has no bucket of logs to record them in: want false, or rung:stage 3", c.Stage))
	}
	if c.Stage < 3 && c.Maintenance {
		add("maintenance", fmt.Sprintf("stage %d has no load balancer that would answer in the app's place: want false, or "+
			"rung:stage 3", c.Stage))
	}
	if c.Stage < 3 && c.NAT != NoNAT {
		add("nat", fmt.Sprintf("stage %d has no private machines that would use it: want none", c.Stage))
	}
}

// maxName is the longest name in DNS, and maxCertified the longest of which ACM
// makes the first name of a certificate.
// Source: ACM API reference, RequestCertificate.
const maxName, maxCertified = 253, 64

// checkDomain leaves room for the names below the domain: the origin's, and from
// stage 3 on those of the load balancers, which have certificates.
func checkDomain(c Config, add report) {
	below, most := "", maxName
	switch {
	case c.Stage >= SeveralRegions && len(c.Regions) > 1:
		below, most = "balancer-"+longestCode(c.Regions[1:])+".", maxCertified
	case c.Stage >= 3:
		below, most = "balancer.", maxCertified
	case c.CDN == CloudFront:
		most = maxCertified
	case c.CDN == Cloudflare:
		below = "origin."
	}
	if len(below)+len(c.Domain) > most {
		add("domain", fmt.Sprintf("%d characters: want at most %d, since %s%s may have %d", len(c.Domain), most-len(below),
			below, "DOMAIN", most))
	}
}

func longestCode(regions []string) (longest string) {
	for _, region := range regions {
		if code := Code(region); len(code) > len(longest) {
			longest = code
		}
	}
	return longest
}

func checkFleets(c Config, add report) {
	checkFleet("web", c.Web, add)
	checkFleet("workers", c.Workers.Fleet, add)
	if c.Stage >= 3 && c.Web.Min < c.Zones {
		add("web.min", fmt.Sprintf("%d zones need at least %d web machines, so that the site outlives a zone", c.Zones,
			c.Zones))
	}
	if c.Balancer.SlowStartSeconds > 0 && c.Balancer.Algorithm != RoundRobin {
		add("balancer.slowStartSeconds", "AWS slows the start only with rung:balancer.algorithm round_robin")
	}
	if d := float64(c.Workers.AcceptableDelaySeconds); d < c.Workers.SecondsPerJob {
		add("workers.acceptableDelaySeconds", fmt.Sprintf("a job takes %v s by itself (rung:workers.secondsPerJob): want at least that", c.Workers.SecondsPerJob))
	}
}

func checkFleet(name string, f Fleet, add report) {
	if f.Max < f.Min {
		add(name+".max", fmt.Sprintf("want at least rung:%s.min, which is %d", name, f.Min))
	}
	for _, s := range f.Schedules {
		if s.Min > f.Max {
			add(name+".schedules", fmt.Sprintf("%s: want a min of at most rung:%s.max, which is %d", s.Name, name, f.Max))
		}
	}
	if f.SpotShare > 0 && len(f.InstanceTypes) < 4 {
		add(name+".instanceTypes",
			fmt.Sprintf("spot needs at least 4 types to fall back on, got %d: name more, or set rung:%s.spotShare to 0",
				len(f.InstanceTypes), name))
	}
}

// minBackupDays is what the policies ask for, and what AWS's own security
// standard does (RDS.11).
const minBackupDays = 7

func checkData(c Config, add report) {
	if c.Database.BackupDays == 0 && c.Database.Replicas > 0 {
		add("database.replicas",
			"AWS makes replicas only of a database with backups: want rung:database.backupDays of at least 7, or 0 replicas")
	}
	if c.Database.BackupDays < minBackupDays {
		add("database.backupDays",
			fmt.Sprintf("want %d to 35: a mistake is often noticed only after days, and without a backup it cannot be undone",
				minBackupDays))
	}
	if c.Cache.ClusterMode != ClusterEnabled && c.Cache.Shards > 1 {
		add("cache.shards", "several shards need rung:cache.clusterMode enabled")
	}
	if c.Cache.ClusterMode != ClusterDisabled && c.Cache.Replicas == 0 {
		add("cache.replicas", "cluster mode needs at least 1: AWS changes the mode by failing over")
	}
	if c.Stage >= 3 && c.Cache.Replicas == 0 {
		add("cache.replicas", "from stage 3 on want 1 to 5: sessions must outlive a node")
	}
	if strings.HasPrefix(c.Cache.NodeType, "cache.t") && c.Cache.Shards > 40 {
		add("cache.shards", "burstable nodes carry at most 40 shards: "+
			strconv.Itoa(c.Cache.Shards)+" need cache.m7g.large or larger")
	}
}
