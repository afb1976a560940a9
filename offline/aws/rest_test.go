package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestRESTAPI(t *testing.T) {
	c := cloud(t, "us-east-1")
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, nil))
	api := c.Settled(token.APIGatewayRestApi, "api", sim.Props{})
	part := sim.Props{"restApi": api.ID, "parentId": api.Str("rootResourceId"), "pathPart": "orders"}
	orders := c.Settled(token.APIGatewayResource, "orders", part)
	one := c.Settled(token.APIGatewayResource, "one", sim.Props{"restApi": api.ID, "parentId": orders.ID,
		"pathPart": "{id}"})
	assert.Equal(t, "/orders/{id}", one.Str("path"))
	method := sim.Props{"restApi": api.ID, "resourceId": one.ID, "httpMethod": "GET", "authorization": "NONE"}
	answer := sim.Props{"restApi": api.ID, "resourceId": one.ID, "httpMethod": "GET", "type": "AWS_PROXY",
		"integrationHttpMethod": "POST", "uri": f.Str("invokeArn")}
	copied := sim.Props{"restApi": api.ID}

	_, err := c.Create(token.APIGatewayDeployment, "d", copied)
	mustRefuse(t, err, "BadRequestException", "depend on the methods")
	_, err = c.Create(token.APIGatewayIntegration, "i", answer)
	mustRefuse(t, err, "NotFoundException", "Make the method GET")
	m := c.Settled(token.APIGatewayMethod, "m", method)
	assert.Equal(t, "agm-"+api.ID+"-"+one.ID+"-GET", m.ID)
	_, err = c.Create(token.APIGatewayDeployment, "d", copied)
	mustRefuse(t, err, "BadRequestException", "depend on the integration")
	i := c.Settled(token.APIGatewayIntegration, "i", answer)
	d := c.Settled(token.APIGatewayDeployment, "d", copied)
	stage := sim.Props{"restApi": api.ID, "deployment": d.ID, "stageName": "live"}
	s := c.Settled(token.APIGatewayStage, "live", stage)
	assert.Equal(t, "https://"+api.ID+".execute-api.us-east-1.amazonaws.com/live", s.Str("invokeUrl"))
	assert.Equal(t, "ags-"+api.ID+"-live", s.ID)

	replacedBy(t, c, i, answer, map[string]sim.Props{"type": {"type": "MOCK"}, "uri": {"uri": "x"}},
		map[string]bool{"type": true})
	replacedBy(t, c, d, copied, map[string]sim.Props{"triggers": {"triggers": obj{"of": "2"}},
		"words": {"description": "x"}},
		map[string]bool{"triggers": true})
	require.ErrorContains(t, c.Delete(d), "BadRequestException")
	allRefused(t, c, map[string]mistake{
		"no API":      {token.APIGatewayResource, with(part, sim.Props{"restApi": "none"}), []string{"NotFoundException"}},
		"path taken":  {token.APIGatewayResource, part, []string{"ConflictException", "orders"}},
		"path":        {token.APIGatewayResource, with(part, sim.Props{"pathPart": "a/b"}), []string{"one part"}},
		"method":      {token.APIGatewayMethod, with(method, sim.Props{"httpMethod": "get"}), []string{`"get"`}},
		"twice":       {token.APIGatewayMethod, method, []string{"ConflictException"}},
		"authorizer":  {token.APIGatewayMethod, with(method, sim.Props{"httpMethod": "PUT", "authorization": "CUSTOM"}), []string{"authorizerId"}},
		"no verb":     {token.APIGatewayIntegration, with(answer, sim.Props{"integrationHttpMethod": nil}), []string{"BadRequestException", "non-empty"}},
		"no uri":      {token.APIGatewayIntegration, with(answer, sim.Props{"uri": nil}), []string{"BadRequestException", "Uri"}},
		"plain ARN":   {token.APIGatewayIntegration, with(answer, sim.Props{"uri": f.Str("arn")}), []string{"BadRequestException", "invokeArn"}},
		"stage taken": {token.APIGatewayStage, stage, []string{"ConflictException"}},
		"no copy":     {token.APIGatewayStage, with(stage, sim.Props{"stageName": "x", "deployment": "none"}), []string{"BadRequestException"}},
	})
	require.NoError(t, c.Delete(api))
	gone, err := c.Read(s)
	require.NoError(t, err)
	assert.Nil(t, gone, "an API takes its stages along")
}

func TestOlderGroupRules(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	sg := c.Must(token.EC2SecurityGroup, "data", sim.Props{"vpcId": v.ID})
	web := c.Must(token.EC2SecurityGroup, "web", sim.Props{"vpcId": v.ID})
	in := sim.Props{"type": "ingress", "securityGroupId": sg.ID, "protocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0,
		"cidrBlocks": sim.List("10.0.0.0/16", "10.1.0.0/16")}
	r := c.Settled(token.EC2SecurityGroupRule, "r", in)
	assert.Regexp(t, `^sgrule-\d+$`, r.ID)
	c.Settled(token.EC2SecurityGroupRule, "from-web", with(in,
		sim.Props{"cidrBlocks": nil, "sourceSecurityGroupId": web.ID}))
	c.Settled(token.EC2SecurityGroupRule, "itself", with(in, sim.Props{"cidrBlocks": nil, "self": true}))
	replacedBy(t, c, r, in, map[string]sim.Props{"port": {"toPort": 5433.0}, "words": {"description": "x"}},
		map[string]bool{"port": true})
	wide := make(list, 60)
	for i := range wide {
		wide[i] = "10.2." + string(rune('0'+i/10)) + string(rune('0'+i%10)) + ".0/24"
	}
	newer := sim.Props{"securityGroupId": sg.ID, "ipProtocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0,
		"cidrIpv4": "10.9.0.0/16"}
	c.Must(token.VPCSecurityGroupIngressRule, "newer", newer)
	allRefused(t, c, map[string]mistake{
		"no source": {token.EC2SecurityGroupRule, with(in, sim.Props{"cidrBlocks": nil}), []string{"must be given"}},
		"two":       {token.EC2SecurityGroupRule, with(in, sim.Props{"self": true}), []string{"conflicts"}},
		"again":     {token.EC2SecurityGroupRule, with(in, sim.Props{"cidrBlocks": sim.List("10.1.0.0/16")}), []string{"InvalidPermission.Duplicate"}},
		"as newer":  {token.EC2SecurityGroupRule, with(in, sim.Props{"cidrBlocks": sim.List("10.9.0.0/16")}), []string{"InvalidPermission.Duplicate", "newer"}},
		"no group":  {token.EC2SecurityGroupRule, with(in, sim.Props{"securityGroupId": "sg-0"}), []string{"InvalidGroup.NotFound"}},
		"protocol":  {token.EC2SecurityGroupRule, with(in, sim.Props{"protocol": "http"}), []string{"protocol"}},
		"way":       {token.EC2SecurityGroupRule, with(in, sim.Props{"type": "in"}), []string{`"in"`}},
		"list":      {token.EC2SecurityGroupRule, with(in, sim.Props{"prefixListIds": sim.List("pl-0")}), []string{"InvalidPrefixListID.NotFound"}},
		"too many":  {token.EC2SecurityGroupRule, with(in, sim.Props{"cidrBlocks": wide}), []string{"RulesPerSecurityGroupLimitExceeded"}},
	})
	require.ErrorContains(t, c.Delete(web), "DependencyViolation", "a rule names it")
}
