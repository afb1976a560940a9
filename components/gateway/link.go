package gateway

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// LinkToken is the link's type. It stands in every stack's state, so it is frozen.
const LinkToken = "rung:components:GatewayLink"

var _ pulumi.ComponentResource = (*Link)(nil)

// linkZones is how many zones a link stands in. It does not follow the
// network's: other subnets are another link, and for some minutes none.
const linkZones = 2

// LinkArgs describe a link. All fields are required.
type LinkArgs struct {
	part.Common
	// VPCID is the network and Subnets the private subnets in it, in two
	// zones or more; the link stands in the first two.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// TargetCIDR is the range of the balancers that the link may connect to,
	// the network's own say; TargetPort their listeners' port.
	TargetCIDR string
	TargetPort int
}

// Link is a gateway's way into a network (a VPC link): network interfaces
// through which API Gateway reaches balancers that the internet cannot. It is
// free, serves any number of gateways, and is a component of its own because
// the balancer must admit its group before a gateway can name the balancer.
type Link struct {
	pulumi.ResourceState

	// ID is the link's id.
	ID pulumi.StringOutput
	// SecurityGroupID is its group: a part.Client of the balancer.
	SecurityGroupID pulumi.StringOutput
}

// NewLink builds a link. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func NewLink(ctx *pulumi.Context, name string, args LinkArgs, opts ...pulumi.ResourceOption) (*Link, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("gateway link %s: %w", name, err)
	}
	l := &Link{}
	if err := ctx.RegisterComponentResource(LinkToken, name, l, opts...); err != nil {
		return nil, fmt.Errorf("register gateway link %s: %w", name, err)
	}
	if err := l.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("gateway link %s: %w", name, err)
	}
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"id": l.ID, "securityGroupId": l.SecurityGroupID})
}

func (a LinkArgs) validate() error {
	errs := []error{part.Between("TargetPort", a.TargetPort, 1, 65_535)}
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if a.TargetCIDR == "" {
		errs = append(errs, errors.New("TargetCIDR: required"))
	}
	if got := len(a.place()); got < linkZones {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones, want %d or more", got, linkZones))
	}
	return errors.Join(errs...)
}

// place are the subnets of the first two zones, one each.
func (a LinkArgs) place() []part.Subnet {
	var first []part.Subnet
	seen := map[string]bool{}
	for _, s := range a.Subnets {
		if len(first) < linkZones && !seen[s.Zone] {
			seen[s.Zone] = true
			first = append(first, s)
		}
	}
	return first
}

// build makes the group and the link. Nobody connects to a link's interfaces,
// so that the group has no way in.
func (l *Link) build(ctx *pulumi.Context, name string, args LinkArgs) error {
	group, err := ec2.NewSecurityGroup(ctx, name+"-sg", &ec2.SecurityGroupArgs{
		Description: pulumi.String("API gateway link " + name),
		VpcId:       args.VPCID.ToStringOutput().ToStringPtrOutput(),
		Tags:        args.TagsFor(ctx, name, part.Named(name)),
	}, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("create the security group: %w", err)
	}
	l.SecurityGroupID = group.ID().ToStringOutput()
	_, err = vpc.NewSecurityGroupEgressRule(ctx, name+"-to-balancer", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: l.SecurityGroupID,
		Description:     pulumi.Sprintf("To balancers on port %d", args.TargetPort),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(args.TargetPort),
		ToPort:          pulumi.Int(args.TargetPort),
		CidrIpv4:        pulumi.String(args.TargetCIDR),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("let the link reach the balancer: %w", err)
	}
	link, err := apigatewayv2.NewVpcLink(ctx, name+"-link", &apigatewayv2.VpcLinkArgs{
		SubnetIds:        part.IDs(args.place()),
		SecurityGroupIds: pulumi.StringArray{l.SecurityGroupID},
		Tags:             args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("create the link: %w", err)
	}
	l.ID = link.ID().ToStringOutput()
	return nil
}
