package search

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/opensearch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Args describe a domain. VPCID and Subnets are required.
type Args struct {
	part.Common
	// VPCID is the network and Subnets the subnets without a way in from the
	// internet; the domain stands in the first Zones zones of them. AWS
	// replaces a domain whose subnets change.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Zones is how many zones the data is spread over, 1 to 3. Zero means
	// DefaultZones. One is for trials: a lost zone is a lost index.
	Zones int
	// Clients are the security groups that may connect.
	Clients []part.Client

	// EngineVersion is "OpenSearch_2.19" say. Empty means
	// DefaultEngineVersion. AWS upgrades in place and never back.
	EngineVersion string
	// InstanceType and Instances are the data nodes; their number must be a
	// multiple of Zones. Empty and zero mean DefaultInstanceType and Zones.
	InstanceType string
	Instances    int
	// Masters are the nodes that only keep the cluster together: 3 or 5, or
	// NoMasters. Zero means DefaultMasters. MasterType is their type; empty
	// means DefaultMasterType.
	Masters    int
	MasterType string
	// GiB is the disk of each data node, in GiB, 10 to 16,384; types have
	// limits of their own below that. Zero means DefaultGiB.
	GiB int
	// IOPS and ThroughputMiBps are the disk's speed. Zero means what gp3
	// includes, 3,000 and 125.
	IOPS, ThroughputMiBps int

	// Username is the user of the domain's own user database, whose password
	// is in Secrets Manager. Empty means "app".
	Username string
	// RoleARN makes an IAM role the domain's user instead: requests are
	// signed, and there is no password.
	RoleARN pulumi.StringInput
	// CreateServiceRole makes the account's service-linked role for OpenSearch
	// where it is missing, and else takes the one that is there into the
	// stack. The role is the account's: it stays when the stack goes.
	CreateServiceRole bool
	// After are what must be there before the domain: the role that another
	// region's search makes for the account, say. Nil for nothing.
	After []pulumi.Resource

	// LogDays is how long the domain's logs are kept, in days. Zero means DefaultLogDays.
	LogDays int
}

func (a Args) cluster() *opensearch.DomainClusterConfigArgs {
	c := &opensearch.DomainClusterConfigArgs{
		InstanceType:           pulumi.String(a.InstanceType),
		InstanceCount:          pulumi.Int(a.Instances),
		ZoneAwarenessEnabled:   pulumi.Bool(a.Zones > 1),
		DedicatedMasterEnabled: pulumi.Bool(a.Masters > 0),
	}
	if a.Zones > 1 {
		c.ZoneAwarenessConfig =
			&opensearch.DomainClusterConfigZoneAwarenessConfigArgs{AvailabilityZoneCount: pulumi.Int(a.Zones)}
	}
	if a.Masters > 0 {
		c.DedicatedMasterCount, c.DedicatedMasterType = pulumi.Int(a.Masters), pulumi.String(a.MasterType)
	}
	return c
}
