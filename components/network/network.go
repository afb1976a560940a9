// Package network builds one region's VPC, laid out on the first day for all
// six stages: subnets by tier and zone slot, routes, the way out, flow logs.
//
// Every stage needs it. Stage 1 has one public subnet and pays nothing: VPC,
// subnets, routes, internet gateway and the S3 endpoint are free. Private
// subnets come with stage 3 and need a way out, which is what costs: a NAT
// instance is about $6 a month with its address, a NAT gateway about $37 plus
// $0.045 for each GB, one for each zone a multiple of that. Flow logs cost
// $0.25 for each GB delivered to S3.
//
// A VPC that stands already is handed on instead (Args.Own).
//
// The package refuses a range that is not a private /16 to /24, more zones than
// it has slots for, and a growth that would move a subnet: a subnet's range follows
// from its tier and its zone's slot, never from how many zones there are.
package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It is in every stack's state, so it is frozen.
const Token = "rung:components:Network"

// tagTier is the tag by which other tools find the subnets of a tier.
const tagTier = "rung:tier"

// Args say how much of the layout is built. Growing any of them creates
// resources and changes none that exist.
type Args struct {
	part.Common
	// Region is the AWS region, "us-east-1" say. Required.
	Region string
	// CIDR is the VPC's range: a private IPv4 one of /16 to /24. Empty means the
	// region's own slot, a /16, so that the VPCs of several regions never overlap.
	// It cannot be changed once the VPC exists. With Own it is that VPC's.
	CIDR string
	// Own is a VPC that stands already. Nil makes one.
	Own *Own
	// Zones are the availability zones by slot, one to four, two in a /24: the first has slot
	// 0 for ever. Append to grow; an empty name keeps a slot free. Take them
	// from a pinned list, not in the order in which AWS happens to answer.
	Zones []string
	// Private adds a private subnet in each zone: for machines that the world
	// never reaches but which reach the world through NAT.
	Private bool
	// Data adds a data subnet in each zone, without any route to the internet.
	Data bool
	// NAT is the private subnets' way out. Empty means None.
	NAT NAT
	// NATImage is the arm64 image of Amazon Linux 2023 for a NAT instance.
	// Required for NAT Instance only; a newer image never replaces the instance.
	NATImage pulumi.StringInput
	// FlowLogs records who talks to whom, in LogBucketARN.
	FlowLogs bool
	// LogBucketARN is the bucket for flow logs; its lifecycle decides how long
	// they are kept. Required with FlowLogs.
	LogBucketARN pulumi.StringInput
}

// Network is a VPC with its subnets.
type Network struct {
	pulumi.ResourceState

	// VPCID is the VPC's id.
	VPCID pulumi.StringOutput
	// CIDR is the VPC's range.
	CIDR string
	// Public, Private and Data are the subnets of each tier in the order of
	// their slots; empty for a tier that was not asked for.
	Public, Private, Data []part.Subnet
	// RouteTables are all tables of routes, in the order in which they were
	// made: what a way to another network is entered in.
	RouteTables []part.RouteTable
	// PrivateRange holds the private subnets of all zones, also of those that
	// are yet to come: what the stores of other regions let in.
	PrivateRange string
	// NATAddresses are the public addresses from which private subnets reach
	// the world, in the order of their slots: what partners put on their lists.
	NATAddresses pulumi.StringArray
}

var _ pulumi.ComponentResource = (*Network)(nil)

// builder carries what every step of building needs.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	net    *Network
	vpc    *ec2.Vpc
	tables pulumi.StringArray // all route tables, for the S3 endpoint
	public *ec2.RouteTable
	// internet is the internet gateway and the route to it, without which AWS
	// takes no public address into use.
	internet []pulumi.Resource
}

// New builds the network. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Network, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("network %s: %w", name, err)
	}
	n := &Network{CIDR: args.CIDR, PrivateRange: args.rangeOf(Private)}
	if err := ctx.RegisterComponentResource(Token, name, n, opts...); err != nil {
		return nil, fmt.Errorf("register network %s: %w", name, err)
	}
	if args.Own != nil {
		n.adopt(args.Own)
		return n, ctx.RegisterResourceOutputs(n, n.outputs())
	}
	b := &builder{ctx: ctx, name: name, args: args, net: n}
	for _, step := range []func() error{b.buildVPC, b.buildPublic, b.buildPrivate, b.buildData, b.buildEndpoint,
		b.buildFlowLog} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("network %s: %w", name, err)
		}
	}
	return n, ctx.RegisterResourceOutputs(n, n.outputs())
}

func (n *Network) outputs() pulumi.Map {
	return pulumi.Map{
		"vpcId":            n.VPCID,
		"cidr":             pulumi.String(n.CIDR),
		"publicSubnetIds":  part.IDs(n.Public),
		"privateSubnetIds": part.IDs(n.Private),
		"dataSubnetIds":    part.IDs(n.Data),
		"natAddresses":     n.NATAddresses,
	}
}

// child are the options of a child resource.
func (b *builder) child() pulumi.ResourceOption { return pulumi.Parent(b.net) }

func (b *builder) tags(name string, extra ...map[string]string) pulumi.StringMap {
	return b.args.TagsFor(b.ctx, b.name, append(extra, part.Named(name))...)
}

func (b *builder) buildVPC() (err error) {
	b.vpc, err = ec2.NewVpc(b.ctx, b.name+"-vpc", &ec2.VpcArgs{
		CidrBlock:          pulumi.String(b.args.CIDR),
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true), // gives elastic addresses the names that CDNs take as an origin
		Tags:               b.tags(b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the VPC: %w", err)
	}
	b.net.VPCID = b.vpc.ID().ToStringOutput()
	// Adopting the default group without a rule closes it: whatever is started
	// without a group of its own reaches nothing and is reached by nothing.
	_, err = ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default", &ec2.DefaultSecurityGroupArgs{
		VpcId: b.net.VPCID,
		Tags:  b.tags(b.name + "-default"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("lock the default security group: %w", err)
	}
	return nil
}
