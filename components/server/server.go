// Package server builds the one machine of stages 1 and 2: the app, PostgreSQL
// and Valkey on a Graviton instance, their data on a disk of its own.
//
// A stage needs it until the machine is over 80 % CPU or a deployment may no
// longer mean an interruption. On the way to stage 3 it stays beside the new
// database until the data has moved. With a t4g.small and 20 GB it costs about
// $20 a month: instance, disks, snapshots, the public address and the alarms.
//
// Three things are apart so that each can change without the others:
//   - the data volume outlives the instance, is protected, snapshotted daily and
//     dumped nightly into a versioned bucket;
//   - the machine is set up once, by a script that its user data fetches from the
//     bucket of artifacts and that holds nothing which a deployment changes;
//   - the release, a program and its environment, is named by an SSM parameter
//     that the machine follows each minute, checking the hash and the health and
//     going back by itself. A deployment therefore never stops the instance.
//
// There is no SSH: people come in through SSM Session Manager. The app listens
// on an unprivileged port as everywhere else; the kernel leads port 80 to it.
// The package has no TLS of its own, that is the CDN's part. It refuses
// instance types without Graviton or with too little memory, and it cannot
// shrink the volume, since EBS cannot.
package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

// Token is the component's type. It is in every stack's state, so it is frozen.
const Token = "rung:components:Server"

// Args describe the server. Required are all fields without a default.
type Args struct {
	part.Common
	// Region is the AWS region.
	Region string
	// VPCID and VPCCIDR are the network's id and range.
	VPCID   pulumi.StringInput
	VPCCIDR string
	// Subnet is a public subnet. The volume lies in its zone, so the zone
	// cannot change without moving the data.
	Subnet part.Subnet
	// ImageID is an AMI, an arm64 image of Amazon Linux 2023. It counts at creation only:
	// a newer image never replaces the server.
	ImageID pulumi.StringInput
	// InstanceType is a Graviton type with at least 1 GiB of memory. Empty means
	// DefaultInstanceType. Another type stops the server, changes it in place
	// and starts it again: a minute or two without service, nothing lost.
	InstanceType string
	// DataGiB is the size of the data volume. Zero means DefaultDataGiB; 8 to
	// 16,384. It may grow while the server runs, and never shrink.
	DataGiB int
	// SnapshotDays is how many daily snapshots of the volume are kept. Zero
	// means DefaultSnapshotDays; at most 1,000.
	SnapshotDays int
	// BackupBucket is the name, and BackupBucketARN the ARN, of the versioned
	// bucket for nightly dumps; they go below the component's name.
	BackupBucket, BackupBucketARN pulumi.StringInput
	// Program is what runs on the server, an Artifact or a Command of the image,
	// at a Port. Its environment is, besides what it names itself, DATABASE_URL
	// and REDIS_URL of the server's own databases, UPLOADS_DIR, which it may write
	// to, AWS_REGION, PAUSE_WRITES and DATABASE_URL_FILE, by which a move of its rows
	// holds it back and leads it elsewhere, and, where the server is open to the
	// world, APP_PUBLIC_URL.
	// A new Artifact or environment is a release, within a minute; how the program
	// is started and asked counts at creation only, as ImageID does.
	Program program.Spec
	// Files keeps what sets the machine up; its role may read it.
	Files part.Files
	// Secrets are the ARNs of the secrets that the app may read.
	Secrets pulumi.StringArray
	// Permissions are what else the server may do.
	Permissions []part.Permission
	// Open are the ports open to the world, 80 or 443. Nil opens none.
	Open []int
	// CDNPrefixList is the id of the prefix list of the CDN, which may then
	// reach port 80, by a security group of its own: CloudFront's counts as 55 of
	// the 60 rules that a group may have.
	CDNPrefixList pulumi.StringInput
	// CIDRs may reach port 80 too: the addresses of a CDN without a prefix list.
	CIDRs []string
	// BeforeClosing runs before a rule that admits the world goes. When a CDN
	// takes over, it waits there until no resolver keeps the old address. Nil
	// closes at once.
	BeforeClosing *pulumi.ResourceHook
	// Clients are the security groups that may reach PostgreSQL in a handover.
	// They log in as DatabaseUser with the password in DatabaseSecret.
	Clients []part.Client
	// DatabaseSecret is the ARN of a secret with "password" as JSON. Required
	// with Clients; without them PostgreSQL listens on a local socket only.
	DatabaseSecret pulumi.StringInput
}

// Server is the machine.
type Server struct {
	pulumi.ResourceState

	// InstanceID is the EC2 instance.
	InstanceID pulumi.StringOutput
	// PublicIP is the elastic address and PublicDNS its host name in AWS's
	// domain, which a CDN takes as its origin. Both outlive the instance.
	PublicIP, PublicDNS pulumi.StringOutput
	// PrivateIP is the address inside the VPC.
	PrivateIP pulumi.StringOutput
	// SecurityGroupID is the server's security group.
	SecurityGroupID pulumi.StringOutput
	// VolumeID is the data volume.
	VolumeID pulumi.StringOutput
	// RoleARN is the role of the machine.
	RoleARN pulumi.StringOutput
	// ReleaseParameter is the name of the SSM parameter that names the release.
	ReleaseParameter pulumi.StringOutput
	// Widgets are the server's graphs.
	Widgets []part.Widget
	// Requests is the metric of the requests that the program answers, a count; the
	// zero value where it counts none.
	Requests part.Metric
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names

	door *door.Opened // the app's own port
}

var _ pulumi.ComponentResource = (*Server)(nil)

// builder carries what every step of building needs.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	server    *Server
	parameter string              // the physical name of the release parameter
	profile   pulumi.StringOutput // the instance profile's name
	// logGroup is the name of the log group of the app's metrics, logARN its ARN.
	logGroup, logARN pulumi.StringOutput
	app              signals.App
	boot             boot.Kept // what sets the machine up
	// ready are what must stand before the machine boots, and no property of it
	// names: what its role may do, and the way out of its security group.
	ready []pulumi.Resource
	// cdnGroup is the group that holds the CDN's prefix list, and nothing else.
	cdnGroup pulumi.StringOutput
	instance *ec2.Instance
	eip      *ec2.Eip
}

// New builds the server. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Server, error) {
	args = args.withDefaults(name)
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("server %s: %w", name, err)
	}
	s := &Server{}
	if err := ctx.RegisterComponentResource(Token, name, s, opts...); err != nil {
		return nil, fmt.Errorf("register server %s: %w", name, err)
	}
	b := &builder{ctx: ctx, name: name, args: args, server: s, parameter: parameterName(ctx, name),
		app: signals.Of(ctx, name, args.Program.Metrics)}
	for _, step := range []func() error{b.buildGroup, b.buildVolume, b.buildAddress, b.buildRelease, b.buildLogGroup,
		b.buildBoot, b.buildRole, b.buildInstance, b.buildSnapshots, b.buildAlarms} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("server %s: %w", name, err)
		}
	}
	return s, ctx.RegisterResourceOutputs(s, s.outputs())
}

func (s *Server) outputs() pulumi.Map {
	return pulumi.Map{
		"instanceId":       s.InstanceID,
		"publicIp":         s.PublicIP,
		"publicDns":        s.PublicDNS,
		"privateIp":        s.PrivateIP,
		"securityGroupId":  s.SecurityGroupID,
		"volumeId":         s.VolumeID,
		"roleArn":          s.RoleARN,
		"releaseParameter": s.ReleaseParameter,
	}
}

func (b *builder) child() pulumi.ResourceOption { return pulumi.Parent(b.server) }

func (b *builder) tags(name string, extra ...map[string]string) pulumi.StringMap {
	return b.args.TagsFor(b.ctx, b.name, append(extra, part.Named(name))...)
}
