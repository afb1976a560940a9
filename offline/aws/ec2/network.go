package ec2

import (
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// network is the table of VPCs and what leads in and out of them.
func network() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.EC2Vpc, Service: "EC2", API: "Vpc", Noun: "EC2 VPC", IDPrefix: "vpc",
			ExactlyOneOf: [][]string{{"cidrBlock", "ipv4IpamPoolId"}},
			AtMostOneOf: [][]string{
				{"cidrBlock", "ipv4NetmaskLength"}, {"ipv6CidrBlock", "assignGeneratedIpv6CidrBlock"},
				{"ipv6CidrBlock", "ipv6NetmaskLength"}, {"ipv6IpamPoolId", "assignGeneratedIpv6CidrBlock"},
			},
			Enums:     map[string][]string{"instanceTenancy": {"default", "dedicated"}},
			Defaults:  sim.Props{"enableDnsSupport": true, "instanceTenancy": "default"},
			Checks:    []sim.Check{cidrBetween("cidrBlock", 16, 28)},
			ReplaceOn: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
			Outputs:   vpcOutputs,
			Quota:     &sim.Quota{Key: "vpc.vpcs", Default: 5, Code: "VpcLimitExceeded"},
		},
		{
			Token: token.EC2Subnet, Service: "EC2", API: "Subnet", IDPrefix: "subnet",
			AtMostOneOf: [][]string{{"availabilityZone", "availabilityZoneId"}},
			Checks:      []sim.Check{cidrBetween("cidrBlock", 16, 28)},
			Defaults: sim.Props{
				"assignIpv6AddressOnCreation": false, "enableDns64": false, "ipv6Native": false, "mapPublicIpOnLaunch": false,
				"enableResourceNameDnsARecordOnLaunch": false, "enableResourceNameDnsAaaaRecordOnLaunch": false,
			},
			ReplaceOn: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"},
			Outputs:   subnetOutputs,
			Refs:      []sim.Ref{refer.VPC("vpcId")},
			Rules: sim.Many(sim.Create, place.ZoneInRegion("availabilityZone"), zoneIDInRegion, subnetNeedsRange,
				subnetInsideVPC, subnetOverlaps),
			Quota: &sim.Quota{Key: "vpc.subnets-per-vpc", Default: 200, Code: "SubnetLimitExceeded", Within: inVPC},
		},
		{
			Token: token.EC2InternetGateway, Service: "EC2", API: "InternetGateway", Noun: "EC2 Internet Gateway", IDPrefix: "igw",
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("ec2", "internet-gateway/"+o.ID), "ownerId": o.Account, "vpcId": ""}
			},
			Refs:  []sim.Ref{refer.VPC("vpcId")},
			Verbs: map[sim.Verb]string{sim.Delete: "DetachInternetGateway"},
			Rules: append(sim.Many(sim.Create|sim.Update, oneGatewayPerVPC), sim.Many(sim.Delete, noMappedAddresses)...),
			Quota: &sim.Quota{Key: "vpc.internet-gateways", Default: 5, Code: "InternetGatewayLimitExceeded"},
		},
		{
			Token: token.EC2RouteTable, Service: "EC2", API: "RouteTable", Noun: "EC2 Route Table", IDPrefix: "rtb",
			Sets: []string{"routes"}, ReplaceOn: []string{"vpcId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ec2", "route-table/"+o.ID), "ownerId": o.Account,
					"routes": []any{}, "propagatingVgws": []any{},
				}
			},
			Refs: append([]sim.Ref{refer.VPC("vpcId")}, routeTargets("routes.")...),
			Quota: &sim.Quota{
				Key: "vpc.route-tables-per-vpc", Default: 200, Code: "RouteTableLimitExceeded", Within: inVPC,
			},
		},
		{
			Token: token.EC2Route, Service: "EC2", API: "Route", Noun: "Route",
			ID: func(o *sim.Op) string { return "r-" + o.In.Str("routeTableId") + routeHash(o.In) },
			ExactlyOneOf: [][]string{
				{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"},
				{
					"gatewayId", "natGatewayId", "networkInterfaceId", "vpcEndpointId", "vpcPeeringConnectionId", "transitGatewayId",
					"egressOnlyGatewayId", "carrierGatewayId", "localGatewayId", "coreNetworkArn",
				},
			},
			Checks:    []sim.Check{cidrBetween("destinationCidrBlock", 0, 32)},
			ReplaceOn: []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"origin": "CreateRoute", "state": routeState(o), "instanceId": "", "instanceOwnerId": "", "networkInterfaceId": "",
				}
			},
			Refs: append([]sim.Ref{{
				Path: "routeTableId", Missing: "InvalidRouteTableID.NotFound",
				To: []sim.Target{{Token: token.EC2RouteTable}, {Token: token.EC2Vpc, By: "mainRouteTableId"}},
			}}, routeTargets("")...),
			Rules: append(sim.Many(sim.Create, routeOnce), sim.Many(sim.Create|sim.Update, gatewayOfSameVPC, peeringOfNetwork, networkAttached)...),
		},
		{
			Token: token.EC2RouteTableAssociation, Service: "EC2", API: "RouteTableAssociation",
			Noun: "EC2 Route Table Association", IDPrefix: "rtbassoc",
			Verbs: map[sim.Verb]string{
				sim.Create: "AssociateRouteTable", sim.Update: "ReplaceRouteTableAssociation", sim.Delete: "DisassociateRouteTable",
			},
			ExactlyOneOf: [][]string{{"subnetId", "gatewayId"}},
			ReplaceOn:    []string{"gatewayId", "subnetId"},
			Refs: []sim.Ref{
				{Path: "routeTableId", To: []sim.Target{{Token: token.EC2RouteTable}}, Missing: "InvalidRouteTableID.NotFound", InUse: refer.Dependency},
				{Path: "subnetId", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnetID.NotFound"},
				{Path: "gatewayId", To: []sim.Target{{Token: token.EC2InternetGateway}}, Missing: "InvalidGatewayID.NotFound"},
			},
			Rules: sim.Many(sim.Create|sim.Update, associatedOnce, associatedInVPC),
		},
		{
			Token: token.EC2Eip, Service: "EC2", API: "Address", Noun: "EC2 EIP", IDPrefix: "eipalloc",
			Verbs:       map[sim.Verb]string{sim.Create: "AllocateAddress", sim.Update: "AssociateAddress", sim.Delete: "ReleaseAddress"},
			AtMostOneOf: [][]string{{"domain", "vpc"}},
			Enums:       map[string][]string{"domain": {"vpc"}},
			ReplaceOn:   []string{"address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool", "vpc"},
			Outputs:     eipOutputs,
			Refs: []sim.Ref{
				{Path: "instance", To: []sim.Target{{Token: token.EC2Instance}}, Missing: "InvalidInstanceID.NotFound"},
				{Path: "networkInterface", To: interfaces, Missing: "InvalidNetworkInterfaceID.NotFound"},
			},
			Rules: sim.Many(sim.Create|sim.Update, instanceHasGateway("instance"), interfaceHasGateway("networkInterface")),
			Quota: &sim.Quota{Key: "ec2.elastic-ips", Default: 5, Code: "AddressLimitExceeded"},
		},
		{
			Token: token.EC2EipAssociation, Service: "EC2", API: "Address", Noun: "EC2 EIP Association", IDPrefix: "eipassoc",
			Verbs: map[sim.Verb]string{sim.Create: "AssociateAddress", sim.Delete: "DisassociateAddress"},
			ReplaceOn: []string{
				"allocationId", "allowReassociation", "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp",
			},
			ExactlyOneOf: [][]string{{"allocationId", "publicIp"}, {"instanceId", "networkInterfaceId"}},
			Outputs:      eipAssociationOutputs,
			Refs: []sim.Ref{
				{Path: "allocationId", To: []sim.Target{{Token: token.EC2Eip}}, Missing: "InvalidAllocationID.NotFound"},
				{Path: "instanceId", To: []sim.Target{{Token: token.EC2Instance}}, Missing: "InvalidInstanceID.NotFound"},
				{Path: "networkInterfaceId", To: interfaces, Missing: "InvalidNetworkInterfaceID.NotFound"},
			},
			Rules: sim.Many(sim.Create, instanceHasGateway("instanceId"), interfaceHasGateway("networkInterfaceId")),
		},
		{
			Token: token.EC2NatGateway, Service: "EC2", API: "NatGateway", Noun: "EC2 NAT Gateway", IDPrefix: "nat",
			Enums:       map[string][]string{"connectivityType": {"public", "private"}},
			Defaults:    sim.Props{"connectivityType": "public"},
			Checks:      []sim.Check{natAddress},
			AtMostOneOf: [][]string{{"secondaryPrivateIpAddressCount", "secondaryPrivateIpAddresses"}},
			ReplaceOn:   []string{"allocationId", "connectivityType", "privateIp", "subnetId"},
			Outputs:     natOutputs,
			Refs: []sim.Ref{
				refer.Subnet("subnetId"),
				{
					Path: "allocationId", To: []sim.Target{{Token: token.EC2Eip}}, Missing: "InvalidAllocationID.NotFound",
					InUse: "InvalidIPAddress.InUse",
				},
			},
			Rules: sim.Many(sim.Create, natNeedsGateway, natAddressFree),
			Quota: &sim.Quota{
				Key: "vpc.nat-gateways-per-zone", Default: 5, Code: "NatGatewayLimitExceeded",
				Within: func(o *sim.Op) string { return place.ZoneOfSubnet(o, o.In.Str("subnetId")) },
			},
		},
		{
			Token: token.EC2VpcEndpoint, Service: "EC2", API: "VpcEndpoint", Noun: "EC2 VPC Endpoint", IDPrefix: "vpce",
			Enums:        map[string][]string{"vpcEndpointType": {"Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"}},
			Defaults:     sim.Props{"vpcEndpointType": "Gateway"},
			ExactlyOneOf: [][]string{{"serviceName", "serviceNetworkArn", "resourceConfigurationArn"}},
			JSON:         []string{"policy"},
			ReplaceOn:    []string{"serviceName", "serviceNetworkArn", "serviceRegion", "resourceConfigurationArn", "vpcEndpointType", "vpcId"},
			Outputs:      endpointOutputs,
			Refs: []sim.Ref{
				refer.VPC("vpcId"), refer.Subnet("subnetIds"), refer.SecurityGroup("securityGroupIds"),
				{
					Path: "routeTableIds", Missing: "InvalidRouteTableId.NotFound",
					To: []sim.Target{{Token: token.EC2RouteTable}, {Token: token.EC2Vpc, By: "mainRouteTableId"}},
				},
			},
			Rules: sim.Many(sim.Create|sim.Update, endpointService, endpointDNS, endpointOncePerTable),
		},
		{
			Token: token.EC2FlowLog, Service: "EC2", API: "FlowLogs", Noun: "Flow Log", IDPrefix: "fl",
			ExactlyOneOf: [][]string{{"vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId"}},
			AtMostOneOf:  [][]string{{"logDestination", "logGroupName"}},
			Enums: map[string][]string{
				"logDestinationType": {"cloud-watch-logs", "s3", "kinesis-data-firehose"},
				"trafficType":        {"ACCEPT", "REJECT", "ALL"},
			},
			Checks:   []sim.Check{flowLogDestination, check.OneOf("maxAggregationInterval", 60, 600)},
			Defaults: sim.Props{"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600.0},
			ReplaceOn: []string{
				"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType",
				"logFormat", "logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "transitGatewayAttachmentId",
				"transitGatewayId", "vpcId",
			},
			Outputs: flowLogOutputs,
			Refs: []sim.Ref{
				{Path: "vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVpcID.NotFound"},
				{Path: "subnetId", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnetID.NotFound"},
				{Path: "iamRoleArn", To: []sim.Target{{Token: token.IAMRole, By: "arn"}}, Missing: "InvalidParameter"},
			},
		},
	}
}

// routeTargets are the references of a route, in a table of its own or inline.
// A route whose target goes away stays behind as a black hole, so nothing is in use.
func routeTargets(prefix string) []sim.Ref {
	return []sim.Ref{
		{
			Path: prefix + "gatewayId", To: []sim.Target{{Token: token.EC2InternetGateway}}, Missing: "InvalidGatewayID.NotFound",
			Unless: func(v string) bool { return v == "local" || len(v) < 4 || v[:4] != "igw-" },
		},
		{Path: prefix + "natGatewayId", To: []sim.Target{{Token: token.EC2NatGateway}}, Missing: "InvalidNatGatewayID.NotFound"},
		{Path: prefix + "vpcEndpointId", To: []sim.Target{{Token: token.EC2VpcEndpoint}}, Missing: "InvalidVpcEndpointId.NotFound"},
		{Path: prefix + "networkInterfaceId", To: interfaces, Missing: "InvalidNetworkInterfaceID.NotFound"},
		peeringRef(prefix + "vpcPeeringConnectionId"),
		{Path: prefix + "egressOnlyGatewayId", To: []sim.Target{{Token: token.EC2EgressOnlyInternetGateway}}, Missing: "InvalidGatewayID.NotFound"},
		{Path: prefix + "transitGatewayId", To: []sim.Target{{Token: token.EC2TransitGateway}}, Missing: "InvalidTransitGatewayID.NotFound"},
	}
}

// interfaces are what a network interface id may name: one of its own, or the
// first one of an instance.
var interfaces = []sim.Target{{Token: token.EC2NetworkInterface},
	{Token: token.EC2Instance, By: "primaryNetworkInterfaceId"}}
