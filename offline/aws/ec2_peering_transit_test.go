package aws_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// twoRegions is one account with a network in each of two regions.
func twoRegions(t *testing.T) (us, eu *simtest.Cloud, here, there *simtest.Resource) {
	t.Helper()
	us = cloud(t, "us-east-1")
	eu = simtest.Open(t, awsPackage(t), us.Path, sim.Props{"region": "eu-west-1"}, "")
	here = us.Must(token.EC2Vpc, "here", sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	there = eu.Must(token.EC2Vpc, "there", sim.Props{"cidrBlock": "10.4.0.0/16", "enableDnsHostnames": true})
	return us, eu, here, there
}

// quota sets a service quota, as a person does in the state file.
func quota(t *testing.T, c *simtest.Cloud, key string, n int) {
	t.Helper()
	text, err := os.ReadFile(c.Path)
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(text, &state))
	state["quotas"] = map[string]any{key: n}
	text, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(c.Path, text, 0o600))
}

func asked(here, there *simtest.Resource) sim.Props {
	return sim.Props{"vpcId": here.ID, "peerVpcId": there.ID, "peerRegion": "eu-west-1", "autoAccept": false}
}

func TestPeeringIsAskedHereAndAcceptedThere(t *testing.T) {
	us, eu, here, there := twoRegions(t)
	p := us.Settled(token.EC2VpcPeeringConnection, "p", asked(here, there))
	assert.Regexp(t, `^pcx-0[0-9a-f]{16}$`, p.ID)
	assert.Equal(t, "pending-acceptance", p.Str("acceptStatus"))
	accept := sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true}
	_, err := us.Create(token.EC2VpcPeeringConnectionAccepter, "wrong", accept)
	mustRefuse(t, err, "OperationNotPermitted", "must be accepted in region eu-west-1")

	theirs := eu.Must(token.EC2RouteTable, "theirs", sim.Props{"vpcId": there.ID})
	early := eu.Must(token.EC2Route, "early",
		sim.Props{"routeTableId": theirs.ID, "destinationCidrBlock": "10.0.0.0/16", "vpcPeeringConnectionId": p.ID})
	assert.Equal(t, "blackhole", early.Str("state"), "a route may come early, but leads nowhere")

	a := eu.Settled(token.EC2VpcPeeringConnectionAccepter, "a", accept)
	assert.Equal(t, p.ID, a.ID)
	assert.Equal(t, "active", a.Str("acceptStatus"))
	assert.Equal(t, there.ID, a.Str("peerVpcId"))
	mine := us.Must(token.EC2RouteTable, "mine", sim.Props{"vpcId": here.ID})
	in := sim.Props{"routeTableId": mine.ID, "destinationCidrBlock": "10.4.0.0/16", "vpcPeeringConnectionId": p.ID}
	assert.Equal(t, "active", us.Settled(token.EC2Route, "out", in).Str("state"))
	us.Settled(token.EC2PeeringConnectionOptions, "mine",
		sim.Props{"vpcPeeringConnectionId": p.ID, "requester": obj{"allowRemoteVpcDnsResolution": true}})
	eu.Settled(token.EC2PeeringConnectionOptions, "theirs",
		sim.Props{"vpcPeeringConnectionId": p.ID, "accepter": obj{"allowRemoteVpcDnsResolution": true}})
	decides(t, us, p, asked(here, there), map[string]change{
		"other VPC": {sim.Props{"peerVpcId": "vpc-other"}, true},
		"region":    {sim.Props{"peerRegion": "us-west-2"}, true},
		"tags":      {sim.Props{"tags": obj{"a": "b"}}, false},
	})
	require.NoError(t, eu.Delete(a))
	require.NoError(t, us.Delete(p))
}

func TestPeeringRefused(t *testing.T) {
	us, eu, here, there := twoRegions(t)
	bare := us.Must(token.EC2Vpc, "bare", sim.Props{"cidrBlock": "10.9.0.0/16"})
	same := eu.Must(token.EC2Vpc, "same", sim.Props{"cidrBlock": "10.0.128.0/17"})
	p := us.Must(token.EC2VpcPeeringConnection, "p", asked(here, there))
	pending := us.Must(token.EC2VpcPeeringConnection, "pending", asked(bare, there))
	eu.Must(token.EC2VpcPeeringConnectionAccepter, "a", sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true})
	foreign := us.Must(token.EC2RouteTable, "foreign", sim.Props{"vpcId": bare.ID})
	options := func(of *simtest.Resource, side string) sim.Props {
		return sim.Props{"vpcPeeringConnectionId": of.ID, side: obj{"allowRemoteVpcDnsResolution": true}}
	}
	refuses(t, us, map[string]refusal{
		"no VPC":         {token.EC2VpcPeeringConnection, with(asked(here, there), sim.Props{"vpcId": "vpc-none"}), "InvalidVpcID.NotFound", "exists"},
		"no peer":        {token.EC2VpcPeeringConnection, with(asked(here, there), sim.Props{"peerVpcId": "vpc-none"}), "failed", "eu-west-1"},
		"another region": {token.EC2VpcPeeringConnection, with(asked(bare, there), sim.Props{"peerVpcId": same.ID, "peerRegion": "us-west-2"}), "failed", "us-west-2"},
		"overlap":        {token.EC2VpcPeeringConnection, asked(here, same), "failed", "overlap"},
		"again":          {token.EC2VpcPeeringConnection, asked(here, there), "VpcPeeringConnectionAlreadyExists", p.ID},
		"no peering":     {token.EC2PeeringConnectionOptions, sim.Props{"vpcPeeringConnectionId": "pcx-none"}, "InvalidVpcPeeringConnectionID.NotFound", "exists"},
		"not active":     {token.EC2PeeringConnectionOptions, options(pending, "requester"), "OperationNotPermitted", "not active"},
		"other side's":   {token.EC2PeeringConnectionOptions, options(p, "accepter"), "OperationNotPermitted", "provider of eu-west-1"},
		"foreign route": {
			token.EC2Route, sim.Props{"routeTableId": foreign.ID, "destinationCidrBlock": "10.4.0.0/16",
				"vpcPeeringConnectionId": p.ID},
			"InvalidParameterValue", "different networks",
		},
	})
	_, err := eu.Create(token.EC2VpcPeeringConnection, "back",
		sim.Props{"vpcId": there.ID, "peerVpcId": here.ID, "peerRegion": "us-east-1"})
	mustRefuse(t, err, "VpcPeeringConnectionAlreadyExists", "either may ask")
	eu.Must(token.EC2VpcPeeringConnectionAccepter, "pending",
		sim.Props{"vpcPeeringConnectionId": pending.ID, "autoAccept": true})
	_, err = us.Create(token.EC2PeeringConnectionOptions, "bare", options(pending, "requester"))
	mustRefuse(t, err, "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", "enableDnsHostnames")
	invalid(t, us, token.EC2VpcPeeringConnection,
		map[string]badInput{"accepts itself": {with(asked(here, there), sim.Props{"autoAccept": true}),
			"VpcPeeringConnectionAccepter"}})
}

func TestPeeringsOfANetworkAreBounded(t *testing.T) {
	us, eu, here, there := twoRegions(t)
	quota(t, us, "vpc.peerings-per-vpc", 1)
	second := us.Must(token.EC2Vpc, "second", sim.Props{"cidrBlock": "10.1.0.0/16"})
	for i, from := range []*simtest.Resource{here, second} {
		p := us.Must(token.EC2VpcPeeringConnection, from.URN.Name(), asked(from, there))
		_, err := eu.Create(token.EC2VpcPeeringConnectionAccepter, from.URN.Name(),
			sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true})
		if i == 0 {
			require.NoError(t, err)
			continue
		}
		mustRefuse(t, err, "ActiveVpcPeeringConnectionPerVpcLimitExceeded", "transit gateways")
	}
}

func TestTransitGatewaysJoin(t *testing.T) {
	us, eu, here, _ := twoRegions(t)
	one := us.Settled(token.EC2TransitGateway, "one",
		sim.Props{"defaultRouteTableAssociation": "disable", "defaultRouteTablePropagation": "disable"})
	assert.Regexp(t, `^tgw-0[0-9a-f]{16}$`, one.ID)
	other := eu.Settled(token.EC2TransitGateway, "other", sim.Props{"amazonSideAsn": 64516.0})
	assert.NotEmpty(t, other.Str("associationDefaultRouteTableId"))
	rt := us.Settled(token.EC2TransitGatewayRouteTable, "t", sim.Props{"transitGatewayId": one.ID})
	theirs := eu.Settled(token.EC2TransitGatewayRouteTable, "t", sim.Props{"transitGatewayId": other.ID})

	mine := us.Must(token.EC2RouteTable, "mine", sim.Props{"vpcId": here.ID})
	way := sim.Props{"routeTableId": mine.ID, "destinationCidrBlock": "10.4.0.0/16", "transitGatewayId": one.ID}
	_, err := us.Create(token.EC2Route, "early", way)
	mustRefuse(t, err, "InvalidTransitGatewayID.NotFound", "Attach the VPC first")

	s := us.Must(token.EC2Subnet, "a",
		sim.Props{"vpcId": here.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"})
	network := us.Settled(token.EC2TransitGatewayVpcAttachment, "n",
		sim.Props{"transitGatewayId": one.ID, "vpcId": here.ID, "subnetIds": sim.List(s.ID)})
	us.Settled(token.EC2Route, "out", way)
	assert.Equal(t, "vpc",
		us.Settled(token.EC2TransitGatewayRouteTableAssociation, "n",
			sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID}).Str("resourceType"))
	us.Settled(token.EC2TransitGatewayRouteTablePropagation, "n",
		sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID})

	p := us.Settled(token.EC2TransitGatewayPeeringAttachment, "p",
		sim.Props{"transitGatewayId": one.ID, "peerTransitGatewayId": other.ID, "peerRegion": "eu-west-1"})
	to := sim.Props{"transitGatewayRouteTableId": rt.ID, "transitGatewayAttachmentId": p.ID,
		"destinationCidrBlock": "10.4.0.0/16"}
	_, err = us.Create(token.EC2TransitGatewayRoute, "early", to)
	mustRefuse(t, err, "IncorrectState", "from the accepter")
	_, err = us.Create(token.EC2TransitGatewayPeeringAttachmentAccepter, "wrong",
		sim.Props{"transitGatewayAttachmentId": p.ID})
	mustRefuse(t, err, "InvalidTransitGatewayAttachmentID.NotFound", "provider of eu-west-1")
	a := eu.Settled(token.EC2TransitGatewayPeeringAttachmentAccepter, "a", sim.Props{"transitGatewayAttachmentId": p.ID})
	assert.Equal(t, other.ID, a.Str("transitGatewayId"))
	out := us.Settled(token.EC2TransitGatewayRoute, "to", to)
	back := eu.Settled(token.EC2TransitGatewayRouteTableAssociation, "p",
		sim.Props{"transitGatewayAttachmentId": p.ID, "transitGatewayRouteTableId": theirs.ID})
	assert.Equal(t, one.ID, back.Str("resourceId"))

	mustRefuse(t, us.Delete(one), "IncorrectState", "first")
	mustRefuse(t, us.Delete(rt), "IncorrectState", "first")
	mustRefuse(t, us.Delete(s), "DependencyViolation", "first")
	decides(t, us, out, to, map[string]change{"destination": {sim.Props{"destinationCidrBlock": "10.5.0.0/16"}, true}})
}

func TestTransitGatewayRefused(t *testing.T) {
	us, _, here, _ := twoRegions(t)
	one := us.Must(token.EC2TransitGateway, "one", sim.Props{})
	rt := us.Must(token.EC2TransitGatewayRouteTable, "t", sim.Props{"transitGatewayId": one.ID})
	zone := func(name, cidr string) *simtest.Resource {
		return us.Must(token.EC2Subnet, name,
			sim.Props{"vpcId": here.ID, "cidrBlock": cidr, "availabilityZone": "us-east-1a"})
	}
	a, b := zone("a", "10.0.1.0/24"), zone("b", "10.0.2.0/24")
	second := us.Must(token.EC2TransitGateway, "second", sim.Props{})
	in := func(gateway *simtest.Resource, subnets ...any) sim.Props {
		return sim.Props{"transitGatewayId": gateway.ID, "vpcId": here.ID, "subnetIds": subnets}
	}
	network := us.Must(token.EC2TransitGatewayVpcAttachment, "n", in(one, a.ID))
	us.Must(token.EC2TransitGatewayRouteTableAssociation, "n",
		sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID})
	twin := us.Must(token.EC2TransitGatewayRouteTable, "twin", sim.Props{"transitGatewayId": one.ID})
	way := sim.Props{"transitGatewayRouteTableId": rt.ID, "transitGatewayAttachmentId": network.ID,
		"destinationCidrBlock": "10.0.0.0/16"}
	us.Must(token.EC2TransitGatewayRoute, "r", way)
	refuses(t, us, map[string]refusal{
		"attached again":  {token.EC2TransitGatewayVpcAttachment, in(one, a.ID), "DuplicateTransitGatewayAttachment", network.ID},
		"two in a zone":   {token.EC2TransitGatewayVpcAttachment, in(second, a.ID, b.ID), "DuplicateSubnetsInSameZone", "one subnet"},
		"no gateway":      {token.EC2TransitGatewayRouteTable, sim.Props{"transitGatewayId": "tgw-none"}, "InvalidTransitGatewayID.NotFound", "exists"},
		"no peer":         {token.EC2TransitGatewayPeeringAttachment, sim.Props{"transitGatewayId": one.ID, "peerTransitGatewayId": second.ID, "peerRegion": "eu-west-1"}, "InvalidTransitGatewayID.NotFound", "eu-west-1"},
		"follows two":     {token.EC2TransitGatewayRouteTableAssociation, sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": twin.ID}, "Resource.AlreadyAssociated", "one association"},
		"route again":     {token.EC2TransitGatewayRoute, way, "RouteAlreadyExists", "another"},
		"nothing to lead": {token.EC2TransitGatewayRoute, with(way, sim.Props{"transitGatewayAttachmentId": "tgw-attach-none"}), "InvalidTransitGatewayAttachmentID.NotFound", "exists"},
	})
	invalid(t, us, token.EC2TransitGateway, map[string]badInput{
		"number": {sim.Props{"amazonSideAsn": 1.0}, "64512"}, "switch": {sim.Props{"dnsSupport": "on"}, "enable"},
	})
	quota(t, us, "ec2.transit-gateways", 2)
	_, err := us.Create(token.EC2TransitGateway, "third", sim.Props{})
	mustRefuse(t, err, "TransitGatewayLimitExceeded", "ec2.transit-gateways")
}
