package config

// CDN is the network that stands in front of the origin.
type CDN string

const (
	NoCDN      CDN = "none"
	CloudFront CDN = "cloudfront"
	Cloudflare CDN = "cloudflare"
)

// NAT is how machines without a public address reach the internet.
type NAT string

const (
	// NoNAT lets them reach only what has an endpoint in the network.
	NoNAT NAT = "none"
	// NATInstance is one small machine: cheap, and a single point of failure.
	NATInstance NAT = "instance"
	// NATSingle is one NAT gateway for all zones.
	NATSingle NAT = "single"
	// NATPerZone is a NAT gateway in every zone.
	NATPerZone NAT = "per-zone"
)

// Handover says where the data of rungs 1–2 is when a stack is on rung 3.
type Handover string

const (
	// HandoverNone is a stack that started on rung 3: it has no server.
	HandoverNone Handover = "none"
	// HandoverPending keeps the server and its data beside the database.
	HandoverPending Handover = "pending"
	// HandoverDone lets the server go once its data was confirmed to be moved.
	HandoverDone Handover = "done"
)

// Algorithm is how the load balancer picks a machine.
type Algorithm string

const (
	RoundRobin       Algorithm = "round_robin"
	LeastOutstanding Algorithm = "least_outstanding_requests"
	WeightedRandom   Algorithm = "weighted_random"
)

// CacheEngine is the software of the cache.
type CacheEngine string

const (
	Valkey CacheEngine = "valkey"
	Redis  CacheEngine = "redis"
)

// ClusterMode is how the cache spreads its keys.
type ClusterMode string

const (
	ClusterDisabled ClusterMode = "disabled"
	// ClusterCompatible is the step between: clients of both kinds work.
	ClusterCompatible ClusterMode = "compatible"
	ClusterEnabled    ClusterMode = "enabled"
)

// Regions lists the regions that rung knows, home first.
func Regions() []string {
	names := make([]string, len(regionZones))
	for i, r := range regionZones {
		names[i] = r.region
	}
	return names
}

// Zones are a region's availability zones by slot. The order is frozen: a
// zone that AWS adds goes to the end, so that no subnet ever moves. Empty for
// an unknown region.
//
// The letters are those that new accounts can use: us-east-1e has no current
// machine types, ap-northeast-1b is closed to new accounts.
func Zones(region string) []string {
	for _, r := range regionZones {
		if r.region == region {
			names := make([]string, len(r.letters))
			for i, letter := range r.letters {
				names[i] = region + string(letter)
			}
			return names
		}
	}
	return nil
}

// Code is a region's short name, as AWS writes it in the ids of zones: euw1 for
// eu-west-1. Empty for an unknown region.
func Code(region string) string { return codes[region] }

// codes stand in the names of whatever a further region has, so they are frozen.
var codes = map[string]string{
	"us-east-1": "use1", "us-east-2": "use2", "us-west-2": "usw2", "ca-central-1": "cac1", "sa-east-1": "sae1",
	"eu-west-1": "euw1", "eu-west-2": "euw2", "eu-west-3": "euw3", "eu-central-1": "euc1", "eu-north-1": "eun1",
	"ap-south-1": "aps1", "ap-southeast-1": "apse1", "ap-southeast-2": "apse2", "ap-northeast-1": "apne1", "ap-northeast-2": "apne2",
}

var regionZones = []struct{ region, letters string }{
	{"us-east-1", "abcd"},
	{"us-east-2", "abc"},
	{"us-west-2", "abcd"},
	{"ca-central-1", "abd"},
	{"sa-east-1", "abc"},
	{"eu-west-1", "abc"},
	{"eu-west-2", "abc"},
	{"eu-west-3", "abc"},
	{"eu-central-1", "abc"},
	{"eu-north-1", "abc"},
	{"ap-south-1", "abc"},
	{"ap-southeast-1", "abc"},
	{"ap-southeast-2", "abc"},
	{"ap-northeast-1", "acd"},
	{"ap-northeast-2", "abcd"},
}
