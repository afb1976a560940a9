package ec2

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Standing is the default network that AWS makes in each region of an account, with a subnet in each
// zone and a way to the internet (VPC user guide, "Default VPCs"). It counts to no quota here, where
// AWS counts it. An empty region stands for all.
func Standing(kind, account, partition, region string) (all []sim.Found) {
	if kind != token.EC2Vpc && kind != token.EC2Subnet && kind != token.EC2InternetGateway {
		return nil
	}
	regions := []string{region}
	if region == "" {
		regions = place.Regions()
	}
	for _, r := range regions {
		all = append(all, defaults{account, partition, r}.of(kind)...)
	}
	return all
}

// defaults are the default network of a region.
type defaults struct{ account, partition, region string }

func (d defaults) id(prefix, of string) string {
	return prefix + "-0" + made.Digits("default", d.account, d.region, prefix, of)[1:17]
}

func (d defaults) arn(what, id string) string {
	return "arn:" + d.partition + ":ec2:" + d.region + ":" + d.account + ":" + what + "/" + id
}

func (d defaults) of(kind string) []sim.Found {
	switch kind {
	case token.EC2Vpc:
		return []sim.Found{d.network()}
	case token.EC2Subnet:
		var all []sim.Found
		for n, zone := range place.ZonesOf(d.region) {
			all = append(all, d.subnet(n, zone))
		}
		return all
	}
	id := d.id("igw", "")
	return []sim.Found{d.found(kind, id, sim.Props{"vpcId": d.id("vpc", ""), "arn": d.arn("internet-gateway", id)})}
}

func (d defaults) found(kind, id string, props sim.Props) sim.Found {
	props["id"], props["ownerId"], props["tags"] = id, d.account, map[string]any{}
	return sim.Found{Token: kind, ID: id, Region: d.region, Props: props}
}

func (d defaults) network() sim.Found {
	id := d.id("vpc", "")
	return d.found(token.EC2Vpc, id, sim.Props{
		"arn": d.arn("vpc", id), "cidrBlock": "172.31.0.0/16", "enableDnsSupport": true, "enableDnsHostnames": true,
		"instanceTenancy": "default", "defaultSecurityGroupId": d.id("sg", ""), "defaultNetworkAclId": d.id("acl", ""),
		"mainRouteTableId": d.id("rtb", ""), "defaultRouteTableId": d.id("rtb", ""), "dhcpOptionsId": d.id("dopt", ""),
	})
}

func (d defaults) subnet(n int, zone string) sim.Found {
	id := d.id("subnet", zone)
	return d.found(token.EC2Subnet, id, sim.Props{
		"arn": d.arn("subnet", id), "vpcId": d.id("vpc", ""), "cidrBlock": fmt.Sprintf("172.31.%d.0/20", n*16), "availabilityZone": zone,
		"availabilityZoneId": place.ZoneID(zone), "mapPublicIpOnLaunch": true,
	})
}

// adopted are the kinds by which a program takes over what nobody made. It stays when they go.
func adopted() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.EC2DefaultVpc, Service: "EC2", API: "Vpc", Noun: "EC2 Default VPC", Verbs: map[sim.Verb]string{sim.Create: "ModifyVpcAttribute"},
			Defaults: sim.Props{"enableDnsHostnames": true, "enableDnsSupport": true, "forceDestroy": false},
			ID:       func(o *sim.Op) string { return defaultsOf(o).id("vpc", "") },
			Outputs: func(o *sim.Op) sim.Props {
				out := defaultsOf(o).network().Props.Copy()
				for _, key := range []string{"id", "tags", "enableDnsHostnames", "enableDnsSupport"} {
					delete(out, key)
				}
				out["existingDefaultVpc"], out["ipv6CidrBlock"], out["ipv6AssociationId"] = true, "", ""
				out["enableNetworkAddressUsageMetrics"], out["ipv6CidrBlockNetworkBorderGroup"] = false, ""
				return out
			},
		},
		{
			Token: token.EC2DefaultSubnet, Service: "EC2", API: "Subnet", Noun: "EC2 Default Subnet",
			Verbs:     map[sim.Verb]string{sim.Create: "ModifySubnetAttribute"},
			Defaults:  sim.Props{"forceDestroy": false, "mapPublicIpOnLaunch": true},
			ReplaceOn: []string{"availabilityZone", "ipv6Native"},
			ID:        func(o *sim.Op) string { return defaultsOf(o).id("subnet", o.In.Str("availabilityZone")) },
			Outputs: func(o *sim.Op) sim.Props {
				out := sim.Props{"existingDefaultSubnet": true, "outpostArn": "", "ipv6CidrBlock": "",
					"ipv6CidrBlockAssociationId": ""}
				for n, zone := range place.ZonesOf(o.Region) {
					if zone != o.In.Str("availabilityZone") {
						continue
					}
					for _, key := range []string{"arn", "ownerId", "vpcId", "cidrBlock", "availabilityZoneId"} {
						out[key] = defaultsOf(o).subnet(n, zone).Props.Str(key)
					}
				}
				out["assignIpv6AddressOnCreation"], out["enableDns64"], out["privateDnsHostnameTypeOnLaunch"] = false, false,
					"ip-name"
				return out
			},
			Rules: sim.Many(sim.Create, place.ZoneInRegion("availabilityZone")),
		},
	}
}

func defaultsOf(o *sim.Op) defaults { return defaults{o.Account, o.Partition, o.Region} }
