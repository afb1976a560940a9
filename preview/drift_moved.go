package preview

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/resource/token"
)

// mover is a property that a service of the cloud is meant to change by itself.
type mover struct {
	typ, path string
	// by says what has moved it in this case, "" for something else.
	by func(d Drift, p PropertyWas, state []apitype.ResourceV3) string
}

// movers are the properties that move without anybody's doing. Each demands what
// makes the cloud move it: a capacity that nothing scales was changed by a person.
var movers = []mover{
	{token.AutoScalingGroup, "desiredCapacity", scaledGroup},
	{token.AutoScalingGroup, "minSize", scheduledGroup},
	{token.AutoScalingGroup, "maxSize", scheduledGroup},
	{token.AutoScalingGroup, "predictedCapacity", always("scaling's forecast")},
	{token.AutoScalingGroup, "warmPoolSize", always("scaling did this")},
	{token.RDSInstance, "allocatedStorage", grownStorage},
	{token.RDSInstance, "engineVersion", minorUpgrade},
	{token.RDSInstance, "engineVersionActual", minorUpgrade},
	{token.RDSClusterInstance, "engineVersion", minorUpgrade},
	{token.RDSClusterInstance, "engineVersionActual", minorUpgrade},
	{token.ElastiCacheReplicationGroup, "engineVersionActual", minorUpgrade},
	{token.ElastiCacheCluster, "engineVersionActual", minorUpgrade},
	{token.ECSService, "desiredCount", scaledTarget("service/")},
	{token.DynamoDBTable, "readCapacity", scaledTarget("table/")},
	{token.DynamoDBTable, "writeCapacity", scaledTarget("table/")},
	{token.RDSInstance, "latestRestorableTime", always("it moves with every backup")},
	{token.RDSInstance, "status", always("the database's own state")},
	{token.CloudFrontDistribution, "status", always("the distribution's own state")},
	{token.CloudFrontDistribution, "inProgressValidationBatches", always("the distribution's own state")},
	{token.DynamoDBTable, "streamLabel", always("the table's own state")},
	{token.SecretsManagerSecretVersion, "versionStages", always("rotation moves it")},
}

func always(what string) func(Drift, PropertyWas, []apitype.ResourceV3) string {
	return func(Drift, PropertyWas, []apitype.ResourceV3) string { return what }
}

// sifted takes what the cloud is meant to change out of the drift.
func (d Drifts) sifted(state []apitype.ResourceV3) Drifts {
	kept := []Drift{}
	for _, r := range d.Resources {
		left, moved := []PropertyWas{}, []PropertyWas{}
		for _, p := range r.Properties {
			if p.Why = movedBy(r, p, state); p.Why != "" {
				moved = append(moved, p)
			} else {
				left = append(left, p)
			}
		}
		if len(moved) > 0 {
			m := r
			m.Properties = moved
			d.Moved = append(d.Moved, m)
		}
		if r.Properties = left; r.Gone || len(left) > 0 {
			kept = append(kept, r)
		}
	}
	d.Resources = kept
	return d
}

func movedBy(d Drift, p PropertyWas, state []apitype.ResourceV3) string {
	for _, m := range movers {
		if m.typ == d.Type && m.path == p.Path {
			if why := m.by(d, p, state); why != "" {
				return why
			}
		}
	}
	return ""
}

// scaledGroup is a capacity within the group's own bounds, in a group that
// something scales.
func scaledGroup(d Drift, p PropertyWas, state []apitype.ResourceV3) string {
	scalers := []string{token.AutoScalingPolicy, token.AutoScalingSchedule}
	if !between(p.Is, d.is["minSize"], d.is["maxSize"]) || !slices.ContainsFunc(state, func(r apitype.ResourceV3) bool {
		return slices.Contains(scalers, string(r.Type)) && r.Outputs["autoscalingGroupName"] == d.is["name"]
	}) {
		return ""
	}
	return "scaling did this"
}

// scheduledGroup is a bound that one of the group's schedules sets.
func scheduledGroup(d Drift, p PropertyWas, state []apitype.ResourceV3) string {
	if slices.ContainsFunc(state, func(r apitype.ResourceV3) bool {
		return r.Type == token.AutoScalingSchedule && r.Outputs["autoscalingGroupName"] == d.is["name"] &&
			same(r.Outputs[p.Path], p.Is)
	}) {
		return "a schedule did this"
	}
	return ""
}

// scaledTarget is a capacity within the bounds of Application Auto Scaling.
func scaledTarget(prefix string) func(Drift, PropertyWas, []apitype.ResourceV3) string {
	return func(d Drift, p PropertyWas, state []apitype.ResourceV3) string {
		name, _ := d.is["name"].(string)
		for _, r := range state {
			id, _ := r.Outputs["resourceId"].(string)
			of := strings.HasPrefix(id, prefix) && name != "" && strings.HasSuffix(id, "/"+name)
			if r.Type == token.AppAutoScalingTarget && of &&
				between(p.Is, r.Outputs["minCapacity"], r.Outputs["maxCapacity"]) {
				return "scaling did this"
			}
		}
		return ""
	}
}

// grownStorage is storage that RDS has enlarged, which it does up to a limit.
func grownStorage(d Drift, p PropertyWas, _ []apitype.ResourceV3) string {
	if between(p.Is, p.Was, d.is["maxAllocatedStorage"]) {
		return "the database's storage grew by itself"
	}
	return ""
}

// minorUpgrade is a later version of the same major one, where AWS may upgrade.
func minorUpgrade(d Drift, p PropertyWas, _ []apitype.ResourceV3) string {
	was, is := versions(p.Was), versions(p.Is)
	allowed := d.is["autoMinorVersionUpgrade"] == true || d.is["autoMinorVersionUpgrade"] == "true"
	if allowed && len(was) > 0 && len(is) > 0 && was[0] == is[0] && slices.Compare(is, was) > 0 {
		return "AWS upgraded the minor version"
	}
	return ""
}

// versions are the numbers of a version; nil for what is none.
func versions(v any) (numbers []int) {
	text, _ := v.(string)
	for _, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func between(v, low, high any) bool {
	n, ok := v.(float64)
	l, hasLow := low.(float64)
	h, hasHigh := high.(float64)
	return ok && hasLow && hasHigh && l <= n && n <= h
}

func same(a, b any) bool { return a != nil && a == b }
