package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// balancerIn is a load balancer in two zones of the cloud's region.
func balancerIn(c *simtest.Cloud, region string) *simtest.Resource {
	v := c.Must(token.EC2Vpc, "lb", sim.Props{"cidrBlock": "10.0.0.0/16"})
	c.Must(token.EC2InternetGateway, "lb", sim.Props{"vpcId": v.ID})
	var subnets []any
	for i, zone := range []string{"a", "b"} {
		cidr := []string{"10.0.1.0/24", "10.0.2.0/24"}[i]
		subnets = append(subnets,
			c.Must(token.EC2Subnet, "lb-"+zone,
				sim.Props{"vpcId": v.ID, "cidrBlock": cidr, "availabilityZone": region + zone}).ID)
	}
	return c.Must(token.LBLoadBalancer, "lb",
		sim.Props{"subnets": subnets, "loadBalancerType": "application"})
}

func TestAcceleratorSettles(t *testing.T) {
	us := cloud(t, "us-east-1")
	eu := simtest.Open(t, awsPackage(t), us.Path, sim.Props{"region": "eu-west-1"}, "")
	here, there := balancerIn(us, "us-east-1"), balancerIn(eu, "eu-west-1")
	a := us.Settled(token.GlobalAcceleratorAccelerator, "a",
		sim.Props{"ipAddressType": "IPV4", "attributes": obj{"flowLogsEnabled": false}})
	assert.Regexp(t, `^arn:aws:globalaccelerator::123456789012:accelerator/[0-9a-f-]{36}$`, a.ID)
	assert.Regexp(t, `^a[0-9a-f]{16}\.awsglobalaccelerator\.com$`, a.Str("dnsName"))
	assert.Equal(t, "Z2BJ6XQ5FK7U4H", a.Str("hostedZoneId"))
	l := us.Settled(token.GlobalAcceleratorListener, "l", sim.Props{
		"acceleratorArn": a.ID, "protocol": "TCP", "portRanges": list{obj{"fromPort": 443.0, "toPort": 443.0}},
	})
	in := func(region, balancer string) sim.Props {
		return sim.Props{"listenerArn": l.ID, "endpointGroupRegion": region, "endpointConfigurations": list{obj{
			"endpointId": balancer, "weight": 128.0, "clientIpPreservationEnabled": true,
		}}}
	}
	g := us.Settled(token.GlobalAcceleratorEndpointGroup, "us", in("us-east-1", here.ID))
	us.Settled(token.GlobalAcceleratorEndpointGroup, "eu", in("eu-west-1", there.ID))
	z := us.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	alias := func(name string) sim.Props {
		return sim.Props{"zoneId": z.ID, "name": "site", "type": "A", "aliases": list{obj{
			"name": name, "zoneId": "Z2BJ6XQ5FK7U4H", "evaluateTargetHealth": true,
		}}}
	}
	us.Settled(token.Route53Record, "site", alias(a.Str("dnsName")))
	_, err := us.Create(token.Route53Record, "other",
		with(alias("a0.awsglobalaccelerator.com"), sim.Props{"name": "other"}))
	mustRefuse(t, err, "InvalidChangeBatch", "exists")
	decides(t, us, g, in("us-east-1", here.ID), map[string]change{
		"region": {sim.Props{"endpointGroupRegion": "us-west-2"}, true}, "share": {sim.Props{"trafficDialPercentage": 0.0}, false},
	})
	mustRefuse(t, us.Delete(l), "AssociatedEndpointGroupFoundException", "first")
	mustRefuse(t, us.Delete(a), "AssociatedListenerFoundException", "first")

	refuses(t, us, map[string]refusal{
		"region again":   {token.GlobalAcceleratorEndpointGroup, in("us-east-1", here.ID), "EndpointGroupAlreadyExistsException", g.ID},
		"wrong region":   {token.GlobalAcceleratorEndpointGroup, in("us-west-2", there.ID), "EndpointNotFoundException", "us-west-2"},
		"no listener":    {token.GlobalAcceleratorEndpointGroup, with(in("us-west-2", here.ID), sim.Props{"listenerArn": "none"}), "ListenerNotFoundException", "exists"},
		"ports again":    {token.GlobalAcceleratorListener, sim.Props{"acceleratorArn": a.ID, "protocol": "TCP", "portRanges": list{obj{"fromPort": 400.0, "toPort": 500.0}}}, "InvalidPortRangeException", l.ID},
		"no accelerator": {token.GlobalAcceleratorListener, sim.Props{"acceleratorArn": "none", "protocol": "TCP", "portRanges": list{obj{"fromPort": 80.0, "toPort": 80.0}}}, "AcceleratorNotFoundException", "exists"},
	})
	invalid(t, us, token.GlobalAcceleratorAccelerator,
		map[string]badInput{"logs nowhere": {sim.Props{"attributes": obj{"flowLogsEnabled": true}}, "flowLogsS3Bucket"}})
	invalid(t, us, token.GlobalAcceleratorEndpointGroup, map[string]badInput{
		"interval": {with(in("us-west-2", here.ID), sim.Props{"healthCheckIntervalSeconds": 20.0}), "10 30"},
		"share":    {with(in("us-west-2", here.ID), sim.Props{"trafficDialPercentage": 120.0}), "100"},
	})
	require.NoError(t, us.Delete(g))
}
