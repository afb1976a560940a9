package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Each region has a network that nobody made: it is found, and stands for what names it.
func TestDefaultNetwork(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, err := c.Invoke(token.EC2GetVpc, sim.Props{"default": true})
	require.NoError(t, err)
	assert.Regexp(t, `^vpc-0[0-9a-f]{16}$`, v.Str("id"))
	assert.Equal(t, "172.31.0.0/16", v.Str("cidrBlock"))
	here := sim.Props{"filters": list{obj{"name": "vpc-id", "values": list{v.Str("id")}}}}
	all, err := c.Invoke(token.EC2GetSubnets, here)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all.Strs("ids")), 3, "one in each zone")
	one, err := c.Invoke(token.EC2GetSubnet, sim.Props{"vpcId": v.Str("id"), "availabilityZone": "us-east-1b",
		"defaultForAz": true})
	require.NoError(t, err)
	assert.Equal(t, "172.31.16.0/20", one.Str("cidrBlock"))
	group, err := c.Invoke(token.EC2GetSecurityGroup, sim.Props{"vpcId": v.Str("id"), "name": "default"})
	require.NoError(t, err)

	own := c.Settled(token.EC2SecurityGroup, "web", sim.Props{"vpcId": v.Str("id")})
	c.Settled(token.LBLoadBalancer, "web", sim.Props{"subnets": list{all.Strs("ids")[0], all.Strs("ids")[1]},
		"securityGroups": list{own.ID, group.Str("id")}})
	c.Settled(token.EFSMountTarget, "files", sim.Props{"subnetId": one.Str("id"),
		"fileSystemId": c.Must(token.EFSFileSystem, "f", sim.Props{}).ID})
	adopted := c.Settled(token.EC2DefaultVpc, "mine", sim.Props{"tags": obj{"Name": "default"}})
	assert.Equal(t, v.Str("id"), adopted.ID)
	subnet := c.Settled(token.EC2DefaultSubnet, "b", sim.Props{"availabilityZone": "us-east-1b"})
	assert.Equal(t, one.Str("id"), subnet.ID)
	require.NoError(t, c.Delete(adopted))
	again, err := c.Invoke(token.EC2GetVpc, sim.Props{"default": true})
	require.NoError(t, err)
	assert.Equal(t, v, again, "it stays")
	allRefused(t, c, map[string]mistake{
		"gateway": {token.EC2InternetGateway, sim.Props{"vpcId": v.Str("id")}, []string{"Resource.AlreadyAssociated"}},
		"overlap": {token.EC2Subnet, sim.Props{"vpcId": v.Str("id"), "cidrBlock": "172.31.0.0/24"}, []string{"InvalidSubnet.Conflict"}},
		"zone":    {token.EC2DefaultSubnet, sim.Props{"availabilityZone": "eu-west-1a"}, []string{"InvalidParameterValue"}},
	})
}

func TestLookups(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	sg := c.Must(token.EC2SecurityGroup, "web", sim.Props{"vpcId": v.ID, "name": "web"})
	zone := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	for name, tt := range map[string]struct {
		function, want string
		in             sim.Props
	}{
		"by filter": {token.EC2GetVpc, v.ID, sim.Props{"filters": list{obj{"name": "cidr", "values": list{"10.0.*"}}}}},
		"by id":     {token.EC2GetVpc, v.ID, sim.Props{"id": v.ID}},
		"by tag":    {token.EC2GetSubnet, s.ID, sim.Props{"filters": list{obj{"name": "tag:tier", "values": list{"public"}}}}},
		"group":     {token.EC2GetSecurityGroup, sg.ID, sim.Props{"name": "web", "vpcId": v.ID}},
		"zone":      {token.Route53GetZone, zone.ID, sim.Props{"name": "example.com."}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := c.Invoke(tt.function, tt.in)
			require.NoError(t, err)
			assert.Equal(t, tt.want, out.Str("id"))
		})
	}
	for name, tt := range map[string]struct {
		function, want string
		in             sim.Props
	}{
		"none":        {token.EC2GetVpc, "no matching EC2 VPC found", sim.Props{"id": "vpc-0"}},
		"more":        {token.EC2GetVpc, "multiple EC2 VPCs matched", sim.Props{}},
		"filter":      {token.EC2GetSubnets, `does not know the filter "outpost-arn"`, sim.Props{"filters": list{obj{"name": "outpost-arn", "values": list{"x"}}}}},
		"no such tag": {token.EC2GetSubnet, "no matching EC2 Subnet found", sim.Props{"tags": obj{"tier": "none"}}},
		"zone":        {token.Route53GetZone, "no matching Route 53 Hosted Zone found", sim.Props{"name": "example.org"}},
		"private":     {token.Route53GetZone, "no matching Route 53 Hosted Zone found", sim.Props{"name": "example.com", "privateZone": true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Invoke(tt.function, tt.in)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
