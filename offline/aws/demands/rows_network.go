package demands

import "github.com/rung-dev/rung/resource/token"

// networkRows are networks, what joins them and what leads into them.
var networkRows = map[string]Row{
	token.EC2Vpc:                   nothing,
	token.EC2Subnet:                nothing,
	token.EC2InternetGateway:       nothing,
	token.EC2RouteTable:            nothing,
	token.EC2RouteTableAssociation: nothing,
	token.EC2SecurityGroup:         nothing,
	token.EC2DefaultSecurityGroup:  nothing,
	token.EC2NetworkInterface:      nothing,
	token.EC2Route: needs("the attachment of the network, for a route into a transit gateway",
		"InvalidTransitGatewayID.NotFound"),
	token.EC2Eip:            needs("an internet gateway, for the address of a machine", "Gateway.NotAttached"),
	token.EC2EipAssociation: needs("an internet gateway in the machine's network", "Gateway.NotAttached"),
	token.EC2NatGateway:     needs("an internet gateway, for a public one", "Gateway.NotAttached"),
	token.EC2VpcEndpoint: needs("both DNS attributes of the network, for private DNS: they are part of it",
		"InvalidParameter"),
	token.EC2FlowLog: needs("the policies of its role, for logs that go to CloudWatch; statements for log "+
		"delivery in a bucket's policy, which AWS adds", "Access error", "KMS.AccessDeniedException").
		with(flowLogDelivered, flowLogMay),
	token.VPCSecurityGroupIngressRule: needs("an accepted peering, for a group of another network",
		"InvalidGroup.NotFound"),
	token.VPCSecurityGroupEgressRule: needs("an accepted peering, for a group of another network",
		"InvalidGroup.NotFound"),

	token.EC2SecurityGroupRule: nothing,

	// A route into a peering that nobody has accepted is taken, and leads nowhere till then.
	token.EC2VpcPeeringConnection:         nothing,
	token.EC2VpcPeeringConnectionAccepter: nothing,
	token.EC2PeeringConnectionOptions:     needs("the acceptance of the peering", "OperationNotPermitted"),

	token.EC2DefaultVpc:                 nothing,
	token.EC2DefaultSubnet:              nothing,
	token.EC2NetworkAcl:                 nothing,
	token.EC2NetworkAclRule:             nothing,
	token.EC2NetworkAclAssociation:      nothing,
	token.EC2VpcDhcpOptions:             nothing,
	token.EC2VpcDhcpOptionsAssociation:  nothing,
	token.EC2EgressOnlyInternetGateway:  nothing,
	token.EC2CustomerGateway:            nothing,
	token.EC2VpnGateway:                 nothing,
	token.EC2VpnConnection:              nothing,
	token.EC2VpnConnectionRoute:         nothing,
	token.EC2VpnGatewayAttachment:       nothing,
	token.EC2VpnGatewayRoutePropagation: needs("the attachment of its gateway to the table's network", "Gateway.NotAttached"),

	token.EC2TransitGateway:           nothing,
	token.EC2TransitGatewayRouteTable: nothing,
	// The attachment of a network can be used as soon as it stands.
	token.EC2TransitGatewayVpcAttachment:             nothing,
	token.EC2TransitGatewayPeeringAttachment:         nothing,
	token.EC2TransitGatewayPeeringAttachmentAccepter: nothing,
	token.EC2TransitGatewayRoute:                     accepted,
	token.EC2TransitGatewayRouteTableAssociation:     accepted,
	token.EC2TransitGatewayRouteTablePropagation:     accepted,

	token.LBLoadBalancer: needs("an internet gateway, for one that faces the internet; the policy of the bucket of "+
		"its logs", "InvalidSubnet", "InvalidConfigurationRequest"),
	token.LBListener:            needs("the validation of its certificate", "UnsupportedCertificate"),
	token.LBListenerCertificate: needs("the validation of the certificate", "UnsupportedCertificate"),
	token.LBListenerRule:        nothing,
	token.LBTargetGroup:         nothing,
	// Another target may come before the listener: it counts as unused till then.
	token.LBTargetGroupAttachment: needs("the listener of a load balancer that is the target itself", "ValidationError"),

	token.GlobalAcceleratorAccelerator: needs("the policy of the bucket of its flow logs", "AccessDeniedException").
		with(flowsLogged),
	token.GlobalAcceleratorListener: nothing,
	token.GlobalAcceleratorEndpointGroup: needs("an internet gateway in the network of each load balancer, internal "+
		"ones among them", "InvalidArgumentException").with(acceleratedNetworkIsOpen),
}

// accepted is what follows a peering of transit gateways.
var accepted = needs("the acceptance of a peering of gateways", "IncorrectState")
