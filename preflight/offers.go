package preflight

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// offers are the types that the plan puts into zones, each once.
func (c *count) offers() []Offer {
	var all []Offer
	add := func(service string, r resource.Resource, engine string, zones []string, anyOf ...string) {
		anyOf = slices.DeleteFunc(anyOf, func(t string) bool { return t == "" })
		if len(anyOf) > 0 {
			all = append(all, Offer{Service: service, Region: r.Region, Engine: engine, AnyOf: anyOf, Zones: zones})
		}
	}
	for _, r := range c.all {
		switch r.Type {
		case token.EC2Instance:
			add(EC2, r, "", c.zonesOf(r, "subnetId"), text(r, "instanceType"))
		case token.EC2CapacityReservation:
			add(EC2, r, "", []string{text(r, "availabilityZone")}, text(r, "instanceType"))
		case token.AutoScalingGroup:
			add(EC2, r, "", c.zonesOf(r, "vpcZoneIdentifiers"), c.fleetOf(r).types...)
		case token.RDSInstance, token.RDSClusterInstance:
			add(RDS, r, c.engineOf(r), c.groupZones(r, "dbSubnetGroupName"), class(r))
		case token.ElastiCacheReplicationGroup:
			add(ElastiCache, r, "", c.groupZones(r, "subnetGroupName"), text(r, "nodeType"))
		case token.OpenSearchDomain:
			zones, shape := c.zonesOf(r, "vpcOptions"), object(r.Props, "clusterConfig")
			add(OpenSearch, r, text(r, "engineVersion"), zones, textIn(shape, "instanceType"))
			add(OpenSearch, r, text(r, "engineVersion"), zones, textIn(shape, "dedicatedMasterType"))
		case token.APIGatewayV2VpcLink:
			add(VPCLink, r, "", c.zonesOf(r, "subnetIds"), "VPC links")
		case token.RDSProxy:
			add(RDSProxy, r, "", c.zonesOf(r, "vpcSubnetIds"), "database proxies")
		}
	}
	slices.SortFunc(all, func(a, b Offer) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.CompactFunc(all, func(a, b Offer) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
}

// class is a database's; one without capacity of its own is offered everywhere.
func class(r resource.Resource) string {
	if name := text(r, "instanceClass"); name != "db.serverless" {
		return name
	}
	return ""
}

// engineOf is a database's engine; a replica's is that of its source.
func (c *count) engineOf(r resource.Resource) string {
	for range c.all { // a chain of replicas ends
		if engine := text(r, "engine"); engine != "" {
			return engine
		}
		source := append(c.from(r, "replicateSourceDb"), c.from(r, "clusterIdentifier")...)
		if len(source) == 0 {
			break
		}
		r = source[0]
	}
	return "postgres"
}

// groupZones are the zones of the subnets of a store's subnet group.
func (c *count) groupZones(r resource.Resource, key string) []string {
	for _, group := range c.from(r, key) {
		if zones := zonesIn(c.from(group, "subnetIds")); len(zones) > 0 {
			return zones
		}
	}
	return c.zonesOf(r, "subnetIds")
}

// versions are the engines that the plan asks for, each once.
func (c *count) versions() []Version {
	var all []Version
	for _, r := range c.all {
		v := Version{Region: r.Region, Engine: text(r, "engine"), Version: text(r, "engineVersion")}
		switch r.Type {
		case token.RDSInstance:
			v.Service = RDS
		case token.RDSCluster, token.RDSGlobalCluster, token.RDSClusterInstance:
			v.Service = RDS
			v.Version = cmp.Or(text(r, "engineVersionActual"), v.Version) // what stands, no up upgrades
		case token.ElastiCacheReplicationGroup:
			v.Service, v.Engine = ElastiCache, cmp.Or(v.Engine, "redis")
		case token.OpenSearchDomain:
			v.Service, v.Engine = OpenSearch, "opensearch"
		}
		if v.Service != "" && v.Engine != "" && v.Version != "" {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.Compact(all)
}

// named are the properties that hold a name of which there can be one, by type.
var named = []struct{ typ, property, key string }{
	{token.S3Bucket, "bucket", Buckets},
	{token.IAMRole, "name", Roles},
	{token.RDSInstance, "identifier", Databases},
	{token.RDSCluster, "clusterIdentifier", Clusters},
	{token.LBLoadBalancer, "name", Balancers},
	{token.ElastiCacheReplicationGroup, "replicationGroupId", CacheNodes},
	{token.OpenSearchDomain, "domainName", Domains},
}

// names are those that what the plan creates will have, as far as the plan knows
// them. A name that the stack has stays its own.
func (c *count) names() []Name {
	standing := map[string]bool{}
	for _, r := range c.stack.Standing {
		standing[r.URN] = true
	}
	var all []Name
	for _, r := range c.all {
		for _, n := range named {
			if name := text(r, n.property); r.Type == n.typ && name != "" && !standing[r.URN] {
				q, _ := QuotaOf(n.key)
				all = append(all, Name{placeOf(q, r.Region), name})
			}
		}
	}
	return all
}
