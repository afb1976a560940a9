package peering

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2transitgateway"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// hub is the transit gateway of one region.
type hub struct {
	// id is the gateway's, table the routes that its attachments follow.
	id, table pulumi.StringOutput
	// attached is the gateway's id once the network is attached to it: before,
	// no route may lead there.
	attached pulumi.StringOutput
}

func (p *Peering) buildHubs() error {
	for _, given := range p.args.Sides {
		s := p.sides[given.Code]
		if err := p.buildHub(s); err != nil {
			return fmt.Errorf("transit gateway of %s: %w", s.Region, err)
		}
		if err := p.watch(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peering) buildHub(s *side) error {
	name := p.name + "-" + s.Code
	gateway, err := ec2transitgateway.NewTransitGateway(p.ctx, name+"-gateway", &ec2transitgateway.TransitGatewayArgs{
		Description:   pulumi.String("Ways to the networks of other regions"),
		AmazonSideAsn: pulumi.Int(s.asn()),
		// Nothing is joined that is not named here.
		DefaultRouteTableAssociation: pulumi.String("disable"),
		DefaultRouteTablePropagation: pulumi.String("disable"),
		AutoAcceptSharedAttachments:  pulumi.String("disable"),
		DnsSupport:                   pulumi.String("enable"),
		Tags:                         p.tags(name),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("create it: %w", err)
	}
	table, err := ec2transitgateway.NewRouteTable(p.ctx, name+"-gateway-routes", &ec2transitgateway.RouteTableArgs{
		TransitGatewayId: gateway.ID(),
		Tags:             p.tags(name),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("create its routes: %w", err)
	}
	s.hub = &hub{id: gateway.ID().ToStringOutput(), table: table.ID().ToStringOutput()}
	return p.attach(s, name+"-network")
}

// attach puts the region's own network at its gateway.
func (p *Peering) attach(s *side, name string) error {
	attachment, err := ec2transitgateway.NewVpcAttachment(p.ctx, name, &ec2transitgateway.VpcAttachmentArgs{
		TransitGatewayId: s.hub.id,
		VpcId:            s.VPCID,
		SubnetIds:        part.IDs(firstOfZones(s.Subnets)),
		DnsSupport:       pulumi.String("enable"),
		TransitGatewayDefaultRouteTableAssociation: pulumi.Bool(false),
		TransitGatewayDefaultRouteTablePropagation: pulumi.Bool(false),
		Tags: p.tags(name),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("attach the network: %w", err)
	}
	s.hub.attached = attachment.TransitGatewayId
	id := attachment.ID().ToStringOutput()
	if err := p.follow(s, name, id); err != nil {
		return err
	}
	_, err = ec2transitgateway.NewRouteTablePropagation(p.ctx, name+"-known", &ec2transitgateway.RouteTablePropagationArgs{
		TransitGatewayAttachmentId: id, TransitGatewayRouteTableId: s.hub.table,
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("let the gateway know the network: %w", err)
	}
	return nil
}

// follow lets what comes through an attachment follow the gateway's routes.
func (p *Peering) follow(s *side, name string, attachment pulumi.StringOutput) error {
	_, err := ec2transitgateway.NewRouteTableAssociation(p.ctx, name+"-follows",
		&ec2transitgateway.RouteTableAssociationArgs{
			TransitGatewayAttachmentId: attachment, TransitGatewayRouteTableId: s.hub.table,
		}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("associate %s with the gateway's routes: %w", name, err)
	}
	return nil
}

// peerHubs joins the gateways of two regions.
func (p *Peering) peerHubs(asks, accepts *side) error {
	name := fmt.Sprintf("%s-%s-%s-gateways", p.name, asks.Code, accepts.Code)
	asked, err := ec2transitgateway.NewPeeringAttachment(p.ctx, name, &ec2transitgateway.PeeringAttachmentArgs{
		TransitGatewayId:     asks.hub.id,
		PeerTransitGatewayId: accepts.hub.id,
		PeerRegion:           pulumi.String(accepts.Region),
		Tags:                 p.tags(name),
	}, pulumi.Parent(asks))
	if err != nil {
		return fmt.Errorf("ask for the peering: %w", err)
	}
	accepted, err := ec2transitgateway.NewPeeringAttachmentAccepter(p.ctx, name+"-accepter",
		&ec2transitgateway.PeeringAttachmentAccepterArgs{
			TransitGatewayAttachmentId: asked.ID(),
			Tags:                       p.tags(name),
		}, pulumi.Parent(accepts))
	if err != nil {
		return fmt.Errorf("accept the peering: %w", err)
	}
	id := accepted.ID().ToStringOutput()
	for _, way := range [][2]*side{{asks, accepts}, {accepts, asks}} {
		if err := p.leadTo(way[0], way[1], id); err != nil {
			return err
		}
	}
	return p.routeBoth(asks, accepts,
		ec2.RouteArgs{TransitGatewayId: asks.hub.attached}, ec2.RouteArgs{TransitGatewayId: accepts.hub.attached})
}

// leadTo tells a gateway that another region's network lies behind a peering.
// Gateways tell one another nothing: between them routes are static.
func (p *Peering) leadTo(from, to *side, peering pulumi.StringOutput) error {
	name := fmt.Sprintf("%s-%s-gateway-to-%s", p.name, from.Code, to.Code)
	if err := p.follow(from, name, peering); err != nil {
		return err
	}
	_, err := ec2transitgateway.NewRoute(p.ctx, name, &ec2transitgateway.RouteArgs{
		DestinationCidrBlock:       pulumi.String(to.CIDR),
		TransitGatewayAttachmentId: peering,
		TransitGatewayRouteTableId: from.hub.table,
	}, pulumi.Parent(from))
	if err != nil {
		return fmt.Errorf("create route %s: %w", name, err)
	}
	return nil
}
