package aws_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	peer        = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	peerAccept  = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	peerOptions = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions"
	hub         = "aws:ec2transitgateway/transitGateway:TransitGateway"
	hubTable    = "aws:ec2transitgateway/routeTable:RouteTable"
	hubVPC      = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
	hubPeer     = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
	hubAccept   = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
	hubFollow   = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
	hubKnow     = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
	hubRoute    = "aws:ec2transitgateway/route:Route"
)

// twoRegions is one account with a network in each of two regions.
func twoRegions(t *testing.T) (us, eu *simtest.Cloud, here, there *simtest.Resource) {
	t.Helper()
	us = cloud(t, "us-east-1")
	eu = simtest.Open(t, awsPackage(t), us.Path, sim.Props{"region": "eu-west-1"}, "")
	here = us.Must(vpc, "here", sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	there = eu.Must(vpc, "there", sim.Props{"cidrBlock": "10.4.0.0/16", "enableDnsHostnames": true})
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
	p := us.Settled(peer, "p", asked(here, there))
	assert.Regexp(t, `^pcx-0[0-9a-f]{16}$`, p.ID)
	assert.Equal(t, "pending-acceptance", p.Str("acceptStatus"))
	accept := sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true}
	_, err := us.Create(peerAccept, "wrong", accept)
	mustRefuse(t, err, "OperationNotPermitted", "must be accepted in region eu-west-1")

	theirs := eu.Must(table, "theirs", sim.Props{"vpcId": there.ID})
	early := eu.Must(route, "early",
		sim.Props{"routeTableId": theirs.ID, "destinationCidrBlock": "10.0.0.0/16", "vpcPeeringConnectionId": p.ID})
	assert.Equal(t, "blackhole", early.Str("state"), "a route may come early, but leads nowhere")

	a := eu.Settled(peerAccept, "a", accept)
	assert.Equal(t, p.ID, a.ID)
	assert.Equal(t, "active", a.Str("acceptStatus"))
	assert.Equal(t, there.ID, a.Str("peerVpcId"))
	mine := us.Must(table, "mine", sim.Props{"vpcId": here.ID})
	in := sim.Props{"routeTableId": mine.ID, "destinationCidrBlock": "10.4.0.0/16", "vpcPeeringConnectionId": p.ID}
	assert.Equal(t, "active", us.Settled(route, "out", in).Str("state"))
	us.Settled(peerOptions, "mine",
		sim.Props{"vpcPeeringConnectionId": p.ID, "requester": obj{"allowRemoteVpcDnsResolution": true}})
	eu.Settled(peerOptions, "theirs",
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
	bare := us.Must(vpc, "bare", sim.Props{"cidrBlock": "10.9.0.0/16"})
	same := eu.Must(vpc, "same", sim.Props{"cidrBlock": "10.0.128.0/17"})
	p := us.Must(peer, "p", asked(here, there))
	pending := us.Must(peer, "pending", asked(bare, there))
	eu.Must(peerAccept, "a", sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true})
	foreign := us.Must(table, "foreign", sim.Props{"vpcId": bare.ID})
	options := func(of *simtest.Resource, side string) sim.Props {
		return sim.Props{"vpcPeeringConnectionId": of.ID, side: obj{"allowRemoteVpcDnsResolution": true}}
	}
	refuses(t, us, map[string]refusal{
		"no VPC":         {peer, with(asked(here, there), sim.Props{"vpcId": "vpc-none"}), "InvalidVpcID.NotFound", "exists"},
		"no peer":        {peer, with(asked(here, there), sim.Props{"peerVpcId": "vpc-none"}), "failed", "eu-west-1"},
		"another region": {peer, with(asked(bare, there), sim.Props{"peerVpcId": same.ID, "peerRegion": "us-west-2"}), "failed", "us-west-2"},
		"overlap":        {peer, asked(here, same), "failed", "overlap"},
		"again":          {peer, asked(here, there), "VpcPeeringConnectionAlreadyExists", p.ID},
		"no peering":     {peerOptions, sim.Props{"vpcPeeringConnectionId": "pcx-none"}, "InvalidVpcPeeringConnectionID.NotFound", "exists"},
		"not active":     {peerOptions, options(pending, "requester"), "OperationNotPermitted", "not active"},
		"other side's":   {peerOptions, options(p, "accepter"), "OperationNotPermitted", "provider of eu-west-1"},
		"foreign route": {
			route, sim.Props{"routeTableId": foreign.ID, "destinationCidrBlock": "10.4.0.0/16", "vpcPeeringConnectionId": p.ID},
			"InvalidParameterValue", "different networks",
		},
	})
	_, err := eu.Create(peer, "back", sim.Props{"vpcId": there.ID, "peerVpcId": here.ID, "peerRegion": "us-east-1"})
	mustRefuse(t, err, "VpcPeeringConnectionAlreadyExists", "either may ask")
	eu.Must(peerAccept, "pending", sim.Props{"vpcPeeringConnectionId": pending.ID, "autoAccept": true})
	_, err = us.Create(peerOptions, "bare", options(pending, "requester"))
	mustRefuse(t, err, "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", "enableDnsHostnames")
	invalid(t, us, peer, map[string]badInput{"accepts itself": {with(asked(here, there), sim.Props{"autoAccept": true}),
		"VpcPeeringConnectionAccepter"}})
}

func TestPeeringsOfANetworkAreBounded(t *testing.T) {
	us, eu, here, there := twoRegions(t)
	quota(t, us, "vpc.peerings-per-vpc", 1)
	second := us.Must(vpc, "second", sim.Props{"cidrBlock": "10.1.0.0/16"})
	for i, from := range []*simtest.Resource{here, second} {
		p := us.Must(peer, from.URN.Name(), asked(from, there))
		_, err := eu.Create(peerAccept, from.URN.Name(), sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true})
		if i == 0 {
			require.NoError(t, err)
			continue
		}
		mustRefuse(t, err, "ActiveVpcPeeringConnectionPerVpcLimitExceeded", "transit gateways")
	}
}

func TestTransitGatewaysJoin(t *testing.T) {
	us, eu, here, _ := twoRegions(t)
	one := us.Settled(hub, "one",
		sim.Props{"defaultRouteTableAssociation": "disable", "defaultRouteTablePropagation": "disable"})
	assert.Regexp(t, `^tgw-0[0-9a-f]{16}$`, one.ID)
	other := eu.Settled(hub, "other", sim.Props{"amazonSideAsn": 64516.0})
	assert.NotEmpty(t, other.Str("associationDefaultRouteTableId"))
	rt := us.Settled(hubTable, "t", sim.Props{"transitGatewayId": one.ID})
	theirs := eu.Settled(hubTable, "t", sim.Props{"transitGatewayId": other.ID})

	mine := us.Must(table, "mine", sim.Props{"vpcId": here.ID})
	way := sim.Props{"routeTableId": mine.ID, "destinationCidrBlock": "10.4.0.0/16", "transitGatewayId": one.ID}
	_, err := us.Create(route, "early", way)
	mustRefuse(t, err, "InvalidTransitGatewayID.NotFound", "Attach the VPC first")

	s := us.Must(subnet, "a", sim.Props{"vpcId": here.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"})
	network := us.Settled(hubVPC, "n",
		sim.Props{"transitGatewayId": one.ID, "vpcId": here.ID, "subnetIds": sim.List(s.ID)})
	us.Settled(route, "out", way)
	assert.Equal(t, "vpc",
		us.Settled(hubFollow, "n",
			sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID}).Str("resourceType"))
	us.Settled(hubKnow, "n", sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID})

	p := us.Settled(hubPeer, "p",
		sim.Props{"transitGatewayId": one.ID, "peerTransitGatewayId": other.ID, "peerRegion": "eu-west-1"})
	to := sim.Props{"transitGatewayRouteTableId": rt.ID, "transitGatewayAttachmentId": p.ID,
		"destinationCidrBlock": "10.4.0.0/16"}
	_, err = us.Create(hubRoute, "early", to)
	mustRefuse(t, err, "IncorrectState", "from the accepter")
	_, err = us.Create(hubAccept, "wrong", sim.Props{"transitGatewayAttachmentId": p.ID})
	mustRefuse(t, err, "InvalidTransitGatewayAttachmentID.NotFound", "provider of eu-west-1")
	a := eu.Settled(hubAccept, "a", sim.Props{"transitGatewayAttachmentId": p.ID})
	assert.Equal(t, other.ID, a.Str("transitGatewayId"))
	out := us.Settled(hubRoute, "to", to)
	back := eu.Settled(hubFollow, "p",
		sim.Props{"transitGatewayAttachmentId": p.ID, "transitGatewayRouteTableId": theirs.ID})
	assert.Equal(t, one.ID, back.Str("resourceId"))

	mustRefuse(t, us.Delete(one), "IncorrectState", "first")
	mustRefuse(t, us.Delete(rt), "IncorrectState", "first")
	mustRefuse(t, us.Delete(s), "DependencyViolation", "first")
	decides(t, us, out, to, map[string]change{"destination": {sim.Props{"destinationCidrBlock": "10.5.0.0/16"}, true}})
}

func TestTransitGatewayRefused(t *testing.T) {
	us, _, here, _ := twoRegions(t)
	one := us.Must(hub, "one", sim.Props{})
	rt := us.Must(hubTable, "t", sim.Props{"transitGatewayId": one.ID})
	zone := func(name, cidr string) *simtest.Resource {
		return us.Must(subnet, name, sim.Props{"vpcId": here.ID, "cidrBlock": cidr, "availabilityZone": "us-east-1a"})
	}
	a, b := zone("a", "10.0.1.0/24"), zone("b", "10.0.2.0/24")
	second := us.Must(hub, "second", sim.Props{})
	in := func(gateway *simtest.Resource, subnets ...any) sim.Props {
		return sim.Props{"transitGatewayId": gateway.ID, "vpcId": here.ID, "subnetIds": subnets}
	}
	network := us.Must(hubVPC, "n", in(one, a.ID))
	us.Must(hubFollow, "n", sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": rt.ID})
	twin := us.Must(hubTable, "twin", sim.Props{"transitGatewayId": one.ID})
	way := sim.Props{"transitGatewayRouteTableId": rt.ID, "transitGatewayAttachmentId": network.ID,
		"destinationCidrBlock": "10.0.0.0/16"}
	us.Must(hubRoute, "r", way)
	refuses(t, us, map[string]refusal{
		"attached again":  {hubVPC, in(one, a.ID), "DuplicateTransitGatewayAttachment", network.ID},
		"two in a zone":   {hubVPC, in(second, a.ID, b.ID), "DuplicateSubnetsInSameZone", "one subnet"},
		"no gateway":      {hubTable, sim.Props{"transitGatewayId": "tgw-none"}, "InvalidTransitGatewayID.NotFound", "exists"},
		"no peer":         {hubPeer, sim.Props{"transitGatewayId": one.ID, "peerTransitGatewayId": second.ID, "peerRegion": "eu-west-1"}, "InvalidTransitGatewayID.NotFound", "eu-west-1"},
		"follows two":     {hubFollow, sim.Props{"transitGatewayAttachmentId": network.ID, "transitGatewayRouteTableId": twin.ID}, "Resource.AlreadyAssociated", "one association"},
		"route again":     {hubRoute, way, "RouteAlreadyExists", "another"},
		"nothing to lead": {hubRoute, with(way, sim.Props{"transitGatewayAttachmentId": "tgw-attach-none"}), "InvalidTransitGatewayAttachmentID.NotFound", "exists"},
	})
	invalid(t, us, hub, map[string]badInput{
		"number": {sim.Props{"amazonSideAsn": 1.0}, "64512"}, "switch": {sim.Props{"dnsSupport": "on"}, "enable"},
	})
	quota(t, us, "ec2.transit-gateways", 2)
	_, err := us.Create(hub, "third", sim.Props{})
	mustRefuse(t, err, "TransitGatewayLimitExceeded", "ec2.transit-gateways")
}
