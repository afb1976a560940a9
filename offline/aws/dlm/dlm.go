// Package dlm simulates the Data Lifecycle Manager: snapshots of volumes by a schedule.
package dlm

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Kinds is the table of the Data Lifecycle Manager, which takes and expires
// snapshots of volumes.
func Kinds() []sim.Kind {
	ages := []string{"DAYS", "WEEKS", "MONTHS", "YEARS"}
	return []sim.Kind{{
		Token: token.DLMLifecyclePolicy, Service: "DLM", API: "LifecyclePolicy", Noun: "DLM Lifecycle Policy",
		IDPrefix: "policy", Verbs: map[sim.Verb]string{sim.Update: "UpdateLifecyclePolicy"},
		Required: []string{"policyDetails"},
		Defaults: sim.Props{"state": "ENABLED", "policyDetails.policyType": "EBS_SNAPSHOT_MANAGEMENT"},
		Enums: map[string][]string{
			"state":                    {"ENABLED", "DISABLED"},
			"policyDetails.policyType": {"EBS_SNAPSHOT_MANAGEMENT", "IMAGE_MANAGEMENT", "EVENT_BASED_POLICY"},
			"policyDetails.schedules.createRule.intervalUnit": {"HOURS"}, "policyDetails.schedules.retainRule.intervalUnit": ages,
			"policyDetails.resourceTypes": {"VOLUME", "INSTANCE"}, "policyDetails.resourceLocations": {"CLOUD", "OUTPOST"},
		},
		Lengths: map[string]sim.Range{"description": {Min: 1, Max: 500}, "policyDetails.schedules.name": {Min: 1, Max: 120}},
		Ranges:  map[string]sim.Range{"policyDetails.schedules.retainRule.count": {Min: 1, Max: 1000}},
		Patterns: map[string]sim.Pattern{"policyDetails.schedules.createRule.times": {
			Match: regexp.MustCompile(`^(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]$`), Want: "a time in UTC such as 03:30",
		}},
		Checks:    []sim.Check{snapshotInterval},
		ReplaceOn: []string{"policyDetails.schedules.copyTags"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("dlm", "policy/"+o.ID), "policyDetails.resourceLocations": "CLOUD"}
		},
		Refs:  []sim.Ref{refer.Role("executionRoleArn", invalidPolicy)},
		Rules: sim.Many(sim.Create|sim.Update, snapshotTargets, snapshotSchedules),
		Quota: &sim.Quota{Key: "dlm.policies", Default: 100, Code: "LimitExceededException"},
	}}
}

// invalidPolicy is DLM's refusal of a policy.
const invalidPolicy = "InvalidRequestException"

func snapshotInterval(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, s := range in.Maps("policyDetails.schedules") {
		rule := s.Map("createRule")
		if rule.Has("interval") == rule.Has("cronExpression") {
			failures = append(failures,
				check.Wrong("policyDetails", "schedule %q: give createRule exactly one of interval, cronExpression",
					s.Str("name"))...)
		}
		failures = append(failures, check.OneOf("interval", 1, 2, 3, 4, 6, 8, 12, 24)(rule)...)
		if keep := s.Map("retainRule"); keep != nil && keep.Has("count") == keep.Has("interval") {
			failures = append(failures,
				check.Wrong("policyDetails", "schedule %q: give retainRule exactly one of count, interval", s.Str("name"))...)
		}
	}
	return failures
}

func snapshotTargets(o *sim.Op) error {
	details := o.In.Map("policyDetails")
	switch {
	case details.Str("policyType") == "EVENT_BASED_POLICY":
		return nil
	case len(details.Map("targetTags")) == 0:
		return sim.Refuse(invalidPolicy, "TargetTags are required for policies of this type",
			"Give policyDetails.targetTags: they say what is snapshot.")
	case len(details.Strs("resourceTypes")) == 0:
		return sim.Refuse(invalidPolicy, "ResourceTypes are required for policies of this type",
			"Set policyDetails.resourceTypes to VOLUME or INSTANCE.")
	}
	return nil
}

func snapshotSchedules(o *sim.Op) error {
	schedules, names := o.In.Maps("policyDetails.schedules"), map[string]bool{}
	if o.In.Str("policyDetails.policyType") == "EVENT_BASED_POLICY" {
		return nil
	}
	if len(schedules) == 0 || len(schedules) > 4 {
		return sim.Refuse(invalidPolicy, fmt.Sprintf("A policy must have 1 to 4 schedules, got %d", len(schedules)),
			"Split them over several policies.")
	}
	for _, s := range schedules {
		if names[s.Str("name")] {
			return sim.Refuse(invalidPolicy, "Schedule names must be unique in a policy",
				fmt.Sprintf("Rename one of the schedules %q.", s.Str("name")))
		}
		names[s.Str("name")] = true
	}
	return nil
}
