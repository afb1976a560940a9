package cache

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

func (b *builder) buildGroup() (err error) {
	child := b.groupName()
	b.cache.group, err = elasticache.NewReplicationGroup(b.ctx, child, b.groupArgs(child), b.args.Data(b.cache, child)...)
	if err != nil {
		return fmt.Errorf("create the replication group: %w", err)
	}
	b.publish()
	return nil
}

// groupArgs counts shards and replicas in every mode, instead of nodes in
// one and shards in the other: a step of the cluster mode then changes the
// mode and the parameter group and, as AWS demands, nothing else.
func (b *builder) groupArgs(child string) *elasticache.ReplicationGroupArgs {
	failover := b.args.replicas() > 0
	return &elasticache.ReplicationGroupArgs{
		Description:              pulumi.String("Cache of " + b.ctx.Stack()),
		Engine:                   pulumi.String(string(b.args.Engine)),
		EngineVersion:            pulumi.String(b.args.EngineVersion),
		NodeType:                 pulumi.String(b.args.NodeType),
		Port:                     pulumi.Int(Port),
		ClusterMode:              pulumi.String(string(b.args.ClusterMode)),
		NumNodeGroups:            pulumi.Int(b.args.Shards),
		ReplicasPerNodeGroup:     pulumi.Int(b.args.replicas()),
		AutomaticFailoverEnabled: pulumi.Bool(failover),
		MultiAzEnabled:           pulumi.Bool(failover),
		AtRestEncryptionEnabled:  pulumi.Bool(true),
		TransitEncryptionEnabled: pulumi.Bool(true),
		TransitEncryptionMode:    pulumi.String("required"),
		AuthToken:                b.token.Value,
		AuthTokenUpdateStrategy:  pulumi.String("ROTATE"), // a new token is added; the old one works until it is set
		ParameterGroupName:       b.params.Name,
		SubnetGroupName:          b.subnets.Name,
		SecurityGroupIds:         pulumi.StringArray{b.cache.SecurityGroupID},
		SnapshotRetentionLimit:   pulumi.Int(b.args.SnapshotDays),
		SnapshotWindow:           pulumi.String(b.args.SnapshotWindow),
		FinalSnapshotIdentifier:  b.final,
		MaintenanceWindow:        pulumi.String(b.args.MaintenanceWindow),
		AutoMinorVersionUpgrade:  pulumi.Bool(true),
		ApplyImmediately:         pulumi.Bool(!b.args.WaitForWindow),
		NotificationTopicArn:     b.topic(),
		LogDeliveryConfigurations: elasticache.ReplicationGroupLogDeliveryConfigurationArray{
			elasticache.ReplicationGroupLogDeliveryConfigurationArgs{
				Destination:     b.slowLog.Name,
				DestinationType: pulumi.String("cloudwatch-logs"),
				LogFormat:       pulumi.String("json"),
				LogType:         pulumi.String("slow-log"),
			},
		},
		Tags: b.args.TagsFor(b.ctx, b.name, part.Named(child)),
	}
}

// topic is where ElastiCache reports failovers and maintenance; nil for nobody.
func (b *builder) topic() pulumi.StringPtrInput {
	if b.args.Events == nil {
		return nil
	}
	return b.args.Events.ToStringOutput().ToStringPtrOutput()
}

func (b *builder) publish() {
	group := b.cache.group
	host, reader := group.PrimaryEndpointAddress, group.ReaderEndpointAddress
	if b.args.ClusterMode.Clustered() { // clients move while both protocols are answered
		host, reader = group.ConfigurationEndpointAddress, group.ConfigurationEndpointAddress
	}
	b.cache.Endpoint = part.Endpoint{Host: host, Port: Port, Secret: b.token.ARN}
	b.cache.Reader = reader
}
