package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// cloud is an empty account in a region.
func cloud(t *testing.T, region string) *simtest.Cloud {
	t.Helper()
	pkg, err := aws.Package()
	require.NoError(t, err)
	return simtest.New(t, pkg, sim.Props{"region": region}).Delegate("example.com")
}

// publicNetwork is a VPC with a gateway and a subnet in zone a.
func publicNetwork(c *simtest.Cloud) (v, s *simtest.Resource) {
	v = c.Settled(token.EC2Vpc, "net", sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	c.Settled(token.EC2InternetGateway, "net", sim.Props{"vpcId": v.ID})
	s = c.Settled(token.EC2Subnet, "a", sim.Props{
		"vpcId": v.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a", "tags": map[string]any{"tier": "public"},
	})
	return v, s
}

func TestNetworkSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	assert.Regexp(t, `^vpc-0[0-9a-f]{16}$`, v.ID)
	assert.Equal(t, "arn:aws:ec2:us-east-1:123456789012:vpc/"+v.ID, v.Str("arn"))
	assert.Equal(t, "use1-az1", s.Str("availabilityZoneId"))
	rt := c.Settled(token.EC2RouteTable, "a", sim.Props{"vpcId": v.ID})
	address := c.Settled(token.EC2Eip, "nat", sim.Props{"domain": "vpc"})
	n := c.Settled(token.EC2NatGateway, "nat", sim.Props{"subnetId": s.ID, "allocationId": address.ID})
	assert.Equal(t, address.Str("publicIp"), n.Str("publicIp"))
	c.Settled(token.EC2Route, "default",
		sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": n.ID})
	c.Settled(token.EC2RouteTableAssociation, "a", sim.Props{"routeTableId": rt.ID, "subnetId": s.ID})
	c.Settled(token.EC2VpcEndpoint, "s3",
		sim.Props{"vpcId": v.ID, "serviceName": "com.amazonaws.us-east-1.s3", "routeTableIds": sim.List(rt.ID)})
	c.Settled(token.EC2FlowLog, "net",
		sim.Props{"vpcId": v.ID, "trafficType": "REJECT", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs"})
}

func TestVPCReplacedByRange(t *testing.T) {
	c := cloud(t, "us-east-1")
	v := c.Must(token.EC2Vpc, "net", sim.Props{"cidrBlock": "10.0.0.0/16"})
	diff, _, err := c.Diff(v, sim.Props{"cidrBlock": "10.1.0.0/16"})
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffUpdateReplace, diff.DetailedDiff["cidrBlock"].Kind)
	diff, _, err = c.Diff(v, sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffAdd, diff.DetailedDiff["enableDnsHostnames"].Kind)
	assert.Empty(t, diff.ReplaceKeys)
}
