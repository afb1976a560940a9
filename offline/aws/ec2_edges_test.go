package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestNetworkACLs(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	far := c.Must(token.EC2Vpc, "far", sim.Props{"cidrBlock": "10.9.0.0/16"})
	open := obj{"protocol": "-1", "ruleNo": 100.0, "action": "allow", "cidrBlock": "0.0.0.0/0", "fromPort": 0.0,
		"toPort": 0.0}
	in := sim.Props{"vpcId": v.ID, "subnetIds": list{s.ID}, "ingress": list{open}}
	acl := c.Settled(token.EC2NetworkAcl, "open", in)
	assert.Regexp(t, `^acl-0[0-9a-f]{16}$`, acl.ID)
	replacedBy(t, c, acl, in, map[string]sim.Props{"rules": {"ingress": list{}}, "network": {"vpcId": far.ID}},
		map[string]bool{"network": true})
	rule := sim.Props{"networkAclId": acl.ID, "ruleNumber": 200.0, "protocol": "tcp", "ruleAction": "allow",
		"cidrBlock": "10.0.0.0/16", "fromPort": 22.0, "toPort": 22.0}
	r := c.Settled(token.EC2NetworkAclRule, "ssh", rule)
	assert.Regexp(t, `^nacl-\d+$`, r.ID)
	c.Settled(token.EC2NetworkAclRule, "out", with(rule, sim.Props{"egress": true}))
	c.Settled(token.EC2NetworkAclRule, "first", with(rule, sim.Props{"networkAclId": v.Str("defaultNetworkAclId")}))
	replacedBy(t, c, r, rule, map[string]sim.Props{"port": {"toPort": 23.0}}, map[string]bool{"port": true})
	c.Settled(token.EC2NetworkAclAssociation, "a", sim.Props{"networkAclId": acl.ID, "subnetId": s.ID})
	other := c.Must(token.EC2NetworkAcl, "other", sim.Props{"vpcId": far.ID})
	allRefused(t, c, map[string]mistake{
		"elsewhere": {token.EC2NetworkAcl, sim.Props{"vpcId": far.ID, "subnetIds": list{s.ID}}, []string{"InvalidParameterValue", "different networks"}},
		"number":    {token.EC2NetworkAclRule, with(rule, sim.Props{"protocol": "udp"}), []string{"NetworkAclEntryAlreadyExists", "identified by 200"}},
		"no ACL":    {token.EC2NetworkAclRule, with(rule, sim.Props{"networkAclId": "acl-0"}), []string{"InvalidNetworkAclID.NotFound"}},
		"action":    {token.EC2NetworkAclRule, with(rule, sim.Props{"ruleAction": "permit"}), []string{`"permit"`}},
		"whence":    {token.EC2NetworkAclRule, with(rule, sim.Props{"cidrBlock": nil}), []string{"ipv6CidrBlock"}},
		"foreign":   {token.EC2NetworkAclAssociation, sim.Props{"networkAclId": other.ID, "subnetId": s.ID}, []string{"InvalidParameterValue", "different networks"}},
	})
	require.ErrorContains(t, c.Delete(acl), "DependencyViolation")
}

func TestOtherWaysOut(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	in := sim.Props{"domainName": "corp.internal", "domainNameServers": list{"10.0.0.2", "10.0.0.3"}}
	d := c.Settled(token.EC2VpcDhcpOptions, "corp", in)
	replacedBy(t, c, d, in, map[string]sim.Props{"servers": {"domainNameServers": list{"10.0.0.3", "10.0.0.2"}},
		"tags": {"tags": obj{"a": "b"}}},
		map[string]bool{"servers": true})
	a := c.Settled(token.EC2VpcDhcpOptionsAssociation, "corp", sim.Props{"vpcId": v.ID, "dhcpOptionsId": d.ID})
	assert.Equal(t, d.ID+"-"+v.ID, a.ID)
	require.ErrorContains(t, c.Delete(d), "DependencyViolation")
	out := c.Settled(token.EC2EgressOnlyInternetGateway, "six", sim.Props{"vpcId": v.ID})
	assert.Regexp(t, `^eigw-0`, out.ID)
	table := c.Must(token.EC2RouteTable, "six", sim.Props{"vpcId": v.ID})
	c.Settled(token.EC2Route, "six", sim.Props{"routeTableId": table.ID, "destinationIpv6CidrBlock": "::/0",
		"egressOnlyGatewayId": out.ID})
	site := sim.Props{"bgpAsn": "65000", "ipAddress": "203.0.113.9", "type": "ipsec.1"}
	g := c.Settled(token.EC2CustomerGateway, "office", site)
	replacedBy(t, c, g, site, map[string]sim.Props{"address": {"ipAddress": "203.0.113.10"}},
		map[string]bool{"address": true})
	vpn := c.Settled(token.EC2VpnGateway, "vpn", sim.Props{"vpcId": v.ID})
	assert.Equal(t, "64512", vpn.Str("amazonSideAsn"))
	allRefused(t, c, map[string]mistake{
		"nothing said": {token.EC2VpcDhcpOptions, sim.Props{}, []string{"MissingParameter", "domainName"}},
		"no options":   {token.EC2VpcDhcpOptionsAssociation, sim.Props{"vpcId": v.ID, "dhcpOptionsId": "dopt-0"}, []string{"InvalidDhcpOptionID.NotFound"}},
		"no gateway":   {token.EC2Route, sim.Props{"routeTableId": table.ID, "destinationIpv6CidrBlock": "64:ff9b::/96", "egressOnlyGatewayId": "eigw-0"}, []string{"InvalidGatewayID.NotFound"}},
		"type":         {token.EC2CustomerGateway, with(site, sim.Props{"type": "ipsec"}), []string{"ipsec.1"}},
		"second":       {token.EC2VpnGateway, sim.Props{"vpcId": v.ID}, []string{"InvalidVpcState", vpn.ID}},
	})
}

func TestLogStreamsAndReaders(t *testing.T) {
	c := cloud(t, "us-east-1")
	group := c.Must(token.CloudWatchLogGroup, "app", sim.Props{"name": "app"})
	s := c.Settled(token.CloudWatchLogStream, "web", sim.Props{"logGroupName": group.Str("name"), "name": "web"})
	assert.Equal(t, "arn:aws:logs:us-east-1:"+account+":log-group:app:log-stream:web", s.Str("arn"))
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, nil))
	in := sim.Props{"logGroup": "app", "destinationArn": f.Str("arn"), "filterPattern": "ERROR"}
	_, err := c.Create(token.CloudWatchLogSubscriptionFilter, "errors", in)
	mustRefuse(t, err, "InvalidParameterException", "Let logs.amazonaws.com call it")
	c.Must(token.LambdaPermission, "p", sim.Props{"function": f.Str("name"), "action": "lambda:InvokeFunction",
		"principal": "logs.amazonaws.com"})
	r := c.Settled(token.CloudWatchLogSubscriptionFilter, "errors", in)
	replacedBy(t, c, r, in, map[string]sim.Props{"pattern": {"filterPattern": "WARN"}, "group": {"logGroup": "x"}},
		map[string]bool{"group": true})
	c.Must(token.CloudWatchLogSubscriptionFilter, "second", in)
	allRefused(t, c, map[string]mistake{
		"third":     {token.CloudWatchLogSubscriptionFilter, in, []string{"LimitExceededException"}},
		"no group":  {token.CloudWatchLogSubscriptionFilter, with(in, sim.Props{"logGroup": "none"}), []string{"ResourceNotFoundException"}},
		"nobody":    {token.CloudWatchLogSubscriptionFilter, with(in, sim.Props{"destinationArn": f.Str("arn") + "x"}), []string{"InvalidParameterException"}},
		"taken":     {token.CloudWatchLogStream, sim.Props{"logGroupName": "app", "name": "web"}, []string{"ResourceAlreadyExistsException"}},
		"asterisk":  {token.CloudWatchLogStream, sim.Props{"logGroupName": "app", "name": "a*"}, []string{"asterisk"}},
		"spreading": {token.CloudWatchLogSubscriptionFilter, with(in, sim.Props{"distribution": "All"}), []string{"ByLogStream"}},
	})
}
