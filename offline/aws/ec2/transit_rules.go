package ec2

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func peerGatewayThere(o *sim.Op) error {
	peer, ok := refer.Anywhere(o, token.EC2TransitGateway, o.In.Str("peerTransitGatewayId"))
	if ok && peer.Region == o.In.Str("peerRegion") {
		return nil
	}
	return sim.Refuse("InvalidTransitGatewayID.NotFound",
		fmt.Sprintf("Transit Gateway %s was deleted or does not exist", o.In.Str("peerTransitGatewayId")),
		fmt.Sprintf("Give peerRegion the region of the gateway; there is none of this id in %s.", o.In.Str("peerRegion")))
}

// askedHere: a peering waits for its acceptance in the other gateway's region.
func askedHere(o *sim.Op) error {
	asked, ok := refer.Anywhere(o, token.EC2TransitGatewayPeeringAttachment, o.In.Str("transitGatewayAttachmentId"))
	if ok && asked.Props.Str("peerRegion") == o.Region {
		return nil
	}
	hint := "Ask for the peering first."
	if ok {
		hint = "Give the accepter the provider of " + asked.Props.Str("peerRegion") + "."
	}
	return sim.Refuse("InvalidTransitGatewayAttachmentID.NotFound",
		fmt.Sprintf("Transit Gateway Attachment %s was deleted or does not exist",
			o.In.Str("transitGatewayAttachmentId")), hint)
}

// attachmentReady: nothing leads into a peering before it was accepted.
func attachmentReady(o *sim.Op) error {
	id := o.In.Str("transitGatewayAttachmentId")
	if _, ok := refer.Anywhere(o, token.EC2TransitGatewayPeeringAttachment, id); !ok {
		return nil
	}
	if _, accepted := refer.Anywhere(o, token.EC2TransitGatewayPeeringAttachmentAccepter, id); accepted {
		return nil
	}
	return sim.Refuse(incorrectState, id+" is in invalid state",
		"Take the id from the accepter, so that this waits for it.")
}

func followsOneTable(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("transitGatewayAttachmentId") == o.In.Str("transitGatewayAttachmentId") {
			return sim.Refuse("Resource.AlreadyAssociated",
				fmt.Sprintf("Transit Gateway Attachment %s is already associated to a route table",
					o.In.Str("transitGatewayAttachmentId")),
				"Keep one association for an attachment, or set replaceExistingAssociation.")
		}
	}
	return nil
}

// networkAttached: EC2 knows a transit gateway in a VPC's routes only once the
// VPC is attached to it.
func networkAttached(o *sim.Op) error {
	gateway, vpc := o.In.Str("transitGatewayId"), vpcOfTable(o, o.In.Str("routeTableId"))
	if gateway == "" || vpc == "" {
		return nil
	}
	for _, a := range o.All(token.EC2TransitGatewayVpcAttachment) {
		if a.Props.Str("transitGatewayId") == gateway && a.Props.Str("vpcId") == vpc {
			return nil
		}
	}
	return sim.Refuse("InvalidTransitGatewayID.NotFound",
		fmt.Sprintf("The transitGateway ID '%s' does not exist", gateway),
		"Attach the VPC first: take the gateway's id from the attachment, so that the route waits for it.")
}
