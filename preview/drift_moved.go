package preview

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
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
	{"aws:autoscaling/group:Group", "desiredCapacity", scaledGroup},
	{"aws:autoscaling/group:Group", "minSize", scheduledGroup},
	{"aws:autoscaling/group:Group", "maxSize", scheduledGroup},
	{"aws:autoscaling/group:Group", "predictedCapacity", always("scaling's forecast")},
	{"aws:autoscaling/group:Group", "warmPoolSize", always("scaling did this")},
	{"aws:rds/instance:Instance", "allocatedStorage", grownStorage},
	{"aws:rds/instance:Instance", "engineVersion", minorUpgrade},
	{"aws:rds/instance:Instance", "engineVersionActual", minorUpgrade},
	{"aws:rds/clusterInstance:ClusterInstance", "engineVersion", minorUpgrade},
	{"aws:rds/clusterInstance:ClusterInstance", "engineVersionActual", minorUpgrade},
	{"aws:elasticache/replicationGroup:ReplicationGroup", "engineVersionActual", minorUpgrade},
	{"aws:elasticache/cluster:Cluster", "engineVersionActual", minorUpgrade},
	{"aws:ecs/service:Service", "desiredCount", scaledTarget("service/")},
	{"aws:dynamodb/table:Table", "readCapacity", scaledTarget("table/")},
	{"aws:dynamodb/table:Table", "writeCapacity", scaledTarget("table/")},
	{"aws:rds/instance:Instance", "latestRestorableTime", always("it moves with every backup")},
	{"aws:rds/instance:Instance", "status", always("the database's own state")},
	{"aws:cloudfront/distribution:Distribution", "status", always("the distribution's own state")},
	{"aws:cloudfront/distribution:Distribution", "inProgressValidationBatches", always("the distribution's own state")},
	{"aws:dynamodb/table:Table", "streamLabel", always("the table's own state")},
	{"aws:secretsmanager/secretVersion:SecretVersion", "versionStages", always("rotation moves it")},
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
	scalers := []string{"aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule"}
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
		return r.Type == "aws:autoscaling/schedule:Schedule" && r.Outputs["autoscalingGroupName"] == d.is["name"] &&
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
			if r.Type == "aws:appautoscaling/target:Target" && of &&
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
