package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	vpc       = "aws:ec2/vpc:Vpc"
	subnet    = "aws:ec2/subnet:Subnet"
	gateway   = "aws:ec2/internetGateway:InternetGateway"
	table     = "aws:ec2/routeTable:RouteTable"
	route     = "aws:ec2/route:Route"
	tableLink = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	eip       = "aws:ec2/eip:Eip"
	eipLink   = "aws:ec2/eipAssociation:EipAssociation"
	nat       = "aws:ec2/natGateway:NatGateway"
	endpoint  = "aws:ec2/vpcEndpoint:VpcEndpoint"
	flowLog   = "aws:ec2/flowLog:FlowLog"
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
	v = c.Settled(vpc, "net", sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	c.Settled(gateway, "net", sim.Props{"vpcId": v.ID})
	s = c.Settled(subnet, "a", sim.Props{
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
	rt := c.Settled(table, "a", sim.Props{"vpcId": v.ID})
	address := c.Settled(eip, "nat", sim.Props{"domain": "vpc"})
	n := c.Settled(nat, "nat", sim.Props{"subnetId": s.ID, "allocationId": address.ID})
	assert.Equal(t, address.Str("publicIp"), n.Str("publicIp"))
	c.Settled(route, "default",
		sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": n.ID})
	c.Settled(tableLink, "a", sim.Props{"routeTableId": rt.ID, "subnetId": s.ID})
	c.Settled(endpoint, "s3",
		sim.Props{"vpcId": v.ID, "serviceName": "com.amazonaws.us-east-1.s3", "routeTableIds": sim.List(rt.ID)})
	c.Settled(flowLog, "net",
		sim.Props{"vpcId": v.ID, "trafficType": "REJECT", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs"})
}

func TestVPCReplacedByRange(t *testing.T) {
	c := cloud(t, "us-east-1")
	v := c.Must(vpc, "net", sim.Props{"cidrBlock": "10.0.0.0/16"})
	diff, _, err := c.Diff(v, sim.Props{"cidrBlock": "10.1.0.0/16"})
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffUpdateReplace, diff.DetailedDiff["cidrBlock"].Kind)
	diff, _, err = c.Diff(v, sim.Props{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffAdd, diff.DetailedDiff["enableDnsHostnames"].Kind)
	assert.Empty(t, diff.ReplaceKeys)
}
