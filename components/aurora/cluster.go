package aurora

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/names"
)

const (
	// engine is the only one that the package builds.
	engine = "aurora-postgresql"
	// ioOptimized is how RDS names storage without charges for I/O.
	ioOptimized = "aurora-iopt1"
	// monitoringSeconds is the granularity of the operating system's metrics.
	monitoringSeconds = 60
	// insightsDays of Performance Insights are free.
	insightsDays = 7
	// caCertificate is valid until 2061.
	caCertificate = "rds-ca-rsa2048-g1"
	// noExtendedSupport lets an old major version end instead of billing for it.
	noExtendedSupport = "open-source-rds-extended-support-disabled"
	monitoringPolicy  = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
	monitoringTrust   = `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"Service":"monitoring.rds.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// ignored must not plan anything: what a switchover moves, what an upgrade of
// the global database does in each region, the zones that AWS chose, and the
// snapshot that a cluster was once restored from.
var ignored = []string{"globalClusterIdentifier", "replicationSourceIdentifier", "engineVersion", "availabilityZones",
	"snapshotIdentifier"}

// parameters of every cluster, and whether RDS takes them only at a restart.
var parameters = map[string]string{
	"rds.force_ssl":                       "1",     // refuse connections without TLS
	"log_min_duration_statement":          "1000",  // log statements that take over a second (ms)
	"log_lock_waits":                      "1",     // log who waits for a lock
	"idle_in_transaction_session_timeout": "60000", // a forgotten transaction must not hold back vacuum (ms)
}

// version is the one that the global database has: of one that stands another
// than a new one would get.
func (b *builder) version() pulumi.StringOutput { return b.made.global.EngineVersionActual }

// buildParameters uses a prefix: a new major version needs a new group while
// the old one is still in use.
func (b *builder) buildParameters() (err error) {
	var list rds.ClusterParameterGroupParameterArray
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		list = append(list, rds.ClusterParameterGroupParameterArgs{
			Name: pulumi.String(name), Value: pulumi.String(parameters[name]), ApplyMethod: pulumi.String(applyMethod(name)),
		})
	}
	b.params, err = rds.NewClusterParameterGroup(b.ctx, b.name+"-parameters", &rds.ClusterParameterGroupArgs{
		NamePrefix:  pulumi.String(b.name + "-"),
		Family:      b.version().ApplyT(family).(pulumi.StringOutput),
		Description: pulumi.String("Aurora PostgreSQL as rung sets it"),
		Parameters:  list,
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the parameter group: %w", err)
	}
	return nil
}

// family is the family of parameter groups of a version.
func family(version string) string {
	major, _, _ := strings.Cut(version, ".")
	return engine + major
}

func applyMethod(name string) string {
	if name == "rds.force_ssl" {
		return "pending-reboot"
	}
	return "immediate"
}

// buildMonitoring creates the role with which RDS writes the operating
// system's metrics.
func (b *builder) buildMonitoring() error {
	role, err := iam.NewRole(b.ctx, b.name+"-monitoring", &iam.RoleArgs{
		Description:      pulumi.String("RDS enhanced monitoring of " + b.name),
		AssumeRolePolicy: pulumi.String(monitoringTrust),
		Tags:             b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the monitoring role: %w", err)
	}
	attached, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-monitoring", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(monitoringPolicy),
	}, b.child())
	if err != nil {
		return fmt.Errorf("attach the monitoring policy: %w", err)
	}
	// RDS checks the role when an instance is created: hand it out with its policy only.
	b.monitoring = pulumi.All(role.Arn, attached.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput)
	return nil
}

// identifier is the physical name of a child of the database called base: the
// stack, the child and the incarnation.
func identifier(stack, base, child, incarnation string) string {
	end := "-" + incarnation
	return names.RDS.Kept(stack, child, end, stood(stack, base, child, end))
}

// stood reports whether older versions, which cut names at their end, may have
// given the child its name: the one cluster and the one global database, where
// the stack's name left room for the database's. A cluster of another name would
// be another cluster.
func stood(stack, base, child, end string) bool {
	alone := child == clusterName(base) || child == globalName(base)
	return alone && names.RDS.Of(stack, base, end) == names.RDS.Cut(stack, base, end)
}

func (b *builder) identifier(child string) pulumi.StringOutput {
	stack, base := b.ctx.Stack(), b.name
	return b.incarnation.ApplyT(func(hex string) string {
		return identifier(stack, base, child, hex)
	}).(pulumi.StringOutput)
}

// buildGlobal makes the global database that the regions join. Its version is
// AWS's from then on: a plain change of it would upgrade all regions at once, with
// minutes without service for a major version, and never goes back.
func (b *builder) buildGlobal() (err error) {
	if b.args.Global != nil {
		b.made.global, b.made.joined = b.args.Global.global, b.args.Global.joined
		return nil
	}
	child := globalName(b.name)
	b.made.global, err = rds.NewGlobalCluster(b.ctx, child, &rds.GlobalClusterArgs{
		GlobalClusterIdentifier: b.identifier(child),
		Engine:                  pulumi.String(engine),
		EngineVersion:           pulumi.String(b.args.EngineVersion),
		EngineLifecycleSupport:  pulumi.String(noExtendedSupport),
		DatabaseName:            pulumi.String(b.args.DatabaseName),
		StorageEncrypted:        pulumi.Bool(true),
		DeletionProtection:      pulumi.Bool(!b.args.Guard.Lifted(child)),
		Tags:                    b.args.TagsFor(b.ctx, b.name, part.Named(child)),
	}, b.args.Data(b.made, child, pulumi.IgnoreChanges([]string{"engineVersion"}))...)
	if err != nil {
		return fmt.Errorf("create the global database: %w", err)
	}
	b.made.joined = b.made.global.ID().ToStringOutput()
	return nil
}

func (b *builder) buildCluster() error {
	child := clusterName(b.name)
	id := b.identifier(child)
	log, err := cloudwatch.NewLogGroup(b.ctx, child+"-postgresql", &cloudwatch.LogGroupArgs{
		Name:            pulumi.Sprintf("/aws/rds/cluster/%s/postgresql", id),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		Tags:            b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the log group: %w", err)
	}
	b.made.cluster, err = rds.NewCluster(b.ctx, child, b.clusterArgs(child, id),
		b.args.Data(b.made, child, pulumi.DependsOn([]pulumi.Resource{log}), pulumi.IgnoreChanges(ignored))...)
	if err != nil {
		return fmt.Errorf("create the cluster: %w", err)
	}
	a := b.made
	a.ARN, a.Identifier = a.cluster.Arn, a.cluster.ClusterIdentifier
	a.ReaderHost = a.cluster.ReaderEndpoint
	a.Readers = []pulumi.StringOutput{a.ReaderHost}
	return nil
}

func (b *builder) clusterArgs(child string, id pulumi.StringOutput) *rds.ClusterArgs {
	args := &rds.ClusterArgs{
		ClusterIdentifier:                id,
		GlobalClusterIdentifier:          b.made.joined,
		Engine:                           pulumi.String(engine),
		EngineVersion:                    b.version(),
		StorageEncrypted:                 pulumi.Bool(true),
		KmsKeyId:                         b.args.KMSKeyARN.ToStringOutput(),
		DbSubnetGroupName:                b.subnets.Name,
		VpcSecurityGroupIds:              pulumi.StringArray{b.made.SecurityGroupID},
		DbClusterParameterGroupName:      b.params.Name,
		BackupRetentionPeriod:            pulumi.Int(b.args.BackupDays),
		PreferredBackupWindow:            pulumi.String(backupWindow),
		PreferredMaintenanceWindow:       pulumi.String(maintenanceWindow),
		EnabledCloudwatchLogsExports:     pulumi.ToStringArray([]string{"postgresql"}),
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		ApplyImmediately:                 pulumi.Bool(true),
		DeleteAutomatedBackups:           pulumi.Bool(false),
		DeletionProtection:               pulumi.Bool(!b.args.Guard.Lifted(child)),
		SkipFinalSnapshot:                pulumi.Bool(false),
		FinalSnapshotIdentifier:          pulumi.Sprintf("%s-final", id),
		Tags:                             b.args.TagsFor(b.ctx, b.name, part.Named(child)),
	}
	if b.args.IOOptimized {
		args.StorageType = pulumi.String(ioOptimized)
	}
	if b.args.Global != nil {
		args.EnableGlobalWriteForwarding = pulumi.Bool(true)
		return args
	}
	args.DatabaseName = pulumi.String(b.args.DatabaseName)
	args.MasterUsername = pulumi.String(b.args.Username)
	args.MasterPassword = b.made.secret.Value
	return args
}

// buildInstances makes the machines. They hold no data: the cluster does, so
// that one may come and go. The first two take over first.
func (b *builder) buildInstances() error {
	ids := []any{b.made.joined}
	for i := range b.args.Instances {
		child := fmt.Sprintf("%s-%d", b.name, i+1)
		instance, err := rds.NewClusterInstance(b.ctx, child, &rds.ClusterInstanceArgs{
			Identifier:                         b.identifier(child),
			ClusterIdentifier:                  b.made.cluster.ID(),
			Engine:                             pulumi.String(engine),
			InstanceClass:                      pulumi.String(b.args.Class),
			PromotionTier:                      pulumi.Int(min(i/2, 15)),
			PubliclyAccessible:                 pulumi.Bool(false),
			AutoMinorVersionUpgrade:            pulumi.Bool(true),
			ApplyImmediately:                   pulumi.Bool(true),
			CaCertIdentifier:                   pulumi.String(caCertificate),
			CopyTagsToSnapshot:                 pulumi.Bool(true),
			MonitoringInterval:                 pulumi.Int(monitoringSeconds),
			MonitoringRoleArn:                  b.monitoring,
			PerformanceInsightsEnabled:         pulumi.Bool(true),
			PerformanceInsightsRetentionPeriod: pulumi.Int(insightsDays),
			PreferredMaintenanceWindow:         pulumi.String(maintenanceWindow),
			Tags:                               b.args.TagsFor(b.ctx, b.name, part.Named(child)),
		}, b.child())
		if err != nil {
			return fmt.Errorf("create %s: %w", child, err)
		}
		ids = append(ids, instance.ID())
	}
	b.publish(ids)
	return nil
}

// publish hands out the database's address, and its id to further regions,
// once the instances stand: AWS lets no region join a database without any.
func (b *builder) publish(made []any) {
	first := func(v []any) string { return v[0].(string) }
	a := b.made
	if b.args.Global == nil {
		a.joined = pulumi.All(made...).ApplyT(func(v []any) string { return fmt.Sprint(v[0]) }).(pulumi.StringOutput)
	}
	host := pulumi.All(a.global.Endpoint, a.joined).ApplyT(first).(pulumi.StringOutput)
	a.Endpoint = part.Endpoint{Host: host, Port: Port, Secret: a.SecretIn(b.args.Region)}
}
