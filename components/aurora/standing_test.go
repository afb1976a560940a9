package aurora

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/tests/inprocess"
)

// world is a global database in regions of the offline cloud, home first; an empty
// version is the default.
func world(version string, regions ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var first *Aurora
		for _, region := range regions {
			in, err := aws.NewProvider(ctx, "aws-"+region, &aws.ProviderArgs{Region: pulumi.String(region)})
			if err != nil {
				return err
			}
			args, err := site(ctx, region, pulumi.Provider(in))
			if err != nil {
				return err
			}
			if args.Global = first; first == nil {
				args.EngineVersion, args.SecretRegions = version, regions[1:]
			}
			made, err := New(ctx, "aurora-"+region, args, pulumi.Provider(in))
			if err != nil {
				return err
			}
			if first == nil {
				first = made
			}
		}
		return nil
	}
}

// site is what a cluster stands in.
func site(ctx *pulumi.Context, region string, in pulumi.ResourceOption) (args Args, err error) {
	args = placed(region, nil)
	vpc, err := ec2.NewVpc(ctx, "net-"+region, &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")}, in)
	if err != nil {
		return args, err
	}
	for i, cidr := range []string{"10.0.0.0/24", "10.0.1.0/24"} {
		subnet, err := ec2.NewSubnet(ctx, args.Subnets[i].Zone, &ec2.SubnetArgs{
			VpcId: vpc.ID(), CidrBlock: pulumi.String(cidr), AvailabilityZone: pulumi.String(args.Subnets[i].Zone),
		}, in)
		if err != nil {
			return args, err
		}
		args.Subnets[i] = part.Subnet{ID: subnet.ID().ToStringOutput(), Zone: args.Subnets[i].Zone}
	}
	key, err := kms.NewKey(ctx, "key-"+region, &kms.KeyArgs{}, in)
	if err != nil {
		return args, err
	}
	args.VPCID, args.KMSKeyARN, args.Clients = vpc.ID(), key.Arn, nil
	return args, nil
}

// A global database keeps the version in which it was made: the default that rung
// has since changes nothing, and a region that comes later joins in the old one.
func TestAStandingDatabaseKeepsItsVersion(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(world("16.8", "us-east-1", "eu-west-1"))
	require.NoError(t, err)
	steps, err := stack.Up(world("", "us-east-1", "eu-west-1"))
	require.NoError(t, err, "a replacement would be an error")
	assert.Empty(t, steps)

	plan, err := stack.Preview(world("", "us-east-1", "eu-west-1", "us-west-2"))
	require.NoError(t, err)
	for _, s := range plan {
		assert.NotContains(t, []string{inprocess.Replace, inprocess.Delete}, s.Op, "%v", s)
	}
	_, err = stack.Up(world("", "us-east-1", "eu-west-1", "us-west-2"))
	require.NoError(t, err)
	clusters := 0
	for _, r := range stack.Held() {
		switch r.Type {
		case token.RDSCluster:
			clusters++
			assert.Equal(t, "16.8", r.OutputMap["engineVersionActual"].StringValue(), r.Name)
		case token.RDSClusterParameterGroup:
			assert.Equal(t, "aurora-postgresql16", r.String("family"), r.Name)
		}
	}
	assert.Equal(t, 3, clusters)
}

func TestANewDatabaseHasTheVersionWithLongTermSupport(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(world("", "us-east-1"))
	require.NoError(t, err)
	for _, r := range stack.Held() {
		if r.Type == token.RDSGlobalCluster {
			assert.Equal(t, DefaultEngineVersion, r.OutputMap["engineVersionActual"].StringValue())
		}
	}
}
