package fleet

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

const (
	// maxLifetimeSeconds is 30 days: no machine gets older than a patch.
	maxLifetimeSeconds = 30 * 24 * 3600
)

// groupMetrics are what scaling and alarms read. They are free, but off by default.
func groupMetrics() []string {
	return []string{"GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize",
		"GroupPendingInstances", "GroupTerminatingInstances", "GroupTotalInstances"}
}

// scalingGroup builds the group. It sets no desired capacity: that belongs to
// the scaling policies, and stating it here would undo them at every `up`.
func (f *Fleet) scalingGroup(ctx *pulumi.Context, name string, args Args) (err error) {
	f.group, err = autoscaling.NewGroup(ctx, name+"-group", &autoscaling.GroupArgs{
		MinSize:                pulumi.Int(args.MinSize),
		MaxSize:                pulumi.Int(args.MaxSize),
		VpcZoneIdentifiers:     part.IDs(args.Subnets),
		PlacementGroup:         args.placementGroup(),
		MixedInstancesPolicy:   f.mixedInstances(args),
		CapacityRebalance:      pulumi.Bool(args.SpotShare > 0),
		TargetGroupArns:        args.TargetGroups,
		HealthCheckType:        pulumi.String(args.healthCheckType()),
		HealthCheckGracePeriod: pulumi.Int(args.graceSeconds()),
		DefaultInstanceWarmup:  pulumi.Int(args.Program.BootSeconds),
		MaxInstanceLifetime:    pulumi.Int(maxLifetimeSeconds),
		TerminationPolicies:    pulumi.ToStringArray([]string{"OldestLaunchTemplate", "AllocationStrategy", "OldestInstance"}),
		EnabledMetrics:         pulumi.ToStringArray(groupMetrics()),
		InstanceMaintenancePolicy: &autoscaling.GroupInstanceMaintenancePolicyArgs{
			MinHealthyPercentage: pulumi.Int(100), MaxHealthyPercentage: pulumi.Int(args.maxHealthyPercent()),
		},
		InstanceRefresh: args.refresh(),
		// A first boot that fails must not leave a group that the stack does
		// not know: the balancer's health says whether machines are well.
		WaitForCapacityTimeout: pulumi.String("0"),
		Tags:                   groupTags(args.TagsFor(ctx, name, part.Named(name))),
	}, f.groupOptions(args)...)
	if err != nil {
		return err
	}
	f.GroupName = f.group.Name
	return nil
}

func (f *Fleet) groupOptions(args Args) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(f), part.Ways(args.Subnets...), pulumi.DependsOn(f.ready)}
	if len(args.Schedules) > 0 { // who would otherwise be undone at every `up`
		opts = append(opts, pulumi.IgnoreChanges([]string{"minSize"}))
	}
	return opts
}

// placementGroup is the group that new machines are put into; nil is none.
func (a Args) placementGroup() pulumi.StringPtrInput {
	if a.PlacementGroup == nil {
		return nil
	}
	return a.PlacementGroup.ToStringOutput().ToStringPtrOutput()
}

func (a Args) healthCheckType() string {
	if len(a.TargetGroups) > 0 {
		return "ELB"
	}
	return "EC2"
}

// mixedInstances is used without spot too, so that turning spot on later is a
// changed number and not another kind of group.
func (f *Fleet) mixedInstances(args Args) *autoscaling.GroupMixedInstancesPolicyArgs {
	var overrides autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArray
	for _, t := range args.InstanceTypes {
		overrides = append(overrides,
			autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs{InstanceType: pulumi.String(t)})
	}
	return &autoscaling.GroupMixedInstancesPolicyArgs{
		InstancesDistribution: &autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs{
			OnDemandAllocationStrategy:          pulumi.String("prioritized"), // reservations are for the first type
			OnDemandBaseCapacity:                pulumi.Int(args.onDemandBase()),
			OnDemandPercentageAboveBaseCapacity: pulumi.Int(100 - args.SpotShare),
			SpotAllocationStrategy:              pulumi.String("price-capacity-optimized"),
		},
		LaunchTemplate: autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs{
			LaunchTemplateSpecification: autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs{
				LaunchTemplateId: f.template.ID().ToStringOutput().ToStringPtrOutput(),
				// The number, not $Latest: only a changed number starts a
				// refresh, and only a number can be rolled back to.
				Version: f.template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput).ToStringPtrOutput(),
			},
			Overrides: overrides,
		},
	}
}

// refresh replaces the machines when the template or the mix changes; those
// two start it by themselves, so that there are no further triggers.
func (a Args) refresh() *autoscaling.GroupInstanceRefreshArgs {
	p := &autoscaling.GroupInstanceRefreshPreferencesArgs{
		MinHealthyPercentage: pulumi.Int(100),
		MaxHealthyPercentage: pulumi.Int(a.maxHealthyPercent()),
		InstanceWarmup:       pulumi.String(strconv.Itoa(a.Program.BootSeconds)),
		SkipMatching:         pulumi.Bool(true),
		AutoRollback:         pulumi.Bool(true),
	}
	if stops := a.checkpoints(); len(stops) > 0 {
		p.CheckpointPercentages = pulumi.ToIntArray(stops)
		p.CheckpointDelay = pulumi.String(strconv.Itoa(cmp.Or(a.WatchSeconds, DefaultWatchSeconds)))
	}
	if len(a.GateAlarms) > 0 {
		p.AlarmSpecification = &autoscaling.GroupInstanceRefreshPreferencesAlarmSpecificationArgs{Alarms: a.GateAlarms}
	}
	return &autoscaling.GroupInstanceRefreshArgs{Strategy: pulumi.String("Rolling"), Preferences: p}
}

// groupTags are the group's own: what it launches has its tags from the template.
func groupTags(tags pulumi.StringMap) autoscaling.GroupTagArray {
	var all autoscaling.GroupTagArray
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, autoscaling.GroupTagArgs{Key: pulumi.String(key), Value: tags[key],
			PropagateAtLaunch: pulumi.Bool(false)})
	}
	return all
}

// drainHook makes the group wait until a machine says that its app has
// stopped. It is a resource of its own: a hook inside the group could not be
// changed without a new group.
func (f *Fleet) drainHook(ctx *pulumi.Context, name string, args Args) error {
	if !args.Program.FinishesWork {
		return nil
	}
	_, err := autoscaling.NewLifecycleHook(ctx, name+"-drain", &autoscaling.LifecycleHookArgs{
		Name:                 pulumi.String(hookName),
		AutoscalingGroupName: f.GroupName,
		LifecycleTransition:  pulumi.String("autoscaling:EC2_INSTANCE_TERMINATING"),
		HeartbeatTimeout:     pulumi.Int(args.Program.StopSeconds + secondsPerMinute),
		DefaultResult:        pulumi.String("CONTINUE"), // a machine that is gone cannot answer
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	return f.permit(ctx, name, part.Permission{
		Name: "release", Actions: []string{"autoscaling:CompleteLifecycleAction"}, Resources: pulumi.StringArray{f.group.Arn},
	})
}

func (f *Fleet) schedules(ctx *pulumi.Context, name string, args Args) error {
	const unchanged = -1 // the API's word for "as it is"
	for _, s := range args.Schedules {
		made := &autoscaling.ScheduleArgs{
			AutoscalingGroupName: f.GroupName,
			ScheduledActionName:  pulumi.String(s.Name),
			Recurrence:           pulumi.String(s.Recurrence),
			MinSize:              pulumi.Int(s.MinSize),
			MaxSize:              pulumi.Int(unchanged),
			DesiredCapacity:      pulumi.Int(unchanged),
		}
		if s.TimeZone != "" {
			made.TimeZone = pulumi.String(s.TimeZone)
		}
		if _, err := autoscaling.NewSchedule(ctx, name+"-schedule-"+s.Name, made, pulumi.Parent(f)); err != nil {
			return err
		}
	}
	return nil
}
