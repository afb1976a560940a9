package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestHTTPAPI(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	sg := c.Must(token.EC2SecurityGroup, "link", sim.Props{"vpcId": v.ID})
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"subnets": subnets})
	l := c.Must(token.LBListener, "http",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP",
			"defaultActions": forward(c.Must(token.LBTargetGroup, "web", groupIn(v)))})
	link := c.Settled(token.APIGatewayV2VpcLink, "link",
		sim.Props{"subnetIds": subnets, "securityGroupIds": sim.List(sg.ID)})
	a := c.Settled(token.APIGatewayV2Api, "api",
		sim.Props{"protocolType": "HTTP",
			"corsConfiguration": map[string]any{"allowOrigins": sim.List("https://example.com"), "allowCredentials": true}})
	assert.Equal(t, "https://"+a.ID+".execute-api.us-east-1.amazonaws.com", a.Str("apiEndpoint"))
	proxy := sim.Props{
		"apiId": a.ID, "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": l.ID, "connectionType": "VPC_LINK", "connectionId": link.ID,
		"timeoutMilliseconds": 29000.0, "requestParameters": map[string]any{"overwrite:header.x-origin": "s"}, "tlsConfig": map[string]any{"serverNameToVerify": "example.com"},
	}
	i := c.Settled(token.APIGatewayV2Integration, "balancer", proxy)
	r := c.Settled(token.APIGatewayV2Route, "default",
		sim.Props{"apiId": a.ID, "routeKey": "$default", "target": "integrations/" + i.ID})
	logs := c.Must(token.CloudWatchLogGroup, "access", sim.Props{"namePrefix": "/aws/vendedlogs/apis/dev-"})
	stage := sim.Props{
		"apiId": a.ID, "name": "$default", "autoDeploy": true, "accessLogSettings": map[string]any{"destinationArn": logs.Str("arn"), "format": "$context.requestId"},
		"defaultRouteSettings": map[string]any{"throttlingBurstLimit": 100.0, "throttlingRateLimit": 50.0},
	}
	s := c.Settled(token.APIGatewayV2Stage, "stage", stage)
	assert.Equal(t, "https://"+a.ID+".execute-api.us-east-1.amazonaws.com/", s.Str("invokeUrl"))
	second := c.Must(token.APIGatewayV2Api, "second", sim.Props{"protocolType": "HTTP"})
	c.Settled(token.APIGatewayV2Stage, "second", with(stage, sim.Props{"apiId": second.ID}))
	_, _, issued := issuedCertificate(c, "api.example.com")
	config := func(arn string) map[string]any {
		return map[string]any{"certificateArn": arn, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}
	}
	d := c.Settled(token.APIGatewayV2DomainName, "api",
		sim.Props{"domainName": "api.example.com", "domainNameConfiguration": config(issued.Str("certificateArn"))})
	assert.Regexp(t, `^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$`,
		d.Get("domainNameConfiguration.targetDomainName"))
	assert.Equal(t, "Z1UJRXOUMOOFQ8", d.Get("domainNameConfiguration.hostedZoneId"))
	mapping := sim.Props{"apiId": a.ID, "domainName": d.ID, "stage": "$default"}
	c.Settled(token.APIGatewayV2ApiMapping, "api", mapping)
	replacedBy(t, c, i, proxy, map[string]sim.Props{
		"api": {"apiId": second.ID}, "type": {"integrationType": "HTTP"}, "timeout": {"timeoutMilliseconds": 1000.0}, "target": {"integrationUri": "other"},
	}, map[string]bool{"api": true, "type": true})
	require.ErrorContains(t, c.Delete(i), "ConflictException")
	require.ErrorContains(t, c.Delete(link), "ConflictException")
	private := func(changes sim.Props) sim.Props { return with(proxy, changes) }
	allRefused(t, c, map[string]mistake{
		"any origin":     {token.APIGatewayV2Api, sim.Props{"protocolType": "HTTP", "corsConfiguration": map[string]any{"allowOrigins": sim.List("*"), "allowCredentials": true}}, []string{"BadRequestException", "origin *"}},
		"socket CORS":    {token.APIGatewayV2Api, sim.Props{"protocolType": "WEBSOCKET", "corsConfiguration": map[string]any{"maxAge": 1.0}}, []string{"BadRequestException", "HTTP APIs"}},
		"no API":         {token.APIGatewayV2Route, sim.Props{"apiId": "none", "routeKey": "$default"}, []string{"NotFoundException"}},
		"no link":        {token.APIGatewayV2Integration, private(sim.Props{"connectionId": nil}), []string{"BadRequestException", "VPC_LINK"}},
		"unknown link":   {token.APIGatewayV2Integration, private(sim.Props{"connectionId": "none"}), []string{"BadRequestException", "none"}},
		"no listener":    {token.APIGatewayV2Integration, private(sim.Props{"integrationUri": "https://example.com"}), []string{"BadRequestException", "listener"}},
		"old listener":   {token.APIGatewayV2Integration, private(sim.Props{"integrationUri": l.ID + "0"}), []string{"BadRequestException", "Invalid ELB listener"}},
		"no method":      {token.APIGatewayV2Integration, private(sim.Props{"integrationMethod": nil}), []string{"BadRequestException", "HttpMethod"}},
		"timeout":        {token.APIGatewayV2Integration, private(sim.Props{"timeoutMilliseconds": 30001.0}), []string{"30000"}},
		"parameter":      {token.APIGatewayV2Integration, private(sim.Props{"requestParameters": map[string]any{"header.x": "y"}}), []string{"mapping expression"}},
		"public TLS":     {token.APIGatewayV2Integration, private(sim.Props{"connectionType": "INTERNET", "connectionId": nil}), []string{"private integrations"}},
		"route key":      {token.APIGatewayV2Route, sim.Props{"apiId": a.ID, "routeKey": "/users"}, []string{"BadRequestException", "route key"}},
		"route taken":    {token.APIGatewayV2Route, sim.Props{"apiId": a.ID, "routeKey": "$default"}, []string{"ConflictException", "$default"}},
		"route nowhere":  {token.APIGatewayV2Route, sim.Props{"apiId": a.ID, "routeKey": "GET /a", "target": "integrations/none"}, []string{"NotFoundException"}},
		"route form":     {token.APIGatewayV2Route, sim.Props{"apiId": a.ID, "routeKey": "GET /a", "target": "none"}, []string{"integrations/"}},
		"stage taken":    {token.APIGatewayV2Stage, stage, []string{"ConflictException"}},
		"stage name":     {token.APIGatewayV2Stage, with(stage, sim.Props{"name": "a b"}), []string{"$default"}},
		"no such route":  {token.APIGatewayV2Stage, with(stage, sim.Props{"name": "x", "routeSettings": []any{map[string]any{"routeKey": "GET /none"}}}), []string{"NotFoundException", "GET /none"}},
		"no log":         {token.APIGatewayV2Stage, with(stage, sim.Props{"name": "x", "accessLogSettings": map[string]any{"destinationArn": "arn:none", "format": "x"}}), []string{"NotFoundException"}},
		"other host":     {token.APIGatewayV2DomainName, sim.Props{"domainName": "www.example.org", "domainNameConfiguration": config(issued.Str("certificateArn"))}, []string{"BadRequestException", "subjectAlternativeNames"}},
		"no certificate": {token.APIGatewayV2DomainName, sim.Props{"domainName": "x.example.com", "domainNameConfiguration": config("arn:aws:acm:us-east-1:123456789012:certificate/none")}, []string{"no such certificate"}},
		"far":            {token.APIGatewayV2DomainName, sim.Props{"domainName": "x.example.com", "domainNameConfiguration": config("arn:aws:acm:eu-west-1:123456789012:certificate/c")}, []string{"own region"}},
		"mapped":         {token.APIGatewayV2ApiMapping, mapping, []string{"ConflictException"}},
		"no stage":       {token.APIGatewayV2ApiMapping, with(mapping, sim.Props{"stage": "none"}), []string{"BadRequestException", "none"}},
	})
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(i))
	require.NoError(t, c.Delete(link))
}
