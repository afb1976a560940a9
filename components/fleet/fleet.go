// Package fleet builds a group of equal machines that grows and shrinks with
// the load: the web fleet, and the workers.
//
// A system needs one as soon as a single server is at its limit: stage 3. It
// costs what its instances cost (a t4g.medium $24.53 a month, $0.0336 an hour,
// in us-east-1), their disks (20 GiB are $1.60 a month) and the log; the group
// itself is free. Burst capacity on spot is 50 to 70 % cheaper, and what is
// always on may be covered by reservations.
//
// A new artifact is a new version of the launch template, and that is a
// rolling refresh of the group: a part of the machines first, a pause, the
// rest, and back again by itself when an alarm fires.
//
// The package refuses state: a machine may go at any moment, and what it must
// keep belongs into the database, the cache or a bucket. It refuses spot for
// the baseline, fewer than four instance types where spot is asked for, mixed
// processor architectures, and machines with a public address.
package fleet

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Fleet"

var _ pulumi.ComponentResource = (*Fleet)(nil)

// Args describe a fleet. VPCID, Subnets, ImageID, InstanceTypes, MaxSize and
// Files are required.
type Args struct {
	part.Common
	// Program is what runs on the machines. Another one is rolled out. Its zero
	// value is an image that starts its own program.
	Program program.Spec
	// VPCID is the network and Subnets the private subnets in it.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Clients may connect to the program's port: the load balancer. None closes it.
	Clients []part.Client
	// TargetGroups are the ARNs of the load balancer's groups that the
	// machines join. Health is then what the balancer says.
	TargetGroups pulumi.StringArray

	// PlacementGroup is the name of a placement group that new machines are put
	// into. Nil leaves where they stand to AWS. Machines that run stay where
	// they are until the next rollout.
	PlacementGroup pulumi.StringInput

	// ImageID is the AMI, pinned: a fleet must not change because AWS
	// published a new one. It must fit the architecture of InstanceTypes.
	ImageID pulumi.StringInput
	// InstanceTypes are the types that may be launched, the preferred one
	// first, all of one architecture and about one size. At least four with spot.
	InstanceTypes []string
	// DiskGiB is the size of the root disk. Zero means DefaultDiskGiB. 8 to 16,384.
	DiskGiB int
	// DetailedMonitoring measures every minute instead of every five, for
	// $2.10 a month and machine; target tracking then reacts sooner.
	DetailedMonitoring bool

	// MinSize and MaxSize bound the group. MinSize may be 0 with Backlog only.
	MinSize, MaxSize int
	// ReservedInstances is how many instances of these types a reservation or
	// savings plan covers: so many are always on-demand, at the least.
	ReservedInstances int
	// SpotShare is the part of the capacity above the baseline that is bought
	// as spot, in percent, 0 to 100.
	SpotShare int

	// CPUPercent is the load that target tracking aims at, 10 to 90. Zero means
	// DefaultCPUPercent, unless Backlog decides: a worker's CPU says nothing.
	CPUPercent int
	// Requests also scales on requests for each machine. Nil does not.
	Requests *Requests
	// Backlog scales on the jobs that wait for each machine. Nil does not.
	Backlog *Backlog
	// Schedules raise or lower MinSize at set times.
	Schedules []Schedule
	// Predictive adds capacity ahead of the load that CloudWatch forecasts
	// from the last two weeks. Empty does not; start with PredictiveForecast.
	Predictive Predictive

	// Files keeps what sets the machines up; their role may read it.
	Files part.Files
	// Permissions are what the machines may do beside reading their artifact,
	// writing their log and answering Session Manager.
	Permissions []part.Permission
	// GateAlarms are the names of alarms that stop a rollout and roll it back.
	GateAlarms pulumi.StringArray
	// CanaryPercent is the share of the machines that a rollout replaces first and
	// watches, 1 to 99. Zero leaves it to the size of the group: one machine or a
	// quarter, and then half.
	CanaryPercent int
	// WatchSeconds is how long a rollout watches the alarms after its first machines and
	// at its end. Zero means DefaultWatchSeconds, and nothing for a group of one machine.
	WatchSeconds int
	// LogDays is how long CloudWatch keeps the app's log. Zero means DefaultLogDays.
	LogDays int
}

// Fleet is a group of machines.
type Fleet struct {
	pulumi.ResourceState

	// SecurityGroupID is the machines' group: a part.Client of what they use.
	SecurityGroupID pulumi.StringOutput
	// GroupName is the Auto Scaling group's name, the dimension of its metrics.
	GroupName pulumi.StringOutput
	// RoleARN and RoleName are the machines' role.
	RoleARN, RoleName pulumi.StringOutput
	// LogGroup is the name of the log group of the program's log.
	LogGroup pulumi.StringOutput
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names

	door    *door.Opened // the app's port
	role    *iam.Role
	profile *iam.InstanceProfile
	// ready are what must stand before a machine boots, and no property of the
	// group names: what the role may do, and the way out of the security group.
	ready    []pulumi.Resource
	logs     *cloudwatch.LogGroup
	boot     boot.Kept // what sets the machines up
	template *ec2.LaunchTemplate
	group    *autoscaling.Group
	app      signals.App
}

// New builds the fleet. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Fleet, error) {
	args = args.withDefaults(name)
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("fleet %s: %w", name, err)
	}
	f := &Fleet{app: signals.Of(ctx, name, args.Program.Metrics)}
	if err := ctx.RegisterComponentResource(Token, name, f, opts...); err != nil {
		return nil, err
	}
	if err := f.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("fleet %s: %w", name, err)
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{
		"groupName": f.GroupName, "securityGroupId": f.SecurityGroupID, "roleArn": f.RoleARN,
	})
}

func (f *Fleet) build(ctx *pulumi.Context, name string, args Args) error {
	steps := []func(*pulumi.Context, string, Args) error{
		f.securityGroup, f.logGroup, f.keepScript, f.identity, f.launchTemplate,
		f.scalingGroup, f.drainHook, f.schedules, f.scaling, f.watch,
	}
	for _, step := range steps {
		if err := step(ctx, name, args); err != nil {
			return err
		}
	}
	return nil
}
