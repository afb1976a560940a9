package preview

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// What the cloud is meant to change is no drift; the same change without what
// makes the cloud do it is.
func TestMovedByTheCloud(t *testing.T) {
	const (
		group, instance  = token.AutoScalingGroup, token.RDSInstance
		cache            = token.ElastiCacheReplicationGroup
		policy, schedule = token.AutoScalingPolicy, token.AutoScalingSchedule
		target           = token.AppAutoScalingTarget
	)
	sized := map[string]any{"name": "web", "minSize": 2.0, "maxSize": 6.0}
	scaled := func(typ string, outputs map[string]any) []apitype.ResourceV3 {
		return []apitype.ResourceV3{{Type: token.SQSQueue}, {Type: tokens.Type(typ), Outputs: outputs}}
	}
	ofWeb := map[string]any{"autoscalingGroupName": "web"}
	for name, tt := range map[string]struct {
		typ, path string
		was, is   any
		props     map[string]any
		state     []apitype.ResourceV3
		moved     bool
	}{
		"a policy scales it":   {group, "desiredCapacity", 2.0, 5.0, sized, scaled(policy, ofWeb), true},
		"a schedule scales it": {group, "desiredCapacity", 2.0, 5.0, sized, scaled(schedule, ofWeb), true},
		"nothing scales it":    {group, "desiredCapacity", 2.0, 5.0, sized, nil, false},
		"another group is scaled": {group, "desiredCapacity", 2.0, 5.0, sized,
			scaled(policy, map[string]any{"autoscalingGroupName": "workers"}), false},
		"beyond the group's bounds": {group, "desiredCapacity", 2.0, 7.0, sized, scaled(policy, ofWeb), false},
		"a person moved the bound":  {group, "minSize", 2.0, 4.0, sized, scaled(policy, ofWeb), false},
		"a schedule moved the bound": {group, "minSize", 2.0, 4.0, sized,
			scaled(schedule, map[string]any{"autoscalingGroupName": "web", "minSize": 4.0}), true},
		"a schedule sets another bound": {group, "minSize", 2.0, 4.0, sized,
			scaled(schedule, map[string]any{"autoscalingGroupName": "web", "minSize": 5.0}), false},
		"another property of a scaled group": {group, "healthCheckType", "ELB", "EC2", sized, scaled(policy, ofWeb), false},
		"storage grows by itself": {instance, "allocatedStorage", 100.0, 140.0,
			map[string]any{"maxAllocatedStorage": 500.0}, nil, true},
		"storage beyond what may grow": {instance, "allocatedStorage", 100.0, 600.0,
			map[string]any{"maxAllocatedStorage": 500.0}, nil, false},
		"storage that may not grow": {instance, "allocatedStorage", 100.0, 140.0, map[string]any{}, nil, false},
		"a minor version by AWS": {instance, "engineVersionActual", "17.5", "17.10",
			map[string]any{"autoMinorVersionUpgrade": true}, nil, true},
		"a minor version where AWS may not": {instance, "engineVersionActual", "17.5", "17.6", map[string]any{}, nil,
			false},
		"an older minor version": {instance, "engineVersionActual", "17.10", "17.5",
			map[string]any{"autoMinorVersionUpgrade": true}, nil, false},
		"a major version is a person's": {instance, "engineVersion", "16.9", "17.5",
			map[string]any{"autoMinorVersionUpgrade": true}, nil, false},
		"a cache's minor version": {cache, "engineVersionActual", "8.0.1", "8.1.0",
			map[string]any{"autoMinorVersionUpgrade": "true"}, nil, true},
		"Application Auto Scaling": {token.ECSService, "desiredCount", 1.0, 3.0,
			map[string]any{"name": "api"}, scaled(target, map[string]any{"resourceId": "service/main/api", "minCapacity": 1.0,
				"maxCapacity": 4.0}), true},
		"Application Auto Scaling of another": {token.ECSService, "desiredCount", 1.0, 3.0,
			map[string]any{"name": "api"}, scaled(target, map[string]any{"resourceId": "service/main/web", "minCapacity": 1.0,
				"maxCapacity": 4.0}), false},
	} {
		t.Run(name, func(t *testing.T) {
			found := Drifts{Resources: []Drift{{
				Type: tt.typ, Name: "it", is: tt.props,
				Properties: []PropertyWas{{Path: tt.path, Was: tt.was, Is: tt.is}, {Path: "tags.by", Is: "hand"}},
			}}}.sifted(tt.state)
			require.Len(t, found.Resources, 1, "what a person changed stays")
			if !tt.moved {
				assert.Len(t, found.Resources[0].Properties, 2)
				assert.Empty(t, found.Moved)
				return
			}
			assert.Equal(t, "tags.by", found.Resources[0].Properties[0].Path)
			require.Len(t, found.Moved, 1)
			assert.NotEmpty(t, found.Moved[0].Properties[0].Why)
		})
	}
}

// What a step changes comes back, and what it leaves is told with the reason.
func TestForesee(t *testing.T) {
	yes, no := true, false
	for name, tt := range map[string]struct {
		path    string
		op      Op
		changed []string
		inputs  map[string]any
		ignored []string
		want    *bool
		why     string
	}{
		"the property is changed": {path: "size", op: Update, changed: []string{"size"}, want: &yes},
		"a part of it is": {path: "ingress", op: Update, changed: []string{"ingress[0].fromPort"},
			want: &yes},
		"all that it is a part of":      {path: "tags.by", op: Update, changed: []string{"tags"}, want: &yes},
		"all tags follow from the tags": {path: "tagsAll.by", op: Update, changed: []string{"tags.by"}, want: &yes},
		"one whose name only begins alike": {path: "sizeOf", op: Update, changed: []string{"size"}, want: nil,
			why: whyComputed},
		"it is ignored": {path: "userData", op: Same, ignored: []string{"userData"},
			inputs: map[string]any{"userData": "x"}, want: &no, why: whyIgnored},
		"no program sets it": {path: "publicIp", op: Same, want: &no, why: whyComputed},
		"the program asks for it now": {path: "size", op: Same, inputs: map[string]any{"size": 4}, want: &no,
			why: whyWanted},
		"it comes back by a new resource": {path: "size", op: Replace, changed: []string{"size"}, want: &yes},
	} {
		t.Run(name, func(t *testing.T) {
			d := Drift{Properties: []PropertyWas{{Path: tt.path}}}
			d.foresee(Step{Op: tt.op, Changed: tt.changed}, apitype.ResourceV3{Inputs: tt.inputs, IgnoreChanges: tt.ignored})
			assert.Equal(t, tt.want, d.Properties[0].Restored)
			assert.Equal(t, tt.why, d.Properties[0].Why)
			assert.Equal(t, tt.op, d.Up)
		})
	}
}
