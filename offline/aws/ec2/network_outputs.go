package ec2

import (
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func vpcOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": o.ARN("ec2", "vpc/"+o.ID), "ownerId": o.Account,
		"defaultNetworkAclId": o.HexID("acl"), "defaultRouteTableId": o.HexID("rtb"), "mainRouteTableId": o.HexID("rtb"),
		"defaultSecurityGroupId": o.HexID("sg"), "dhcpOptionsId": dhcpOptions(o),
		"enableDnsHostnames": false, "enableNetworkAddressUsageMetrics": false,
		"ipv6AssociationId": "", "ipv6CidrBlock": "", "ipv6CidrBlockNetworkBorderGroup": "",
	}
	if o.In.Bool("assignGeneratedIpv6CidrBlock") {
		h := o.Hex(5, "ipv6")
		out["ipv6CidrBlock"] = fmt.Sprintf("2600:1f%s:%s00::/56", h[:2], strings.TrimLeft(h[2:4], "0"))
		out["ipv6AssociationId"] = o.HexID("vpc-cidr-assoc")
		out["ipv6CidrBlockNetworkBorderGroup"] = o.Region
	}
	return out
}

func subnetOutputs(o *sim.Op) sim.Props {
	zone := o.In.Str("availabilityZone")
	if zone == "" {
		zone = place.ZoneByID(o.Region, o.In.Str("availabilityZoneId"))
	}
	if zones := place.ZonesOf(o.Region); zone == "" && len(zones) > 0 {
		zone = zones[0]
	}
	return sim.Props{
		"arn": o.ARN("ec2", "subnet/"+o.ID), "ownerId": o.Account,
		"availabilityZone": zone, "availabilityZoneId": place.ZoneID(zone),
		"ipv6CidrBlockAssociationId": "", "privateDnsHostnameTypeOnLaunch": "ip-name",
	}
}

func eipOutputs(o *sim.Op) sim.Props {
	ip := publicIP(o, "eip")
	return sim.Props{
		"allocationId": o.ID, "arn": o.ARN("ec2", "elastic-ip/"+o.ID), "associationId": "",
		"carrierIp": "", "customerOwnedIp": "", "domain": "vpc", "instance": "", "networkInterface": "",
		"networkBorderGroup": o.Region, "privateDns": "", "privateIp": "", "ptrRecord": "",
		"publicDns": publicDNS(o.Region, ip), "publicIp": ip, "publicIpv4Pool": "amazon", "vpc": true,
	}
}

func eipAssociationOutputs(o *sim.Op) sim.Props {
	address, _ := o.Find(token.EC2Eip, o.In.Str("allocationId"))
	instance, _ := o.Find(token.EC2Instance, o.In.Str("instanceId"))
	return sim.Props{
		"allocationId": "", "instanceId": "", "publicIp": address.Str("publicIp"),
		"privateIpAddress": instance.Str("privateIp"), "networkInterfaceId": instance.Str("primaryNetworkInterfaceId"),
	}
}

func natOutputs(o *sim.Op) sim.Props {
	address, _ := o.Find(token.EC2Eip, o.In.Str("allocationId"))
	out := sim.Props{
		"networkInterfaceId": o.HexID("eni"), "privateIp": place.HostIn(o, o.In.Str("subnetId"), "nat"),
		"associationId": "", "publicIp": address.Str("publicIp"),
		"secondaryPrivateIpAddressCount": 0, "secondaryPrivateIpAddresses": []any{},
	}
	if o.In.Has("allocationId") {
		out["associationId"] = o.HexID("eipassoc")
	}
	return out
}

// fullAccess is the policy that an endpoint has when none is given.
const fullAccess = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`

func endpointOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": o.ARN("ec2", "vpc-endpoint/"+o.ID), "ownerId": o.Account, "requesterManaged": false, "state": "available",
		"policy": fullAccess, "cidrBlocks": []any{}, "dnsEntries": []any{}, "networkInterfaceIds": []any{}, "prefixListId": "",
		"ipAddressType": "", "privateDnsEnabled": false, "routeTableIds": []any{}, "securityGroupIds": []any{},
		"subnetIds": []any{}, "subnetConfigurations": []any{}, "serviceRegion": o.Region, "dnsOptions": map[string]any{},
	}
	service := o.In.Str("serviceName")
	if o.In.Str("vpcEndpointType") == "Gateway" {
		out["prefixListId"] = prefixListID(o.Region, service)
		return out
	}
	var interfaces, entries []any
	for i := range o.In.Strs("subnetIds") {
		interfaces = append(interfaces, "eni-0"+o.Hex(16, fmt.Sprint("eni", i)))
	}
	short := service[strings.LastIndex(service, ".")+1:]
	entries = append(entries, map[string]any{
		"dnsName":      fmt.Sprintf("%s-%s.%s.%s.vpce.amazonaws.com", o.ID, o.Lower(8, "dns"), short, o.Region),
		"hostedZoneId": "Z" + o.Upper(13, "zone"),
	})
	out["networkInterfaceIds"], out["dnsEntries"], out["ipAddressType"] = interfaces, entries, "ipv4"
	return out
}

func flowLogOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": o.ARN("ec2", "vpc-flow-log/"+o.ID), "logGroupName": "", "logDestination": "",
		"logFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} " +
			"${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
	}
	if name := o.In.Str("logGroupName"); name != "" {
		out["logDestination"] = o.ARN("logs", "log-group:"+name)
	}
	if _, name, ok := strings.Cut(o.In.Str("logDestination"), ":log-group:"); ok {
		out["logGroupName"] = strings.TrimSuffix(name, ":*")
	}
	return out
}

// routeHash ends a route's id, as the provider computes it from the destination.
func routeHash(in sim.Props) string {
	for _, key := range []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"} {
		if dest := in.Str(key); dest != "" {
			return fmt.Sprint(crc32.ChecksumIEEE([]byte(dest)))
		}
	}
	return ""
}

// publicIP gives an address out of ranges that AWS announces.
func publicIP(o *sim.Op, salt string) string {
	first := []int{3, 13, 18, 34, 35, 44, 52, 54}[o.Pick(8, salt+" a")]
	return fmt.Sprintf("%d.%d.%d.%d", first, 200+o.Pick(30, salt+" b"), o.Pick(256, salt+" c"), 1+o.Pick(254, salt+" d"))
}

// publicDNS is the name AWS gives to a public address.
func publicDNS(region, ip string) string {
	if ip == "" {
		return ""
	}
	zone := region + ".compute"
	if region == "us-east-1" {
		zone = "compute-1"
	}
	return "ec2-" + strings.ReplaceAll(ip, ".", "-") + "." + zone + ".amazonaws.com"
}

// privateDNS is the name of a private address inside its VPC.
func privateDNS(region, ip string) string {
	if ip == "" {
		return ""
	}
	zone := region + ".compute.internal"
	if region == "us-east-1" {
		zone = "ec2.internal"
	}
	return "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + zone
}

// dhcpOptions is the region's default option set, which its VPCs share.
func dhcpOptions(o *sim.Op) string {
	return fmt.Sprintf("dopt-0%08x%08x", crc32.ChecksumIEEE([]byte(o.Account+o.Region)),
		crc32.ChecksumIEEE([]byte(o.Region)))
}
