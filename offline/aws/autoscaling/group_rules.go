package autoscaling

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
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
	return check.Wrong("maxInstanceLifetime", "got %d, want 0 or %d to %d seconds", n, shortestLife, longestLife)
}

func capacityTimeout(in sim.Props) []sim.Failure {
	text := in.Str("waitForCapacityTimeout")
	if _, err := time.ParseDuration(text); text != "" && err != nil {
		return check.Wrong("waitForCapacityTimeout", "got %q, want a duration such as 10m, or 0 not to wait", text)
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
		return check.Wrong("instanceMaintenancePolicy",
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
		if !place.ZoneOK(o, zone) {
			return scalingRefuse(fmt.Sprintf("Invalid availability zones: [%s]", zone), "Choose zones of "+o.Region+".")
		}
	}
	if _, err := place.OneVPC(o, subnets); err != nil {
		return scalingRefuse("The subnets of a group must belong to one VPC", check.Sentence(err.Error())+".")
	}
	return nil
}

// groupTargets wants target groups of the group's own VPC. The wording is not
// AWS's, which reports it as a failed activity or as an invalid target group.
func groupTargets(o *sim.Op) error {
	vpc, err := place.OneVPC(o, o.In.Strs("vpcZoneIdentifiers"))
	if err != nil || vpc == "" {
		return nil
	}
	for _, arn := range o.In.Strs("targetGroupArns") {
		group, _ := o.Find(token.LBTargetGroup, arn)
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
			return scalingRefuse(fmt.Sprintf("%s %q must be 0 to %d seconds", check.Sentence(key), text, limit),
				"Change "+key+".")
		}
	}
	return nil
}

// rollbackGood: what a refresh goes back to must be a version that stays (API,
// RefreshPreferences). It is asked when a refresh starts, so at an update.
func rollbackGood(o *sim.Op) error {
	spec, _, _, _ := TemplateOf(o)
	version := cmp.Or(spec.Str("version"), "$Default")
	if !o.In.Bool("instanceRefresh.preferences.autoRollback") || !strings.HasPrefix(version, "$") {
		return nil
	}
	return scalingRefuse(fmt.Sprintf("A rollback is not supported with the launch template version %s", version),
		"Give the version as a number, or set autoRollback to false.")
}
