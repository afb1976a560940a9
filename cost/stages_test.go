package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
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
		out = append(out, res(component, token.CloudWatchMetricAlarm, fmt.Sprintf("%s-alarm-%d", component, i),
			m{"period": 60.0}))
	}
	return out
}

func server(typ string, dataGB float64) []cost.Resource {
	return append([]cost.Resource{
		res("network", token.EC2Vpc, "network-vpc", m{}),
		res("network", token.EC2Subnet, "network-public-0", m{"mapPublicIpOnLaunch": false}),
		res("server", token.EC2Instance, "server-instance",
			m{"instanceType": typ, "subnetId": cost.Unknown{}, "rootBlockDevice": m{"volumeSize": 8.0, "volumeType": "gp3"}}),
		res("server", token.EBSVolume, "server-data",
			m{"size": dataGB, "type": "gp3", "tags": m{"rung:snapshot": "daily"}}),
		res("server", token.EC2VolumeAttachment, "server-data-attachment", m{}),
		res("server", token.EC2Eip, "server-ip", m{"domain": "vpc", "instance": cost.Unknown{}}),
		res("server", token.DLMLifecyclePolicy, "server-snapshots",
			m{"policyDetails": m{"targetTags": m{"rung:snapshot": "daily"}}}),
		res("server", token.S3BucketV2, "server-backups", m{}),
		res("server", token.CloudWatchLogGroup, "server-log", m{"retentionInDays": 30.0}),
		res("budget", token.BudgetsBudget, "budget", m{}),
		res("alerts", token.SNSTopic, "alerts", m{}),
	}, alarms("server", 4)...)
}

func cdn() []cost.Resource {
	return []cost.Resource{
		res("assets", token.S3BucketV2, "assets", m{}),
		res("cdn", token.CloudFrontDistribution, "cdn",
			m{"origins": l{m{"originAccessControlId": cost.Unknown{}}, m{"domainName": cost.Unknown{}}}}),
	}
}

func fleet() []cost.Resource {
	group := func(c string, minSize, maxSize float64) []cost.Resource {
		return []cost.Resource{
			res(c, token.EC2LaunchTemplate, c+"-template",
				m{"instanceType": "m7g.medium", "blockDeviceMappings": l{m{"ebs": m{"volumeSize": 8.0, "volumeType": "gp3"}}}}),
			res(c, token.AutoScalingGroup, c+"-group", m{
				"minSize": minSize, "maxSize": maxSize, "vpcZoneIdentifiers": l{cost.Unknown{}, cost.Unknown{}},
				"mixedInstancesPolicy": m{
					"instancesDistribution": m{"onDemandBaseCapacity": minSize, "onDemandPercentageAboveBaseCapacity": 0.0, "spotAllocationStrategy": "price-capacity-optimized"},
					"launchTemplate": m{
						"launchTemplateSpecification": m{"launchTemplateId": cost.Unknown{}},
						"overrides":                   l{m{"instanceType": "m7g.medium"}, m{"instanceType": "m6g.medium"}, m{"instanceType": "m8g.medium"}, m{"instanceType": "r7g.medium"}},
					},
				},
			}),
			res(c, token.AutoScalingPolicy, c+"-group-cpu", m{"autoscalingGroupName": cost.Unknown{}}),
		}
	}
	db := m{"instanceClass": "db.m7g.large", "engine": "postgres", "engineVersion": "16.4", "allocatedStorage": 100.0,
		"storageType": "gp3"}
	primary := m{"multiAz": true}
	for k, v := range db {
		primary[k] = v
	}
	out := []cost.Resource{
		res("loadbalancer", token.LBLoadBalancer, "loadbalancer",
			m{"loadBalancerType": "application", "internal": false, "subnets": l{cost.Unknown{}, cost.Unknown{}}}),
		res("network", token.EC2Eip, "network-nat-0-ip", m{}),
		res("network", token.EC2Eip, "network-nat-1-ip", m{}),
		res("network", token.EC2NatGateway, "network-nat-0", m{"allocationId": cost.Unknown{}}),
		res("network", token.EC2NatGateway, "network-nat-1", m{"allocationId": cost.Unknown{}}),
		res("database", token.RDSInstance, "database-primary", primary),
		res("database", token.RDSInstance, "database-replica-1",
			m{"instanceClass": "db.m7g.large", "replicateSourceDb": cost.Unknown{}}),
		res("cache", token.ElastiCacheReplicationGroup, "cache",
			m{"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0}),
		res("jobs", token.SQSQueue, "jobs", m{}),
		res("jobs", token.SQSQueue, "jobs-dead-letters", m{}),
		res("loadbalancer", token.S3BucketV2, "loadbalancer-logs", m{}),
		res("database", token.SecretsManagerSecret, "database-password", m{}),
		res("cache", token.SecretsManagerSecret, "cache-token", m{}),
		res("web", token.CloudWatchLogGroup, "web-log", m{"retentionInDays": 30.0}),
		res("dashboard", token.CloudWatchDashboard, "dashboard", m{}),
		res("dns", token.Route53Zone, "dns-private", m{"vpcs": l{m{"vpcId": cost.Unknown{}}}}),
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
