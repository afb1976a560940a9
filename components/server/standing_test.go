package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/tests/inprocess"
)

// site is what a server stands in, on the offline cloud.
func site(ctx *pulumi.Context) (args Args, err error) {
	args = good()
	net, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String(args.VPCCIDR)})
	if err != nil {
		return args, err
	}
	way, err := ec2.NewInternetGateway(ctx, "net", &ec2.InternetGatewayArgs{VpcId: net.ID()})
	if err != nil {
		return args, err
	}
	subnet, err := ec2.NewSubnet(ctx, "net", &ec2.SubnetArgs{
		VpcId: net.ID(), CidrBlock: pulumi.String("10.0.0.0/24"), AvailabilityZone: pulumi.String(args.Subnet.Zone),
	})
	if err != nil {
		return args, err
	}
	bucket, err := s3.NewBucketV2(ctx, "backups", &s3.BucketV2Args{})
	if err != nil {
		return args, err
	}
	image, err := ssm.LookupParameter(ctx,
		&ssm.LookupParameterArgs{Name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"})
	if err != nil {
		return args, err
	}
	list, err := cdn.PrefixList(ctx)
	args.VPCID, args.ImageID, args.Open, args.CDNPrefixList = net.ID(), pulumi.String(image.Value), nil,
		pulumi.String(list)
	args.Subnet.ID, args.Subnet.Ways = subnet.ID().ToStringOutput(), []pulumi.Resource{way}
	args.BackupBucket, args.BackupBucketARN = bucket.Bucket, bucket.Arn
	return args, err
}

// oneGroup is a server of the time when the CDN's list stood in its only group:
// as much of it as the CDN reaches it by.
func oneGroup(ctx *pulumi.Context) error {
	args, err := site(ctx)
	if err != nil {
		return err
	}
	s := &Server{}
	if err := ctx.RegisterComponentResource(Token, "server", s); err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(ctx, "server", &ec2.SecurityGroupArgs{
		Description: pulumi.String("the single server"), VpcId: args.VPCID.ToStringOutput(),
	}, pulumi.Parent(s))
	if err != nil {
		return err
	}
	_, err = vpc.NewSecurityGroupIngressRule(ctx, "server-from-cdn", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(), PrefixListId: args.CDNPrefixList.ToStringOutput(), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(httpPort), ToPort: pulumi.Int(httpPort),
	}, pulumi.Parent(s))
	if err != nil {
		return err
	}
	_, err = ec2.NewInstance(ctx, "server", &ec2.InstanceArgs{
		Ami: args.ImageID.ToStringOutput(), InstanceType: pulumi.String(DefaultInstanceType), SubnetId: args.Subnet.ID,
		VpcSecurityGroupIds: pulumi.StringArray{group.ID()}, UserData: pulumi.String("#!/bin/sh"),
		RootBlockDevice: &ec2.InstanceRootBlockDeviceArgs{
			VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(rootGiB), Encrypted: pulumi.Bool(true),
		},
	}, pulumi.Parent(s))
	return err
}

func twoGroups(change func(*Args)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args, err := site(ctx)
		if err != nil {
			return err
		}
		change(&args)
		_, err = New(ctx, "server", args)
		return err
	}
}

// at is where in a run the first step like this comes; -1 for nowhere.
func at(steps []inprocess.Step, op, typ, name string) int {
	return slices.IndexFunc(steps, func(s inprocess.Step) bool { return s.Op == op && s.Type == typ && s.Name == name })
}

// The CDN's list moves into a group of its own without a moment in which the CDN
// is locked out: nothing begins anew, the instance has the new group only with the
// rule in it, and the old rule goes after that.
func TestTheCDNStaysLetInWhenItsGroupIsSplit(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(oneGroup)
	require.NoError(t, err)
	steps, err := stack.Up(twoGroups(func(*Args) {}))
	require.NoError(t, err, "a replacement would be an error")

	rule := at(steps, inprocess.Create, token.VPCSecurityGroupIngressRule, "server-from-cdn-list")
	given := at(steps, inprocess.Update, token.EC2Instance, "server")
	closed := at(steps, inprocess.Delete, token.VPCSecurityGroupIngressRule, "server-from-cdn")
	require.NotContains(t, []int{rule, given, closed}, -1, "%v", steps)
	assert.Less(t, rule, given, "the rule before the group is the instance's")
	assert.Less(t, given, closed, "the old way in is closed last")
	assert.Contains(t, steps[given].Keys, "vpcSecurityGroupIds")
}

// A CDN comes and goes by its rule: the instance's groups stay as they are, so that
// no run takes the way in away before its end.
func TestACDNComesAndGoesByARule(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	open := func(a *Args) { a.Open, a.CDNPrefixList = []int{80}, nil }
	for _, change := range []func(*Args){open, func(*Args) {}, open} {
		steps, err := stack.Up(twoGroups(change))
		require.NoError(t, err)
		assert.Equal(t, -1, at(steps, inprocess.Update, token.EC2Instance, "server"))
	}
}

func TestTheMachineComesAfterTheCDNsRule(t *testing.T) {
	args := good()
	args.CDNPrefixList = pulumi.String("pl-1")
	rec := run(t, args)
	for _, r := range rec.All(token.EC2Instance) {
		assert.Len(t, r.Value("vpcSecurityGroupIds"), 2)
		assert.True(t, slices.ContainsFunc(r.Dependencies, func(urn string) bool {
			return strings.HasSuffix(urn, "::server-from-cdn-list")
		}))
	}
}
