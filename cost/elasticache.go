package cost

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// cacheEngines maps what ElastiCache calls an engine to how the catalogue
// calls its nodes.
var cacheEngines = map[string]string{"": "Redis OSS", "redis": "Redis OSS", "valkey": "Valkey",
	"memcached": "Memcached"}

// priceCacheGroup prices a replication group: shards times one primary and
// its replicas, or the number of nodes that it gives.
func priceCacheGroup(s *sheet) {
	p := s.props.over(s.props.object("clusterMode")) // where older versions of the provider had the shards
	nodes, basis := p.numOr("numCacheClusters", 1), basisOf(p.has("numCacheClusters"))
	if old, ok := p.num("numberCacheClusters"); ok && basis != Declared {
		nodes, basis = old, Declared
	}
	if p.has("numNodeGroups") || p.has("replicasPerNodeGroup") {
		shards, copies := p.numOr("numNodeGroups", 1), p.numOr("replicasPerNodeGroup", 0)
		shards = decimal.Max(shards, s.scaledFrom("elasticache:replication-group:NodeGroups"))
		copies = decimal.Max(copies, s.scaledFrom("elasticache:replication-group:Replicas"))
		nodes, basis = shards.Mul(copies.Add(one)), Declared
	}
	s.cacheNodes(p, nodes, basis)
}

// scaledFrom is the least that a policy keeps of something of a replication group;
// zero without one. What the group declares is only what it begins with.
func (s *sheet) scaledFrom(dimension string) decimal.Decimal {
	id := s.props.str("replicationGroupId")
	for _, t := range s.byType[token.AppAutoScalingTarget] {
		p := props(t.Props)
		if id != "" && p.str("scalableDimension") == dimension && p.str("resourceId") == "replication-group/"+id {
			return p.numOr("minCapacity", 0)
		}
	}
	return zero
}

// priceCacheCluster prices a cluster of its own, or a node that is added to a
// replication group and takes type and engine from it.
func priceCacheCluster(s *sheet) {
	if addedToGroup(s.props) {
		group, _ := s.target(s.r, "replicationGroupId", token.ElastiCacheReplicationGroup)
		if group == nil {
			s.unpriced("", "its replication group is not in this stack, so its node type is not known")
			return
		}
		s.cacheNodes(group.Props, one, Derived)
		return
	}
	s.cacheNodes(s.props, s.props.numOr("numCacheNodes", 1), basisOf(s.props.has("numCacheNodes")))
}

// addedToGroup reports whether a node belongs to a replication group: then type and engine
// are the group's. A preview knows neither of what is not given.
func addedToGroup(p props) bool {
	return p.has("replicationGroupId") || p.pending("replicationGroupId") && !p.has("nodeType")
}

// leastCached is how much data a serverless cache is billed for at least, in GB, by
// engine (AWS's page on ElastiCache pricing: 1 GB, and 100 MB of Valkey).
var leastCached = map[string]decimal.Decimal{"redis": one, "memcached": one, "valkey": decimal.New(1, -1)}

// priceServerlessCache prices the least that a serverless cache is billed for: what
// it holds at least, and what it is told to keep ready. The rest is by use.
func priceServerlessCache(s *sheet) {
	engine := s.props.str("engine")
	least, ok := leastCached[engine]
	if !ok {
		s.unpriced("", s.props.notKnown("engine"))
		return
	}
	note, basis := "the least that AWS bills", Derived
	if kept := s.props.object("cacheUsageLimits").object("dataStorage").numOr("minimum", 0); kept.GreaterThan(least) {
		least, note, basis = kept, "the least that it is told to keep", Declared
	}
	sku := "Serverless data, Redis OSS/Memcached"
	if engine == "valkey" {
		sku = "Serverless data, Valkey"
	}
	s.hours("data", ElastiCache, sku, least, basis, note)
	s.besides("data beyond it, and requests")
}

// cacheNodes bills n nodes of the type and engine that p gives.
func (s *sheet) cacheNodes(p props, n decimal.Decimal, basis Basis) {
	typ := p.str("nodeType")
	engine, ok := cacheEngines[p.str("engine")]
	switch {
	case typ == "":
		s.unpriced("", p.notKnown("nodeType"))
		return
	case !ok:
		s.unpriced("", fmt.Sprintf("no prices for the engine %q", p.str("engine")))
		return
	}
	note := ""
	if days, _ := p.num("snapshotRetentionLimit"); days.GreaterThan(one) {
		note = "without snapshots beyond the first, which are paid by the data in memory"
	}
	c := charge{
		item: fmt.Sprintf("node hours, %s %s", typ, engine), service: ElastiCache,
		sku: fmt.Sprintf("%s %s node on-demand", typ, engine), basis: basis, note: note,
	}
	s.machineHours(typ, exactly(n), c)
	s.cacheSupport(p, c, exactly(n))
}
