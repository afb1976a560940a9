package aws_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// closedBalancer is an internal load balancer in a network without a gateway.
func closedBalancer(c *simtest.Cloud) (v, a, b *simtest.Resource) {
	v = c.Must(token.EC2Vpc, "closed", sim.Props{"cidrBlock": "10.9.0.0/16"})
	a = c.Must(token.EC2Subnet, "ca",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.0.0/24", "availabilityZone": "us-east-1a"})
	second := c.Must(token.EC2Subnet, "cb",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.1.0/24", "availabilityZone": "us-east-1b"})
	b = c.Must(token.LBLoadBalancer, "closed",
		sim.Props{"name": "closed", "internal": true, "subnets": sim.List(a.ID, second.ID)})
	return v, a, b
}

// The world reaches a network by CDN, accelerator or address when it has a gateway.
func TestTheWorldNeedsAGateway(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnet, balancer := closedBalancer(c)
	a := c.Must(token.GlobalAcceleratorAccelerator, "a", sim.Props{"name": "a"})
	l := c.Must(token.GlobalAcceleratorListener, "l", sim.Props{"acceleratorArn": a.ID, "protocol": "TCP",
		"portRanges": list{obj{"fromPort": 443.0, "toPort": 443.0}}})
	port := c.Must(token.EC2NetworkInterface, "n", sim.Props{"subnetId": subnet.ID})
	address := c.Must(token.EC2Eip, "e", sim.Props{"domain": "vpc"})
	cases := map[string]refusal{
		"accelerator": {token.GlobalAcceleratorEndpointGroup, sim.Props{"listenerArn": l.ID, "endpointGroupRegion": "us-east-1",
			"endpointConfigurations": list{obj{"endpointId": balancer.ID, "weight": 100.0}}}, "InvalidArgumentException", "internet gateway"},
		"origin": {token.CloudFrontVpcOrigin, sim.Props{"vpcOriginEndpointConfig": obj{"name": "o", "arn": balancer.ID, "httpPort": 80.0,
			"httpsPort": 443.0, "originProtocolPolicy": "https-only"}}, "InvalidArgument", "internet gateway"},
		"interface": {token.EC2EipAssociation, sim.Props{"allocationId": address.ID, "networkInterfaceId": port.ID}, "Gateway.NotAttached", "depend"},
		"address":   {token.EC2Eip, sim.Props{"domain": "vpc", "networkInterface": port.ID}, "Gateway.NotAttached", "depend"},
	}
	refuses(t, c, cases)
	c.Must(token.EC2InternetGateway, "way", sim.Props{"vpcId": v.ID})
	for what, tt := range cases {
		_, err := c.Create(tt.token, what, tt.in)
		require.NoError(t, err, what)
	}
}

// A load balancer is a target once it listens.
func TestABalancerIsATargetOnceItListens(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _, balancer := closedBalancer(c)
	group := c.Must(token.LBTargetGroup, "g",
		sim.Props{"name": "g", "targetType": "alb", "port": 80.0, "protocol": "TCP", "vpcId": v.ID})
	in := sim.Props{"targetGroupArn": group.ID, "targetId": balancer.ID, "port": 80.0}
	_, err := c.Create(token.LBTargetGroupAttachment, "t", in)
	mustRefuse(t, err, "ValidationError", "listener of port 80 first")
	c.Must(token.LBListener, "l", sim.Props{"loadBalancerArn": balancer.ID, "port": 80.0, "protocol": "HTTP",
		"defaultActions": list{obj{"type": "fixed-response",
			"fixedResponse": obj{"contentType": "text/plain", "statusCode": "404"}}}})
	_, err = c.Create(token.LBTargetGroupAttachment, "t", in)
	require.NoError(t, err)
}

// A rule names a group of another network once the two are joined.
func TestAGroupOfAnotherNetworkNeedsAPeering(t *testing.T) {
	c := cloud(t, "us-east-1")
	network := func(name, cidr string) (vpc, group *simtest.Resource) {
		vpc = c.Must(token.EC2Vpc, name, sim.Props{"cidrBlock": cidr})
		return vpc, c.Must(token.EC2SecurityGroup, name, sim.Props{"name": name, "description": name, "vpcId": vpc.ID})
	}
	here, mine := network("here", "10.1.0.0/16")
	there, theirs := network("there", "10.2.0.0/16")
	in := sim.Props{"securityGroupId": mine.ID, "referencedSecurityGroupId": theirs.ID, "ipProtocol": "tcp",
		"fromPort": 443.0, "toPort": 443.0}
	for _, kind := range []string{token.VPCSecurityGroupIngressRule, token.VPCSecurityGroupEgressRule} {
		_, err := c.Create(kind, "r", in)
		mustRefuse(t, err, "InvalidGroup.NotFound", "depend on its accepter")
	}
	p := c.Must(token.EC2VpcPeeringConnection, "p", sim.Props{"vpcId": here.ID, "peerVpcId": there.ID})
	_, err := c.Create(token.VPCSecurityGroupIngressRule, "r", in)
	mustRefuse(t, err, "InvalidGroup.NotFound", "accepter")
	c.Must(token.EC2VpcPeeringConnectionAccepter, "p", sim.Props{"vpcPeeringConnectionId": p.ID, "autoAccept": true})
	_, err = c.Create(token.VPCSecurityGroupIngressRule, "r", in)
	require.NoError(t, err)
}
