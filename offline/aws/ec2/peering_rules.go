package ec2

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// acceptedElsewhere: a peering to another region cannot accept itself.
func acceptedElsewhere(in sim.Props) []sim.Failure {
	if in.Str("peerRegion") == "" || !in.Bool("autoAccept") {
		return nil
	}
	return check.Wrong("autoAccept",
		"`peer_region` cannot be set whilst `auto_accept` is `true` when creating an EC2 VPC Peering Connection: "+
			"accept it with a VpcPeeringConnectionAccepter in %s", in.Str("peerRegion"))
}

func peeredOnce(o *sim.Op) error {
	mine, theirs := o.In.Str("vpcId"), o.In.Str("peerVpcId")
	for _, other := range o.Anywhere(token.EC2VpcPeeringConnection) {
		a, b := other.Props.Str("vpcId"), other.Props.Str("peerVpcId")
		if other.ID != o.ID && (a == mine && b == theirs || a == theirs && b == mine) {
			return sim.Refuse("VpcPeeringConnectionAlreadyExists",
				fmt.Sprintf("A VPC peering connection between %s and %s already exists: %s", mine, theirs, other.ID),
				"Keep one peering for two VPCs; either may ask.")
		}
	}
	return nil
}

// peerFits: AWS takes the request and then lets it fail when the other VPC is
// not in that region or the ranges overlap; the provider reports the state.
func peerFits(o *sim.Op) error {
	const text = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
	mine, _ := o.Find(token.EC2Vpc, o.In.Str("vpcId"))
	region := cmp.Or(o.In.Str("peerRegion"), o.Region)
	theirs, ok := refer.Anywhere(o, token.EC2Vpc, o.In.Str("peerVpcId"))
	if !ok || theirs.Region != region {
		return sim.Refuse("failed", text, fmt.Sprintf("Give peerVpcId of a VPC that exists in %s.", region))
	}
	if rangesOverlap(mine.Str("cidrBlock"), theirs.Props.Str("cidrBlock")) {
		return sim.Refuse("failed", text,
			fmt.Sprintf("%s and %s overlap: only networks with ranges of their own can be joined.",
				mine.Str("cidrBlock"), theirs.Props.Str("cidrBlock")))
	}
	return nil
}

func rangesOverlap(a, b string) bool {
	one, err := netip.ParsePrefix(a)
	other, err2 := netip.ParsePrefix(b)
	return err == nil && err2 == nil && one.Overlaps(other)
}

func acceptedWhereAsked(o *sim.Op) error {
	asked, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	where := asked.Props.Str("peerRegion")
	if where == o.Region {
		return nil
	}
	return sim.Refuse("OperationNotPermitted", fmt.Sprintf("Incorrect region (%s) specified for this request. "+
		"VPC peering connection %s must be accepted in region %s", o.Region, asked.ID, where),
		"Give the accepter the provider of "+where+".")
}

// peeringsPerVPC is AWS's default quota of active peerings.
const peeringsPerVPC = 50

// peersOfNetwork counts the active peerings of both VPCs.
func peersOfNetwork(o *sim.Op) error {
	asked, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	limit := o.Quota("vpc.peerings-per-vpc", peeringsPerVPC)
	for _, vpc := range []string{asked.Props.Str("vpcId"), asked.Props.Str("peerVpcId")} {
		count := 0
		for _, other := range o.Anywhere(token.EC2VpcPeeringConnection) {
			touches := other.Props.Str("vpcId") == vpc || other.Props.Str("peerVpcId") == vpc
			if touches && other.ID != asked.ID && peeringActive(o, other) {
				count++
			}
		}
		if count >= limit {
			return sim.Refuse("ActiveVpcPeeringConnectionPerVpcLimitExceeded",
				fmt.Sprintf("The maximum number of active VPC peering connections (%d) has been reached for %s", limit, vpc),
				`Ask AWS for more, here under "vpc.peerings-per-vpc" in the state file, or join the networks with transit gateways.`)
		}
	}
	return nil
}

// peeringActive reports whether a peering was accepted.
func peeringActive(o *sim.Op, p sim.Found) bool {
	accepter, ok := refer.Anywhere(o, token.EC2VpcPeeringConnectionAccepter, p.ID)
	return p.Props.Bool("autoAccept") || ok && accepter.Props.Bool("autoAccept")
}

func optionsOfActive(o *sim.Op) error {
	p, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	if peeringActive(o, p) {
		return nil
	}
	return sim.Refuse("OperationNotPermitted",
		fmt.Sprintf("Peering %s is not active. Peering options can be added only to active peerings", p.ID),
		"Take the id from the accepter, so that this waits for it.")
}

// optionsOfOwnSide: each side of a peering between regions answers for itself.
func optionsOfOwnSide(o *sim.Op) error {
	p, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	for side, region := range map[string]string{"requester": p.Region, "accepter": p.Props.Str("peerRegion")} {
		if o.In.Bool(side+".allowRemoteVpcDnsResolution") && region != o.Region {
			return sim.Refuse("OperationNotPermitted",
				fmt.Sprintf("Incorrect region (%s) specified for the %s of %s, which is in %s",
					o.Region, side, p.ID, region), "Give the options of the "+side+" with the provider of "+region+".")
		}
	}
	return nil
}

func resolvedNames(o *sim.Op) error {
	p, _ := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	for side, id := range map[string]string{"requester": p.Props.Str("vpcId"), "accepter": p.Props.Str("peerVpcId")} {
		vpc, ok := refer.Anywhere(o, token.EC2Vpc, id)
		if ok && o.In.Bool(side+".allowRemoteVpcDnsResolution") && !vpc.Props.Bool("enableDnsHostnames") {
			return sim.Refuse("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
				fmt.Sprintf("DNS hostnames are disabled in %s", id), "Set enableDnsHostnames on the VPC.")
		}
	}
	return nil
}

// routeState: a route into a peering that nobody has accepted leads nowhere.
func routeState(o *sim.Op) string {
	p, ok := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	if ok && !peeringActive(o, p) {
		return "blackhole"
	}
	return "active"
}

// peeringOfNetwork refuses a route into a peering of other networks.
func peeringOfNetwork(o *sim.Op) error {
	p, ok := refer.Anywhere(o, token.EC2VpcPeeringConnection, o.In.Str("vpcPeeringConnectionId"))
	vpc := vpcOfTable(o, o.In.Str("routeTableId"))
	if !ok || vpc == "" || vpc == p.Props.Str("vpcId") || vpc == p.Props.Str("peerVpcId") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("route table %s and VPC peering connection %s belong to different networks",
			o.In.Str("routeTableId"), p.ID), "Use the peering of the table's own VPC.")
}

func vpcOfTable(o *sim.Op, id string) string {
	table, _ := o.Find(token.EC2RouteTable, id)
	return table.Str("vpcId")
}

// groupOfPeer: a rule may name a group of another network of the region once a peering
// joins the two (VPC peering guide, "Update your security groups to reference peer
// security groups").
func groupOfPeer(o *sim.Op) error {
	own, theirs := vpcOfGroup(o, o.In.Str("securityGroupId")), vpcOfGroup(o, o.In.Str("referencedSecurityGroupId"))
	if own == "" || theirs == "" || own == theirs {
		return nil
	}
	for _, p := range o.Anywhere(token.EC2VpcPeeringConnection) {
		joins := []string{p.Props.Str("vpcId"), p.Props.Str("peerVpcId")}
		if slices.Contains(joins, own) && slices.Contains(joins, theirs) && peeringActive(o, p) {
			return nil
		}
	}
	return sim.Refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks",
		fmt.Sprintf("Join %s and %s by an accepted peering first, and let the rule depend on its accepter.", own, theirs))
}

// vpcOfGroup is the VPC of a security group; empty for one that is not of this region.
func vpcOfGroup(o *sim.Op, id string) string {
	for _, kind := range []string{token.EC2SecurityGroup, token.EC2DefaultSecurityGroup} {
		if group, ok := o.Find(kind, id); ok {
			return group.Str("vpcId")
		}
	}
	for _, vpc := range o.All(token.EC2Vpc) {
		if vpc.Props.Str("defaultSecurityGroupId") == id {
			return vpc.ID
		}
	}
	return ""
}
