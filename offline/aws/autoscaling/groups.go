// Package autoscaling simulates EC2 Auto Scaling: groups, lifecycle hooks, scheduled actions and scaling
// policies.
package autoscaling

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	scalingService = "Auto Scaling"
	// scalingInvalid is the code of EC2 Auto Scaling for nearly everything.
	scalingInvalid = "ValidationError"
)

var groupMetricNames = []string{
	"GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances",
	"GroupStandbyInstances",
	"GroupTerminatingInstances", "GroupTotalInstances", "GroupInServiceCapacity", "GroupPendingCapacity",
	"GroupStandbyCapacity",
	"GroupTerminatingCapacity", "GroupTotalCapacity", "WarmPoolDesiredCapacity", "WarmPoolWarmedCapacity",
	"WarmPoolPendingCapacity",
	"WarmPoolTerminatingCapacity", "WarmPoolTotalCapacity", "GroupAndWarmPoolDesiredCapacity",
	"GroupAndWarmPoolTotalCapacity",
}

var suspendableProcesses = []string{
	"Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance", "HealthCheck", "InstanceRefresh",
	"ReplaceUnhealthy",
	"ScheduledActions",
}

var terminationPolicy = sim.Pattern{
	Match: regexp.MustCompile(`^(?:AllocationStrategy|ClosestToNextInstanceHour|Default|NewestInstance|OldestInstance|OldestLaunchConfiguration|OldestLaunchTemplate|arn:.*)$`),
	Want:  "one of AllocationStrategy, ClosestToNextInstanceHour, Default, NewestInstance, OldestInstance, OldestLaunchConfiguration, OldestLaunchTemplate",
}

// Kinds is the table of EC2 Auto Scaling. Groups launch no machines
// here: they hold numbers and refuse what could not be launched.
func Kinds() []sim.Kind {
	return []sim.Kind{scalingGroup(), scalingPolicy(), lifecycleHook(), scheduledAction()}
}

func scalingGroup() sim.Kind {
	const mixed, refresh = "mixedInstancesPolicy", "instanceRefresh.preferences"
	return sim.Kind{
		Token: token.AutoScalingGroup, Service: scalingService, API: "AutoScalingGroup", Noun: "Auto Scaling Group",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateAutoScalingGroup"},
		Name:  &sim.Name{Prefix: "namePrefix", Auto: true, Max: 255, Taken: "AlreadyExists"},
		Defaults: sim.Props{
			"forceDelete": false, "forceDeleteWarmPool": false, "healthCheckGracePeriod": 300.0, "ignoreFailedScalingActivities": false,
			"metricsGranularity": "1Minute", "protectFromScaleIn": false, "waitForCapacityTimeout": "10m",
			mixed + ".instancesDistribution.onDemandPercentageAboveBaseCapacity": 100.0,
		},
		ExactlyOneOf: [][]string{{"launchTemplate", "launchConfiguration", mixed}},
		AtMostOneOf: [][]string{
			{"name", "namePrefix"}, {"vpcZoneIdentifiers", "availabilityZones"}, {"trafficSources", "loadBalancers"}, {"trafficSources", "targetGroupArns"},
		},
		Enums: map[string][]string{
			"healthCheckType": {"EC2", "ELB", "EBS", "VPC_LATTICE"}, "metricsGranularity": {"1Minute"}, "enabledMetrics": groupMetricNames,
			"suspendedProcesses": suspendableProcesses, "desiredCapacityType": {"units", "vcpu", "memory-mib"},
			"instanceRefresh.strategy":                                  {"Rolling"},
			refresh + ".scaleInProtectedInstances":                      {"Refresh", "Ignore", "Wait"},
			refresh + ".standbyInstances":                               {"Terminate", "Ignore", "Wait"},
			mixed + ".instancesDistribution.onDemandAllocationStrategy": {"prioritized", "lowest-price"},
			mixed + ".instancesDistribution.spotAllocationStrategy": {"lowest-price", "capacity-optimized",
				"capacity-optimized-prioritized", "price-capacity-optimized"},
			"availabilityZoneDistribution.capacityDistributionStrategy": {"balanced-only", "balanced-best-effort"},
		},
		Patterns: map[string]sim.Pattern{"terminationPolicies": terminationPolicy},
		Ranges: map[string]sim.Range{
			"minSize": {Min: 0, Max: 10000}, "maxSize": {Min: 0, Max: 10000}, "desiredCapacity": {Min: 0, Max: 10000},
			mixed + ".instancesDistribution.onDemandPercentageAboveBaseCapacity": {Min: 0, Max: 100},
			mixed + ".instancesDistribution.onDemandBaseCapacity":                {Min: 0, Max: 10000},
			mixed + ".instancesDistribution.spotInstancePools":                   {Min: 1, Max: 20},
			refresh + ".minHealthyPercentage":                                    {Min: 0, Max: 100},
			refresh + ".maxHealthyPercentage":                                    {Min: 100, Max: 200},
			refresh + ".checkpointPercentages":                                   {Min: 1, Max: 100},
		},
		Checks:    []sim.Check{lifetime, capacityTimeout, maintenance},
		Sets:      []string{"tags", "trafficSources", "initialLifecycleHooks"},
		Ordered:   []string{"terminationPolicies"},
		ReplaceOn: []string{"initialLifecycleHooks", "name", "namePrefix"},
		Outputs:   scalingOutputs,
		Changing: func(o *sim.Op) []string {
			if desired := o.Old.Int("desiredCapacity"); !o.In.Has("desiredCapacity") && desired != bounded(o.In, desired) {
				return []string{"desiredCapacity"}
			}
			return nil
		},
		Refs: []sim.Ref{
			{Path: "placementGroup", To: []sim.Target{{Token: token.EC2PlacementGroup, By: "name"}}, Missing: scalingInvalid, InUse: "InvalidPlacementGroup.InUse"},
			{Path: "vpcZoneIdentifiers", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: scalingInvalid, InUse: refer.Dependency},
			{Path: "targetGroupArns", To: []sim.Target{{Token: token.LBTargetGroup}}, Missing: scalingInvalid},
			{Path: "launchTemplate.id", To: []sim.Target{{Token: token.EC2LaunchTemplate}}, Missing: scalingInvalid},
			{Path: "launchTemplate.name", To: []sim.Target{{Token: token.EC2LaunchTemplate, By: "name"}}, Missing: scalingInvalid},
			{Path: mixed + ".launchTemplate.launchTemplateSpecification.launchTemplateId", To: []sim.Target{{Token: token.EC2LaunchTemplate}}, Missing: scalingInvalid},
			{Path: mixed + ".launchTemplate.launchTemplateSpecification.launchTemplateName", To: []sim.Target{{Token: token.EC2LaunchTemplate, By: "name"}}, Missing: scalingInvalid},
		},
		Quota: &sim.Quota{Key: "autoscaling.groups", Default: 500, Code: "LimitExceeded"},
		Rules: append(sim.Many(sim.Create|sim.Update, groupSizes, groupPlace, groupTargets, templateUsable, mixGood, refreshGood),
			append(sim.Many(sim.Update, rollbackGood),
				sim.Many(sim.Delete, refer.TakesAlong(token.AutoScalingPolicy, "autoscalingGroupName"),
					refer.TakesAlong(token.AutoScalingLifecycleHook, "autoscalingGroupName"),
					refer.TakesAlong(token.AutoScalingSchedule, "autoscalingGroupName"))...)...),
	}
}

func bounded(in sim.Props, n int) int { return min(max(n, in.Int("minSize")), in.Int("maxSize")) }

func scalingOutputs(o *sim.Op) sim.Props {
	desired := o.In.Int("minSize")
	if o.Old != nil {
		desired = bounded(o.In, o.Old.Int("desiredCapacity"))
	}
	spec, id, name, _ := TemplateOf(o)
	const mixed = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"
	out := sim.Props{
		"arn":             o.ARN("autoscaling", "autoScalingGroup:"+o.UUID("group")+":autoScalingGroupName/"+o.NameOf()),
		"desiredCapacity": desired, "defaultCooldown": 300, "healthCheckType": "EC2", "predictedCapacity": 0, "warmPoolSize": 0, "namePrefix": "",
		"serviceLinkedRoleArn": o.GlobalARN("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
		"availabilityZones":    keptZones(o), "vpcZoneIdentifiers": []any{}, "targetGroupArns": []any{}, "loadBalancers": []any{}, "trafficSources": []any{},
		"launchTemplate.version": "$Default", mixed + ".version": "$Default",
		"mixedInstancesPolicy.instancesDistribution.onDemandAllocationStrategy": "prioritized",
		"mixedInstancesPolicy.instancesDistribution.onDemandBaseCapacity":       0,
		"mixedInstancesPolicy.instancesDistribution.spotAllocationStrategy":     "lowest-price",
	}
	if spec != nil && id != "" {
		out["launchTemplate.id"], out["launchTemplate.name"] = id, name
		out[mixed+".launchTemplateId"], out[mixed+".launchTemplateName"] = id, name
	}
	return out
}

// keptZones are the zones of the group's subnets.
func keptZones(o *sim.Op) []any {
	if zones := place.ZonesOfSubnets(o, o.In.Strs("vpcZoneIdentifiers")); len(zones) > 0 {
		return sim.List(zones...)
	}
	return made.KeptList(o, "availabilityZones", []any{})
}

func groupRef() sim.Ref {
	return sim.Ref{Path: "autoscalingGroupName", To: []sim.Target{{Token: token.AutoScalingGroup}},
		Missing: scalingInvalid}
}

// scopedID is the id of what has its name within a group only.
func scopedID(name func(*sim.Op) string) func(*sim.Op) string {
	return made.IDWithin("autoscalingGroupName", name)
}

func lifecycleHook() sim.Kind {
	return sim.Kind{
		Token: token.AutoScalingLifecycleHook, Service: scalingService, API: "LifecycleHook",
		Verbs: map[sim.Verb]string{sim.Create: "PutLifecycleHook", sim.Update: "PutLifecycleHook"},
		Name: &sim.Name{Auto: true, Max: 255, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[A-Za-z0-9\-_/]+$`), Want: "letters, digits and -_/",
		}},
		Enums: map[string][]string{
			"defaultResult":       {"CONTINUE", "ABANDON"},
			"lifecycleTransition": {"autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"},
		},
		Ranges:    map[string]sim.Range{"heartbeatTimeout": {Min: 30, Max: 7200}},
		ReplaceOn: []string{"name"},
		ID:        scopedID((*sim.Op).NameOf),
		Outputs:   func(*sim.Op) sim.Props { return sim.Props{"defaultResult": "ABANDON"} },
		Refs:      []sim.Ref{groupRef()},
		Quota: &sim.Quota{
			Key: "autoscaling.lifecycle-hooks-per-group", Default: 50, Code: "LimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str("autoscalingGroupName") },
		},
		Rules: sim.Many(sim.Create|sim.Update, hookRole),
	}
}

func hookRole(o *sim.Op) error {
	if !o.In.Has("notificationTargetArn") || o.In.Has("roleArn") {
		return nil
	}
	return sim.Refuse(scalingInvalid, "A role ARN must be specified with a notification target ARN",
		"Give roleArn: the group publishes with that role.")
}

func scheduledAction() sim.Kind {
	name := func(o *sim.Op) string { return o.In.Str("scheduledActionName") }
	return sim.Kind{
		Token: token.AutoScalingSchedule, Service: scalingService, API: "ScheduledUpdateGroupAction", Noun: "Auto Scaling Scheduled Action",
		Verbs: map[sim.Verb]string{
			sim.Create: "PutScheduledUpdateGroupAction", sim.Update: "PutScheduledUpdateGroupAction", sim.Delete: "DeleteScheduledAction",
		},
		Lengths:   map[string]sim.Range{"scheduledActionName": {Min: 1, Max: 255}},
		Ranges:    map[string]sim.Range{"minSize": {Min: -1, Max: 10000}, "maxSize": {Min: -1, Max: 10000}, "desiredCapacity": {Min: -1, Max: 10000}},
		Checks:    []sim.Check{cronGood, timeZoneGood},
		ReplaceOn: []string{"autoscalingGroupName", "scheduledActionName"},
		ID:        scopedID(name),
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": o.ARN("autoscaling", strings.Join([]string{"scheduledUpdateGroupAction", o.UUID("schedule"),
					"autoScalingGroupName/" + o.In.Str("autoscalingGroupName"), "scheduledActionName/" + name(o)}, ":")),
				"minSize": 0, "maxSize": 0, "desiredCapacity": 0, "recurrence": "", "startTime": "", "endTime": "",
			}
		},
		Refs: []sim.Ref{groupRef()},
		Quota: &sim.Quota{
			Key: "autoscaling.scheduled-actions-per-group", Default: 125, Code: "LimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str("autoscalingGroupName") },
		},
		Rules: sim.Many(sim.Create|sim.Update, actionSays, actionTaken),
	}
}
