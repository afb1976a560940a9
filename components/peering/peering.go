// Package peering joins the networks of several regions, so that what is
// private in one is reached from the others without crossing the internet: an
// app in Europe writes to the database in America.
//
// Stage 5 needs it, the first with more than one region. There are two ways.
// VPC peerings join each network with each other one; they cost nothing by the
// hour, only the transfer between the regions ($0.02 a GB out of us-east-1). A
// transit gateway in each region is one more hop, and the place for what comes
// later: offices, further networks, inspection. It costs $0.05 an hour for
// each attachment and $0.02 for each GB that enters it, besides the transfer.
//
// A region that joins is creates only. A change from one way to the other
// updates the routes in place. Security groups of another region cannot be
// named: let their addresses in ([part.Range]). The package refuses networks
// whose ranges overlap, and what AWS cannot join. It routes what is private
// only: no region reaches the internet through another.
package peering

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type and SideToken that of its part in one region.
// They stand in every stack's state: never change them.
const (
	Token     = "rung:components:Peering"
	SideToken = "rung:components:PeeringSide"
)

// Kind is the way from network to network.
type Kind string

const (
	// VPC joins each network with each other one.
	VPC Kind = "peering"
	// TransitGateway joins the gateways of the regions.
	TransitGateway Kind = "transit-gateway"
)

// Kinds lists both, the cheaper one first.
func Kinds() []Kind { return []Kind{VPC, TransitGateway} }

// Side is one region's network. All fields but Subnets and Alerts are required.
type Side struct {
	// Region is the AWS region, "eu-west-1" say, and Code its short name in
	// logical names, "euw1" say. Neither may ever change.
	Region, Code string
	// VPCID is the network.
	VPCID pulumi.StringInput
	// CIDR is the network's range. No two sides' may overlap.
	CIDR string
	// Tables are the route tables that learn the ways to the other networks:
	// those of what connects, and those of what answers.
	Tables []part.RouteTable
	// Subnets are where a transit gateway is attached, one in each zone: what
	// is in a zone without one does not reach it. TransitGateway only.
	Subnets []part.Subnet
	// Provider is the region's.
	Provider pulumi.ProviderResource
	// Alerts is the topic in the region that its alarms notify. Nil notifies nobody.
	Alerts pulumi.StringInput
}

// Args describe the joined networks.
type Args struct {
	part.Common
	// Kind is the way. Empty means VPC.
	Kind Kind
	// Sides are the networks, in any order. One alone has nobody to reach.
	Sides []Side
}

// Peering is the ways between all networks.
type Peering struct {
	pulumi.ResourceState

	ctx   *pulumi.Context
	name  string
	args  Args
	sides map[string]*side // by code
}

// side is one region's part while it is built.
type side struct {
	Side
	pulumi.ResourceState

	hub *hub // the transit gateway, if that is the way
}

var _ pulumi.ComponentResource = (*Peering)(nil)

// New joins the networks. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Peering, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("peering %s: %w", name, err)
	}
	p := &Peering{ctx: ctx, name: name, args: args, sides: map[string]*side{}}
	if err := ctx.RegisterComponentResource(Token, name, p, opts...); err != nil {
		return nil, fmt.Errorf("register peering %s: %w", name, err)
	}
	if err := p.build(); err != nil {
		return nil, fmt.Errorf("peering %s: %w", name, err)
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"kind": pulumi.String(string(args.Kind))})
}

func (p *Peering) build() error {
	pairs := p.args.pairs()
	if len(pairs) == 0 {
		return nil
	}
	if err := p.register(); err != nil {
		return err
	}
	join := p.peer
	if p.args.Kind == TransitGateway {
		if err := p.buildHubs(); err != nil {
			return err
		}
		join = p.peerHubs
	}
	for _, pair := range pairs {
		if err := join(p.sides[pair[0]], p.sides[pair[1]]); err != nil {
			return fmt.Errorf("join %s and %s: %w", pair[0], pair[1], err)
		}
	}
	return nil
}

// register makes the part of each region, whose children are made there.
func (p *Peering) register() error {
	for _, given := range p.args.Sides {
		s := &side{Side: given}
		err := p.ctx.RegisterComponentResource(SideToken, p.name+"-"+s.Code, s, pulumi.Parent(p),
			pulumi.Providers(s.Provider))
		if err != nil {
			return fmt.Errorf("register the side of %s: %w", s.Region, err)
		}
		p.sides[s.Code] = s
	}
	return nil
}

// tags are those of one resource.
func (p *Peering) tags(name string) pulumi.StringMap {
	return p.args.TagsFor(p.ctx, p.name, part.Named(name))
}
