package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// SeveralRegions is the stage from which on a stack may have several regions.
const SeveralRegions ladder.Number = 5

// mostRegions keeps the links between every two regions few enough to oversee.
const mostRegions = 8

// mostReplicas is RDS's limit for the copies of one PostgreSQL primary.
const mostReplicas = 15

// GlobalDatabase is how the database is in several regions.
type GlobalDatabase string

const (
	// CrossRegionReplicas copies the primary of stage 3, which stays as it is.
	CrossRegionReplicas GlobalDatabase = "replicas"
	// AuroraGlobal makes a new cluster beside the old database. The data must
	// be copied; the old database stays until it is confirmed that it may go.
	AuroraGlobal GlobalDatabase = "aurora"
)

// Link is how the regions' networks reach one another.
type Link string

const (
	// Peering joins every two networks directly.
	Peering Link = "peering"
	// TransitGateway joins each network to its region's gateway, and those.
	TransitGateway Link = "transit-gateway"
)

// Routing is how users come to a region.
type Routing string

const (
	// NearestRegion sends a user to the region with the least latency.
	NearestRegion Routing = "latency"
	// HomeFirst sends all users home, and elsewhere while home is down.
	HomeFirst Routing = "failover"
	// Accelerated takes users into AWS's own network near where they are.
	Accelerated Routing = "accelerator"
)

// Network is what joins the regions' networks.
type Network struct {
	// Link is how they reach one another.
	Link Link
	// Ranges replace the address plan's range of a region. A range cannot
	// change once the region's network is there.
	Ranges map[string]string
}

// homes are the regions of each stage.
func homes(n ladder.Number) string {
	switch {
	case n >= codeAtEdge:
		return "us-east-1,eu-west-1,ap-southeast-1"
	case n >= SeveralRegions:
		return "us-east-1,eu-west-1"
	}
	return "us-east-1"
}

func regionKeys() []Key {
	return []Key{
		key("database.shards", "databases over which users are spread; never fewer than there were", from(5, "2", "1"),
			whole(1, 64, func(c *Config, v int) { c.Database.Shards = v })),
		key("database.writeRegion", "region of the databases that take writes; without it home", nothing,
			oneOf(Regions(), func(c *Config, v string) { c.Database.WriteRegion = v })),
		key("database.backupRegion",
			"region with a copy of the databases' backups: a copy of the database repeats a mistake, a backup undoes it; "+
				"without it the first region that is another than the database's; none: no copies", nothing,
			oneOf(append(Regions(), NoBackupRegion), func(c *Config, v string) { c.Database.BackupRegion = v })),
		key("database.backupCopyDays", "how long the copies of backups are kept, in days; without it as long as the backups",
			nothing,
			whole(minBackupDays, 35, func(c *Config, v int) { c.Database.BackupCopyDays = v })),
		key("database.global",
			"how the database is in several regions; aurora is a new cluster beside it, into which the data must be copied",
			always("replicas"),
			oneOf([]GlobalDatabase{CrossRegionReplicas, AuroraGlobal},
				func(c *Config, v GlobalDatabase) { c.Database.Global = v })),
		key("network.link", "how the regions' networks reach one another", always("peering"),
			oneOf([]Link{Peering, TransitGateway}, func(c *Config, v Link) { c.Network.Link = v })),
		key("network.ranges", "address ranges in place of the plan's, by region; one cannot change once its network is "+
			"there, "+
			"so leave room for the stages to come: a /24 has two zones and few machines", nothing,
			ranges(func(c *Config, v map[string]string) { c.Network.Ranges = v })),
		key("traffic.routing", "how users come to a region", always("latency"),
			oneOf([]Routing{NearestRegion, HomeFirst, Accelerated}, func(c *Config, v Routing) { c.Routing = v })),
		key("traffic.held", "regions to which nobody is led yet: what they copy is compared first (rung handover region)",
			nothing, listOf(nil, func(c *Config, v []string) { c.Held = v })),
		key("cloudflareAccount", "id of the Cloudflare account, for its load balancer over several regions", nothing,
			pattern(`^[0-9a-f]{32}$`, "the id of a Cloudflare account, 32 hexadecimal digits",
				func(c *Config, v string) { c.CloudflareAccount = v })),
	}
}

func checkRegions(c Config, add report) {
	checkRegionList(c, add)
	checkRanges(c, add)
	checkWrites(c, add)
	checkWays(c, add)
}

func checkRegionList(c Config, add report) {
	if len(c.Regions) > 1 && c.Stage < SeveralRegions {
		add("regions", fmt.Sprintf("stage %d has one region: want a single one; several come with stage %d", c.Stage,
			SeveralRegions))
	}
	if len(c.Regions) > mostRegions {
		add("regions", fmt.Sprintf("got %d: want 1 to %d", len(c.Regions), mostRegions))
	}
	for _, region := range c.Regions {
		if have := len(Zones(region)); c.Zones > have {
			add("zones", fmt.Sprintf("%s has %d availability zones: want 1 to %d", region, have, have))
		}
	}
}

func checkWrites(c Config, add report) {
	d := c.Database
	if d.WriteRegion != "" && !slices.Contains(c.Regions, d.WriteRegion) {
		add("database.writeRegion", "want one of rung:regions, which are "+strings.Join(c.Regions, ", "))
	}
	if c.Stage < SeveralRegions && d.Shards > 1 {
		add("database.shards",
			fmt.Sprintf("stage %d keeps everything in one database: want 1, or rung:stage %d", c.Stage, SeveralRegions))
	}
	if c.Stage < SeveralRegions && d.Global == AuroraGlobal {
		add("database.global",
			fmt.Sprintf("stage %d has no database of several regions: want replicas, or rung:stage %d", c.Stage, SeveralRegions))
	}
	checkCopies(c, "database.replicas", d.Replicas, add)
	checkBackupCopies(c, add)
}

// checkCopies counts all copies of one primary: its replicas, and one in each
// further region. Replicas there copy that one.
func checkCopies(c Config, key string, replicas int, add report) {
	further := len(c.Regions) - 1
	if further > 0 && replicas+further > mostReplicas {
		add(key, fmt.Sprintf("with %d further regions, each of which is a copy too, AWS allows 0 to %d", further,
			mostReplicas-further))
	}
}

// checkWays looks at how users come to a region.
func checkWays(c Config, add report) {
	several := len(c.Regions) > 1
	if c.Stage < SeveralRegions && c.Routing != NearestRegion {
		add("traffic.routing",
			fmt.Sprintf("stage %d has one region: leave the key out, or take rung:stage %d", c.Stage, SeveralRegions))
	}
	if c.Routing == HomeFirst && len(c.Regions) > 2 {
		add("traffic.routing", "failover is between two regions: want latency or accelerator for more")
	}
	checkHeld(c, add)
	if c.CDN == Cloudflare && c.Routing == Accelerated {
		add("traffic.routing", "Cloudflare's own network does that: want latency or failover with rung:cdn cloudflare")
	}
	if several && c.Stage >= SeveralRegions && c.CDN == Cloudflare && c.CloudflareAccount == "" {
		add("cloudflareAccount",
			"required with rung:cdn cloudflare and several regions: the account's id is on its overview page")
	}
}

// checkHeld looks at the regions to which nobody is led.
func checkHeld(c Config, add report) {
	if slices.ContainsFunc(c.Held, func(r string) bool { return !slices.Contains(c.Regions, r) || r == c.Home() }) {
		add("traffic.held", "want some of rung:regions but home, which are "+strings.Join(c.Regions[1:], ", "))
	}
	if len(c.Held) > 0 && c.Routing == HomeFirst {
		add("traffic.held", "with rung:traffic.routing failover the other region stands by, and nobody is led there while "+
			"home answers: leave it out")
	}
}

// WriteRegion is the region of the databases that take writes.
func (c Config) WriteRegion() string {
	if c.Database.WriteRegion == "" {
		return c.Home()
	}
	return c.Database.WriteRegion
}
