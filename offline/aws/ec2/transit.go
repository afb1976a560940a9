package ec2

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// incorrectState is EC2's refusal of what a transit gateway's part is not ready for.
const incorrectState = "IncorrectState"

// transit is the table of transit gateways and what is attached to them.
func transit() []sim.Kind {
	onOff := []string{"enable", "disable"}
	return append([]sim.Kind{
		{
			Token: token.EC2TransitGateway, Service: "EC2", API: "TransitGateway", Noun: "EC2 Transit Gateway", IDPrefix: "tgw",
			Defaults: sim.Props{
				"amazonSideAsn": 64512.0, "autoAcceptSharedAttachments": "disable", "defaultRouteTableAssociation": "enable",
				"defaultRouteTablePropagation": "enable", "dnsSupport": "enable", "multicastSupport": "disable",
				"securityGroupReferencingSupport": "disable", "vpnEcmpSupport": "enable",
			},
			Enums: map[string][]string{
				"autoAcceptSharedAttachments": onOff, "defaultRouteTableAssociation": onOff, "defaultRouteTablePropagation": onOff,
				"dnsSupport": onOff, "multicastSupport": onOff, "securityGroupReferencingSupport": onOff, "vpnEcmpSupport": onOff,
			},
			Checks: []sim.Check{privateASN}, ReplaceOn: []string{"multicastSupport"},
			Outputs: transitOutputs,
			Quota:   &sim.Quota{Key: "ec2.transit-gateways", Default: 5, Code: "TransitGatewayLimitExceeded"},
		},
		{
			Token: token.EC2TransitGatewayRouteTable, Service: "EC2", API: "TransitGatewayRouteTable", Noun: "EC2 Transit Gateway Route Table", IDPrefix: "tgw-rtb",
			ReplaceOn: []string{"transitGatewayId"}, Refs: []sim.Ref{transitRef("transitGatewayId")},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn":                          o.ARN("ec2", "transit-gateway-route-table/"+o.ID),
					"defaultAssociationRouteTable": false, "defaultPropagationRouteTable": false,
				}
			},
			Quota: &sim.Quota{
				Key: "ec2.route-tables-per-transit-gateway", Default: 20, Code: "TransitGatewayRouteTableLimitExceeded",
				Within: func(o *sim.Op) string { return o.In.Str("transitGatewayId") },
			},
		},
		{
			Token: token.EC2TransitGatewayVpcAttachment, Service: "EC2", API: "TransitGatewayVpcAttachment", Noun: "EC2 Transit Gateway VPC Attachment", IDPrefix: "tgw-attach",
			Defaults: sim.Props{
				"applianceModeSupport": "disable", "dnsSupport": "enable", "ipv6Support": "disable",
				"transitGatewayDefaultRouteTableAssociation": true, "transitGatewayDefaultRouteTablePropagation": true,
			},
			Enums:     map[string][]string{"applianceModeSupport": onOff, "dnsSupport": onOff, "ipv6Support": onOff, "securityGroupReferencingSupport": onOff},
			ReplaceOn: []string{"transitGatewayId", "vpcId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ec2", "transit-gateway-attachment/"+o.ID), "vpcOwnerId": o.Account, "securityGroupReferencingSupport": "enable",
				}
			},
			Refs:  []sim.Ref{transitRef("transitGatewayId"), refer.VPC("vpcId"), refer.Subnet("subnetIds")},
			Rules: append(sim.Many(sim.Create, attachedOnce), sim.Many(sim.Create|sim.Update, oneSubnetPerZone)...),
			Quota: &sim.Quota{Key: "ec2.transit-gateways-per-vpc", Default: 5, Code: "TransitGatewayAttachmentLimitExceeded", Within: inVPC},
		},
	}, transitWays()...)
}

// transitWays are the peerings of gateways and the routes between attachments.
func transitWays() []sim.Kind {
	of := func(o *sim.Op) string {
		return o.In.Str("transitGatewayRouteTableId") + "_" + o.In.Str("transitGatewayAttachmentId")
	}
	both := []string{"transitGatewayAttachmentId", "transitGatewayRouteTableId"}
	refs := []sim.Ref{attachmentRef, {
		Path: "transitGatewayRouteTableId", To: []sim.Target{{Token: token.EC2TransitGatewayRouteTable}}, Missing: "InvalidRouteTableID.NotFound", InUse: incorrectState,
	}}
	ready := sim.Many(sim.Create, attachmentReady)
	return []sim.Kind{
		{
			Token: token.EC2TransitGatewayPeeringAttachment, Service: "EC2", API: "TransitGatewayPeeringAttachment", Noun: "EC2 Transit Gateway Peering Attachment",
			IDPrefix: "tgw-attach", ReplaceOn: []string{"peerAccountId", "peerRegion", "peerTransitGatewayId", "transitGatewayId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ec2", "transit-gateway-attachment/"+o.ID), "peerAccountId": o.Account, "state": "pendingAcceptance",
				}
			},
			Refs: []sim.Ref{transitRef("transitGatewayId"), {
				Path: "peerTransitGatewayId", To: []sim.Target{{Token: token.EC2TransitGateway}}, AnyRegion: true, InUse: incorrectState,
			}},
			Rules: sim.Many(sim.Create, peerGatewayThere),
		},
		{
			Token: token.EC2TransitGatewayPeeringAttachmentAccepter, Service: "EC2", API: "TransitGatewayPeeringAttachment", Noun: "EC2 Transit Gateway Peering Attachment Accepter",
			Verbs:     map[sim.Verb]string{sim.Create: "AcceptTransitGatewayPeeringAttachment"},
			ID:        func(o *sim.Op) string { return o.In.Str("transitGatewayAttachmentId") },
			ReplaceOn: []string{"transitGatewayAttachmentId"}, Outputs: transitAccepted,
			Rules: sim.Many(sim.Create, askedHere),
		},
		{
			Token: token.EC2TransitGatewayRouteTableAssociation, Service: "EC2", API: "TransitGatewayRouteTable",
			Noun:  "EC2 Transit Gateway Route Table Association",
			Verbs: map[sim.Verb]string{sim.Create: "AssociateTransitGatewayRouteTable", sim.Delete: "DisassociateTransitGatewayRouteTable"},
			ID:    of, ReplaceOn: append([]string{"replaceExistingAssociation"}, both...), Outputs: attachedResource, Refs: refs,
			Rules: append(ready, sim.Many(sim.Create, followsOneTable)...),
		},
		{
			Token: token.EC2TransitGatewayRouteTablePropagation, Service: "EC2", API: "TransitGatewayRouteTablePropagation",
			Noun:  "EC2 Transit Gateway Route Table Propagation",
			Verbs: map[sim.Verb]string{sim.Create: "EnableTransitGatewayRouteTablePropagation", sim.Delete: "DisableTransitGatewayRouteTablePropagation"},
			ID:    of, ReplaceOn: both, Outputs: attachedResource, Refs: refs, Rules: ready,
		},
		{
			Token: token.EC2TransitGatewayRoute, Service: "EC2", API: "TransitGatewayRoute", Noun: "EC2 Transit Gateway Route",
			ID: func(o *sim.Op) string {
				return o.In.Str("transitGatewayRouteTableId") + "_" + o.In.Str("destinationCidrBlock")
			},
			Checks: []sim.Check{cidrBetween("destinationCidrBlock", 0, 32)}, Defaults: sim.Props{"blackhole": false},
			ReplaceOn: append([]string{"blackhole", "destinationCidrBlock"}, both...), Refs: refs,
			Rules: append(ready, sim.Many(sim.Create, refer.TakenID("RouteAlreadyExists"))...),
		},
	}
}

// transitRef names a gateway, which stays while anything of it is there.
func transitRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.EC2TransitGateway}},
		Missing: "InvalidTransitGatewayID.NotFound",
		InUse:   incorrectState}
}

// attachmentRef names an attachment of either kind.
var attachmentRef = sim.Ref{
	Path: "transitGatewayAttachmentId", AnyRegion: true, Missing: "InvalidTransitGatewayAttachmentID.NotFound",
	To: []sim.Target{{Token: token.EC2TransitGatewayVpcAttachment}, {Token: token.EC2TransitGatewayPeeringAttachment}},
}

func transitOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": o.ARN("ec2", "transit-gateway/"+o.ID), "ownerId": o.Account, "description": "", "transitGatewayCidrBlocks": []any{},
		"associationDefaultRouteTableId": "", "propagationDefaultRouteTableId": "",
	}
	for property, table := range map[string]string{
		"defaultRouteTableAssociation": "associationDefaultRouteTableId", "defaultRouteTablePropagation": "propagationDefaultRouteTableId",
	} {
		if o.In.Str(property) == "enable" {
			out[table] = o.HexID("tgw-rtb")
		}
	}
	return out
}

// transitAccepted are the gateways as the accepting side sees them.
func transitAccepted(o *sim.Op) sim.Props {
	asked, _ := refer.Anywhere(o, token.EC2TransitGatewayPeeringAttachment, o.In.Str("transitGatewayAttachmentId"))
	return sim.Props{
		"transitGatewayId": asked.Props.Str("peerTransitGatewayId"), "peerTransitGatewayId": asked.Props.Str("transitGatewayId"),
		"peerRegion": asked.Region, "peerAccountId": o.Account,
	}
}

func attachedResource(o *sim.Op) sim.Props {
	id := o.In.Str("transitGatewayAttachmentId")
	if network, ok := o.Find(token.EC2TransitGatewayVpcAttachment, id); ok {
		return sim.Props{"resourceId": network.Str("vpcId"), "resourceType": "vpc"}
	}
	peer, _ := refer.Anywhere(o, token.EC2TransitGatewayPeeringAttachment, id)
	other := peer.Props.Str("peerTransitGatewayId")
	if peer.Region != o.Region {
		other = peer.Props.Str("transitGatewayId")
	}
	return sim.Props{"resourceId": other, "resourceType": "peering"}
}

func privateASN(in sim.Props) []sim.Failure {
	n := in.Int("amazonSideAsn")
	if !in.Known("amazonSideAsn") || (n >= 64512 && n <= 65534) || (n >= 4200000000 && n <= 4294967294) {
		return nil
	}
	return check.Wrong("amazonSideAsn", "got %d, want 64512 to 65534 or 4200000000 to 4294967294", n)
}

func attachedOnce(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("transitGatewayId") == o.In.Str("transitGatewayId") &&
			other.Props.Str("vpcId") == o.In.Str("vpcId") {
			return sim.Refuse("DuplicateTransitGatewayAttachment",
				fmt.Sprintf("%s has non-deleted Transit Gateway Attachments with same VPC ID",
					o.In.Str("transitGatewayId")), "Use the attachment "+other.ID+" that the VPC has.")
		}
	}
	return nil
}

func oneSubnetPerZone(o *sim.Op) error {
	ids := o.In.Strs("subnetIds")
	if len(place.ZonesOfSubnets(o, ids)) < len(ids) {
		return sim.Refuse("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ",
			"Give one subnet in each availability zone.")
	}
	for _, id := range ids {
		if place.VPCOfSubnet(o, id) != o.In.Str("vpcId") {
			return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Subnet %s is not in %s", id, o.In.Str("vpcId")),
				"Give subnets of the VPC.")
		}
	}
	return nil
}
