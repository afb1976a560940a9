package peering

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// peer joins two networks: one side asks, the other accepts in its own region,
// and only then either knows the way.
func (p *Peering) peer(asks, accepts *side) error {
	name := fmt.Sprintf("%s-%s-%s", p.name, asks.Code, accepts.Code)
	asked, err := ec2.NewVpcPeeringConnection(p.ctx, name, &ec2.VpcPeeringConnectionArgs{
		VpcId:      asks.VPCID,
		PeerVpcId:  accepts.VPCID,
		PeerRegion: pulumi.String(accepts.Region),
		AutoAccept: pulumi.Bool(false), // possible within one region only
		Tags:       p.tags(name),
	}, pulumi.Parent(asks))
	if err != nil {
		return fmt.Errorf("ask for the peering: %w", err)
	}
	accepted, err := ec2.NewVpcPeeringConnectionAccepter(p.ctx, name+"-accepter", &ec2.VpcPeeringConnectionAccepterArgs{
		VpcPeeringConnectionId: asked.ID(),
		AutoAccept:             pulumi.Bool(true),
		Tags:                   p.tags(name),
	}, pulumi.Parent(accepts))
	if err != nil {
		return fmt.Errorf("accept the peering: %w", err)
	}
	// The accepted peering's id is the same, but whoever takes it waits.
	id := accepted.ID().ToStringOutput()
	if err := p.resolve(name, id, asks, accepts); err != nil {
		return err
	}
	return p.routeBoth(asks, accepts, ec2.RouteArgs{VpcPeeringConnectionId: id}, ec2.RouteArgs{VpcPeeringConnectionId: id})
}

// resolve lets each network resolve the other's public names to private
// addresses. Each side answers for itself, in its region.
func (p *Peering) resolve(name string, id pulumi.StringOutput, asks, accepts *side) error {
	_, err := ec2.NewPeeringConnectionOptions(p.ctx, name+"-names-"+asks.Code, &ec2.PeeringConnectionOptionsArgs{
		VpcPeeringConnectionId: id,
		Requester:              &ec2.PeeringConnectionOptionsRequesterArgs{AllowRemoteVpcDnsResolution: pulumi.Bool(true)},
	}, pulumi.Parent(asks))
	if err != nil {
		return fmt.Errorf("resolve names of %s: %w", asks.Region, err)
	}
	_, err = ec2.NewPeeringConnectionOptions(p.ctx, name+"-names-"+accepts.Code, &ec2.PeeringConnectionOptionsArgs{
		VpcPeeringConnectionId: id,
		Accepter:               &ec2.PeeringConnectionOptionsAccepterArgs{AllowRemoteVpcDnsResolution: pulumi.Bool(true)},
	}, pulumi.Parent(accepts))
	if err != nil {
		return fmt.Errorf("resolve names of %s: %w", accepts.Region, err)
	}
	return nil
}

// routeBoth enters the ways from one network to the other and back.
func (p *Peering) routeBoth(one, other *side, there, back ec2.RouteArgs) error {
	if err := p.route(one, other, there); err != nil {
		return err
	}
	return p.route(other, one, back)
}

// route enters the way to another network in every table of a side. Its name
// says nothing of the way, so that another way is an update.
func (p *Peering) route(from, to *side, way ec2.RouteArgs) error {
	for _, table := range from.Tables {
		args := way
		args.RouteTableId, args.DestinationCidrBlock = table.ID, pulumi.String(to.CIDR)
		name := fmt.Sprintf("%s-%s-%s-to-%s", p.name, from.Code, table.Name, to.Code)
		if _, err := ec2.NewRoute(p.ctx, name, &args, pulumi.Parent(from)); err != nil {
			return fmt.Errorf("create route %s: %w", name, err)
		}
	}
	return nil
}
