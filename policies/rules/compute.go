package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func compute() []rule.Rule {
	machines := []string{token.EC2LaunchTemplate, token.EC2Instance, token.EC2LaunchConfiguration,
		token.EC2SpotInstanceRequest}
	return []rule.Rule{
		{
			ID: "lt-imdsv2", Title: "The metadata service asks for a session token", Severity: rule.High, Kind: rule.OnResource,
			Why: "With version 1, one forged request from inside gives away the machine's credentials.", Default: mandatory,
			Types: machines, Resource: imdsv2,
			Params:      []rule.Param{{Name: "hopLimit", Meaning: "network hops that an answer may travel; 2 only with containers", Default: 1.0, Low: 1, High: 2}},
			Equivalents: eq(ids("EC2.170", "EC2.8", "AutoScaling.4"), ids("CKV_AWS_79", "CKV_AWS_341"), nil, ids("AWS-0130", "AWS-0028")),
		},
		{
			ID: "lt-no-public-ip", Title: "Machines have no public address of their own", Severity: rule.High, Kind: rule.OnResource,
			Why: "What the world cannot address, it cannot attack.", Default: mandatory,
			Types: append(machines, token.EC2SpotFleetRequest), Resource: noPublicIP,
			Equivalents: eq(ids("EC2.25", "EC2.9"), ids("CKV_AWS_88"), ids("ec2-instance-no-public-ip"), ids("AWS-0009")),
		},
		{
			ID: "ebs-encrypted", Title: "Every disk is encrypted", Severity: rule.High, Kind: rule.OnResource,
			Why: "It costs nothing, and a snapshot that goes astray tells nothing.", Default: mandatory,
			Types: slices.Concat(machines, []string{token.EC2SpotFleetRequest}, diskTypes), Resource: disksEncrypted,
			Equivalents: eq(ids("EC2.181", "EC2.3", "EC2.7"), ids("CKV_AWS_8", "CKV_AWS_3"), ids("encrypted-volumes"), ids("AWS-0131", "AWS-0008", "AWS-0026")),
		},
		{
			ID: "lt-no-secret-user-data", Title: "User data holds no credentials", Severity: rule.Critical, Kind: rule.OnResource,
			Why: "Whoever may describe the machine reads them.", Default: mandatory,
			Types: append(machines, token.EC2SpotFleetRequest, token.LightsailInstance), Resource: secretUserData,
			Equivalents: eq(nil, ids("CKV_AWS_46"), nil, ids("AWS-0129", "AWS-0029")),
		},
		{
			ID: "asg-launch-template", Title: "Scaling groups use a launch template", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Launch configurations get no new machine types and cannot mix them.", Default: mandatory,
			Types: []string{token.AutoScalingGroup}, Resource: launchTemplate,
			Equivalents: eq(ids("AutoScaling.9"), ids("CKV_AWS_315"), nil, nil),
		},
		{
			ID: "asg-multi-az", Title: "Scaling groups span at least two zones", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A zone that fails must not take the whole fleet with it.", Default: rule.Default{Level: rule.Advisory, Mandatory: 2},
			Types: []string{token.AutoScalingGroup, token.EC2Subnet}, Stack: fleetZones,
			Equivalents: eq(ids("AutoScaling.2"), nil, nil, nil),
		},
		{
			ID: "asg-elb-health-check", Title: "Groups behind a balancer use its health check", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "EC2's own check calls a machine healthy whose app is dead.", Default: mandatory,
			Types: []string{token.AutoScalingGroup, token.AutoScalingAttachment, token.AutoScalingTrafficSourceAttachment}, Stack: fleetHealth,
			Equivalents: eq(ids("AutoScaling.1"), ids("CKV2_AWS_15"), nil, nil),
		},
	}
}

// diskTypes are disks and the copies of disks, each with a flag of its own.
var diskTypes = []string{token.EBSVolume, token.EBSSnapshotCopy, token.EBSSnapshotImport,
	token.EC2AmiCopy}

func imdsv2(c *rule.Check, r *rule.Resource) {
	options := r.At("metadataOptions")
	if options.At("httpEndpoint").Is("disabled") == rule.Yes {
		return
	}
	c.Require(options.At("httpTokens").Is("required"), r, "metadataOptions.httpTokens", `set it to "required"`)
	limit := c.Number("hopLimit")
	if n, there := options.At("httpPutResponseHopLimit").Number(); there == rule.Yes && n > limit {
		c.Require(rule.No, r, "metadataOptions.httpPutResponseHopLimit",
			fmt.Sprintf("set it to %g; 2 is for machines that run containers", limit))
	}
}

func noPublicIP(c *rule.Check, r *rule.Resource) {
	const fix = "set it to false and let a balancer or NAT face the world"
	refuse := func(list string) {
		c.Each(r, list, func(path string, v rule.Value) {
			at := v.At("associatePublicIpAddress")
			c.RefuseAt(at.Flag(), r, path+".associatePublicIpAddress", at, fix)
		})
	}
	switch r.Type {
	case token.EC2LaunchTemplate:
		refuse("networkInterfaces")
	case token.EC2SpotFleetRequest:
		refuse("launchSpecifications")
	default:
		c.Refuse(r.At("associatePublicIpAddress").Flag(), r, "associatePublicIpAddress", fix)
	}
}

func disksEncrypted(c *rule.Check, r *rule.Resource) {
	const fix = "set it to true"
	switch {
	case slices.Contains(diskTypes, r.Type):
		c.Require(r.At("encrypted").Flag(), r, "encrypted", fix)
	case r.Type == token.EC2LaunchTemplate:
		c.Each(r, "blockDeviceMappings", func(path string, v rule.Value) {
			if v.At("ebs").Given() == rule.No {
				return // an instance store or a device that is left out
			}
			at := v.At("ebs.encrypted")
			c.RequireAt(at.Flag(), r, path+".ebs.encrypted", at, fix)
		})
	case r.Type == token.EC2SpotFleetRequest:
		c.Each(r, "launchSpecifications", func(path string, v rule.Value) { machineDisks(c, r, path+".", v) })
	default:
		machineDisks(c, r, "", r.Props)
	}
}

// machineDisks wants the root disk of a machine and every further one encrypted.
func machineDisks(c *rule.Check, r *rule.Resource, path string, v rule.Value) {
	const fix = "set it to true"
	root := v.At("rootBlockDevice.encrypted")
	c.RequireAt(root.Flag(), r, path+"rootBlockDevice.encrypted", root, fix)
	all, there := v.At("ebsBlockDevices").List()
	if there == rule.Unknown {
		c.Undecided(r, path+"ebsBlockDevices")
	}
	for i, disk := range all {
		at := disk.At("encrypted")
		c.RequireAt(at.Flag(), r, fmt.Sprintf("%sebsBlockDevices[%d].encrypted", path, i), at, fix)
	}
}

func launchTemplate(c *rule.Check, r *rule.Resource) {
	if old := r.At("launchConfiguration").Given(); old == rule.Yes {
		c.Require(rule.No, r, "launchConfiguration", "use launchTemplate or mixedInstancesPolicy instead")
		return
	}
	c.Require(rule.Any(r.At("launchTemplate").Given(), r.At("mixedInstancesPolicy").Given()), r, "launchTemplate",
		"name a launch template")
}

// zonesOf are the zones of the subnets that a property names.
func zonesOf(s *rule.Stack, r *rule.Resource, prop string) []string {
	var zones []string
	for _, subnet := range s.Targets(r, prop, token.EC2Subnet) {
		if zone, there := subnet.At("availabilityZone").Text(); there == rule.Yes {
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

func fleetZones(c *rule.Check, s *rule.Stack) {
	for _, g := range s.Of(token.AutoScalingGroup) {
		spread := rule.Any(twoZones(s, g, "vpcZoneIdentifiers"), several(g.At("availabilityZones")))
		c.Require(spread, g, "vpcZoneIdentifiers", "name subnets in at least two zones")
	}
}

// twoZones says whether a property names subnets in two zones. Subnets that
// are not part of the stack count as a zone each: nothing is known of them.
func twoZones(s *rule.Stack, r *rule.Resource, prop string) rule.Tri {
	zones := zonesOf(s, r, prop)
	subnets := len(s.Targets(r, prop, token.EC2Subnet))
	if len(zones) >= 2 {
		return rule.Yes
	}
	if subnets > 0 && len(zones) > 0 {
		return rule.No
	}
	return several(r.At(prop))
}

// several says whether a list has two elements or more.
func several(v rule.Value) rule.Tri {
	all, there := v.List()
	if there == rule.Unknown {
		return rule.Unknown
	}
	return rule.Of(len(all) >= 2)
}

// balancerChecks are the health checks that ask what stands before the machines.
var balancerChecks = []string{"ELB", "VPC_LATTICE"}

// fleetHealth takes a list of checks, which AWS allows too: "EBS,ELB" say.
func fleetHealth(c *rule.Check, s *rule.Stack) {
	asked := func(text string) bool {
		return slices.ContainsFunc(strings.Split(text, ","), func(one string) bool {
			return slices.Contains(balancerChecks, strings.ToUpper(strings.TrimSpace(one)))
		})
	}
	for _, g := range s.Of(token.AutoScalingGroup) {
		if behindBalancer(s, g) == rule.Yes {
			c.Require(g.At("healthCheckType").Matches(asked), g, "healthCheckType",
				`set it to "ELB": a target group is attached`)
		}
	}
}

// behindBalancer says whether a target group or a balancer is attached to the
// scaling group.
func behindBalancer(s *rule.Stack, g *rule.Resource) rule.Tri {
	_, attached := s.Pointing(token.AutoScalingAttachment, "autoscalingGroupName", g)
	_, traffic := s.Pointing(token.AutoScalingTrafficSourceAttachment, "autoscalingGroupName", g)
	return rule.Any(g.Input("targetGroupArns").Given(), g.Input("trafficSources").Given(),
		g.Input("loadBalancers").Given(), attached, traffic)
}
