package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// machines is a launch template of an architecture's image and type.
func machines(t *testing.T, c *simtest.Cloud, name, arch, kind string) *simtest.Resource {
	t.Helper()
	return c.Must(token.EC2LaunchTemplate, name, sim.Props{"imageId": image(t, c, arch), "instanceType": kind})
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
	g := c.Settled(token.AutoScalingGroup, "web", in)
	assert.Regexp(t, `^arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName/web-[0-9a-f]{7}$`, g.Str("arn"))
	assert.EqualValues(t, 2, g.Get("desiredCapacity"))
	assert.Equal(t, sim.List("us-east-1a", "us-east-1b"), g.Get("availabilityZones"))
	plain := c.Settled(token.AutoScalingGroup, "plain", sim.Props{
		"minSize": 0.0, "maxSize": 1.0, "vpcZoneIdentifiers": subnets, "launchTemplate": map[string]any{"id": lt.ID, "version": "$Latest"},
	})
	assert.Equal(t, lt.Str("name"), plain.Get("launchTemplate.name"))
	more, err := c.Update(g, with(in, sim.Props{"minSize": 3.0}))
	require.NoError(t, err)
	assert.EqualValues(t, 3, more.Get("desiredCapacity"), "a raised minimum raises the group")
	drain := sim.Props{"name": "drain", "autoscalingGroupName": g.ID,
		"lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "heartbeatTimeout": 120.0, "defaultResult": "CONTINUE"}
	h := c.Settled(token.AutoScalingLifecycleHook, "web", drain)
	assert.Equal(t, "drain", h.ID)
	c.Settled(token.AutoScalingLifecycleHook, "plain", with(drain, sim.Props{"autoscalingGroupName": plain.ID}))
	night := sim.Props{
		"autoscalingGroupName": g.ID, "scheduledActionName": "night", "recurrence": "0 22 * * *", "timeZone": "Europe/Berlin",
		"minSize": 1.0, "maxSize": -1.0, "desiredCapacity": -1.0,
	}
	c.Settled(token.AutoScalingSchedule, "night", night)
	require.NoError(t, c.Delete(g), "the provider empties a group before it deletes it")
	gone, err := c.Read(h)
	require.NoError(t, err)
	assert.Nil(t, gone, "a group takes its hooks with it")
}

func TestScalingPoliciesSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"subnets": subnets})
	tg := c.Must(token.LBTargetGroup, "web", groupIn(v))
	in := with(fleetOf(machines(t, c, "web", "arm64", "t4g.small"), subnets, "t4g.small"),
		sim.Props{"targetGroupArns": sim.List(tg.ID)})
	g := c.Settled(token.AutoScalingGroup, "web", in)
	perTarget := tracks(g, sim.Props{"targetValue": 600.0, "predefinedMetricSpecification": map[string]any{
		"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": lb.Str("arnSuffix") + "/" + tg.Str("arnSuffix"),
	}})
	_, err := c.Create(token.AutoScalingPolicy, "requests", perTarget)
	require.ErrorContains(t, err, "does not route traffic to the target group")
	c.Must(token.LBListener, "http",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": forward(tg)})
	p := c.Settled(token.AutoScalingPolicy, "requests", perTarget)
	assert.Regexp(t, `:scalingPolicy:[0-9a-f-]{36}:autoScalingGroupName/`+g.ID+`:policyName/requests-[0-9a-f]{7}$`,
		p.Str("arn"))
	c.Settled(token.AutoScalingPolicy, "cpu",
		tracks(g, sim.Props{"targetValue": 50.0,
			"predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}}))
	c.Settled(token.AutoScalingPolicy, "backlog",
		tracks(g, sim.Props{"targetValue": 10.0, "customizedMetricSpecification": map[string]any{
			"metrics": []any{math("backlog", "visible / running", true), stat("visible", false), stat("running", false)},
		}}))
	c.Settled(token.AutoScalingPolicy, "wake",
		sim.Props{"autoscalingGroupName": g.ID, "policyType": "StepScaling", "adjustmentType": "ExactCapacity",
			"stepAdjustments": []any{
				map[string]any{"metricIntervalLowerBound": "0", "scalingAdjustment": 1.0},
			}})
	c.Settled(token.AutoScalingPolicy, "forecast",
		sim.Props{"autoscalingGroupName": g.ID, "policyType": "PredictiveScaling",
			"predictiveScalingConfiguration": map[string]any{
				"mode": "ForecastAndScale", "metricSpecification": map[string]any{
					"targetValue": 50.0, "predefinedMetricPairSpecification": map[string]any{"predefinedMetricType": "ASGCPUUtilization"},
				},
			}})
	lone := c.Must(token.AutoScalingGroup, "lone", with(in, sim.Props{"targetGroupArns": nil}))
	_, err = c.Create(token.AutoScalingPolicy, "lone", with(perTarget, sim.Props{"autoscalingGroupName": lone.ID}))
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
	g := c.Must(token.AutoScalingGroup, "web", in)
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
	replacedBy(t, c, c.Must(token.AutoScalingLifecycleHook, "drain", drain), drain, map[string]sim.Props{
		"name": {"name": "x"}, "timeout": {"heartbeatTimeout": 60.0},
	}, map[string]bool{"name": true})
}

func TestScalingGroupRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	other, elsewhere := balancedNet(c, "other", "10.1", false)
	lt := machines(t, c, "web", "arm64", "t4g.small")
	intel := machines(t, c, "intel", "x86_64", "t3.small")
	bare := c.Must(token.EC2LaunchTemplate, "bare", sim.Props{"instanceType": "t4g.small"})
	untyped := c.Must(token.EC2LaunchTemplate, "untyped", sim.Props{"imageId": image(t, c, "arm64")})
	foreign := c.Must(token.LBTargetGroup, "foreign", groupIn(other))
	ips := c.Must(token.LBTargetGroup, "ips", with(groupIn(v), sim.Props{"targetType": "ip"}))
	good := fleetOf(lt, subnets, "t4g.small")
	c.Must(token.AutoScalingGroup, "taken", with(good, sim.Props{"name": "taken"}))
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
		"taken":           {token.AutoScalingGroup, bad(sim.Props{"name": "taken"}), []string{"AlreadyExists"}},
		"sizes":           {token.AutoScalingGroup, bad(sim.Props{"minSize": 7.0}), []string{invalid, "Max bound, 6"}},
		"desired":         {token.AutoScalingGroup, bad(sim.Props{"desiredCapacity": 7.0}), []string{invalid, "Desired capacity:7"}},
		"no place":        {token.AutoScalingGroup, bad(sim.Props{"vpcZoneIdentifiers": nil}), []string{invalid, "VPC Subnet"}},
		"no subnet":       {token.AutoScalingGroup, bad(sim.Props{"vpcZoneIdentifiers": sim.List("subnet-none")}), []string{invalid, "subnet-none"}},
		"two VPCs":        {token.AutoScalingGroup, bad(sim.Props{"vpcZoneIdentifiers": []any{subnets[0], elsewhere[0]}}), []string{invalid, "one VPC"}},
		"zone":            {token.AutoScalingGroup, bad(sim.Props{"vpcZoneIdentifiers": nil, "availabilityZones": sim.List("eu-west-1a")}), []string{invalid, "eu-west-1a"}},
		"no targets":      {token.AutoScalingGroup, bad(sim.Props{"targetGroupArns": sim.List("arn:none")}), []string{invalid, "arn:none"}},
		"foreign targets": {token.AutoScalingGroup, bad(sim.Props{"targetGroupArns": sim.List(foreign.ID)}), []string{invalid, "Target Groups may not be valid", other.ID}},
		"addresses":       {token.AutoScalingGroup, bad(sim.Props{"targetGroupArns": sim.List(ips.ID)}), []string{invalid, "type instance"}},
		"no template":     {token.AutoScalingGroup, bad(sim.Props{"mixedInstancesPolicy": nil}), []string{"launchTemplate"}},
		"unknown":         {token.AutoScalingGroup, bad(sim.Props{"mixedInstancesPolicy": nil, "launchTemplate": map[string]any{"id": "lt-none"}}), []string{invalid, "lt-none"}},
		"version":         {token.AutoScalingGroup, simple(lt, "2"), []string{invalid, "Could not find launch template version 2"}},
		"version word":    {token.AutoScalingGroup, simple(lt, "newest"), []string{invalid, "newest"}},
		"no image":        {token.AutoScalingGroup, simple(bare, "1"), []string{invalid, "ImageId"}},
		"no type":         {token.AutoScalingGroup, simple(untyped, "1"), []string{invalid, "InstanceType"}},
		"type":            {token.AutoScalingGroup, fleetOf(lt, subnets, "t4g.tiny"), []string{invalid, "t4g.tiny"}},
		"architecture":    {token.AutoScalingGroup, fleetOf(intel, subnets, "t3.small", "t4g.small"), []string{invalid, "architecture"}},
		"twice":           {token.AutoScalingGroup, fleetOf(lt, subnets, "t4g.small", "t4g.small"), []string{invalid, "unique"}},
		"some weights":    {token.AutoScalingGroup, weighed("1"), []string{invalid, "all instance types"}},
		"weight":          {token.AutoScalingGroup, weighed("1", "1000"), []string{invalid, "1 to 999"}},
		"pools":           {token.AutoScalingGroup, spread(sim.Props{"spotInstancePools": 2.0, "spotAllocationStrategy": "capacity-optimized"}), []string{invalid, "lowest-price"}},
		"cheap on demand": {token.AutoScalingGroup, spread(sim.Props{"onDemandAllocationStrategy": "lowest-price"}), []string{invalid, "prioritized"}},
		"percentage":      {token.AutoScalingGroup, spread(sim.Props{"onDemandPercentageAboveBaseCapacity": 101.0}), []string{"0 to 100"}},
		"spot strategy":   {token.AutoScalingGroup, spread(sim.Props{"spotAllocationStrategy": "cheapest"}), []string{"price-capacity-optimized"}},
		"lifetime":        {token.AutoScalingGroup, bad(sim.Props{"maxInstanceLifetime": 3600.0}), []string{"86400"}},
		"wait":            {token.AutoScalingGroup, bad(sim.Props{"waitForCapacityTimeout": "soon"}), []string{"duration"}},
		"maintenance":     {token.AutoScalingGroup, bad(sim.Props{"instanceMaintenancePolicy": map[string]any{"minHealthyPercentage": 50.0, "maxHealthyPercentage": 200.0}}), []string{"100 between"}},
		"metric":          {token.AutoScalingGroup, bad(sim.Props{"enabledMetrics": sim.List("GroupCPU")}), []string{"GroupMinSize"}},
		"termination":     {token.AutoScalingGroup, bad(sim.Props{"terminationPolicies": sim.List("Random")}), []string{"OldestInstance"}},
		"health":          {token.AutoScalingGroup, bad(sim.Props{"healthCheckType": "ALB"}), []string{"ELB"}},
		"strategy":        {token.AutoScalingGroup, bad(sim.Props{"instanceRefresh": map[string]any{"strategy": "Big"}}), []string{"Rolling"}},
		"checkpoints":     {token.AutoScalingGroup, refresh(sim.Props{"checkpointPercentages": []any{50.0, 20.0}}), []string{invalid, "ascending"}},
		"checkpoint":      {token.AutoScalingGroup, refresh(sim.Props{"checkpointPercentages": []any{101.0}}), []string{"1 to 100"}},
		"delay alone":     {token.AutoScalingGroup, refresh(sim.Props{"checkpointDelay": "60"}), []string{invalid, "CheckpointPercentages"}},
		"delay":           {token.AutoScalingGroup, refresh(sim.Props{"checkpointPercentages": []any{100.0}, "checkpointDelay": "172801"}), []string{invalid, "172800"}},
		"most alone":      {token.AutoScalingGroup, refresh(sim.Props{"maxHealthyPercentage": 110.0}), []string{invalid, "MinHealthyPercentage"}},
		"apart":           {token.AutoScalingGroup, refresh(sim.Props{"minHealthyPercentage": 50.0, "maxHealthyPercentage": 200.0}), []string{invalid, "difference"}},
	})
	latest := with(simple(lt, "$Latest"), sim.Props{"instanceRefresh": good["instanceRefresh"]})
	g := c.Must(token.AutoScalingGroup, "latest", latest)
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
	lt := c.Must(token.EC2LaunchTemplate, "lt", sim.Props{"imageId": image(t, c, "arm64"), "instanceType": "t4g.small"})
	in := fleetOf(lt, subnets, types...)
	for i, o := range in.Maps("mixedInstancesPolicy.launchTemplate.overrides") {
		o["instanceType"] = []string{"t4g.small", "m7g.large"}[i%2]
	}
	_, err := c.Create(token.AutoScalingGroup, "many", in)
	require.ErrorContains(t, err, "at most 40 overrides")
}

func TestScalingPoliciesRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	g := c.Must(token.AutoScalingGroup, "web", fleetOf(machines(t, c, "web", "arm64", "t4g.small"), subnets, "t4g.small"))
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
	c.Must(token.AutoScalingSchedule, "night", night)
	at := func(changes sim.Props) sim.Props { return with(night, changes) }
	const invalid = "ValidationError"
	allRefused(t, c, map[string]mistake{
		"no group":       {token.AutoScalingPolicy, with(steps(step("0", "")), sim.Props{"autoscalingGroupName": "none"}), []string{invalid, "none"}},
		"type":           {token.AutoScalingPolicy, with(steps(), sim.Props{"policyType": "Magic"}), []string{"StepScaling"}},
		"no adjustment":  {token.AutoScalingPolicy, sim.Props{"autoscalingGroupName": g.ID, "adjustmentType": "ChangeInCapacity"}, []string{invalid, "ScalingAdjustment must be specified"}},
		"no steps":       {token.AutoScalingPolicy, with(steps(), sim.Props{"stepAdjustments": nil}), []string{invalid, "StepAdjustments"}},
		"wrong kind":     {token.AutoScalingPolicy, with(predefined("ASGAverageCPUUtilization", ""), sim.Props{"policyType": "SimpleScaling", "adjustmentType": "ExactCapacity", "scalingAdjustment": 1.0}), []string{invalid, "not allowed"}},
		"gap":            {token.AutoScalingPolicy, steps(step("0", "1"), step("2", "")), []string{invalid, "gap"}},
		"overlap":        {token.AutoScalingPolicy, steps(step("0", "2"), step("1", "")), []string{invalid, "overlap"}},
		"backwards":      {token.AutoScalingPolicy, steps(step("2", "1")), []string{invalid, "less than"}},
		"no number":      {token.AutoScalingPolicy, steps(step("x", "")), []string{invalid, "numbers"}},
		"many steps":     {token.AutoScalingPolicy, steps(many...), []string{invalid, "at most 20"}},
		"two metrics":    {token.AutoScalingPolicy, tracks(g, sim.Props{"targetValue": 1.0, "predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}, "customizedMetricSpecification": map[string]any{"metricName": "m"}}), []string{invalid, "Exactly one"}},
		"no metric":      {token.AutoScalingPolicy, tracks(g, sim.Props{"targetValue": 1.0}), []string{invalid, "Exactly one"}},
		"target":         {token.AutoScalingPolicy, tracks(g, sim.Props{"targetValue": 0.0, "predefinedMetricSpecification": map[string]any{"predefinedMetricType": "ASGAverageCPUUtilization"}}), []string{invalid, "greater than 0"}},
		"metric type":    {token.AutoScalingPolicy, predefined("ASGAverageMemory", ""), []string{"ASGAverageCPUUtilization"}},
		"no label":       {token.AutoScalingPolicy, predefined("ALBRequestCountPerTarget", ""), []string{invalid, "resource label"}},
		"label form":     {token.AutoScalingPolicy, predefined("ALBRequestCountPerTarget", "web"), []string{invalid, "targetgroup"}},
		"label nothing":  {token.AutoScalingPolicy, predefined("ALBRequestCountPerTarget", "app/a/1/targetgroup/b/2"), []string{invalid, "does not exist"}},
		"label unneeded": {token.AutoScalingPolicy, predefined("ASGAverageCPUUtilization", "app/a/1/targetgroup/b/2"), []string{invalid, "not allowed"}},
		"empty":          {token.AutoScalingPolicy, custom(map[string]any{"namespace": "a"}), []string{invalid, "metric name"}},
		"no namespace":   {token.AutoScalingPolicy, custom(map[string]any{"metricName": "a"}), []string{invalid, "namespace"}},
		"two returned":   {token.AutoScalingPolicy, queries(math("a", "b", true), stat("b", true)), []string{invalid, "got 2"}},
		"none returned":  {token.AutoScalingPolicy, queries(math("a", "b", false), stat("b", false)), []string{invalid, "got 0"}},
		"undefined":      {token.AutoScalingPolicy, queries(math("a", "c", true), stat("b", false)), []string{invalid, "undefined variable 'c'"}},
		"predictive":     {token.AutoScalingPolicy, sim.Props{"autoscalingGroupName": g.ID, "policyType": "PredictiveScaling", "predictiveScalingConfiguration": map[string]any{"metricSpecification": map[string]any{"targetValue": 1.0}}}, []string{invalid, "metric pair"}},
		"transition":     {token.AutoScalingLifecycleHook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "terminating"}, []string{"EC2_INSTANCE_TERMINATING"}},
		"heartbeat":      {token.AutoScalingLifecycleHook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "heartbeatTimeout": 10.0}, []string{"30 to 7200"}},
		"hook role":      {token.AutoScalingLifecycleHook, sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "notificationTargetArn": "arn:aws:sns:us-east-1:1:a"}, []string{invalid, "roleArn"}},
		"hook group":     {token.AutoScalingLifecycleHook, sim.Props{"autoscalingGroupName": "none", "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}, []string{invalid, "none"}},
		"cron":           {token.AutoScalingSchedule, at(sim.Props{"recurrence": "0 22 * *"}), []string{"five"}},
		"zone":           {token.AutoScalingSchedule, at(sim.Props{"timeZone": "Mars/Olympus"}), []string{"IANA"}},
		"says nothing":   {token.AutoScalingSchedule, at(sim.Props{"minSize": -1.0}), []string{invalid, "At least one"}},
		"never":          {token.AutoScalingSchedule, at(sim.Props{"recurrence": nil}), []string{invalid, "recurrence"}},
		"bounds":         {token.AutoScalingSchedule, at(sim.Props{"maxSize": 0.0}), []string{invalid, "Max bound"}},
		"same time":      {token.AutoScalingSchedule, at(sim.Props{"scheduledActionName": "other"}), []string{"AlreadyExists", "same time"}},
	})
}
