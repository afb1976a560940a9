package aws

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones are known on every machine

	"github.com/rung-dev/rung/offline/sim"
)

func scalingRefuse(message, hint string) error { return sim.Refuse(scalingInvalid, message, hint) }

// The bounds of an instance's life in seconds (API, MaxInstanceLifetime); zero
// is for ever.
const (
	shortestLife = 86400
	longestLife  = 31536000
)

func lifetime(in sim.Props) []sim.Failure {
	n := in.Int("maxInstanceLifetime")
	if n == 0 || (n >= shortestLife && n <= longestLife) {
		return nil
	}
	return wrong("maxInstanceLifetime", "got %d, want 0 or %d to %d seconds", n, shortestLife, longestLife)
}

func capacityTimeout(in sim.Props) []sim.Failure {
	text := in.Str("waitForCapacityTimeout")
	if _, err := time.ParseDuration(text); text != "" && err != nil {
		return wrong("waitForCapacityTimeout", "got %q, want a duration such as 10m, or 0 not to wait", text)
	}
	return nil
}

// maintenance checks the instance maintenance policy: at least 100 percent at
// most, and 100 points apart at most; -1 for both clears it.
func maintenance(in sim.Props) []sim.Failure {
	policy := in.Map("instanceMaintenancePolicy")
	low, high := policy.Int("minHealthyPercentage"), policy.Int("maxHealthyPercentage")
	if policy == nil || !policy.Known("minHealthyPercentage") || !policy.Known("maxHealthyPercentage") ||
		(low == -1 && high == -1) {
		return nil
	}
	if low < 0 || low > 100 || high < 100 || high > 200 || high-low > 100 {
		return wrong("instanceMaintenancePolicy",
			"got %d to %d percent, want a minimum of 0 to 100, a maximum of 100 to 200, and at most 100 between them", low, high)
	}
	return nil
}

func groupSizes(o *sim.Op) error {
	low, high, desired := o.In.Int("minSize"), o.In.Int("maxSize"), o.In.Int("desiredCapacity")
	switch {
	case high < low:
		return scalingRefuse(fmt.Sprintf("Max bound, %d, must be greater than or equal to min bound, %d", high, low),
			"Change minSize or maxSize.")
	case o.In.Has("desiredCapacity") && (desired < low || desired > high):
		return scalingRefuse(fmt.Sprintf("Desired capacity:%d must be between the specified min size:%d and max size:%d",
			desired, low, high),
			"Change desiredCapacity, or leave it out.")
	}
	return nil
}

func groupPlace(o *sim.Op) error {
	subnets, zones := o.In.Strs("vpcZoneIdentifiers"), o.In.Strs("availabilityZones")
	if len(subnets)+len(zones) == 0 {
		return scalingRefuse("At least one Availability Zone or VPC Subnet is required", "Give vpcZoneIdentifiers.")
	}
	for _, zone := range zones {
		if !zoneOK(o, zone) {
			return scalingRefuse(fmt.Sprintf("Invalid availability zones: [%s]", zone), "Choose zones of "+o.Region+".")
		}
	}
	if _, err := oneVPC(o, subnets); err != nil {
		return scalingRefuse("The subnets of a group must belong to one VPC", upperFirst(err.Error())+".")
	}
	return nil
}

// groupTargets wants target groups of the group's own VPC. The wording is not
// AWS's, which reports it as a failed activity or as an invalid target group.
func groupTargets(o *sim.Op) error {
	vpc, err := oneVPC(o, o.In.Strs("vpcZoneIdentifiers"))
	if err != nil || vpc == "" {
		return nil
	}
	for _, arn := range o.In.Strs("targetGroupArns") {
		group, _ := o.Find(targetGroupToken, arn)
		if group.Str("targetType") != "" && group.Str("targetType") != "instance" {
			return scalingRefuse(fmt.Sprintf("Target group %s does not have the target type instance", arn),
				"Use a target group of type instance.")
		}
		if other := group.Str("vpcId"); other != "" && other != vpc {
			return scalingRefuse("Provided Target Groups may not be valid. Please ensure they exist and try again",
				fmt.Sprintf("%s is in %s, the group's subnets are in %s.", arn, other, vpc))
		}
	}
	return nil
}

// templateOf gives the launch template's block, id, name and properties, be it
// given directly or in a mixed instances policy.
func templateOf(o *sim.Op) (spec sim.Props, id, name string, template sim.Props) {
	spec = o.In.Map("launchTemplate")
	id, name = spec.Str("id"), spec.Str("name")
	if spec == nil {
		spec = o.In.Map("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification")
		id, name = spec.Str("launchTemplateId"), spec.Str("launchTemplateName")
	}
	for _, found := range o.All(launchTemplateToken) {
		if (id != "" && found.ID == id) || (name != "" && found.Props.Str("name") == name) {
			return spec, found.ID, found.Props.Str("name"), found.Props
		}
	}
	return spec, id, name, nil
}

const notFormed = "You must use a valid fully-formed launch template. "

// templateUsable wants a version that exists, with an image and a type that fit
// together.
func templateUsable(o *sim.Op) error {
	spec, id, _, template := templateOf(o)
	if template == nil {
		return nil // the reference has been checked; a launch configuration is not simulated
	}
	version := firstOf(spec.Str("version"), "$Default")
	if n, err := strconv.Atoi(version); version != "$Latest" && version != "$Default" &&
		(err != nil || n < 1 || n > template.Int("latestVersion")) {
		return scalingRefuse(notFormed+fmt.Sprintf("Could not find launch template version %s for %s", version, id),
			fmt.Sprintf("Use $Latest, $Default, or a number up to %d.", template.Int("latestVersion")))
	}
	if template.Str("imageId") == "" {
		return scalingRefuse(notFormed+"The request must contain the parameter ImageId",
			"Give imageId in the launch template.")
	}
	types := overrideTypes(o)
	if len(types) == 0 {
		types = []string{template.Str("instanceType")}
	}
	for _, name := range types {
		if err := typeFits(o, template, name); err != nil {
			return err
		}
	}
	return nil
}

func typeFits(o *sim.Op, template sim.Props, name string) error {
	requirements := template.Has("instanceRequirements") ||
		len(o.In.Maps("mixedInstancesPolicy.launchTemplate.overrides")) > 0
	switch {
	case name == "" && requirements:
		return nil
	case name == "":
		return scalingRefuse(notFormed+"The request must contain the parameter InstanceType",
			"Give instanceType in the launch template.")
	case architecture(name) == "":
		return scalingRefuse(notFormed+fmt.Sprintf("The following instance types do not exist: [%s]", name),
			"Choose a type that EC2 offers in "+o.Region+".")
	}
	var refusal *sim.Refusal
	if errors.As(ImageFits(o, template.Str("imageId"), name), &refusal) {
		return scalingRefuse(notFormed+refusal.Message, refusal.Hint)
	}
	return nil
}

func overrideTypes(o *sim.Op) []string {
	return o.In.Strs("mixedInstancesPolicy.launchTemplate.overrides.instanceType")
}

// mostOverrides is how many instance types one group may mix.
const mostOverrides = 40

func mixGood(o *sim.Op) error {
	policy := o.In.Map("mixedInstancesPolicy")
	if policy == nil {
		return nil
	}
	types, overrides := overrideTypes(o), policy.Maps("launchTemplate.overrides")
	weights := len(policy.Strs("launchTemplate.overrides.weightedCapacity"))
	how := policy.Map("instancesDistribution")
	sorted := slices.Sorted(slices.Values(types))
	switch {
	case len(overrides) > mostOverrides:
		return scalingRefuse(fmt.Sprintf("A mixed instances policy has at most %d overrides, got %d", mostOverrides,
			len(overrides)), "Take instance types out.")
	case len(slices.Compact(sorted)) < len(types):
		return scalingRefuse("Instance types in the overrides of a mixed instances policy must be unique",
			"Name every instance type once.")
	case weights > 0 && weights < len(overrides):
		return scalingRefuse("Weighted capacity must be specified for all instance types in overrides or for none",
			"Give weightedCapacity to all, or to none.")
	case how.Has("spotInstancePools") && how.Str("spotAllocationStrategy") != "" && how.Str("spotAllocationStrategy") != "lowest-price":
		return scalingRefuse("SpotInstancePools option is only available with the lowest-price allocation strategy",
			"Take spotInstancePools away, or set spotAllocationStrategy to lowest-price.")
	case how.Str("onDemandAllocationStrategy") == "lowest-price" && len(types) > 0:
		return scalingRefuse("The lowest-price on-demand allocation strategy needs attribute-based instance type selection",
			"Set onDemandAllocationStrategy to prioritized, or use instanceRequirements instead of instance types.")
	}
	for _, weight := range policy.Strs("launchTemplate.overrides.weightedCapacity") {
		if n, err := strconv.Atoi(weight); err != nil || n < 1 || n > 999 {
			return scalingRefuse(fmt.Sprintf("Weighted capacity %q must be a number from 1 to 999", weight),
				"Change weightedCapacity.")
		}
	}
	return nil
}

// mostCheckpointDelay is two days, in seconds.
const mostCheckpointDelay = 172800

// refreshGood checks the preferences of a refresh. A last checkpoint below 100
// is allowed: the refresh then stops there (API, RefreshPreferences).
func refreshGood(o *sim.Op) error {
	p := o.In.Map("instanceRefresh.preferences")
	if p == nil {
		return nil
	}
	last := 0
	list, _ := p["checkpointPercentages"].([]any)
	for _, v := range list {
		n, _ := v.(float64)
		if int(n) <= last {
			return scalingRefuse("Checkpoint percentages must be unique and in ascending order",
				"Order checkpointPercentages, and end with 100 to replace all instances.")
		}
		last = int(n)
	}
	low, high := p.Int("minHealthyPercentage"), p.Int("maxHealthyPercentage")
	switch {
	case p.Has("checkpointDelay") && len(list) == 0:
		return scalingRefuse("CheckpointPercentages must be specified with CheckpointDelay",
			"Give checkpointPercentages, or take checkpointDelay away.")
	case p.Has("maxHealthyPercentage") && !p.Has("minHealthyPercentage"):
		return scalingRefuse("MinHealthyPercentage must be specified with MaxHealthyPercentage", "Give both.")
	case p.Has("maxHealthyPercentage") && high-low > 100:
		return scalingRefuse(fmt.Sprintf("The difference between MinHealthyPercentage (%d) and MaxHealthyPercentage (%d) "+
			"cannot be greater than 100", low, high), "Bring them closer.")
	}
	for key, limit := range map[string]int{"checkpointDelay": mostCheckpointDelay, "instanceWarmup": longestLife} {
		text := p.Str(key)
		if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 0 || n > limit) {
			return scalingRefuse(fmt.Sprintf("%s %q must be 0 to %d seconds", upperFirst(key), text, limit), "Change "+key+".")
		}
	}
	return nil
}

// rollbackGood: what a refresh goes back to must be a version that stays (API,
// RefreshPreferences). It is asked when a refresh starts, so at an update.
func rollbackGood(o *sim.Op) error {
	spec, _, _, _ := templateOf(o)
	version := firstOf(spec.Str("version"), "$Default")
	if !o.In.Bool("instanceRefresh.preferences.autoRollback") || !strings.HasPrefix(version, "$") {
		return nil
	}
	return scalingRefuse(fmt.Sprintf("A rollback is not supported with the launch template version %s", version),
		"Give the version as a number, or set autoRollback to false.")
}

// cronGood checks the five fields of a recurrence.
func cronGood(in sim.Props) []sim.Failure {
	text := in.Str("recurrence")
	if n := len(strings.Fields(text)); text != "" && n != 5 {
		return wrong("recurrence", "got %q with %d fields, want five: minute, hour, day of month, month, day of week", text,
			n)
	}
	return nil
}

func timeZoneGood(in sim.Props) []sim.Failure {
	zone := in.Str("timeZone")
	if _, err := time.LoadLocation(zone); zone != "" && err != nil {
		return wrong("timeZone", "got %q, want a name of the IANA time zone database such as Europe/Berlin", zone)
	}
	return nil
}

// unchanged is how a scheduled action says that a number stays.
const unchanged = -1

func actionSays(o *sim.Op) error {
	said := false
	for _, key := range []string{"minSize", "maxSize", "desiredCapacity"} {
		said = said || (o.In.Has(key) && o.In.Int(key) != unchanged)
	}
	low, high := o.In.Int("minSize"), o.In.Int("maxSize")
	switch {
	case !said:
		return scalingRefuse("At least one of desired capacity, min size and max size must be specified",
			"Give one of them other than -1.")
	case !o.In.Has("recurrence") && !o.In.Has("startTime"):
		return scalingRefuse("A scheduled action needs a start time or a recurrence", "Give recurrence or startTime.")
	case o.In.Has("minSize") && o.In.Has("maxSize") && high != unchanged && low > high:
		return scalingRefuse(fmt.Sprintf("Max bound, %d, must be greater than or equal to min bound, %d", high, low),
			"Change minSize or maxSize.")
	}
	return nil
}

func actionTaken(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("autoscalingGroupName") == o.In.Str("autoscalingGroupName") && o.In.Has("recurrence") &&
			other.Props.Str("recurrence") == o.In.Str("recurrence") && other.Props.Str("timeZone") == o.In.Str("timeZone") {
			return sim.Refuse("AlreadyExists",
				fmt.Sprintf("Two scheduled actions cannot start at the same time: %s has the recurrence %q",
					other.ID, o.In.Str("recurrence")), "Start one of them a minute later.")
		}
	}
	return nil
}
