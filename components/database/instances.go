package database

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

const (
	// monitoringSeconds is the granularity of the operating system's metrics.
	monitoringSeconds = 60
	// insightsDays of Performance Insights are free.
	insightsDays = 7
	// caCertificate is valid until 2061; its successor is stated here, not
	// chosen by AWS in the middle of a deployment.
	caCertificate = "rds-ca-rsa2048-g1"
	// noExtendedSupport lets an old major version end instead of billing for
	// it: AWS's default is the paid extended support.
	noExtendedSupport = "open-source-rds-extended-support-disabled"
	// monitoringPolicy is AWS's own for enhanced monitoring.
	monitoringPolicy = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
)

// buildMonitoring creates the role with which RDS writes the operating
// system's metrics.
func (b *builder) buildMonitoring() error {
	trust, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole",
			"Principal": map[string]any{"Service": "monitoring.rds.amazonaws.com"},
		}},
	})
	if err != nil {
		return fmt.Errorf("write the monitoring role's trust policy: %w", err)
	}
	role, err := iam.NewRole(b.ctx, b.name+"-monitoring", &iam.RoleArgs{
		Description:      pulumi.String("RDS enhanced monitoring of " + b.name),
		AssumeRolePolicy: pulumi.String(string(trust)),
		Tags:             b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("create the monitoring role: %w", err)
	}
	attached, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-monitoring", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(monitoringPolicy),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("attach the monitoring policy: %w", err)
	}
	// RDS checks the role when an instance is created: hand it out with its policy only.
	b.monitoring = pulumi.All(role.Arn, attached.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput)
	return nil
}

// logGroups creates the groups that an instance will write to. RDS would
// create them itself, but keeps what is in them for ever.
func (b *builder) logGroups(child string, id pulumi.StringOutput) ([]pulumi.Resource, error) {
	var groups []pulumi.Resource
	for _, log := range b.args.kind().logs {
		group, err := cloudwatch.NewLogGroup(b.ctx, child+"-"+log, &cloudwatch.LogGroupArgs{
			Name:            pulumi.Sprintf("/aws/rds/instance/%s/%s", id, log),
			RetentionInDays: pulumi.Int(b.args.LogDays),
			Tags:            b.args.TagsFor(b.ctx, b.name),
		}, pulumi.Parent(b.db))
		if err != nil {
			return nil, fmt.Errorf("create the log group %s-%s: %w", child, log, err)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// identifier is the physical name of a child.
func (b *builder) identifier(child string) pulumi.StringOutput {
	stack, base := b.ctx.Stack(), b.name
	return b.incarnation.ApplyT(func(hex string) string {
		return identifier(stack, base, child, hex)
	}).(pulumi.StringOutput)
}

// common are the settings that the primary and its replicas share.
func (b *builder) common(child string, id pulumi.StringOutput, class string) *rds.InstanceArgs {
	args := &rds.InstanceArgs{
		Identifier:                       id,
		InstanceClass:                    pulumi.String(class),
		StorageType:                      pulumi.String("gp3"),
		MaxAllocatedStorage:              pulumi.Int(b.args.MaxAllocatedGiB),
		StorageEncrypted:                 pulumi.Bool(true),
		PubliclyAccessible:               pulumi.Bool(false),
		ParameterGroupName:               b.params.Name,
		VpcSecurityGroupIds:              pulumi.StringArray{b.db.SecurityGroupID},
		CaCertIdentifier:                 pulumi.String(caCertificate),
		AutoMinorVersionUpgrade:          pulumi.Bool(true),
		ApplyImmediately:                 pulumi.Bool(!b.args.WaitForWindow),
		MaintenanceWindow:                pulumi.String(b.args.MaintenanceWindow),
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		MonitoringInterval:               pulumi.Int(monitoringSeconds),
		MonitoringRoleArn:                b.monitoring,
		EnabledCloudwatchLogsExports:     pulumi.ToStringArray(b.args.kind().logs),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(!b.args.Guard.Lifted(child)),
		Tags:                             b.args.TagsFor(b.ctx, b.name, part.Named(child)),
	}
	if b.args.kind().insights(class) {
		args.PerformanceInsightsEnabled = pulumi.Bool(true)
		args.PerformanceInsightsRetentionPeriod = pulumi.Int(insightsDays)
	}
	return args
}

// ignored are properties that must never lead to a replacement: a snapshot
// that the database was once restored from, and the zone, which moves with
// every failover.
var ignored = []string{"snapshotIdentifier", "availabilityZone"}

func (b *builder) buildPrimary() error {
	child := b.primaryName()
	id := b.identifier(child)
	groups, err := b.logGroups(child, id)
	if err != nil {
		return err
	}
	args := b.primaryArgs(child, id)
	if b.args.Source != nil {
		args = b.copyArgs(child, id)
	}
	b.db.primary, err = rds.NewInstance(b.ctx, child, args,
		b.args.Data(b.db, child, pulumi.DependsOn(groups), pulumi.IgnoreChanges(ignored))...)
	if err != nil {
		return fmt.Errorf("create the primary: %w", err)
	}
	b.publish()
	return nil
}

func (b *builder) primaryArgs(child string, id pulumi.StringOutput) *rds.InstanceArgs {
	args := b.common(child, id, b.args.Class)
	args.Engine = pulumi.String(string(b.args.Engine))
	args.EngineVersion = pulumi.String(b.args.EngineVersion)
	args.EngineLifecycleSupport = pulumi.String(noExtendedSupport)
	args.AllowMajorVersionUpgrade = pulumi.Bool(b.args.AllowMajorUpgrade)
	args.AllocatedStorage = pulumi.Int(b.args.AllocatedGiB)
	args.MultiAz = pulumi.Bool(!b.args.SingleAZ)
	args.DbSubnetGroupName = b.subnets.Name
	args.DbName = pulumi.String(b.args.DatabaseName)
	args.Port = pulumi.Int(b.args.kind().port)
	args.Username = pulumi.String(b.args.Username)
	args.Password = b.db.secret.Value
	args.BackupRetentionPeriod = pulumi.Int(b.args.backupDays())
	args.BackupWindow = pulumi.String(b.args.BackupWindow)
	args.DeleteAutomatedBackups = pulumi.Bool(false)
	args.SkipFinalSnapshot = pulumi.Bool(false)
	args.FinalSnapshotIdentifier = id.ApplyT(finalSnapshot).(pulumi.StringOutput)
	return args
}

// publish tells where the database is written and read.
func (b *builder) publish() {
	d := b.db
	d.Endpoint = part.Endpoint{Host: d.primary.Address, Port: b.args.kind().port, Secret: d.secret.ARN}
	d.ARN, d.Identifier, d.ResourceID = d.primary.Arn, d.primary.Identifier, d.primary.ResourceId
	if b.args.Source != nil {
		d.Endpoint.Secret = d.SecretIn(b.args.Region)
	}
	if b.args.follows() {
		d.Endpoint.Host = b.args.Source.Endpoint.Host
		d.Readers = append(d.Readers, d.primary.Address)
	}
}

func (b *builder) buildReplicas() error {
	for i, zone := range replicaZones(door.Zones(b.args.Subnets), b.args.Replicas) {
		if err := b.buildReplica(replicaName(b.name, i), zone); err != nil {
			return err
		}
	}
	return nil
}

// replicaName is the logical name of the i-th replica, from 0; people count from 1.
func replicaName(name string, i int) string { return fmt.Sprintf("%s-replica-%d", name, i+1) }

// buildReplica creates one replica. It takes engine, version, disk, user and
// subnet group from its source, and no final snapshot: RDS refuses one. It is
// protected like its primary, because promoting it is the last way to save a
// primary that is lost.
func (b *builder) buildReplica(child, zone string) error {
	id := b.identifier(child)
	groups, err := b.logGroups(child, id)
	if err != nil {
		return err
	}
	args := b.common(child, id, b.args.ReplicaClass)
	args.ReplicateSourceDb = b.db.primary.Identifier
	args.AvailabilityZone = pulumi.String(zone)
	args.MultiAz = pulumi.Bool(false)
	args.SkipFinalSnapshot = pulumi.Bool(true)
	replica, err := rds.NewInstance(b.ctx, child, args,
		b.args.Data(b.db, child, pulumi.DependsOn(groups), pulumi.IgnoreChanges(ignored))...)
	if err != nil {
		return fmt.Errorf("create %s: %w", child, err)
	}
	b.db.replicas = append(b.db.replicas, replica)
	b.db.Readers = append(b.db.Readers, replica.Address)
	return nil
}
