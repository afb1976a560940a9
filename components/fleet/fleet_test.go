package fleet

import (
	"cmp"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Fleet", Token)
}

func run(t *testing.T, args Args) (*record.Recording, *Fleet) {
	t.Helper()
	var made *Fleet
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, cmp.Or(args.Program.Name, "web"), args)
		return err
	})
	return rec, made
}

func TestMachinesAreHardened(t *testing.T) {
	rec, _ := run(t, web(nil))
	lt := recordtest.Only(t, rec, token.EC2LaunchTemplate)
	assert.Equal(t, "required", lt.Value("metadataOptions.httpTokens"))
	assert.EqualValues(t, 1, lt.Number("metadataOptions.httpPutResponseHopLimit"))
	assert.Equal(t, "false", lt.Value("networkInterfaces[0].associatePublicIpAddress"))
	assert.Equal(t, "true", lt.Value("blockDeviceMappings[0].ebs.encrypted"))
	assert.Equal(t, "gp3", lt.Value("blockDeviceMappings[0].ebs.volumeType"))
	assert.False(t, lt.Has("keyName"))
	assert.False(t, lt.Has("vpcSecurityGroupIds"), "not together with networkInterfaces")
	for i, kind := range []string{"instance", "volume", "network-interface"} {
		assert.Equal(t, kind, lt.Value("tagSpecifications["+string(rune('0'+i))+"].resourceType"))
	}
}

func TestGroupFollowsTheNumberedTemplate(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) {
		a.GateAlarms = pulumi.StringArray{pulumi.String("errors")}
		a.Program.Artifact.Key = pulumi.String("app-0a1b.bin")
	}))
	group := recordtest.Only(t, rec, token.AutoScalingGroup)
	version := group.String("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version")
	assert.Regexp(t, `^\d+$`, version, "$Latest starts no refresh and allows no rollback")
	prefs := "instanceRefresh.preferences."
	assert.Equal(t, "Rolling", group.Value("instanceRefresh.strategy"))
	assert.True(t, group.Bool(prefs+"autoRollback"))
	assert.True(t, group.Bool(prefs+"skipMatching"))
	assert.Equal(t, []any{50.0, 100.0}, group.Value(prefs+"checkpointPercentages"))
	assert.Equal(t, "300", group.Value(prefs+"checkpointDelay"))
	assert.Equal(t, []any{"errors"}, group.Value(prefs+"alarmSpecification.alarms"))
	assert.EqualValues(t, 100, group.Number(prefs+"minHealthyPercentage"))
}

func TestGroup(t *testing.T) {
	rec, _ := run(t, web(nil))
	group := recordtest.Only(t, rec, token.AutoScalingGroup)
	assert.False(t, group.Has("desiredCapacity"), "belongs to the scaling policies")
	assert.Equal(t, "0", group.Value("waitForCapacityTimeout"))
	assert.Equal(t, "ELB", group.Value("healthCheckType"))
	assert.GreaterOrEqual(t, group.Number("healthCheckGracePeriod"), 120.0)
	assert.EqualValues(t, 30*24*3600, group.Number("maxInstanceLifetime"))
	assert.Contains(t, group.Value("enabledMetrics"), "GroupInServiceInstances")
	assert.False(t, group.Bool("capacityRebalance"))
	assert.EqualValues(t, 100,
		group.Number("mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity"))
	assert.Empty(t, group.IgnoreChanges)
	assert.False(t, group.Has("initialLifecycleHooks"))
	recordtest.None(t, rec, token.AutoScalingLifecycleHook)
}

func TestMachinesBootAfterTheirRights(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) {
		a.Permissions = []part.Permission{{Name: "queue-send", Actions: []string{"sqs:SendMessage"},
			Resources: pulumi.StringArray{pulumi.String("arn:q")}}}
	}))
	group := recordtest.Only(t, rec, token.AutoScalingGroup)
	for _, r := range append(rec.All(token.IAMRolePolicy),
		rec.All(token.IAMRolePolicyAttachment)...) {
		assert.Contains(t, group.Dependencies, r.URN)
	}
	policy := recordtest.JSON(t, recordtest.Named(t, rec, token.IAMRolePolicy, "web-artifact-read"), "policy")
	assert.Equal(t, []any{map[string]any{"Effect": "Allow", "Action": []any{"s3:GetObject"},
		"Resource": []any{"arn:aws:s3:::artifacts/*"}}}, policy["Statement"])
}

func TestSpot(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) { a.SpotShare, a.InstanceTypes, a.ReservedInstances = 60, spotTypes(), 3 }))
	group := recordtest.Only(t, rec, token.AutoScalingGroup)
	mix := "mixedInstancesPolicy.instancesDistribution."
	assert.EqualValues(t, 3, group.Number(mix+"onDemandBaseCapacity"))
	assert.EqualValues(t, 40, group.Number(mix+"onDemandPercentageAboveBaseCapacity"))
	assert.Equal(t, "price-capacity-optimized", group.Value(mix+"spotAllocationStrategy"))
	assert.True(t, group.Bool("capacityRebalance"))
	assert.Len(t, group.Value("mixedInstancesPolicy.launchTemplate.overrides"), 4)
}

func TestScalingOfTheWeb(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) {
		a.Requests = &Requests{LoadBalancerSuffix: pulumi.String("app/lb/1"),
			TargetGroupSuffix: pulumi.String("targetgroup/tg/2"), PeakPerSecond: 600}
		a.Predictive = PredictiveForecast
		a.Schedules = []Schedule{{Name: "morning", Recurrence: "0 8 * * 1-5", TimeZone: "Europe/Berlin", MinSize: 4}}
	}))
	cpu := recordtest.Named(t, rec, token.AutoScalingPolicy, "web-cpu")
	assert.EqualValues(t, 70, cpu.Number("targetTrackingConfiguration.targetValue"))
	requests := recordtest.Named(t, rec, token.AutoScalingPolicy, "web-requests")
	assert.Equal(t, "app/lb/1/targetgroup/tg/2",
		requests.Value("targetTrackingConfiguration.predefinedMetricSpecification.resourceLabel"))
	assert.EqualValues(t, 6000, requests.Number("targetTrackingConfiguration.targetValue"))
	forecast := recordtest.Named(t, rec, token.AutoScalingPolicy, "web-forecast")
	assert.Equal(t, "ForecastOnly", forecast.Value("predictiveScalingConfiguration.mode"))
	morning := recordtest.Only(t, rec, token.AutoScalingSchedule)
	assert.EqualValues(t, 4, morning.Number("minSize"))
	assert.EqualValues(t, -1, morning.Number("maxSize"))
	assert.Equal(t, []string{"minSize"}, recordtest.Only(t, rec, token.AutoScalingGroup).IgnoreChanges,
		"the schedule would be undone at every up")
}

func TestScalingOfWorkers(t *testing.T) {
	rec, _ := run(t, workers(nil))
	backlog := recordtest.Named(t, rec, token.AutoScalingPolicy, "worker-backlog")
	assert.EqualValues(t, 12, backlog.Number("targetTrackingConfiguration.targetValue"))
	metrics := backlog.Value("targetTrackingConfiguration.customizedMetricSpecification.metrics").([]any)
	returned := 0
	for _, m := range metrics {
		if m.(map[string]any)["returnData"] == true {
			returned++
		}
	}
	assert.Equal(t, 1, returned, "an expression is one series")
	assert.Len(t, metrics, 4)
	assert.Equal(t, "EC2", recordtest.Only(t, rec, token.AutoScalingGroup).Value("healthCheckType"))

	wake := recordtest.Named(t, rec, token.AutoScalingPolicy, "worker-wake")
	assert.Equal(t, "ExactCapacity", wake.Value("adjustmentType"))
	asleep := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "worker-asleep")
	assert.Equal(t, []any{wake.Output("arn")}, asleep.Value("alarmActions"))
	for _, p := range rec.All(token.AutoScalingPolicy) {
		assert.NotEqual(t, "worker-cpu", p.Name)
	}
}

func TestExpressionsUseTheirFigures(t *testing.T) {
	for _, id := range []string{idVisible, idTaken, idRunning} {
		assert.Contains(t, backlogExpression, "FILL("+id+", 0)")
	}
	assert.Contains(t, wakeExpression, "FILL("+idVisible+", 0)")
	assert.Contains(t, wakeExpression, "FILL("+idRunning+", 0)")
	assert.NotContains(t, wakeExpression, idTaken, "the wake alarm does not bring that figure")
}

func TestOnlyAnEmptyGroupIsWoken(t *testing.T) {
	rec, _ := run(t, workers(func(a *Args) { a.MinSize = 1 }))
	for _, p := range rec.All(token.AutoScalingPolicy) {
		assert.NotEqual(t, "StepScaling", p.Value("policyType"))
	}
}

func TestWorkersAreDrained(t *testing.T) {
	rec, _ := run(t, workers(nil))
	hook := recordtest.Only(t, rec, token.AutoScalingLifecycleHook)
	assert.Equal(t, "autoscaling:EC2_INSTANCE_TERMINATING", hook.Value("lifecycleTransition"))
	assert.Equal(t, "CONTINUE", hook.Value("defaultResult"))
	assert.Greater(t, hook.Number("heartbeatTimeout"), float64(workers(nil).Program.StopSeconds))
	assert.Equal(t, "enabled", recordtest.Only(t, rec,
		token.EC2LaunchTemplate).Value("metadataOptions.instanceMetadataTags"))

	policy := recordtest.Named(t, rec, token.IAMRolePolicy, "worker-release")
	assert.Contains(t, policy.String("policy"), recordtest.Only(t, rec, token.AutoScalingGroup).Output("arn"))
}

func TestDoor(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) {
		a.Clients = []part.Client{{Name: "loadbalancer", SecurityGroupID: pulumi.String("sg-lb")}}
	}))
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "sg-lb", rule.Value("referencedSecurityGroupId"))
	assert.EqualValues(t, 8080, rule.Number("fromPort"))
	assert.False(t, rule.Has("cidrIpv4"))
}

func TestAlarms(t *testing.T) {
	for name, tt := range map[string]struct {
		give Args
		want []string
	}{
		"a web fleet":            {web(nil), []string{"cpu-high", "at-max", "empty", "cache-cold", "pool-exhausted", "dependency-away", "replica-left-out"}},
		"a fixed size":           {web(func(a *Args) { a.MaxSize = 2 }), []string{"cpu-high", "empty", "cache-cold", "pool-exhausted", "dependency-away", "replica-left-out"}},
		"workers that may sleep": {workers(nil), []string{"cpu-high", "at-max", "pool-exhausted"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range (&Fleet{app: signals.App{Metrics: tt.give.Program.Metrics}}).alarms(tt.give) {
				got = append(got, a.Name)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestUserDataHasTheProgramAndNoSecret(t *testing.T) {
	files := &boottest.Bucket{}
	rec, _ := run(t, web(func(a *Args) {
		a.Files = files
		a.Program.Environment = []part.Variable{{Name: "DATABASE_SECRET_ARN",
			Value: pulumi.String("arn:aws:secretsmanager:us-east-1:1:secret:db")}}
	}))
	raw, err := base64.StdEncoding.DecodeString(recordtest.Only(t, rec, token.EC2LaunchTemplate).String("userData"))
	require.NoError(t, err)
	script := files.Text("web")
	want, err := boot.UserData(script, boottest.Name, boottest.Key("web"), boottest.Version)
	require.NoError(t, err)
	assert.Equal(t, want, string(raw), "another environment is other user data")
	assert.Contains(t, script, "RUNG_SHA256="+strings.Repeat("0a", 32))
	assert.Contains(t, script, `DATABASE_SECRET_ARN="arn:aws:secretsmanager:us-east-1:1:secret:db"`)
	logs := recordtest.Only(t, rec, token.CloudWatchLogGroup)
	assert.Contains(t, script, logs.Output("name"))
	assert.EqualValues(t, 30, logs.Number("retentionInDays"))
}

func TestEverythingIsTagged(t *testing.T) {
	rec, f := run(t, workers(func(a *Args) { a.Tags = map[string]string{part.TagStage: "3"} }))
	takesNone := map[string]bool{token.AutoScalingPolicy: true, token.AutoScalingLifecycleHook: true,
		token.IAMRolePolicy:           true,
		token.IAMRolePolicyAttachment: true}
	for _, r := range rec.Custom() {
		if takesNone[r.Type] || r.Type == token.AutoScalingGroup {
			continue
		}
		assert.Equal(t, "3", r.Value("tags").(map[string]any)["rung:stage"], r.Name)
	}
	assert.Contains(t, recordtest.Only(t, rec, token.AutoScalingGroup).Value("tags"),
		map[string]any{"key": "rung:component", "value": "worker", "propagateAtLaunch": false})
	assert.Len(t, f.Widgets(), 4)
}

func TestShapeIsKnownAtPreview(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		_, err := New(ctx, "workers", workers(nil))
		return err
	}
	preview, up := recordtest.Run(t, program, record.Preview(true)), recordtest.Run(t, program)
	assert.Len(t, preview.Resources, len(up.Resources))
	assert.Equal(t, recordtest.Only(t, up, token.EC2LaunchTemplate).Value("userData"),
		recordtest.Only(t, preview, token.EC2LaunchTemplate).Value("userData"),
		"the log group's name, which is in it, is given before the group is there")
}

func TestPlacementGroup(t *testing.T) {
	args := web(nil)
	rec, _ := run(t, args)
	assert.False(t, recordtest.Only(t, rec, token.AutoScalingGroup).Has("placementGroup"))
	args.PlacementGroup = pulumi.String("racks")
	rec, _ = run(t, args)
	assert.Equal(t, "racks", recordtest.Only(t, rec, token.AutoScalingGroup).Value("placementGroup"))
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "web", Args{SpotShare: 120})
		return err
	})
	require.ErrorContains(t, err, "SpotShare: got 120, want 0 to 100")
	assert.Empty(t, rec.All(Token))
}
