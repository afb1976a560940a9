package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dlm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tagSnapshot marks the volumes of which the policy takes snapshots.
const tagSnapshot = "rung:snapshot"

// snapshotTime is when the daily snapshot begins, UTC: after the nightly dump.
const snapshotTime = "03:30"

// snapshotMark is the value of tagSnapshot: this volume's alone.
func (b *builder) snapshotMark() string { return b.ctx.Stack() + "/" + b.name }

func (b *builder) buildVolume() error {
	name := b.name + "-data"
	volume, err := ebs.NewVolume(b.ctx, name, &ebs.VolumeArgs{
		AvailabilityZone: pulumi.String(b.args.Subnet.Zone),
		Size:             pulumi.Int(b.args.DataGiB),
		Type:             pulumi.String("gp3"),
		Encrypted:        pulumi.Bool(true),
		FinalSnapshot:    pulumi.Bool(true), // when it is deleted after all, a snapshot stays
		Tags:             b.tags(name, map[string]string{tagSnapshot: b.snapshotMark()}),
	}, b.args.Data(b.server, name)...)
	if err != nil {
		return fmt.Errorf("create the data volume: %w", err)
	}
	b.server.VolumeID = volume.ID().ToStringOutput()
	return nil
}

// buildSnapshots has AWS itself take and expire the snapshots.
func (b *builder) buildSnapshots() error {
	name := b.name + "-snapshots"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description:      pulumi.String("takes and expires snapshots of the data volume"),
		AssumeRolePolicy: pulumi.String(trust("dlm.amazonaws.com")),
		Tags:             b.tags(name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the role for snapshots: %w", err)
	}
	may, err := iam.NewRolePolicyAttachment(b.ctx, name, &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("allow the role to take snapshots: %w", err)
	}
	_, err = dlm.NewLifecyclePolicy(b.ctx, name, &dlm.LifecyclePolicyArgs{
		Description:      pulumi.Sprintf("daily snapshots of %s", b.name),
		ExecutionRoleArn: role.Arn,
		State:            pulumi.String("ENABLED"),
		PolicyDetails: &dlm.LifecyclePolicyPolicyDetailsArgs{
			ResourceTypes: pulumi.StringArray{pulumi.String("VOLUME")},
			TargetTags:    pulumi.StringMap{tagSnapshot: pulumi.String(b.snapshotMark())},
			Schedules: dlm.LifecyclePolicyPolicyDetailsScheduleArray{&dlm.LifecyclePolicyPolicyDetailsScheduleArgs{
				Name: pulumi.String("daily"),
				CreateRule: &dlm.LifecyclePolicyPolicyDetailsScheduleCreateRuleArgs{
					Interval: pulumi.Int(24), IntervalUnit: pulumi.String("HOURS"), Times: pulumi.String(snapshotTime),
				},
				RetainRule: &dlm.LifecyclePolicyPolicyDetailsScheduleRetainRuleArgs{Count: pulumi.Int(b.args.SnapshotDays)},
				CopyTags:   pulumi.Bool(true),
			}},
		},
		Tags: b.tags(name),
	}, b.child(), pulumi.DependsOn([]pulumi.Resource{may}))
	if err != nil {
		return fmt.Errorf("create the policy for snapshots: %w", err)
	}
	return nil
}
