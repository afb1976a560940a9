package ec2

import (
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// edges are what holds packets back at a network's subnets, and what leads out of it by other ways.
func edges() []sim.Kind {
	return append([]sim.Kind{acl(), aclRule(), aclAssociation(), dhcpSet(), dhcpAssociation(), egressGateway(),
		customerGateway(), vpnGateway()}, vpnKinds()...)
}

// acls are what the id of an ACL may name: one of its own, or that of a network.
var acls = []sim.Target{{Token: token.EC2NetworkAcl}, {Token: token.EC2Vpc, By: "defaultNetworkAclId"}}

var aclActions = []string{"allow", "deny"}

func acl() sim.Kind {
	return sim.Kind{
		Token: token.EC2NetworkAcl, Service: "EC2", API: "NetworkAcl", Noun: "EC2 Network ACL", IDPrefix: "acl",
		Enums:     map[string][]string{"ingress.action": aclActions, "egress.action": aclActions},
		Ranges:    map[string]sim.Range{"ingress.ruleNo": {Min: 1, Max: 32766}, "egress.ruleNo": {Min: 1, Max: 32766}},
		Sets:      []string{"ingress", "egress"},
		ReplaceOn: []string{"vpcId"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": o.ARN("ec2", "network-acl/"+o.ID), "ownerId": o.Account, "ingress": []any{}, "egress": []any{}, "subnetIds": []any{},
			}
		},
		Refs:  []sim.Ref{refer.VPC("vpcId"), {Path: "subnetIds", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnetID.NotFound"}},
		Rules: sim.Many(sim.Create|sim.Update, aclOfNetwork),
		Quota: &sim.Quota{Key: "vpc.network-acls-per-vpc", Default: 200, Code: "NetworkAclLimitExceeded", Within: inVPC},
	}
}

func aclOfNetwork(o *sim.Op) error {
	for _, subnet := range o.In.Strs("subnetIds") {
		if vpc := place.VPCOfSubnet(o, subnet); vpc != "" && vpc != o.In.Str("vpcId") {
			return networksDiffer(o.ID, subnet)
		}
	}
	return nil
}

func networksDiffer(acl, subnet string) error {
	return sim.Refuse("InvalidParameterValue", fmt.Sprintf("network acl %s and subnet %s belong to different networks",
		acl, subnet),
		"Use an ACL of the subnet's own VPC.")
}

func aclRule() sim.Kind {
	return sim.Kind{
		Token: token.EC2NetworkAclRule, Service: "EC2", API: "NetworkAclEntry", Noun: "EC2 Network ACL Rule",
		Defaults: sim.Props{"egress": false}, Enums: map[string][]string{"ruleAction": aclActions},
		Ranges:       map[string]sim.Range{"ruleNumber": {Min: 1, Max: 32766}},
		ExactlyOneOf: [][]string{{"cidrBlock", "ipv6CidrBlock"}},
		ReplaceOn: []string{
			"cidrBlock", "egress", "fromPort", "icmpCode", "icmpType", "ipv6CidrBlock", "networkAclId", "protocol",
			"ruleAction", "ruleNumber",
			"toPort",
		},
		DeleteFirst: true, // a number stands once
		ID: func(o *sim.Op) string {
			return fmt.Sprintf("nacl-%d", crc32.ChecksumIEEE([]byte(strings.Join([]string{o.In.Str("networkAclId"),
				fmt.Sprint(o.In.Int("ruleNumber"), o.In.Bool("egress")), o.In.Str("protocol")}, "-"))))
		},
		Refs:  []sim.Ref{{Path: "networkAclId", To: acls, Missing: "InvalidNetworkAclID.NotFound"}},
		Rules: sim.Many(sim.Create, numberFree),
		Quota: &sim.Quota{Key: "vpc.rules-per-network-acl", Default: 20, Code: "NetworkAclEntryLimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str("networkAclId") + fmt.Sprint(o.In.Bool("egress")) }},
	}
}

func numberFree(o *sim.Op) error {
	for _, other := range o.All(token.EC2NetworkAclRule) {
		if other.Props.Str("networkAclId") == o.In.Str("networkAclId") && other.Props.Bool("egress") == o.In.Bool("egress") &&
			other.Props.Int("ruleNumber") == o.In.Int("ruleNumber") {
			return sim.Refuse("NetworkAclEntryAlreadyExists",
				fmt.Sprintf("The network acl entry identified by %d already exists.", o.In.Int("ruleNumber")),
				"Give another ruleNumber.")
		}
	}
	return nil
}

func aclAssociation() sim.Kind {
	return sim.Kind{
		Token: token.EC2NetworkAclAssociation, Service: "EC2", API: "NetworkAclAssociation", Noun: "EC2 Network ACL Association",
		Verbs:     map[sim.Verb]string{sim.Create: "ReplaceNetworkAclAssociation", sim.Delete: "ReplaceNetworkAclAssociation"},
		IDPrefix:  "aclassoc",
		ReplaceOn: []string{"networkAclId", "subnetId"},
		Refs: []sim.Ref{
			{Path: "networkAclId", To: acls, Missing: "InvalidNetworkAclID.NotFound", InUse: refer.Dependency},
			{Path: "subnetId", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnetID.NotFound"},
		},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			own, ours := o.Find(token.EC2NetworkAcl, o.In.Str("networkAclId"))
			if vpc := place.VPCOfSubnet(o, o.In.Str("subnetId")); ours && vpc != "" && vpc != own.Str("vpcId") {
				return networksDiffer(o.In.Str("networkAclId"), o.In.Str("subnetId"))
			}
			return nil
		}),
	}
}

func dhcpSet() sim.Kind {
	all := []string{
		"domainName", "domainNameServers", "ipv6AddressPreferredLeaseTime", "netbiosNameServers", "netbiosNodeType",
		"ntpServers",
	}
	return sim.Kind{
		Token: token.EC2VpcDhcpOptions, Service: "EC2", API: "DhcpOptions", Noun: "EC2 DHCP Options Set", IDPrefix: "dopt",
		Verbs:     map[sim.Verb]string{sim.Update: "CreateTags"},
		Ordered:   []string{"domainNameServers", "netbiosNameServers", "ntpServers"},
		ReplaceOn: all,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("ec2", "dhcp-options/"+o.ID), "ownerId": o.Account}
		},
		// The wording is from memory.
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			for _, key := range all {
				if o.In.Has(key) {
					return nil
				}
			}
			return sim.Refuse("MissingParameter", "The request must contain the parameter dhcpConfigurations",
				"Give domainName or domainNameServers.")
		}),
	}
}

// dhcpAssociation: the provider's id has both in it; an update makes another one, which cannot be here.
func dhcpAssociation() sim.Kind {
	set := func(v string) bool { return v == "default" }
	return sim.Kind{
		Token: token.EC2VpcDhcpOptionsAssociation, Service: "EC2", API: "DhcpOptions", Noun: "EC2 VPC DHCP Options Set Association",
		Verbs: map[sim.Verb]string{sim.Create: "AssociateDhcpOptions", sim.Update: "AssociateDhcpOptions", sim.Delete: "AssociateDhcpOptions"},
		ID: func(o *sim.Op) string {
			return o.In.Str("dhcpOptionsId") + "-" + o.In.Str("vpcId")
		},
		ReplaceOn: []string{"vpcId"},
		Refs: []sim.Ref{refer.VPC("vpcId"), {Path: "dhcpOptionsId", Missing: "InvalidDhcpOptionID.NotFound", InUse: refer.Dependency, Unless: set,
			To: []sim.Target{{Token: token.EC2VpcDhcpOptions}, {Token: token.EC2Vpc, By: "dhcpOptionsId"}}}},
	}
}

func egressGateway() sim.Kind {
	return sim.Kind{
		Token: token.EC2EgressOnlyInternetGateway, Service: "EC2", API: "EgressOnlyInternetGateway",
		Noun: "EC2 Egress-only Internet Gateway", IDPrefix: "eigw", Verbs: map[sim.Verb]string{sim.Update: "CreateTags"},
		ReplaceOn: []string{"vpcId"}, Refs: []sim.Ref{refer.VPC("vpcId")},
	}
}

func customerGateway() sim.Kind {
	return sim.Kind{
		Token: token.EC2CustomerGateway, Service: "EC2", API: "CustomerGateway", Noun: "EC2 Customer Gateway", IDPrefix: "cgw",
		Verbs: map[sim.Verb]string{sim.Update: "CreateTags"}, Enums: map[string][]string{"type": {"ipsec.1"}},
		ReplaceOn:   []string{"bgpAsn", "bgpAsnExtended", "certificateArn", "deviceName", "ipAddress", "type"},
		AtMostOneOf: [][]string{{"bgpAsn", "bgpAsnExtended"}},
		Outputs:     func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("ec2", "customer-gateway/"+o.ID)} },
		Quota:       &sim.Quota{Key: "vpn.customer-gateways", Default: 50, Code: "CustomerGatewayLimitExceeded"},
	}
}

func vpnGateway() sim.Kind {
	return sim.Kind{
		Token: token.EC2VpnGateway, Service: "EC2", API: "VpnGateway", Noun: "EC2 VPN Gateway", IDPrefix: "vgw",
		Verbs:     map[sim.Verb]string{sim.Update: "AttachVpnGateway"},
		ReplaceOn: []string{"amazonSideAsn", "availabilityZone"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("ec2", "vpn-gateway/"+o.ID), "amazonSideAsn": "64512", "vpcId": ""}
		},
		Refs: []sim.Ref{refer.VPC("vpcId")},
		Rules: sim.Many(sim.Create|sim.Update, func(o *sim.Op) error {
			for _, other := range o.Others() {
				if vpc := o.In.Str("vpcId"); vpc != "" && other.Props.Str("vpcId") == vpc {
					return sim.Refuse("InvalidVpcState", fmt.Sprintf("VPC %s already has an attached virtual gateway", vpc),
						"Keep one VPN gateway for a VPC: "+other.ID+".")
				}
			}
			return nil
		}),
		Quota: &sim.Quota{Key: "vpn.vpn-gateways", Default: 5, Code: "VpnGatewayLimitExceeded"},
	}
}
