package config

import "github.com/rung-dev/rung/region"

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

// Handover says where the data of stages 1–2 is when a stack is on stage 3.
type Handover string

const (
	// HandoverNone is a stack that started on stage 3: it has no server.
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
func Regions() []string { return region.Supported() }

// Zones are a region's availability zones by slot, see [region.Region]. Empty for
// a region without stacks.
func Zones(name string) []string {
	r, _ := region.Get(name)
	return r.SlotZones()
}

// Code is a region's short name, as AWS writes it in the ids of zones: euw1 for
// eu-west-1. Empty for an unknown region.
func Code(name string) string {
	r, _ := region.Get(name)
	return r.Code
}
