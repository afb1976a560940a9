package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestNetworkRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, public := publicNetwork(c)
	bare := c.Must(token.EC2Vpc, "bare", sim.Props{"cidrBlock": "10.1.0.0/16"})
	lonely := c.Must(token.EC2Subnet, "lonely",
		sim.Props{"vpcId": bare.ID, "cidrBlock": "10.1.1.0/24", "availabilityZone": "us-east-1a"})
	theirs := c.Must(token.EC2Vpc, "theirs", sim.Props{"cidrBlock": "10.2.0.0/16", "enableDnsHostnames": true})
	gw := c.Must(token.EC2InternetGateway, "theirs", sim.Props{"vpcId": theirs.ID})
	rt := c.Must(token.EC2RouteTable, "rt", sim.Props{"vpcId": v.ID})
	other := c.Must(token.EC2RouteTable, "other", sim.Props{"vpcId": bare.ID})
	address := c.Must(token.EC2Eip, "a", sim.Props{"domain": "vpc"})
	n := c.Must(token.EC2NatGateway, "n", sim.Props{"subnetId": public.ID, "allocationId": address.ID})
	c.Must(token.EC2Route, "out", sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0",
		"natGatewayId": n.ID})
	c.Must(token.EC2RouteTableAssociation, "l", sim.Props{"routeTableId": rt.ID, "subnetId": public.ID})
	c.Must(token.EC2VpcEndpoint, "s3",
		sim.Props{"vpcId": v.ID, "serviceName": "com.amazonaws.us-east-1.s3", "routeTableIds": sim.List(rt.ID)})
	in := func(changes sim.Props) sim.Props {
		return with(sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.9.0/24", "availabilityZone": "us-east-1b"}, changes)
	}
	reach := func(service, kind string) sim.Props {
		return sim.Props{"vpcId": v.ID, "serviceName": service, "vpcEndpointType": kind}
	}
	flow := sim.Props{"vpcId": v.ID, "trafficType": "ALL", "logDestination": "arn:aws:s3:::logs",
		"logDestinationType": "s3"}
	allRefused(t, c, map[string]mistake{
		"VPC wide":          {token.EC2Vpc, sim.Props{"cidrBlock": "10.0.0.0/8"}, []string{"/16 to /28"}},
		"VPC inside":        {token.EC2Vpc, sim.Props{"cidrBlock": "10.0.0.1/16"}, []string{"starts at its first address"}},
		"VPC no range":      {token.EC2Vpc, sim.Props{}, []string{"cidrBlock"}},
		"tenancy":           {token.EC2Vpc, sim.Props{"cidrBlock": "10.3.0.0/16", "instanceTenancy": "mine"}, []string{"dedicated"}},
		"no VPC":            {token.EC2Subnet, in(sim.Props{"vpcId": "vpc-none"}), []string{"InvalidVpcID.NotFound"}},
		"outside":           {token.EC2Subnet, in(sim.Props{"cidrBlock": "10.9.0.0/24"}), []string{"InvalidSubnet.Range", "10.0.0.0/16"}},
		"overlap":           {token.EC2Subnet, in(sim.Props{"cidrBlock": "10.0.0.0/20"}), []string{"InvalidSubnet.Conflict", public.ID}},
		"zone":              {token.EC2Subnet, in(sim.Props{"availabilityZone": "us-east-1z"}), []string{"InvalidParameterValue", "us-east-1f"}},
		"zone id":           {token.EC2Subnet, in(sim.Props{"availabilityZone": nil, "availabilityZoneId": "usw2-az1"}), []string{"InvalidParameterValue"}},
		"no range":          {token.EC2Subnet, in(sim.Props{"cidrBlock": nil}), []string{"MissingParameter"}},
		"second gateway":    {token.EC2InternetGateway, sim.Props{"vpcId": v.ID}, []string{"Resource.AlreadyAssociated"}},
		"route again":       {token.EC2Route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": n.ID}, []string{"RouteAlreadyExists"}},
		"foreign gateway":   {token.EC2Route, sim.Props{"routeTableId": other.ID, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gw.ID}, []string{"InvalidParameterValue", "different networks"}},
		"no target":         {token.EC2Route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16"}, []string{"one of gatewayId"}},
		"two targets":       {token.EC2Route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16", "gatewayId": gw.ID, "natGatewayId": n.ID}, []string{"conflicts"}},
		"no table":          {token.EC2Route, sim.Props{"routeTableId": "rtb-none", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gw.ID}, []string{"InvalidRouteTableID.NotFound"}},
		"no NAT":            {token.EC2Route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16", "natGatewayId": "nat-none"}, []string{"InvalidNatGatewayID.NotFound"}},
		"two tables":        {token.EC2RouteTableAssociation, sim.Props{"routeTableId": rt.ID, "subnetId": public.ID}, []string{"Resource.AlreadyAssociated"}},
		"foreign table":     {token.EC2RouteTableAssociation, sim.Props{"routeTableId": rt.ID, "subnetId": lonely.ID}, []string{"different networks"}},
		"NAT no gateway":    {token.EC2NatGateway, sim.Props{"subnetId": lonely.ID, "allocationId": c.Must(token.EC2Eip, "b", sim.Props{}).ID}, []string{"Gateway.NotAttached"}},
		"NAT address":       {token.EC2NatGateway, sim.Props{"subnetId": public.ID}, []string{"allocationId is required"}},
		"NAT private":       {token.EC2NatGateway, sim.Props{"subnetId": public.ID, "connectivityType": "private", "allocationId": address.ID}, []string{"not supported"}},
		"NAT address taken": {token.EC2NatGateway, sim.Props{"subnetId": public.ID, "allocationId": address.ID}, []string{"Resource.AlreadyAssociated", n.ID}},
		"service":           {token.EC2VpcEndpoint, reach("com.amazonaws.eu-west-1.s3", "Gateway"), []string{"InvalidServiceName", "com.amazonaws.us-east-1."}},
		"not a gateway":     {token.EC2VpcEndpoint, reach("com.amazonaws.us-east-1.ssm", "Gateway"), []string{"InvalidParameter", "Interface"}},
		"endpoint twice":    {token.EC2VpcEndpoint, with(reach("com.amazonaws.us-east-1.s3", "Gateway"), sim.Props{"routeTableIds": sim.List(rt.ID)}), []string{"RouteAlreadyExists"}},
		"private DNS":       {token.EC2VpcEndpoint, sim.Props{"vpcId": bare.ID, "serviceName": "com.amazonaws.us-east-1.ssm", "vpcEndpointType": "Interface", "privateDnsEnabled": true}, []string{"enableDnsHostnames"}},
		"flow nowhere":      {token.EC2FlowLog, with(flow, sim.Props{"logDestination": nil}), []string{"logDestination, logGroupName"}},
		"flow role":         {token.EC2FlowLog, with(flow, sim.Props{"logDestinationType": "cloud-watch-logs", "logDestination": "arn:aws:logs:x"}), []string{"iamRoleArn"}},
		"flow interval":     {token.EC2FlowLog, with(flow, sim.Props{"maxAggregationInterval": 300.0}), []string{"60 600"}},
		"flow what":         {token.EC2FlowLog, with(flow, sim.Props{"trafficType": "SOME"}), []string{"ACCEPT"}},
	})
}

func TestNetworkStaysWhileUsed(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	rt := c.Must(token.EC2RouteTable, "rt", sim.Props{"vpcId": v.ID})
	link := c.Must(token.EC2RouteTableAssociation, "rt", sim.Props{"routeTableId": rt.ID, "subnetId": s.ID})
	address := c.Must(token.EC2Eip, "a", sim.Props{"domain": "vpc"})
	n := c.Must(token.EC2NatGateway, "n", sim.Props{"subnetId": s.ID, "allocationId": address.ID})
	assert.ErrorContains(t, c.Delete(v), "DependencyViolation")
	assert.ErrorContains(t, c.Delete(s), "DependencyViolation")
	assert.ErrorContains(t, c.Delete(rt), "DependencyViolation")
	assert.ErrorContains(t, c.Delete(address), "InvalidIPAddress.InUse")
	require.NoError(t, c.Delete(link))
	require.NoError(t, c.Delete(rt))
	require.NoError(t, c.Delete(n))
	require.NoError(t, c.Delete(address))
	require.NoError(t, c.Delete(s))
}

func TestGatewayStaysWhileAddressesAreMapped(t *testing.T) {
	c := cloud(t, "us-east-1")
	v := c.Must(token.EC2Vpc, "v", sim.Props{"cidrBlock": "10.0.0.0/16"})
	gw := c.Must(token.EC2InternetGateway, "g", sim.Props{"vpcId": v.ID})
	s := c.Must(token.EC2Subnet, "s",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"})
	n := c.Must(token.EC2NatGateway, "n",
		sim.Props{"subnetId": s.ID, "allocationId": c.Must(token.EC2Eip, "a", sim.Props{}).ID})
	assert.ErrorContains(t, c.Delete(gw), "mapped public address")
	require.NoError(t, c.Delete(n))
	require.NoError(t, c.Delete(gw))
}

func TestQuotas(t *testing.T) {
	c := cloud(t, "us-east-1")
	for i := range 5 {
		c.Must(token.EC2Vpc, fmt.Sprint(i), sim.Props{"cidrBlock": "10.0.0.0/16"})
		c.Must(token.EC2Eip, fmt.Sprint(i), sim.Props{})
	}
	_, err := c.Create(token.EC2Vpc, "6", sim.Props{"cidrBlock": "10.0.0.0/16"})
	assert.ErrorContains(t, err, "VpcLimitExceeded")
	assert.ErrorContains(t, err, "vpc.vpcs")
	_, err = c.Create(token.EC2Eip, "6", sim.Props{})
	assert.ErrorContains(t, err, "AddressLimitExceeded")
	assert.ErrorContains(t, err, "ec2.elastic-ips")
}

func TestSecurityGroupsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	web := c.Settled(token.EC2SecurityGroup, "web", sim.Props{"vpcId": v.ID, "description": "Web", "ingress": []any{
		map[string]any{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": sim.List("0.0.0.0/0")},
	}})
	db := c.Settled(token.EC2SecurityGroup, "db", sim.Props{"vpcId": v.ID})
	assert.Equal(t, "Managed by Pulumi", db.Str("description"))
	rule := sim.Props{"securityGroupId": db.ID, "referencedSecurityGroupId": web.ID, "ipProtocol": "tcp",
		"fromPort": 5432.0, "toPort": 5432.0}
	r := c.Settled(token.VPCSecurityGroupIngressRule, "db", rule)
	c.Settled(token.VPCSecurityGroupEgressRule, "web",
		sim.Props{"securityGroupId": web.ID, "cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"})
	c.Settled(token.EC2DefaultSecurityGroup, "v", sim.Props{"vpcId": v.ID})
	require.ErrorContains(t, c.Delete(web), "DependencyViolation")
	replacedBy(t, c, r, rule, map[string]sim.Props{
		"group": {"securityGroupId": web.ID}, "source": {"referencedSecurityGroupId": nil, "cidrIpv4": "10.0.0.0/16"}, "port": {"toPort": 5433.0},
	}, map[string]bool{"group": true, "source": true})
	group := sim.Props{"vpcId": v.ID, "name": "web2"}
	replacedBy(t, c, c.Must(token.EC2SecurityGroup, "web2", group), group, map[string]sim.Props{
		"name": {"name": "x"}, "description": {"description": "x"}, "tags": {"tags": map[string]any{"a": "b"}},
	}, map[string]bool{"name": true, "description": true})
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(web))
}

func TestSecurityGroupsRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	g := c.Must(token.EC2SecurityGroup, "g", sim.Props{"vpcId": v.ID, "name": "taken"})
	rule := sim.Props{"securityGroupId": g.ID, "cidrIpv4": "10.0.0.0/16", "ipProtocol": "tcp", "fromPort": 80.0,
		"toPort": 80.0}
	c.Must(token.VPCSecurityGroupIngressRule, "r", rule)
	list, err := c.Invoke(token.EC2GetManagedPrefixList,
		sim.Props{"name": "com.amazonaws.global.cloudfront.origin-facing"})
	require.NoError(t, err)
	c.Must(token.VPCSecurityGroupIngressRule, "cdn",
		with(rule, sim.Props{"cidrIpv4": nil, "prefixListId": list.Str("id")}))
	changed := func(changes sim.Props) sim.Props { return with(rule, changes) }
	allRefused(t, c, map[string]mistake{
		"taken":       {token.EC2SecurityGroup, sim.Props{"vpcId": v.ID, "name": "taken"}, []string{"InvalidGroup.Duplicate"}},
		"sg-":         {token.EC2SecurityGroup, sim.Props{"vpcId": v.ID, "name": "sg-mine"}, []string{"sg-"}},
		"no VPC":      {token.EC2SecurityGroup, sim.Props{}, []string{"VPCIdNotSpecified"}},
		"description": {token.EC2SecurityGroup, sim.Props{"vpcId": v.ID, "description": "the web's"}, []string{"letters"}},
		"twice":       {token.VPCSecurityGroupIngressRule, rule, []string{"InvalidPermission.Duplicate", "TCP"}},
		"group":       {token.VPCSecurityGroupIngressRule, changed(sim.Props{"securityGroupId": "sg-none"}), []string{"InvalidGroup.NotFound"}},
		"peer":        {token.VPCSecurityGroupIngressRule, changed(sim.Props{"cidrIpv4": nil, "referencedSecurityGroupId": "sg-none"}), []string{"InvalidGroup.NotFound"}},
		"two peers":   {token.VPCSecurityGroupIngressRule, changed(sim.Props{"referencedSecurityGroupId": g.ID}), []string{"conflicts"}},
		"no peer":     {token.VPCSecurityGroupIngressRule, changed(sim.Props{"cidrIpv4": nil}), []string{"one of cidrIpv4"}},
		"list":        {token.VPCSecurityGroupIngressRule, changed(sim.Props{"cidrIpv4": nil, "prefixListId": "pl-none"}), []string{"InvalidPrefixListID.NotFound"}},
		"weight":      {token.VPCSecurityGroupIngressRule, changed(sim.Props{"cidrIpv4": nil, "prefixListId": list.Str("id"), "toPort": 443.0, "fromPort": 443.0}), []string{"RulesPerSecurityGroupLimitExceeded", "55"}},
		"protocol":    {token.VPCSecurityGroupIngressRule, changed(sim.Props{"ipProtocol": "http"}), []string{"tcp"}},
		"ports":       {token.VPCSecurityGroupIngressRule, changed(sim.Props{"fromPort": 81.0}), []string{"invalid port range"}},
		"no port":     {token.VPCSecurityGroupIngressRule, changed(sim.Props{"fromPort": nil}), []string{"required"}},
		"range":       {token.VPCSecurityGroupIngressRule, changed(sim.Props{"cidrIpv4": "10.0.0.1/16"}), []string{"first address"}},
	})
}
