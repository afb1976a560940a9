package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// m and l keep the fixtures readable.
type (
	m = map[string]any
	l = []any
)

// res is a resource of a hand-made stage in a preview: no id is known yet.
func res(component, typ, name string, p m) cost.Resource {
	return cost.Resource{
		URN: "urn:pulumi:dev::rung::" + typ + "::" + name, Type: typ, Name: name, Component: component, Props: p,
	}
}

// alarms are n metric alarms of a component.
func alarms(component string, n int) []cost.Resource {
	var out []cost.Resource
	for i := range n {
		out = append(out, res(component, "aws:cloudwatch/metricAlarm:MetricAlarm", fmt.Sprintf("%s-alarm-%d", component, i),
			m{"period": 60.0}))
	}
	return out
}

func server(typ string, dataGB float64) []cost.Resource {
	return append([]cost.Resource{
		res("network", "aws:ec2/vpc:Vpc", "network-vpc", m{}),
		res("network", "aws:ec2/subnet:Subnet", "network-public-0", m{"mapPublicIpOnLaunch": false}),
		res("server", "aws:ec2/instance:Instance", "server-instance",
			m{"instanceType": typ, "subnetId": cost.Unknown{}, "rootBlockDevice": m{"volumeSize": 8.0, "volumeType": "gp3"}}),
		res("server", "aws:ebs/volume:Volume", "server-data",
			m{"size": dataGB, "type": "gp3", "tags": m{"rung:snapshot": "daily"}}),
		res("server", "aws:ec2/volumeAttachment:VolumeAttachment", "server-data-attachment", m{}),
		res("server", "aws:ec2/eip:Eip", "server-ip", m{"domain": "vpc", "instance": cost.Unknown{}}),
		res("server", "aws:dlm/lifecyclePolicy:LifecyclePolicy", "server-snapshots",
			m{"policyDetails": m{"targetTags": m{"rung:snapshot": "daily"}}}),
		res("server", "aws:s3/bucketV2:BucketV2", "server-backups", m{}),
		res("server", "aws:cloudwatch/logGroup:LogGroup", "server-log", m{"retentionInDays": 30.0}),
		res("budget", "aws:budgets/budget:Budget", "budget", m{}),
		res("alerts", "aws:sns/topic:Topic", "alerts", m{}),
	}, alarms("server", 4)...)
}

func cdn() []cost.Resource {
	return []cost.Resource{
		res("assets", "aws:s3/bucketV2:BucketV2", "assets", m{}),
		res("cdn", "aws:cloudfront/distribution:Distribution", "cdn",
			m{"origins": l{m{"originAccessControlId": cost.Unknown{}}, m{"domainName": cost.Unknown{}}}}),
	}
}

func fleet() []cost.Resource {
	group := func(c string, minSize, maxSize float64) []cost.Resource {
		return []cost.Resource{
			res(c, "aws:ec2/launchTemplate:LaunchTemplate", c+"-template",
				m{"instanceType": "m7g.medium", "blockDeviceMappings": l{m{"ebs": m{"volumeSize": 8.0, "volumeType": "gp3"}}}}),
			res(c, "aws:autoscaling/group:Group", c+"-group", m{
				"minSize": minSize, "maxSize": maxSize, "vpcZoneIdentifiers": l{cost.Unknown{}, cost.Unknown{}},
				"mixedInstancesPolicy": m{
					"instancesDistribution": m{"onDemandBaseCapacity": minSize, "onDemandPercentageAboveBaseCapacity": 0.0, "spotAllocationStrategy": "price-capacity-optimized"},
					"launchTemplate": m{
						"launchTemplateSpecification": m{"launchTemplateId": cost.Unknown{}},
						"overrides":                   l{m{"instanceType": "m7g.medium"}, m{"instanceType": "m6g.medium"}, m{"instanceType": "m8g.medium"}, m{"instanceType": "r7g.medium"}},
					},
				},
			}),
			res(c, "aws:autoscaling/policy:Policy", c+"-group-cpu", m{"autoscalingGroupName": cost.Unknown{}}),
		}
	}
	db := m{"instanceClass": "db.m7g.large", "engine": "postgres", "engineVersion": "16.4", "allocatedStorage": 100.0,
		"storageType": "gp3"}
	primary := m{"multiAz": true}
	for k, v := range db {
		primary[k] = v
	}
	out := []cost.Resource{
		res("loadbalancer", "aws:lb/loadBalancer:LoadBalancer", "loadbalancer",
			m{"loadBalancerType": "application", "internal": false, "subnets": l{cost.Unknown{}, cost.Unknown{}}}),
		res("network", "aws:ec2/eip:Eip", "network-nat-0-ip", m{}),
		res("network", "aws:ec2/eip:Eip", "network-nat-1-ip", m{}),
		res("network", "aws:ec2/natGateway:NatGateway", "network-nat-0", m{"allocationId": cost.Unknown{}}),
		res("network", "aws:ec2/natGateway:NatGateway", "network-nat-1", m{"allocationId": cost.Unknown{}}),
		res("database", "aws:rds/instance:Instance", "database-primary", primary),
		res("database", "aws:rds/instance:Instance", "database-replica-1",
			m{"instanceClass": "db.m7g.large", "replicateSourceDb": cost.Unknown{}}),
		res("cache", "aws:elasticache/replicationGroup:ReplicationGroup", "cache",
			m{"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0}),
		res("jobs", "aws:sqs/queue:Queue", "jobs", m{}),
		res("jobs", "aws:sqs/queue:Queue", "jobs-dead-letters", m{}),
		res("loadbalancer", "aws:s3/bucketV2:BucketV2", "loadbalancer-logs", m{}),
		res("database", "aws:secretsmanager/secret:Secret", "database-password", m{}),
		res("cache", "aws:secretsmanager/secret:Secret", "cache-token", m{}),
		res("web", "aws:cloudwatch/logGroup:LogGroup", "web-log", m{"retentionInDays": 30.0}),
		res("dashboard", "aws:cloudwatch/dashboard:Dashboard", "dashboard", m{}),
		res("dns", "aws:route53/zone:Zone", "dns-private", m{"vpcs": l{m{"vpcId": cost.Unknown{}}}}),
	}
	out = append(out, group("web", 2, 8)...)
	out = append(out, group("workers", 1, 4)...)
	return append(out, alarms("database", 20)...)
}

func estimator(t *testing.T, opts cost.Options) *cost.Estimator {
	t.Helper()
	c, err := cost.Load()
	require.NoError(t, err)
	return cost.NewEstimator(c, opts)
}

func TestStagesLieInTheSeedBands(t *testing.T) {
	for name, tt := range map[string]struct {
		stage     ladder.Number
		resources []cost.Resource
	}{
		"1 single server":      {1, server("t4g.small", 30)},
		"2 add a CDN":          {2, append(server("t4g.xlarge", 50), cdn()...)},
		"3 horizontal scaling": {3, append(fleet(), cdn()...)},
	} {
		t.Run(name, func(t *testing.T) {
			stage, err := ladder.Get(tt.stage)
			require.NoError(t, err)
			got := estimator(t, cost.Options{Traffic: stage.Traffic}).Estimate(tt.resources)
			t.Logf("stage %d: %s (%s to %s), %s sourced", tt.stage, got.Expected, got.Low, got.High,
				got.SourcedShare().StringFixed(4))
			for _, line := range got.Lines {
				t.Logf("%-24s %-55s %12s %-18s × %-10s = %8s (%s..%s) %s", line.Name, line.Item, line.Quantity.StringFixed(2),
					line.Unit, line.Price, line.Monthly, line.Low, line.High, line.Note)
			}
			expected, _ := got.Expected.Float64()
			assert.GreaterOrEqual(t, expected, float64(stage.Band.Low))
			assert.LessOrEqual(t, expected, float64(stage.Band.High))
			assert.GreaterOrEqual(t, got.SourcedShare().InexactFloat64(), 0.95)
			assert.Empty(t, got.Unpriced)
		})
	}
}
