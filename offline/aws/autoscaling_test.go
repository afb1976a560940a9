package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	template     = "aws:ec2/launchTemplate:LaunchTemplate"
	scalingGroup = "aws:autoscaling/group:Group"
	policyOf     = "aws:autoscaling/policy:Policy"
	hook         = "aws:autoscaling/lifecycleHook:LifecycleHook"
	scheduled    = "aws:autoscaling/schedule:Schedule"
)

// machines is a launch template of an architecture's image and type.
func machines(t *testing.T, c *simtest.Cloud, name, arch, kind string) *simtest.Resource {
	t.Helper()
	return c.Must(template, name, sim.Props{"imageId": image(t, c, arch), "instanceType": kind})
}

// fleetOf is a group as the fleet component makes it.
func fleetOf(lt *simtest.Resource, subnets []any, types ...string) sim.Props {
	var overrides []any
	for _, name := range types {
		overrides = append(overrides, map[string]any{"instanceType": name})
	}
	return sim.Props{
		"minSize": 2.0, "maxSize": 6.0, "vpcZoneIdentifiers": subnets, "capacityRebalance": true, "waitForCapacityTimeout": "0",
		"maxInstanceLifetime": 2592000.0, "enabledMetrics": sim.List("GroupDesiredCapacity", "GroupInServiceInstances"),
		"terminationPolicies":       sim.List("OldestLaunchTemplate", "AllocationStrategy", "OldestInstance"),
		"instanceMaintenancePolicy": map[string]any{"minHealthyPercentage": 100.0, "maxHealthyPercentage": 150.0},
		"instanceRefresh": map[string]any{"strategy": "Rolling", "preferences": map[string]any{
			"minHealthyPercentage": 100.0, "maxHealthyPercentage": 150.0, "instanceWarmup": "120", "skipMatching": true, "autoRollback": true,
			"checkpointPercentages": []any{50.0, 100.0}, "checkpointDelay": "300",
		}},
		"mixedInstancesPolicy": map[string]any{
			"instancesDistribution": map[string]any{
				"onDemandAllocationStrategy": "prioritized", "onDemandBaseCapacity": 2.0, "onDemandPercentageAboveBaseCapacity": 50.0,
				"spotAllocationStrategy": "price-capacity-optimized",
			},
			"launchTemplate": map[string]any{
				"launchTemplateSpecification": map[string]any{"launchTemplateId": lt.ID, "version": "1"}, "overrides": overrides,
			},
		},
		"tags": []any{map[string]any{"key": "Name", "value": "web", "propagateAtLaunch": false}},
	}
}

func TestScalingGroupSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	lt := machines(t, c, "web", "arm64", "t4g.small")
	in := fleetOf(lt, subnets, "t4g.small", "m7g.medium")
	g := c.Settled(scalingGroup, "web", in)
	assert.Regexp(t, `^arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName/web-[0-9a-f]{7}$`, g.Str("arn"))
	assert.EqualValues(t, 2, g.Get("desiredCapacity"))
	assert.Equal(t, sim.List("us-east-1a", "us-east-1b"), g.Get("availabilityZones"))
	plain := c.Settled(scalingGroup, "plain", sim.Props{
		"minSize": 0.0, "maxSize": 1.0, "vpcZoneIdentifiers": subnets, "launchTemplate": map[string]any{"id": lt.ID, "version": "$Latest"},
	})
	assert.Equal(t, lt.Str("name"), plain.Get("launchTemplate.name"))
	more, err := c.Update(g, with(in, sim.Props{"minSize": 3.0}))
	require.NoError(t, err)
	assert.EqualValues(t, 3, more.Get("desiredCapacity"), "a raised minimum raises the group")
	drain := sim.Props{"name": "drain", "autoscalingGroupName": g.ID,
		"lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "heartbeatTimeout": 120.0, "defaultResult": "CONTINUE"}
	h := c.Settled(hook, "web", drain)
	assert.Equal(t, "drain", h.ID)
	c.Settled(hook, "plain", with(drain, sim.Props{"autoscalingGroupName": plain.ID}))
	night := sim.Props{
		"autoscalingGroupName": g.ID, "scheduledActionName": "night", "recurrence": "0 22 * * *", "timeZone": "Europe/Berlin",
		"minSize": 1.0, "maxSize": -1.0, "desiredCapacity": -1.0,
	}
	c.Settled(scheduled, "night", night)
	require.NoError(t, c.Delete(g), "the provider empties a group before it deletes it")
	gone, err := c.Read(h)
	require.NoError(t, err)
	assert.Nil(t, gone, "a group takes its hooks with it")
}

func TestScalingPoliciesSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	lb := c.Must(balancer, "alb", sim.Props{"subnets": subnets})
	tg := c.Must(targets, "web", groupIn(v))
	in := with(fleetOf(machines(t, c, "web", "arm64", "t4g.small"), subnets, "t4g.small"),
		sim.Props{"targetGroupArns": sim.List(tg.ID)})
	g := c.Settled(scalingGroup, "web", in)
	perTarget := tracks(g, sim.Props{"targetValue": 600.0, "predefinedMetricSpecification": map[string]any{
		"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": lb.Str("arnSuffix") + "/" + tg.Str("arnSuffix"),
	}})
	_, err := c.Create(policyOf, "requests", perTarget)
	require.ErrorContains(t, err, "does not route traffic to the target group")
	c.Must(listener, "http",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": forward(tg)})
	p := c.Settled(policyOf, "requests", perTarget)
	assert.Regexp(t, `:scalingPolicy:[0-9a-f-]{36}:autoScalingGroupName/`+g.ID+`:policyName/requests-[0-9a-f]{7}$`,
		p.Str("arn"))
	c.Settled(policyOf, "cpu",
		tracks(g, sim.Props{"targetValue": 50.0,
			"predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}}))
	c.Settled(policyOf, "backlog",
		tracks(g, sim.Props{"targetValue": 10.0, "customizedMetricSpecification": map[string]any{
			"metrics": []any{math("backlog", "visible / running", true), stat("visible", false), stat("running", false)},
		}}))
	c.Settled(policyOf, "wake",
		sim.Props{"autoscalingGroupName": g.ID, "policyType": "StepScaling", "adjustmentType": "ExactCapacity",
			"stepAdjustments": []any{
				map[string]any{"metricIntervalLowerBound": "0", "scalingAdjustment": 1.0},
			}})
	c.Settled(policyOf, "forecast",
		sim.Props{"autoscalingGroupName": g.ID, "policyType": "PredictiveScaling",
			"predictiveScalingConfiguration": map[string]any{
				"mode": "ForecastAndScale", "metricSpecification": map[string]any{
					"targetValue": 50.0, "predefinedMetricPairSpecification": map[string]any{"predefinedMetricType": "ASGCPUUtilization"},
				},
			}})
	lone := c.Must(scalingGroup, "lone", with(in, sim.Props{"targetGroupArns": nil}))
	_, err = c.Create(policyOf, "lone", with(perTarget, sim.Props{"autoscalingGroupName": lone.ID}))
	require.ErrorContains(t, err, "not attached to the Auto Scaling group")
}

func tracks(g *simtest.Resource, config sim.Props) sim.Props {
	return sim.Props{"autoscalingGroupName": g.ID, "policyType": "TargetTrackingScaling",
		"targetTrackingConfiguration": map[string]any(config)}
}

func math(id, expression string, returned bool) map[string]any {
	return map[string]any{"id": id, "expression": expression, "returnData": returned}
}

func stat(id string, returned bool) map[string]any {
	return map[string]any{"id": id, "returnData": returned, "metricStat": map[string]any{
		"stat": "Maximum", "metric": map[string]any{"namespace": "AWS/SQS", "metricName": "ApproximateNumberOfMessagesVisible"},
	}}
}

func TestScalingReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	lt := machines(t, c, "web", "arm64", "t4g.small")
	in := with(fleetOf(lt, subnets, "t4g.small"), sim.Props{"name": "web"})
	g := c.Must(scalingGroup, "web", in)
	replacedBy(t, c, g, in, map[string]sim.Props{
		"name": {"name": "other"}, "hooks": {"initialLifecycleHooks": []any{map[string]any{"name": "a", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}}},
		"size": {"maxSize": 9.0}, "subnets": {"vpcZoneIdentifiers": subnets[:1]}, "policies": {"terminationPolicies": sim.List("OldestInstance")},
		"types": {"mixedInstancesPolicy": fleetOf(lt, subnets, "m7g.large")["mixedInstancesPolicy"]},
	}, map[string]bool{"name": true, "hooks": true})
	diff, _, err := c.Diff(g, with(in, sim.Props{"vpcZoneIdentifiers": []any{subnets[1], subnets[0]}}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "the order of subnets means nothing")
	drain := sim.Props{"name": "drain", "autoscalingGroupName": g.ID,
		"lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}
	replacedBy(t, c, c.Must(hook, "drain", drain), drain, map[string]sim.Props{
		"name": {"name": "x"}, "timeout": {"heartbeatTimeout": 60.0},
	}, map[string]bool{"name": true})
}

func TestScalingGroupRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	other, elsewhere := balancedNet(c, "other", "10.1", false)
	lt := machines(t, c, "web", "arm64", "t4g.small")
	intel := machines(t, c, "intel", "x86_64", "t3.small")
	bare := c.Must(template, "bare", sim.Props{"instanceType": "t4g.small"})
	untyped := c.Must(template, "untyped", sim.Props{"imageId": image(t, c, "arm64")})
	foreign := c.Must(targets, "foreign", groupIn(other))
	ips := c.Must(targets, "ips", with(groupIn(v), sim.Props{"targetType": "ip"}))
	good := fleetOf(lt, subnets, "t4g.small")
	c.Must(scalingGroup, "taken", with(good, sim.Props{"name": "taken"}))
	bad := func(changes sim.Props) sim.Props { return with(good, changes) }
	simple := func(lt *simtest.Resource, version string) sim.Props {
		return bad(sim.Props{"mixedInstancesPolicy": nil, "launchTemplate": map[string]any{"id": lt.ID, "version": version}})
	}
	spread := func(changes sim.Props) sim.Props {
		mixed := sim.Props(good.Map("mixedInstancesPolicy"))
		return bad(sim.Props{"mixedInstancesPolicy": map[string]any(with(mixed,
			sim.Props{"instancesDistribution": map[string]any(changes)}))})
	}
	weighed := func(weights ...any) sim.Props {
		in := fleetOf(lt, subnets, "t4g.small", "t4g.medium")
		overrides := in.Maps("mixedInstancesPolicy.launchTemplate.overrides")
		for i, w := range weights {
			overrides[i]["weightedCapacity"] = w
		}
		return in
	}
	refresh := func(changes sim.Props) sim.Props {
		return bad(sim.Props{"instanceRefresh": map[string]any{"strategy": "Rolling",
			"preferences": map[string]any(changes)}})
	}
	const invalid = "ValidationError"
	allRefused(t, c, map[string]mistake{
		"taken":           {scalingGroup, bad(sim.Props{"name": "taken"}), []string{"AlreadyExists"}},
		"sizes":           {scalingGroup, bad(sim.Props{"minSize": 7.0}), []string{invalid, "Max bound, 6"}},
		"desired":         {scalingGroup, bad(sim.Props{"desiredCapacity": 7.0}), []string{invalid, "Desired capacity:7"}},
		"no place":        {scalingGroup, bad(sim.Props{"vpcZoneIdentifiers": nil}), []string{invalid, "VPC Subnet"}},
		"no subnet":       {scalingGroup, bad(sim.Props{"vpcZoneIdentifiers": sim.List("subnet-none")}), []string{invalid, "subnet-none"}},
		"two VPCs":        {scalingGroup, bad(sim.Props{"vpcZoneIdentifiers": []any{subnets[0], elsewhere[0]}}), []string{invalid, "one VPC"}},
		"zone":            {scalingGroup, bad(sim.Props{"vpcZoneIdentifiers": nil, "availabilityZones": sim.List("eu-west-1a")}), []string{invalid, "eu-west-1a"}},
		"no targets":      {scalingGroup, bad(sim.Props{"targetGroupArns": sim.List("arn:none")}), []string{invalid, "arn:none"}},
		"foreign targets": {scalingGroup, bad(sim.Props{"targetGroupArns": sim.List(foreign.ID)}), []string{invalid, "Target Groups may not be valid", other.ID}},
		"addresses":       {scalingGroup, bad(sim.Props{"targetGroupArns": sim.List(ips.ID)}), []string{invalid, "type instance"}},
		"no template":     {scalingGroup, bad(sim.Props{"mixedInstancesPolicy": nil}), []string{"launchTemplate"}},
		"unknown":         {scalingGroup, bad(sim.Props{"mixedInstancesPolicy": nil, "launchTemplate": map[string]any{"id": "lt-none"}}), []string{invalid, "lt-none"}},
		"version":         {scalingGroup, simple(lt, "2"), []string{invalid, "Could not find launch template version 2"}},
		"version word":    {scalingGroup, simple(lt, "newest"), []string{invalid, "newest"}},
		"no image":        {scalingGroup, simple(bare, "1"), []string{invalid, "ImageId"}},
		"no type":         {scalingGroup, simple(untyped, "1"), []string{invalid, "InstanceType"}},
		"type":            {scalingGroup, fleetOf(lt, subnets, "t4g.tiny"), []string{invalid, "t4g.tiny"}},
		"architecture":    {scalingGroup, fleetOf(intel, subnets, "t3.small", "t4g.small"), []string{invalid, "architecture"}},
		"twice":           {scalingGroup, fleetOf(lt, subnets, "t4g.small", "t4g.small"), []string{invalid, "unique"}},
		"some weights":    {scalingGroup, weighed("1"), []string{invalid, "all instance types"}},
		"weight":          {scalingGroup, weighed("1", "1000"), []string{invalid, "1 to 999"}},
		"pools":           {scalingGroup, spread(sim.Props{"spotInstancePools": 2.0, "spotAllocationStrategy": "capacity-optimized"}), []string{invalid, "lowest-price"}},
		"cheap on demand": {scalingGroup, spread(sim.Props{"onDemandAllocationStrategy": "lowest-price"}), []string{invalid, "prioritized"}},
		"percentage":      {scalingGroup, spread(sim.Props{"onDemandPercentageAboveBaseCapacity": 101.0}), []string{"0 to 100"}},
		"spot strategy":   {scalingGroup, spread(sim.Props{"spotAllocationStrategy": "cheapest"}), []string{"price-capacity-optimized"}},
		"lifetime":        {scalingGroup, bad(sim.Props{"maxInstanceLifetime": 3600.0}), []string{"86400"}},
		"wait":            {scalingGroup, bad(sim.Props{"waitForCapacityTimeout": "soon"}), []string{"duration"}},
		"maintenance":     {scalingGroup, bad(sim.Props{"instanceMaintenancePolicy": map[string]any{"minHealthyPercentage": 50.0, "maxHealthyPercentage": 200.0}}), []string{"100 between"}},
		"metric":          {scalingGroup, bad(sim.Props{"enabledMetrics": sim.List("GroupCPU")}), []string{"GroupMinSize"}},
		"termination":     {scalingGroup, bad(sim.Props{"terminationPolicies": sim.List("Random")}), []string{"OldestInstance"}},
		"health":          {scalingGroup, bad(sim.Props{"healthCheckType": "ALB"}), []string{"ELB"}},
		"strategy":        {scalingGroup, bad(sim.Props{"instanceRefresh": map[string]any{"strategy": "Big"}}), []string{"Rolling"}},
		"checkpoints":     {scalingGroup, refresh(sim.Props{"checkpointPercentages": []any{50.0, 20.0}}), []string{invalid, "ascending"}},
		"checkpoint":      {scalingGroup, refresh(sim.Props{"checkpointPercentages": []any{101.0}}), []string{"1 to 100"}},
		"delay alone":     {scalingGroup, refresh(sim.Props{"checkpointDelay": "60"}), []string{invalid, "CheckpointPercentages"}},
		"delay":           {scalingGroup, refresh(sim.Props{"checkpointPercentages": []any{100.0}, "checkpointDelay": "172801"}), []string{invalid, "172800"}},
		"most alone":      {scalingGroup, refresh(sim.Props{"maxHealthyPercentage": 110.0}), []string{invalid, "MinHealthyPercentage"}},
		"apart":           {scalingGroup, refresh(sim.Props{"minHealthyPercentage": 50.0, "maxHealthyPercentage": 200.0}), []string{invalid, "difference"}},
	})
	latest := with(simple(lt, "$Latest"), sim.Props{"instanceRefresh": good["instanceRefresh"]})
	g := c.Must(scalingGroup, "latest", latest)
	_, err := c.Update(g, with(latest, sim.Props{"maxSize": 7.0}))
	require.ErrorContains(t, err, "rollback is not supported with the launch template version $Latest")
}

func TestManyTypesRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	types := make([]string, 41)
	for i := range types {
		types[i] = fmt.Sprint("t4g.", i)
	}
	lt := c.Must(template, "lt", sim.Props{"imageId": image(t, c, "arm64"), "instanceType": "t4g.small"})
	in := fleetOf(lt, subnets, types...)
	for i, o := range in.Maps("mixedInstancesPolicy.launchTemplate.overrides") {
		o["instanceType"] = []string{"t4g.small", "m7g.large"}[i%2]
	}
	_, err := c.Create(scalingGroup, "many", in)
	require.ErrorContains(t, err, "at most 40 overrides")
}

func TestScalingPoliciesRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	g := c.Must(scalingGroup, "web", fleetOf(machines(t, c, "web", "arm64", "t4g.small"), subnets, "t4g.small"))
	step := func(low, high string) map[string]any {
		s := map[string]any{"scalingAdjustment": 1.0}
		if low != "" {
			s["metricIntervalLowerBound"] = low
		}
		if high != "" {
			s["metricIntervalUpperBound"] = high
		}
		return s
	}
	steps := func(list ...any) sim.Props {
		return sim.Props{"autoscalingGroupName": g.ID, "policyType": "StepScaling", "adjustmentType": "ChangeInCapacity",
			"stepAdjustments": list}
	}
	predefined := func(kind, label string) sim.Props {
		spec := map[string]any{"predefinedMetricType": kind}
		if label != "" {
			spec["resourceLabel"] = label
		}
		return tracks(g, sim.Props{"targetValue": 50.0, "predefinedMetricSpecification": spec})
	}
	custom := func(spec map[string]any) sim.Props {
		return tracks(g, sim.Props{"targetValue": 50.0, "customizedMetricSpecification": spec})
	}
	queries := func(list ...any) sim.Props { return custom(map[string]any{"metrics": list}) }
	many := make([]any, 21)
	for i := range many {
		many[i] = step(fmt.Sprint(i), fmt.Sprint(i+1))
	}
	night := sim.Props{"autoscalingGroupName": g.ID, "scheduledActionName": "night", "recurrence": "0 22 * * *",
		"minSize": 1.0}
	c.Must(scheduled, "night", night)
	at := func(changes sim.Props) sim.Props { return with(night, changes) }
	const invalid = "ValidationError"
	allRefused(t, c, map[string]mistake{
		"no group":       {policyOf, with(steps(step("0", "")), sim.Props{"autoscalingGroupName": "none"}), []string{invalid, "none"}},
		"type":           {policyOf, with(steps(), sim.Props{"policyType": "Magic"}), []string{"StepScaling"}},
		"no adjustment":  {policyOf, sim.Props{"autoscalingGroupName": g.ID, "adjustmentType": "ChangeInCapacity"}, []string{invalid, "ScalingAdjustment must be specified"}},
		"no steps":       {policyOf, with(steps(), sim.Props{"stepAdjustments": nil}), []string{invalid, "StepAdjustments"}},
		"wrong kind":     {policyOf, with(predefined("ASGAverageCPUUtilization", ""), sim.Props{"policyType": "SimpleScaling", "adjustmentType": "ExactCapacity", "scalingAdjustment": 1.0}), []string{invalid, "not allowed"}},
		"gap":            {policyOf, steps(step("0", "1"), step("2", "")), []string{invalid, "gap"}},
		"overlap":        {policyOf, steps(step("0", "2"), step("1", "")), []string{invalid, "overlap"}},
		"backwards":      {policyOf, steps(step("2", "1")), []string{invalid, "less than"}},
		"no number":      {policyOf, steps(step("x", "")), []string{invalid, "numbers"}},
		"many steps":     {policyOf, steps(many...), []string{invalid, "at most 20"}},
		"two metrics":    {policyOf, tracks(g, sim.Props{"targetValue": 1.0, "predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}, "customizedMetricSpecification": map[string]any{"metricName": "m"}}), []string{invalid, "Exactly one"}},
		"no metric":      {policyOf, tracks(g, sim.Props{"targetValue": 1.0}), []string{invalid, "Exactly one"}},
		"target":         {policyOf, tracks(g, sim.Props{"targetValue": 0.0, "predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}}), []string{invalid, "greater than 0"}},
		"metric type":    {policyOf, predefined("ASGAverageMemory", ""), []string{"ASGAverageCPUUtilization"}},
		"no label":       {policyOf, predefined("ALBRequestCountPerTarget", ""), []string{invalid, "resource label"}},
		"label form":     {policyOf, predefined("ALBRequestCountPerTarget", "web"), []string{invalid, "targetgroup"}},
		"label nothing":  {policyOf, predefined("ALBRequestCountPerTarget", "app/a/1/targetgroup/b/2"), []string{invalid, "does not exist"}},
		"label unneeded": {policyOf, predefined("ASGAverageCPUUtilization", "app/a/1/targetgroup/b/2"), []string{invalid, "not allowed"}},
		"empty":          {policyOf, custom(map[string]any{"namespace": "a"}), []string{invalid, "metric name"}},
		"no namespace":   {policyOf, custom(map[string]any{"metricName": "a"}), []string{invalid, "namespace"}},
		"two returned":   {policyOf, queries(math("a", "b", true), stat("b", true)), []string{invalid, "got 2"}},
		"none returned":  {policyOf, queries(math("a", "b", false), stat("b", false)), []string{invalid, "got 0"}},
		"undefined":      {policyOf, queries(math("a", "c", true), stat("b", false)), []string{invalid, "undefined variable 'c'"}},
		"predictive":     {policyOf, sim.Props{"autoscalingGroupName": g.ID, "policyType": "PredictiveScaling", "predictiveScalingConfiguration": map[string]any{"metricSpecification": map[string]any{"targetValue": 1.0}}}, []string{invalid, "metric pair"}},
		"transition":     {hook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "terminating"}, []string{"EC2_INSTANCE_TERMINATING"}},
		"heartbeat":      {hook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "heartbeatTimeout": 10.0}, []string{"30 to 7200"}},
		"hook role":      {hook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "notificationTargetArn": "arn:aws:sns:us-east-1:1:a"}, []string{invalid, "roleArn"}},
		"hook group":     {hook, sim.Props{"autoscalingGroupName": "none", "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}, []string{invalid, "none"}},
		"cron":           {scheduled, at(sim.Props{"recurrence": "0 22 * *"}), []string{"five"}},
		"zone":           {scheduled, at(sim.Props{"timeZone": "Mars/Olympus"}), []string{"IANA"}},
		"says nothing":   {scheduled, at(sim.Props{"minSize": -1.0}), []string{invalid, "At least one"}},
		"never":          {scheduled, at(sim.Props{"recurrence": nil}), []string{invalid, "recurrence"}},
		"bounds":         {scheduled, at(sim.Props{"maxSize": 0.0}), []string{invalid, "Max bound"}},
		"same time":      {scheduled, at(sim.Props{"scheduledActionName": "other"}), []string{"AlreadyExists", "same time"}},
	})
}
