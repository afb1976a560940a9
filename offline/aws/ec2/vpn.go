package ec2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// vpnKinds are connections to another network by IPsec.
func vpnKinds() []sim.Kind {
	return []sim.Kind{vpnConnection(), vpnRoute(), vpnAttachment(), vpnPropagation()}
}

func vpnConnection() sim.Kind {
	lasting := []string{
		"customerGatewayId", "enableAcceleration", "outsideIpAddressType", "presharedKeyStorage", "staticRoutesOnly",
		"transportTransitGatewayAttachmentId", "tunnel1InsideCidr", "tunnel1InsideIpv6Cidr", "tunnel2InsideCidr",
		"tunnel2InsideIpv6Cidr", "tunnelInsideIpVersion", "type",
	}
	return sim.Kind{
		Token: token.EC2VpnConnection, Service: "EC2", API: "VpnConnection", Noun: "EC2 VPN Connection", IDPrefix: "vpn",
		Verbs:        map[sim.Verb]string{sim.Update: "ModifyVpnConnection"},
		ExactlyOneOf: [][]string{{"transitGatewayId", "vpnGatewayId"}},
		Enums: map[string][]string{
			"type": {"ipsec.1"}, "outsideIpAddressType": {"PublicIpv4", "PrivateIpv4"}, "tunnelInsideIpVersion": {"ipv4", "ipv6"},
		},
		ReplaceOn: lasting,
		Secrets:   []string{"customerGatewayConfiguration", "tunnel1PresharedKey", "tunnel2PresharedKey"},
		Outputs:   vpnOutputs,
		Refs: []sim.Ref{
			{Path: "customerGatewayId", To: []sim.Target{{Token: token.EC2CustomerGateway}}, Missing: "InvalidCustomerGatewayID.NotFound", InUse: "IncorrectState"},
			{Path: "vpnGatewayId", To: []sim.Target{{Token: token.EC2VpnGateway}}, Missing: "InvalidVpnGatewayID.NotFound", InUse: "IncorrectState"},
			{Path: "transitGatewayId", To: []sim.Target{{Token: token.EC2TransitGateway}}, Missing: "InvalidTransitGatewayID.NotFound", InUse: "IncorrectState"},
		},
		Rules: append(sim.Many(sim.Create, insideAddresses),
			sim.Many(sim.Delete, refer.TakesAlong(token.EC2VpnConnectionRoute, "vpnConnectionId"))...),
		Quota: &sim.Quota{Key: "vpn.connections", Default: 50, Code: "VpnConnectionLimitExceeded"},
	}
}

func vpnOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": o.ARN("ec2", "vpn-connection/"+o.ID), "customerGatewayConfiguration": `<vpn_connection id="` + o.ID + `"/>`,
		"coreNetworkArn": "", "coreNetworkAttachmentArn": "", "enableAcceleration": false, "localIpv4NetworkCidr": "0.0.0.0/0",
		"remoteIpv4NetworkCidr": "0.0.0.0/0", "outsideIpAddressType": "PublicIpv4", "presharedKeyArn": "", "routes": []any{},
		"staticRoutesOnly": false, "transitGatewayAttachmentId": "", "tunnelInsideIpVersion": "ipv4", "vgwTelemetries": []any{},
	}
	if o.In.Str("transitGatewayId") != "" {
		out["transitGatewayAttachmentId"] = o.HexID("tgw-attach")
	}
	for i, tunnel := range []string{"tunnel1", "tunnel2"} {
		third := o.Pick(250, tunnel)
		out[tunnel+"Address"] = fmt.Sprintf("203.0.113.%d", 1+o.Pick(120, tunnel+" outside")+i*120)
		out[tunnel+"InsideCidr"] = fmt.Sprintf("169.254.%d.%d/30", third, i*4)
		out[tunnel+"VgwInsideAddress"] = fmt.Sprintf("169.254.%d.%d", third, i*4+1)
		out[tunnel+"CgwInsideAddress"] = fmt.Sprintf("169.254.%d.%d", third, i*4+2)
		out[tunnel+"BgpAsn"], out[tunnel+"BgpHoldtime"] = "64512", 30
		out[tunnel+"PresharedKey"] = o.Lower(32, tunnel+" key")
	}
	return out
}

// kept are the ranges that AWS uses itself (Site-to-Site VPN user guide, tunnel options).
var kept = []string{"169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30", "169.254.3.0/30", "169.254.4.0/30",
	"169.254.5.0/30", "169.254.169.252/30"}

// insideAddresses: the tunnels' own ranges are of size 30, link-local, and not AWS's.
func insideAddresses(o *sim.Op) error {
	for _, key := range []string{"tunnel1InsideCidr", "tunnel2InsideCidr"} {
		cidr := o.In.Str(key)
		if cidr == "" || strings.HasPrefix(cidr, "169.254.") && strings.HasSuffix(cidr, "/30") &&
			!slices.Contains(kept, cidr) {
			continue
		}
		return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Invalid value %q for TunnelInsideCidr", cidr),
			"Give "+key+" a /30 of 169.254.0.0/16 that AWS does not keep for itself.")
	}
	return nil
}

func vpnRoute() sim.Kind {
	return sim.Kind{
		Token: token.EC2VpnConnectionRoute, Service: "EC2", API: "VpnConnectionRoute", Noun: "EC2 VPN Connection Route",
		ReplaceOn: []string{"destinationCidrBlock", "vpnConnectionId"},
		ID: func(o *sim.Op) string {
			return o.In.Str("destinationCidrBlock") + ":" + o.In.Str("vpnConnectionId")
		},
		Refs: []sim.Ref{{Path: "vpnConnectionId", To: []sim.Target{{Token: token.EC2VpnConnection}}, Missing: "InvalidVpnConnectionID.NotFound"}},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			if c, ok := o.Find(token.EC2VpnConnection, o.In.Str("vpnConnectionId")); !ok || c.Bool("staticRoutesOnly") {
				return nil
			}
			return sim.Refuse("UnsupportedOperation", "Static routes are not supported by a connection that uses BGP",
				"Set staticRoutesOnly of the connection.")
		}),
	}
}

func vpnAttachment() sim.Kind {
	return sim.Kind{
		Token: token.EC2VpnGatewayAttachment, Service: "EC2", API: "VpnGatewayAttachment", Noun: "EC2 VPN Gateway Attachment",
		Verbs:     map[sim.Verb]string{sim.Create: "AttachVpnGateway", sim.Delete: "DetachVpnGateway"},
		ReplaceOn: []string{"vpcId", "vpnGatewayId"},
		ID:        func(o *sim.Op) string { return "vpn-attachment-" + o.Hex(8, "attachment") },
		Refs: []sim.Ref{
			refer.VPC("vpcId"),
			{Path: "vpnGatewayId", To: []sim.Target{{Token: token.EC2VpnGateway}}, Missing: "InvalidVpnGatewayID.NotFound", InUse: "IncorrectState"},
		},
		Rules: sim.Many(sim.Create, oneVPNGateway),
	}
}

// oneVPNGateway: a network has one gateway of the kind, and a gateway one network.
func oneVPNGateway(o *sim.Op) error {
	vpc, gateway := o.In.Str("vpcId"), o.In.Str("vpnGatewayId")
	for _, g := range append(o.All(token.EC2VpnGateway), o.Others()...) {
		id := g.ID
		if g.Token == token.EC2VpnGatewayAttachment {
			id = g.Props.Str("vpnGatewayId")
		}
		switch at := g.Props.Str("vpcId"); {
		case at == "":
		case id == gateway:
			return sim.Refuse("VpnGatewayAttachmentLimitExceeded", fmt.Sprintf("%s is already attached to %s", gateway, at),
				"Detach it there first.")
		case at == vpc:
			return sim.Refuse("InvalidVpcState", fmt.Sprintf("VPC %s already has an attached virtual gateway", vpc),
				"Keep one VPN gateway for a VPC: "+id+".")
		}
	}
	return nil
}

func vpnPropagation() sim.Kind {
	return sim.Kind{
		Token: token.EC2VpnGatewayRoutePropagation, Service: "EC2", API: "VgwRoutePropagation",
		Noun:      "EC2 VPN Gateway Route Propagation",
		Verbs:     map[sim.Verb]string{sim.Create: "EnableVgwRoutePropagation", sim.Delete: "DisableVgwRoutePropagation"},
		ReplaceOn: []string{"routeTableId", "vpnGatewayId"},
		ID:        func(o *sim.Op) string { return o.In.Str("vpnGatewayId") + "_" + o.In.Str("routeTableId") },
		Refs: []sim.Ref{
			{Path: "routeTableId", To: []sim.Target{{Token: token.EC2RouteTable}, {Token: token.EC2Vpc, By: "mainRouteTableId"}}, Missing: "InvalidRouteTableID.NotFound"},
			{Path: "vpnGatewayId", To: []sim.Target{{Token: token.EC2VpnGateway}}, Missing: "InvalidVpnGatewayID.NotFound"},
		},
		Rules: sim.Many(sim.Create, gatewayAttached),
	}
}

// gatewayAttached: routes come from a gateway of the table's own network. No property of a
// propagation names the attachment.
func gatewayAttached(o *sim.Op) error {
	gateway := o.In.Str("vpnGatewayId")
	table, ours := o.Find(token.EC2RouteTable, o.In.Str("routeTableId"))
	g, _ := o.Find(token.EC2VpnGateway, gateway)
	attached := !ours || g.Str("vpcId") == table.Str("vpcId")
	for _, a := range o.All(token.EC2VpnGatewayAttachment) {
		attached = attached || a.Props.Str("vpnGatewayId") == gateway && a.Props.Str("vpcId") == table.Str("vpcId")
	}
	if attached {
		return nil
	}
	return sim.Refuse("Gateway.NotAttached", fmt.Sprintf("resource %s is not attached to network %s", gateway,
		table.Str("vpcId")),
		"Attach the gateway, and let this depend on the attachment.")
}
