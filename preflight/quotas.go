package preflight

import (
	"fmt"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Quota is one of AWS's service quotas.
type Quota struct {
	// Key is rung's name of it, the same as the offline cloud's.
	Key string
	// Noun is what is counted, in the plural.
	Noun string
	// Service and Code are Service Quotas' names of it.
	Service, Code string
	// Global quotas are kept in one region for all.
	Global bool
	// Within is what a quota counts in, for people: "zone"; empty for the region.
	Within string
	// count gives what a resource counts for; nil for quotas that are counted apart.
	count func(resource.Resource) int
	types []string
}

// Link is the page of the console on which a quota is raised.
func (q Quota) Link(region string) string {
	if q.Global {
		region = Global
	}
	return fmt.Sprintf("https://%s.console.aws.amazon.com/servicequotas/home/services/%s/quotas/%s", region, q.Service,
		q.Code)
}

// The keys of quotas that are counted apart.
const (
	OnDemand      = "ec2.on-demand-vcpus"
	Spot          = "ec2.spot-vcpus"
	OnDemandX     = "ec2.on-demand-x-vcpus"
	SpotX         = "ec2.spot-x-vcpus"
	NATGateways   = "vpc.nat-gateways-per-zone"
	GroupRules    = "vpc.rules-per-security-group"
	Interfaces    = "vpc.interface-endpoints-per-vpc"
	Concurrency   = "lambda.concurrency"
	Peerings      = "vpc.peerings-per-vpc"
	Buckets       = "s3.buckets"
	Roles         = "iam.roles"
	Databases     = "rds.instances"
	Clusters      = "rds.clusters"
	Balancers     = "elasticloadbalancing.load-balancers"
	NetBalancers  = "elasticloadbalancing.network-load-balancers"
	CacheNodes    = "elasticache.nodes"
	Domains       = "opensearch.domains"
	Distributions = "cloudfront.distributions"
)

// quotas are those that a stage may meet. The codes are Service Quotas' own, and
// the console shows each under its link.
var quotas = []Quota{
	{Key: OnDemand, Noun: "vCPUs of on-demand machines", Service: "ec2", Code: "L-1216C47A"},
	{Key: Spot, Noun: "vCPUs of spot machines", Service: "ec2", Code: "L-34B43A08"},
	{Key: OnDemandX, Noun: "vCPUs of on-demand machines of the X families", Service: "ec2", Code: "L-7295265B"},
	{Key: SpotX, Noun: "vCPUs of spot machines of the X families", Service: "ec2", Code: "L-E3A00192"},
	{Key: "ec2.elastic-ips", Noun: "elastic IPs", Service: "ec2", Code: "L-0263D0A3", types: []string{token.EC2Eip}},
	{Key: "vpc.vpcs", Noun: "VPCs", Service: "vpc", Code: "L-F678F1CE", types: []string{token.EC2Vpc}},
	{Key: "vpc.internet-gateways", Noun: "internet gateways", Service: "vpc", Code: "L-A4707A72",
		types: []string{token.EC2InternetGateway}},
	{Key: NATGateways, Noun: "NAT gateways", Service: "vpc", Code: "L-FE5A380F", Within: "zone"},
	{Key: GroupRules, Noun: "rules", Service: "vpc", Code: "L-0EA8095F", Within: "security group"},
	{Key: "vpc.security-groups", Noun: "security groups", Service: "vpc", Code: "L-E79EC296",
		types: []string{token.EC2SecurityGroup}},
	{Key: "vpc.gateway-endpoints", Noun: "gateway endpoints", Service: "vpc", Code: "L-1B52E74A", types: endpoints, count: gateway},
	{Key: Interfaces, Noun: "interface endpoints", Service: "vpc", Code: "L-29B6F2EB", Within: "VPC"},
	{Key: Peerings, Noun: "peerings", Service: "vpc", Code: "L-7E9ECCDB", Within: "VPC"},
	{Key: Balancers, Noun: "application load balancers", Service: "elasticloadbalancing", Code: "L-53DA6B97",
		types: balancers, count: balancer("application")},
	{Key: NetBalancers, Noun: "network load balancers", Service: "elasticloadbalancing", Code: "L-69A177A2",
		types: balancers, count: balancer("network")},
	{Key: "elasticloadbalancing.target-groups", Noun: "target groups", Service: "elasticloadbalancing", Code: "L-B22855CB",
		types: []string{token.LBTargetGroup}},
	{Key: "autoscaling.groups", Noun: "scaling groups", Service: "autoscaling", Code: "L-CDE20ADC",
		types: []string{token.AutoScalingGroup}},
	{Key: Databases, Noun: "database instances", Service: "rds", Code: "L-7B6409FD",
		types: []string{token.RDSInstance, token.RDSClusterInstance}},
	{Key: Clusters, Noun: "database clusters", Service: "rds", Code: "L-952B80B8", types: []string{token.RDSCluster}},
	{Key: "rds.proxies", Noun: "database proxies", Service: "rds", Code: "L-D94C7EA3", types: []string{token.RDSProxy}},
	{Key: CacheNodes, Noun: "cache nodes", Service: "elasticache", Code: "L-DFE45DF3",
		types: []string{token.ElastiCacheReplicationGroup, token.ElastiCacheCluster}, count: nodes},
	{Key: Domains, Noun: "search domains", Service: "es", Code: "L-076D529E", types: []string{token.OpenSearchDomain}},
	{Key: "apigateway.vpc-links", Noun: "VPC links", Service: "apigateway", Code: "L-608BDCD4",
		types: []string{token.APIGatewayV2VpcLink}},
	{Key: Concurrency, Noun: "functions running at once", Service: "lambda", Code: "L-B99A9384"},
	{Key: Distributions, Noun: "CloudFront distributions", Service: "cloudfront", Code: "L-24B04930", Global: true,
		types: []string{token.CloudFrontDistribution}},
	{Key: Buckets, Noun: "buckets", Service: "s3", Code: "L-DC2B2D3D", Global: true, types: []string{token.S3Bucket}},
	{Key: Roles, Noun: "roles", Service: "iam", Code: "L-FE177D64", Global: true, types: []string{token.IAMRole}},
	{Key: "route53.zones", Noun: "hosted zones", Service: "route53", Code: "L-4EA4796A", Global: true,
		types: []string{token.Route53Zone, token.ServiceDiscoveryPrivateDnsNamespace}},
	{Key: "route53.health-checks", Noun: "health checks", Service: "route53", Code: "L-ACB674F3", Global: true,
		types: []string{token.Route53HealthCheck}},
	{Key: "acm.certificates", Noun: "certificates", Service: "acm", Code: "L-F141DD1D", types: []string{token.ACMCertificate}},
}

var (
	endpoints = []string{token.EC2VpcEndpoint}
	balancers = []string{token.LBLoadBalancer}
)

// Quotas are all quotas that are looked at.
func Quotas() []Quota { return append([]Quota(nil), quotas...) }

// QuotaOf finds a quota by its key.
func QuotaOf(key string) (Quota, bool) {
	for _, q := range quotas {
		if q.Key == key {
			return q, true
		}
	}
	return Quota{}, false
}

func gateway(r resource.Resource) int {
	if kind := text(r, "vpcEndpointType"); kind == "" || kind == "Gateway" { // AWS's default
		return 1
	}
	return 0
}

func balancer(kind string) func(resource.Resource) int {
	return func(r resource.Resource) int {
		if own := text(r, "loadBalancerType"); own == kind || own == "" && kind == "application" {
			return 1
		}
		return 0
	}
}

// nodes of a cache: a group's shards with their replicas, or how many it names.
func nodes(r resource.Resource) int {
	if n := number(r, "numNodeGroups"); n > 0 {
		return n * (1 + number(r, "replicasPerNodeGroup"))
	}
	return max(1, number(r, "numCacheClusters"), number(r, "numCacheNodes"))
}
