package preflight_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// thing is a resource of a plan. deps are "property=name of the other".
func thing(typ, name string, props map[string]any, deps ...string) resource.Resource {
	r := resource.Resource{URN: "urn:pulumi:dev::rung::" + typ + "::" + name, Type: typ, Name: name, Region: "eu-west-1",
		Props: props, Dependencies: map[string][]string{}}
	for _, d := range deps {
		property, on, _ := strings.Cut(d, "=")
		r.Dependencies[property] = append(r.Dependencies[property], on)
	}
	return r
}

// linked names the others of a plan by their URNs.
func linked(list ...resource.Resource) []resource.Resource {
	urns := map[string]string{}
	for _, r := range list {
		urns[r.Name] = r.URN
	}
	for _, r := range list {
		for _, deps := range r.Dependencies {
			for i, name := range deps {
				if urn := urns[name]; urn != "" {
					deps[i] = urn
				}
			}
		}
	}
	return list
}

type props = map[string]any

// fleet is a scaling group of the sizes, mixed as the words say.
func fleet(name string, least, most int, base, percent float64, types ...string) resource.Resource {
	var overrides []any
	for _, t := range types {
		overrides = append(overrides, props{"instanceType": t})
	}
	return thing(token.AutoScalingGroup, name,
		props{"minSize": float64(least), "maxSize": float64(most), "mixedInstancesPolicy": props{
			"instancesDistribution": props{"onDemandBaseCapacity": base, "onDemandPercentageAboveBaseCapacity": percent},
			"launchTemplate":        props{"overrides": overrides},
		}})
}

// amounts are the needs as lines, "key scope atOnce/atMost".
func amounts(n preflight.Need) []string {
	var lines []string
	for _, a := range n.Amounts {
		lines = append(lines,
			strings.Join(strings.Fields(fmt.Sprintf("%s %s %d/%d", a.Key, a.Scope, a.AtOnce, a.AtMost)), " "))
	}
	return lines
}

func TestWhatCountsAgainstAQuota(t *testing.T) {
	for name, tt := range map[string]struct {
		give []resource.Resource
		want []string
	}{
		"a machine": {[]resource.Resource{thing(token.EC2Instance, "a", props{"instanceType": "t4g.small"})}, []string{"ec2.on-demand-vcpus 2/2"}},
		"a machine of another quota": {
			[]resource.Resource{thing(token.EC2Instance, "a", props{"instanceType": "x2gd.xlarge"})}, []string{"ec2.on-demand-x-vcpus 4/4"},
		},
		"a spot machine": {
			[]resource.Resource{thing(token.EC2Instance, "a", props{"instanceType": "t4g.small", "instanceMarketOptions": props{"marketType": "spot"}})},
			[]string{"ec2.spot-vcpus 2/2"},
		},
		"a group that grows, halves rounded to on-demand": {
			[]resource.Resource{fleet("a", 2, 5, 2, 50, "c7g.large")}, []string{"ec2.on-demand-vcpus 4/8", "ec2.spot-vcpus 0/2"},
		},
		"a group that is all spot, at its smallest and at its largest type": {
			[]resource.Resource{fleet("a", 1, 2, 0, 0, "c7g.large", "c7g.medium", "m7g.xlarge")}, []string{"ec2.spot-vcpus 1/8"},
		},
		"a group with the type of its template": {
			linked(thing(token.AutoScalingGroup, "a", props{"minSize": 1.0, "maxSize": 3.0}, "launchTemplate=t"),
				thing(token.EC2LaunchTemplate, "t", props{"instanceType": "t3.large"})),
			[]string{"ec2.on-demand-vcpus 2/6", "autoscaling.groups 1/1"},
		},
		"machines in a reservation count once": {
			[]resource.Resource{fleet("a", 2, 6, 2, 100, "c7g.xlarge"), thing(token.EC2CapacityReservation, "r", props{"instanceType": "c7g.xlarge", "instanceCount": 4.0})},
			[]string{"ec2.on-demand-vcpus 16/24"},
		},
		"a reservation of another type holds none": {
			[]resource.Resource{fleet("a", 2, 6, 2, 100, "c7g.xlarge"), thing(token.EC2CapacityReservation, "r", props{"instanceType": "c7g.large", "instanceCount": 4.0})},
			[]string{"ec2.on-demand-vcpus 16/32"},
		},
		"gateways by zone": {
			linked(thing(token.EC2Subnet, "s", props{"availabilityZone": "eu-west-1b"}),
				thing(token.EC2NatGateway, "n", props{}, "subnetId=s")),
			[]string{"vpc.nat-gateways-per-zone eu-west-1b 1/1"},
		},
		"endpoints of both kinds": {
			linked(thing(token.EC2Vpc, "v", props{}), thing(token.EC2VpcEndpoint, "g", props{}, "vpcId=v"),
				thing(token.EC2VpcEndpoint, "i", props{"vpcEndpointType": "Interface"}, "vpcId=v")),
			[]string{"vpc.vpcs 1/1", "vpc.gateway-endpoints 1/1", "vpc.interface-endpoints-per-vpc v 1/1"},
		},
		"rules by direction, a list of addresses as many": {
			linked(thing(token.EC2SecurityGroup, "g",
				props{"egress": []any{props{"cidrBlocks": []any{"0.0.0.0/0"}, "self": true}}}),
				thing(token.VPCSecurityGroupIngressRule, "a", props{"prefixListId": resource.Unknown{}},
					"securityGroupId=g"),
				thing(token.VPCSecurityGroupIngressRule, "b", props{}, "securityGroupId=g"),
				thing(token.VPCSecurityGroupEgressRule, "c", props{"prefixListId": "pl-1"},
					"securityGroupId=g")),
			[]string{"vpc.rules-per-security-group g in 56/56", "vpc.rules-per-security-group g out 3/3", "vpc.security-groups 1/1"},
		},
		"nodes of caches": {
			[]resource.Resource{thing(token.ElastiCacheReplicationGroup, "a", props{"numNodeGroups": 2.0, "replicasPerNodeGroup": 1.0}),
				thing(token.ElastiCacheReplicationGroup, "b", props{"numCacheClusters": 3.0}),
				thing(token.ElastiCacheCluster, "c", props{})},
			[]string{"elasticache.nodes 8/8"},
		},
		"functions": {
			[]resource.Resource{thing(token.LambdaFunction, "a", props{}), thing(token.LambdaFunction, "b", props{"reservedConcurrentExecutions": 20.0})},
			[]string{"lambda.concurrency 121/121"},
		},
		"balancers by kind": {
			[]resource.Resource{thing(token.ALBLoadBalancer, "a", props{}), thing(token.LBLoadBalancer, "b", props{"loadBalancerType": "network"})},
			[]string{"elasticloadbalancing.load-balancers 1/1", "elasticloadbalancing.network-load-balancers 1/1"},
		},
		"buckets under their old name": {[]resource.Resource{thing(token.S3BucketV2, "a", props{})}, []string{"s3.buckets 1/1"}},
		"what is only read":            {[]resource.Resource{{URN: "u", Type: token.EC2Vpc, External: true}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Subset(t, amounts(preflight.NeedOf(preflight.Stack{Planned: tt.give})), tt.want)
			if tt.want == nil {
				assert.Empty(t, preflight.NeedOf(preflight.Stack{Planned: tt.give}).Amounts)
			}
		})
	}
}

// What leaves is deleted last, so that both are there for a while; what stays is one.
func TestWhatLeavesCountsToo(t *testing.T) {
	stays, leaves, comes := thing(token.EC2Eip, "stays", props{"id": "eipalloc-1"}), thing(token.EC2Eip,
		"leaves", props{}), thing(token.EC2Eip, "comes", props{})
	n := preflight.NeedOf(preflight.Stack{Standing: []resource.Resource{stays, leaves},
		Planned: []resource.Resource{stays, comes}})
	assert.Equal(t, []string{"ec2.elastic-ips 3/3"}, amounts(n))
}

func TestGlobalThingsCountInOnePlace(t *testing.T) {
	a, b := thing(token.IAMRole, "a", props{}), thing(token.IAMRole, "b", props{})
	b.Region = "us-west-2"
	n := preflight.NeedOf(preflight.Stack{Planned: []resource.Resource{a, b}})
	require.Len(t, n.Amounts, 1)
	assert.Equal(t, preflight.Amount{Place: preflight.Place{Key: preflight.Roles, Region: preflight.Global}, AtOnce: 2,
		AtMost: 2}, n.Amounts[0])
	assert.Equal(t, []string{"eu-west-1", "us-west-2"}, n.Regions)
}

func TestOffersAndVersions(t *testing.T) {
	n := preflight.NeedOf(preflight.Stack{Planned: linked(
		thing(token.EC2Subnet, "s0", props{"availabilityZone": "eu-west-1a"}),
		thing(token.EC2Subnet, "s1", props{"availabilityZone": "eu-west-1b"}),
		thing(token.RDSSubnetGroup, "g", props{}, "subnetIds=s1"),
		thing(token.RDSInstance, "primary",
			props{"engine": "postgres", "engineVersion": "17", "instanceClass": "db.m7g.large"}, "dbSubnetGroupName=g"),
		thing(token.RDSInstance, "replica", props{"instanceClass": "db.m7g.large"}, "dbSubnetGroupName=g",
			"replicateSourceDb=primary"),
		fleet("web", 1, 2, 0, 0, "c7g.large", "c6g.large"),
		thing(token.ElastiCacheReplicationGroup, "c",
			props{"engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.t4g.small"}),
	)})
	assert.Equal(t, []preflight.Offer{
		{Service: "ec2", Region: "eu-west-1", AnyOf: []string{"c7g.large", "c6g.large"}, Zones: []string{"eu-west-1a", "eu-west-1b"}},
		{Service: "elasticache", Region: "eu-west-1", AnyOf: []string{"cache.t4g.small"}, Zones: []string{"eu-west-1a", "eu-west-1b"}},
		{Service: "rds", Region: "eu-west-1", Engine: "postgres", AnyOf: []string{"db.m7g.large"}, Zones: []string{"eu-west-1b"}},
	}, n.Offers)
	assert.Equal(t, []preflight.Version{{"elasticache", "eu-west-1", "valkey", "8.0"},
		{"rds", "eu-west-1", "postgres", "17"}}, n.Versions)
}

func TestNamesOfWhatIsNew(t *testing.T) {
	old, fresh := thing(token.IAMRole, "old", props{"name": "old"}), thing(token.IAMRole, "fresh",
		props{"name": "fresh"})
	unknown := thing(token.IAMRole, "unknown", props{"name": resource.Unknown{}})
	n := preflight.NeedOf(preflight.Stack{Standing: []resource.Resource{old},
		Planned: []resource.Resource{old, fresh, unknown}})
	assert.Equal(t, []preflight.Name{{preflight.Place{Key: preflight.Roles, Region: preflight.Global}, "fresh"}}, n.Names)
}

func TestQuotasAreSound(t *testing.T) {
	keys, codes := map[string]bool{}, map[string]bool{}
	for _, q := range preflight.Quotas() {
		assert.Regexp(t, `^L-[0-9A-F]{8}$`, q.Code, q.Key)
		assert.False(t, keys[q.Key] || codes[q.Code], "%s stands twice", q.Key)
		keys[q.Key], codes[q.Code] = true, true
		assert.NotEmpty(t, q.Noun, q.Key)
		assert.Contains(t, q.Link("eu-west-1"), "/quotas/"+q.Code)
	}
}
