package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

const (
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	defaultGroup  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	ingress       = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egress        = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

func TestNetworkRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, public := publicNetwork(c)
	bare := c.Must(vpc, "bare", sim.Props{"cidrBlock": "10.1.0.0/16"})
	lonely := c.Must(subnet, "lonely",
		sim.Props{"vpcId": bare.ID, "cidrBlock": "10.1.1.0/24", "availabilityZone": "us-east-1a"})
	theirs := c.Must(vpc, "theirs", sim.Props{"cidrBlock": "10.2.0.0/16", "enableDnsHostnames": true})
	gw := c.Must(gateway, "theirs", sim.Props{"vpcId": theirs.ID})
	rt := c.Must(table, "rt", sim.Props{"vpcId": v.ID})
	other := c.Must(table, "other", sim.Props{"vpcId": bare.ID})
	address := c.Must(eip, "a", sim.Props{"domain": "vpc"})
	n := c.Must(nat, "n", sim.Props{"subnetId": public.ID, "allocationId": address.ID})
	c.Must(route, "out", sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": n.ID})
	c.Must(tableLink, "l", sim.Props{"routeTableId": rt.ID, "subnetId": public.ID})
	c.Must(endpoint, "s3",
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
		"VPC wide":          {vpc, sim.Props{"cidrBlock": "10.0.0.0/8"}, []string{"/16 to /28"}},
		"VPC inside":        {vpc, sim.Props{"cidrBlock": "10.0.0.1/16"}, []string{"starts at its first address"}},
		"VPC no range":      {vpc, sim.Props{}, []string{"cidrBlock"}},
		"tenancy":           {vpc, sim.Props{"cidrBlock": "10.3.0.0/16", "instanceTenancy": "mine"}, []string{"dedicated"}},
		"no VPC":            {subnet, in(sim.Props{"vpcId": "vpc-none"}), []string{"InvalidVpcID.NotFound"}},
		"outside":           {subnet, in(sim.Props{"cidrBlock": "10.9.0.0/24"}), []string{"InvalidSubnet.Range", "10.0.0.0/16"}},
		"overlap":           {subnet, in(sim.Props{"cidrBlock": "10.0.0.0/20"}), []string{"InvalidSubnet.Conflict", public.ID}},
		"zone":              {subnet, in(sim.Props{"availabilityZone": "us-east-1z"}), []string{"InvalidParameterValue", "us-east-1f"}},
		"zone id":           {subnet, in(sim.Props{"availabilityZone": nil, "availabilityZoneId": "usw2-az1"}), []string{"InvalidParameterValue"}},
		"no range":          {subnet, in(sim.Props{"cidrBlock": nil}), []string{"MissingParameter"}},
		"second gateway":    {gateway, sim.Props{"vpcId": v.ID}, []string{"Resource.AlreadyAssociated"}},
		"route again":       {route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": n.ID}, []string{"RouteAlreadyExists"}},
		"foreign gateway":   {route, sim.Props{"routeTableId": other.ID, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gw.ID}, []string{"InvalidParameterValue", "different networks"}},
		"no target":         {route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16"}, []string{"one of gatewayId"}},
		"two targets":       {route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16", "gatewayId": gw.ID, "natGatewayId": n.ID}, []string{"conflicts"}},
		"no table":          {route, sim.Props{"routeTableId": "rtb-none", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gw.ID}, []string{"InvalidRouteTableID.NotFound"}},
		"no NAT":            {route, sim.Props{"routeTableId": rt.ID, "destinationCidrBlock": "10.5.0.0/16", "natGatewayId": "nat-none"}, []string{"InvalidNatGatewayID.NotFound"}},
		"two tables":        {tableLink, sim.Props{"routeTableId": rt.ID, "subnetId": public.ID}, []string{"Resource.AlreadyAssociated"}},
		"foreign table":     {tableLink, sim.Props{"routeTableId": rt.ID, "subnetId": lonely.ID}, []string{"different networks"}},
		"NAT no gateway":    {nat, sim.Props{"subnetId": lonely.ID, "allocationId": c.Must(eip, "b", sim.Props{}).ID}, []string{"Gateway.NotAttached"}},
		"NAT address":       {nat, sim.Props{"subnetId": public.ID}, []string{"allocationId is required"}},
		"NAT private":       {nat, sim.Props{"subnetId": public.ID, "connectivityType": "private", "allocationId": address.ID}, []string{"not supported"}},
		"NAT address taken": {nat, sim.Props{"subnetId": public.ID, "allocationId": address.ID}, []string{"Resource.AlreadyAssociated", n.ID}},
		"service":           {endpoint, reach("com.amazonaws.eu-west-1.s3", "Gateway"), []string{"InvalidServiceName", "com.amazonaws.us-east-1."}},
		"not a gateway":     {endpoint, reach("com.amazonaws.us-east-1.ssm", "Gateway"), []string{"InvalidParameter", "Interface"}},
		"endpoint twice":    {endpoint, with(reach("com.amazonaws.us-east-1.s3", "Gateway"), sim.Props{"routeTableIds": sim.List(rt.ID)}), []string{"RouteAlreadyExists"}},
		"private DNS":       {endpoint, sim.Props{"vpcId": bare.ID, "serviceName": "com.amazonaws.us-east-1.ssm", "vpcEndpointType": "Interface", "privateDnsEnabled": true}, []string{"enableDnsHostnames"}},
		"flow nowhere":      {flowLog, with(flow, sim.Props{"logDestination": nil}), []string{"logDestination, logGroupName"}},
		"flow role":         {flowLog, with(flow, sim.Props{"logDestinationType": "cloud-watch-logs", "logDestination": "arn:aws:logs:x"}), []string{"iamRoleArn"}},
		"flow interval":     {flowLog, with(flow, sim.Props{"maxAggregationInterval": 300.0}), []string{"60 600"}},
		"flow what":         {flowLog, with(flow, sim.Props{"trafficType": "SOME"}), []string{"ACCEPT"}},
	})
}

func TestNetworkStaysWhileUsed(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	rt := c.Must(table, "rt", sim.Props{"vpcId": v.ID})
	link := c.Must(tableLink, "rt", sim.Props{"routeTableId": rt.ID, "subnetId": s.ID})
	address := c.Must(eip, "a", sim.Props{"domain": "vpc"})
	n := c.Must(nat, "n", sim.Props{"subnetId": s.ID, "allocationId": address.ID})
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
	v := c.Must(vpc, "v", sim.Props{"cidrBlock": "10.0.0.0/16"})
	gw := c.Must(gateway, "g", sim.Props{"vpcId": v.ID})
	s := c.Must(subnet, "s", sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"})
	n := c.Must(nat, "n", sim.Props{"subnetId": s.ID, "allocationId": c.Must(eip, "a", sim.Props{}).ID})
	assert.ErrorContains(t, c.Delete(gw), "mapped public address")
	require.NoError(t, c.Delete(n))
	require.NoError(t, c.Delete(gw))
}

func TestQuotas(t *testing.T) {
	c := cloud(t, "us-east-1")
	for i := range 5 {
		c.Must(vpc, fmt.Sprint(i), sim.Props{"cidrBlock": "10.0.0.0/16"})
		c.Must(eip, fmt.Sprint(i), sim.Props{})
	}
	_, err := c.Create(vpc, "6", sim.Props{"cidrBlock": "10.0.0.0/16"})
	assert.ErrorContains(t, err, "VpcLimitExceeded")
	assert.ErrorContains(t, err, "vpc.vpcs")
	_, err = c.Create(eip, "6", sim.Props{})
	assert.ErrorContains(t, err, "AddressLimitExceeded")
	assert.ErrorContains(t, err, "ec2.elastic-ips")
}

func TestSecurityGroupsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	web := c.Settled(securityGroup, "web", sim.Props{"vpcId": v.ID, "description": "Web", "ingress": []any{
		map[string]any{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": sim.List("0.0.0.0/0")},
	}})
	db := c.Settled(securityGroup, "db", sim.Props{"vpcId": v.ID})
	assert.Equal(t, "Managed by Pulumi", db.Str("description"))
	rule := sim.Props{"securityGroupId": db.ID, "referencedSecurityGroupId": web.ID, "ipProtocol": "tcp",
		"fromPort": 5432.0, "toPort": 5432.0}
	r := c.Settled(ingress, "db", rule)
	c.Settled(egress, "web", sim.Props{"securityGroupId": web.ID, "cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"})
	c.Settled(defaultGroup, "v", sim.Props{"vpcId": v.ID})
	require.ErrorContains(t, c.Delete(web), "DependencyViolation")
	replacedBy(t, c, r, rule, map[string]sim.Props{
		"group": {"securityGroupId": web.ID}, "source": {"referencedSecurityGroupId": nil, "cidrIpv4": "10.0.0.0/16"}, "port": {"toPort": 5433.0},
	}, map[string]bool{"group": true, "source": true})
	group := sim.Props{"vpcId": v.ID, "name": "web2"}
	replacedBy(t, c, c.Must(securityGroup, "web2", group), group, map[string]sim.Props{
		"name": {"name": "x"}, "description": {"description": "x"}, "tags": {"tags": map[string]any{"a": "b"}},
	}, map[string]bool{"name": true, "description": true})
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(web))
}

func TestSecurityGroupsRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	g := c.Must(securityGroup, "g", sim.Props{"vpcId": v.ID, "name": "taken"})
	rule := sim.Props{"securityGroupId": g.ID, "cidrIpv4": "10.0.0.0/16", "ipProtocol": "tcp", "fromPort": 80.0,
		"toPort": 80.0}
	c.Must(ingress, "r", rule)
	list, err := c.Invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList",
		sim.Props{"name": "com.amazonaws.global.cloudfront.origin-facing"})
	require.NoError(t, err)
	c.Must(ingress, "cdn", with(rule, sim.Props{"cidrIpv4": nil, "prefixListId": list.Str("id")}))
	changed := func(changes sim.Props) sim.Props { return with(rule, changes) }
	allRefused(t, c, map[string]mistake{
		"taken":       {securityGroup, sim.Props{"vpcId": v.ID, "name": "taken"}, []string{"InvalidGroup.Duplicate"}},
		"sg-":         {securityGroup, sim.Props{"vpcId": v.ID, "name": "sg-mine"}, []string{"sg-"}},
		"no VPC":      {securityGroup, sim.Props{}, []string{"VPCIdNotSpecified"}},
		"description": {securityGroup, sim.Props{"vpcId": v.ID, "description": "the web's"}, []string{"letters"}},
		"twice":       {ingress, rule, []string{"InvalidPermission.Duplicate", "TCP"}},
		"group":       {ingress, changed(sim.Props{"securityGroupId": "sg-none"}), []string{"InvalidGroup.NotFound"}},
		"peer":        {ingress, changed(sim.Props{"cidrIpv4": nil, "referencedSecurityGroupId": "sg-none"}), []string{"InvalidGroup.NotFound"}},
		"two peers":   {ingress, changed(sim.Props{"referencedSecurityGroupId": g.ID}), []string{"conflicts"}},
		"no peer":     {ingress, changed(sim.Props{"cidrIpv4": nil}), []string{"one of cidrIpv4"}},
		"list":        {ingress, changed(sim.Props{"cidrIpv4": nil, "prefixListId": "pl-none"}), []string{"InvalidPrefixListID.NotFound"}},
		"weight":      {ingress, changed(sim.Props{"cidrIpv4": nil, "prefixListId": list.Str("id"), "toPort": 443.0, "fromPort": 443.0}), []string{"RulesPerSecurityGroupLimitExceeded", "55"}},
		"protocol":    {ingress, changed(sim.Props{"ipProtocol": "http"}), []string{"tcp"}},
		"ports":       {ingress, changed(sim.Props{"fromPort": 81.0}), []string{"invalid port range"}},
		"no port":     {ingress, changed(sim.Props{"fromPort": nil}), []string{"required"}},
		"range":       {ingress, changed(sim.Props{"cidrIpv4": "10.0.0.1/16"}), []string{"first address"}},
	})
}
