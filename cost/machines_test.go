package cost_test

import (
	"testing"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestMachines(t *testing.T) {
	checkCases(t, map[string]lineCase{
		"an instance in a private subnet has no address": {
			resources: []cost.Resource{
				res("", token.EC2Subnet, "s", m{"id": "subnet-1"}),
				res("", token.EC2Instance, "x",
					m{"instanceType": "t4g.small", "subnetId": "subnet-1",
						"rootBlockDevice": m{"volumeSize": 10.0, "volumeType": "gp3"}}),
			},
			want: map[string]want{
				"instance hours, t4g.small": flat("12.26"), // 730 × 0.0168 = 12.264
				"root volume, gp3":          flat("0.80"),  // 10 × 0.08
			},
		},
		"an instance that holds an elastic IP does not pay for the address": {
			resources: []cost.Resource{
				res("", token.EC2Eip, "ip", m{"instance": "i-1"}),
				res("", token.EC2Instance, "x",
					m{"id": "i-1", "publicIp": "198.51.100.1", "instanceType": "t4g.small",
						"rootBlockDevice": m{"volumeSize": 10.0, "volumeType": "gp3"}}),
			},
			want: map[string]want{"instance hours, t4g.small": flat("12.26"), "root volume, gp3": flat("0.80")},
		},
		"a reservation covers the instance": {
			resources: []cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "t4g.small", "associatePublicIpAddress": false})},
			opts:      cost.Options{Reserved: map[string]int{"t4g.small": 1}},
			want: map[string]want{
				"reserved instance hours, t4g.small": flat("7.67"), // 730 × 0.0105, at list
				"root volume, gp3":                   flat("0.64"), // 8 GB assumed
			},
		},
		"a reservation with a list price of its own": {
			resources: []cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "t3.medium", "associatePublicIpAddress": false})},
			opts:      cost.Options{Reserved: map[string]int{"t3.medium": 1}},
			want: map[string]want{
				"reserved instance hours, t3.medium": flat("19.05"), // 730 × 0.0261 = 19.053
				"root volume, gp3":                   flat("0.64"),
			},
		},
		"a spot instance costs a range": {
			resources: []cost.Resource{res("", token.EC2SpotInstanceRequest, "x", m{"instanceType": "m7g.large"})},
			want: map[string]want{
				"spot instance hours, m7g.large": {"17.87", "23.83", "29.78"}, // 59.568 × 0.3, 0.4, 0.5
				"root volume, gp3":               flat("0.64"),
			},
		},
		"a volume of io2 has three steps of IOPS": {
			resources: []cost.Resource{res("", token.EBSVolume, "x", m{"size": 100.0, "type": "io2", "iops": 70_000.0})},
			want: map[string]want{
				"volume, io2":                flat("12.50"),   // 100 × 0.125
				"volume, IOPS, first 32,000": flat("2080.00"), // 32,000 × 0.065
				"volume, IOPS, up to 64,000": flat("1456.00"), // 32,000 × 0.0455
				"volume, IOPS, over 64,000":  flat("191.10"),  // 6,000 × 0.03185
			},
		},
	})
}

// A mixed fleet, by hand: capacity 2 to 8, expected 4. One is on-demand and a
// quarter of the rest; the others are spot. The first type weighs 2 units, so
// half as many instances run.
func TestMixedFleetWithWeights(t *testing.T) {
	resources := []cost.Resource{
		res("", token.AutoScalingGroup, "web", m{
			"minSize": 2.0, "maxSize": 8.0, "desiredCapacity": 4.0,
			"mixedInstancesPolicy": m{
				"instancesDistribution": m{"onDemandBaseCapacity": 1.0, "onDemandPercentageAboveBaseCapacity": 25.0},
				"launchTemplate": m{
					"launchTemplateSpecification": m{"launchTemplateId": cost.Unknown{}},
					"overrides":                   l{m{"instanceType": "m7g.large", "weightedCapacity": "2"}, m{"instanceType": "m6g.medium", "weightedCapacity": "1"}},
				},
			},
		}),
		res("", token.EC2LaunchTemplate, "web-template",
			m{"blockDeviceMappings": l{m{"ebs": m{"volumeSize": 10.0, "volumeType": "gp3"}}}}),
		res("", token.AutoScalingPolicy, "web-cpu", m{"autoscalingGroupName": cost.Unknown{}}),
	}
	checkLines(t, estimator(t, cost.Options{}).Estimate(resources), "web", map[string]want{
		// on-demand units: 1 + 0.25×(n−1) = 1.25, 1.75, 2.75; halved; × 730 × 0.0816 = 59.568
		"instance hours, m7g.large": {"37.23", "52.12", "81.91"},
		// spot units: 0.75, 2.25, 5.25; halved; per unit m7g.large costs 0.0408 and m6g.medium 0.0385:
		// relative to the first 0.94363, mean 0.97181, 1. × 59.568 × 0.3, 0.4, 0.5
		"spot instance hours, m7g.large": {"6.32", "26.05", "78.18"},
		"root volume, gp3":               {"0.80", "1.60", "3.20"}, // 10 GB × 0.08 × 1, 2, 4 instances
	})
}

func TestSnapshotPolicyPricesTheVolumesOfItsTags(t *testing.T) {
	e := estimator(t, cost.Options{}).Estimate([]cost.Resource{
		res("", token.EBSVolume, "mine", m{"size": 20.0, "type": "gp3", "tags": m{"backup": "daily"}}),
		res("", token.EBSVolume, "other", m{"size": 500.0, "type": "gp3", "tags": m{"backup": "no"}}),
		res("", token.DLMLifecyclePolicy, "x", m{"policyDetails": m{"targetTags": m{"backup": "daily"}}}),
	})
	checkLines(t, e, "x", map[string]want{"snapshots": {"0.50", "1.00", "2.00"}}) // 20 GB × 0.05
}
