package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

// The types that the later stages add: discovery, a gateway, search and a firewall.
const (
	namespace    = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
	cloudService = "aws:servicediscovery/service:Service"
	registered   = "aws:servicediscovery/instance:Instance"
	api          = "aws:apigatewayv2/api:Api"
	integration  = "aws:apigatewayv2/integration:Integration"
	apiRoute     = "aws:apigatewayv2/route:Route"
	apiStage     = "aws:apigatewayv2/stage:Stage"
	apiDomain    = "aws:apigatewayv2/domainName:DomainName"
	apiMapping   = "aws:apigatewayv2/apiMapping:ApiMapping"
	vpcLink      = "aws:apigatewayv2/vpcLink:VpcLink"
	search       = "aws:opensearch/domain:Domain"
	searchPolicy = "aws:opensearch/domainPolicy:DomainPolicy"
	serviceRole  = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	logPolicy    = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
	webACL       = "aws:wafv2/webAcl:WebAcl"
	webLink      = "aws:wafv2/webAclAssociation:WebAclAssociation"
	webLog       = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

// served is a service of a namespace whose instances answer with all addresses.
func served(ns *simtest.Resource, policy string) sim.Props {
	return sim.Props{"name": "users", "forceDestroy": true, "dnsConfig": map[string]any{
		"namespaceId": ns.ID, "routingPolicy": policy, "dnsRecords": []any{map[string]any{"type": "A", "ttl": 10.0}},
	}}
}

func TestDiscovery(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	ns := c.Settled(namespace, "ns", sim.Props{"name": "rung.internal", "vpc": v.ID})
	assert.Regexp(t, `^ns-[a-z0-9]{16}$`, ns.ID)
	users := with(served(ns, "MULTIVALUE"), sim.Props{"healthCheckCustomConfig": map[string]any{"failureThreshold": 1.0}})
	s := c.Settled(cloudService, "users", users)
	lb := c.Must(balancer, "alb", sim.Props{"subnets": subnets})
	alias := sim.Props{"instanceId": "balancer", "attributes": map[string]any{"AWS_ALIAS_DNS_NAME": lb.Str("dnsName")}}
	weighted := c.Settled(cloudService, "orders", with(served(ns, "WEIGHTED"), sim.Props{"name": "orders"}))
	i := c.Settled(registered, "orders", with(alias, sim.Props{"serviceId": weighted.ID}))
	assert.Equal(t, "balancer", i.ID)
	kept := c.Must(cloudService, "kept", with(served(ns, "WEIGHTED"), sim.Props{"name": "kept", "forceDestroy": false}))
	c.Settled(registered, "kept", with(alias, sim.Props{"serviceId": kept.ID}))
	require.ErrorContains(t, c.Delete(kept), "ResourceInUse")
	require.ErrorContains(t, c.Delete(ns), "ResourceInUse")
	replacedBy(t, c, s, users, map[string]sim.Props{
		"name": {"name": "x"}, "health": {"healthCheckCustomConfig": nil}, "description": {"description": "x"},
		"ttl": {"dnsConfig": map[string]any{"namespaceId": ns.ID, "routingPolicy": "MULTIVALUE", "dnsRecords": []any{map[string]any{"type": "A", "ttl": 20.0}}}},
	}, map[string]bool{"name": true, "health": true})
	allRefused(t, c, map[string]mistake{
		"namespace taken": {namespace, sim.Props{"name": "rung.internal", "vpc": v.ID}, []string{"NamespaceAlreadyExists"}},
		"no VPC":          {namespace, sim.Props{"name": "x.internal", "vpc": "vpc-none"}, []string{"InvalidInput"}},
		"service taken":   {cloudService, served(ns, "WEIGHTED"), []string{"ServiceAlreadyExists"}},
		"no namespace":    {cloudService, with(served(&simtest.Resource{ID: "ns-none"}, "WEIGHTED"), sim.Props{"name": "x"}), []string{"NamespaceNotFound"}},
		"CNAME": {cloudService, sim.Props{"name": "x", "dnsConfig": map[string]any{"namespaceId": ns.ID, "dnsRecords": []any{map[string]any{"type": "CNAME", "ttl": 1.0}}}},
			[]string{"InvalidInput", "WEIGHTED"}},
		"no service":   {registered, with(alias, sim.Props{"serviceId": "srv-none"}), []string{"ServiceNotFound"}},
		"multivalue":   {registered, with(alias, sim.Props{"serviceId": s.ID}), []string{"InvalidInput", "WEIGHTED"}},
		"no address":   {registered, sim.Props{"serviceId": weighted.ID, "instanceId": "x", "attributes": map[string]any{}}, []string{"InvalidInput", "AWS_INSTANCE_IPV4"}},
		"not balanced": {registered, sim.Props{"serviceId": weighted.ID, "instanceId": "x", "attributes": map[string]any{"AWS_ALIAS_DNS_NAME": "example.com"}}, []string{"load balancer"}},
	})
}

func TestHTTPAPI(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	sg := c.Must(securityGroup, "link", sim.Props{"vpcId": v.ID})
	lb := c.Must(balancer, "alb", sim.Props{"subnets": subnets})
	l := c.Must(listener, "http",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP",
			"defaultActions": forward(c.Must(targets, "web", groupIn(v)))})
	link := c.Settled(vpcLink, "link", sim.Props{"subnetIds": subnets, "securityGroupIds": sim.List(sg.ID)})
	a := c.Settled(api, "api",
		sim.Props{"protocolType": "HTTP",
			"corsConfiguration": map[string]any{"allowOrigins": sim.List("https://example.com"), "allowCredentials": true}})
	assert.Equal(t, "https://"+a.ID+".execute-api.us-east-1.amazonaws.com", a.Str("apiEndpoint"))
	proxy := sim.Props{
		"apiId": a.ID, "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": l.ID, "connectionType": "VPC_LINK", "connectionId": link.ID,
		"timeoutMilliseconds": 29000.0, "requestParameters": map[string]any{"overwrite:header.x-origin": "s"}, "tlsConfig": map[string]any{"serverNameToVerify": "example.com"},
	}
	i := c.Settled(integration, "balancer", proxy)
	r := c.Settled(apiRoute, "default", sim.Props{"apiId": a.ID, "routeKey": "$default", "target": "integrations/" + i.ID})
	logs := c.Must(logGroup, "access", sim.Props{"namePrefix": "/aws/vendedlogs/apis/dev-"})
	stage := sim.Props{
		"apiId": a.ID, "name": "$default", "autoDeploy": true, "accessLogSettings": map[string]any{"destinationArn": logs.Str("arn"), "format": "$context.requestId"},
		"defaultRouteSettings": map[string]any{"throttlingBurstLimit": 100.0, "throttlingRateLimit": 50.0},
	}
	s := c.Settled(apiStage, "stage", stage)
	assert.Equal(t, "https://"+a.ID+".execute-api.us-east-1.amazonaws.com/", s.Str("invokeUrl"))
	second := c.Must(api, "second", sim.Props{"protocolType": "HTTP"})
	c.Settled(apiStage, "second", with(stage, sim.Props{"apiId": second.ID}))
	_, _, issued := issuedCertificate(c, "api.example.com")
	config := func(arn string) map[string]any {
		return map[string]any{"certificateArn": arn, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}
	}
	d := c.Settled(apiDomain, "api",
		sim.Props{"domainName": "api.example.com", "domainNameConfiguration": config(issued.Str("certificateArn"))})
	assert.Regexp(t, `^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$`,
		d.Get("domainNameConfiguration.targetDomainName"))
	assert.Equal(t, "Z1UJRXOUMOOFQ8", d.Get("domainNameConfiguration.hostedZoneId"))
	mapping := sim.Props{"apiId": a.ID, "domainName": d.ID, "stage": "$default"}
	c.Settled(apiMapping, "api", mapping)
	replacedBy(t, c, i, proxy, map[string]sim.Props{
		"api": {"apiId": second.ID}, "type": {"integrationType": "HTTP"}, "timeout": {"timeoutMilliseconds": 1000.0}, "target": {"integrationUri": "other"},
	}, map[string]bool{"api": true, "type": true})
	require.ErrorContains(t, c.Delete(i), "ConflictException")
	require.ErrorContains(t, c.Delete(link), "ConflictException")
	private := func(changes sim.Props) sim.Props { return with(proxy, changes) }
	allRefused(t, c, map[string]mistake{
		"any origin":     {api, sim.Props{"protocolType": "HTTP", "corsConfiguration": map[string]any{"allowOrigins": sim.List("*"), "allowCredentials": true}}, []string{"BadRequestException", "origin *"}},
		"socket CORS":    {api, sim.Props{"protocolType": "WEBSOCKET", "corsConfiguration": map[string]any{"maxAge": 1.0}}, []string{"BadRequestException", "HTTP APIs"}},
		"no API":         {apiRoute, sim.Props{"apiId": "none", "routeKey": "$default"}, []string{"NotFoundException"}},
		"no link":        {integration, private(sim.Props{"connectionId": nil}), []string{"BadRequestException", "VPC_LINK"}},
		"unknown link":   {integration, private(sim.Props{"connectionId": "none"}), []string{"BadRequestException", "none"}},
		"no listener":    {integration, private(sim.Props{"integrationUri": "https://example.com"}), []string{"BadRequestException", "listener"}},
		"old listener":   {integration, private(sim.Props{"integrationUri": l.ID + "0"}), []string{"BadRequestException", "Invalid ELB listener"}},
		"no method":      {integration, private(sim.Props{"integrationMethod": nil}), []string{"BadRequestException", "HttpMethod"}},
		"timeout":        {integration, private(sim.Props{"timeoutMilliseconds": 30001.0}), []string{"30000"}},
		"parameter":      {integration, private(sim.Props{"requestParameters": map[string]any{"header.x": "y"}}), []string{"mapping expression"}},
		"public TLS":     {integration, private(sim.Props{"connectionType": "INTERNET", "connectionId": nil}), []string{"private integrations"}},
		"route key":      {apiRoute, sim.Props{"apiId": a.ID, "routeKey": "/users"}, []string{"BadRequestException", "route key"}},
		"route taken":    {apiRoute, sim.Props{"apiId": a.ID, "routeKey": "$default"}, []string{"ConflictException", "$default"}},
		"route nowhere":  {apiRoute, sim.Props{"apiId": a.ID, "routeKey": "GET /a", "target": "integrations/none"}, []string{"NotFoundException"}},
		"route form":     {apiRoute, sim.Props{"apiId": a.ID, "routeKey": "GET /a", "target": "none"}, []string{"integrations/"}},
		"stage taken":    {apiStage, stage, []string{"ConflictException"}},
		"stage name":     {apiStage, with(stage, sim.Props{"name": "a b"}), []string{"$default"}},
		"no such route":  {apiStage, with(stage, sim.Props{"name": "x", "routeSettings": []any{map[string]any{"routeKey": "GET /none"}}}), []string{"NotFoundException", "GET /none"}},
		"no log":         {apiStage, with(stage, sim.Props{"name": "x", "accessLogSettings": map[string]any{"destinationArn": "arn:none", "format": "x"}}), []string{"NotFoundException"}},
		"other host":     {apiDomain, sim.Props{"domainName": "www.example.org", "domainNameConfiguration": config(issued.Str("certificateArn"))}, []string{"BadRequestException", "subjectAlternativeNames"}},
		"no certificate": {apiDomain, sim.Props{"domainName": "x.example.com", "domainNameConfiguration": config("arn:aws:acm:us-east-1:123456789012:certificate/none")}, []string{"no such certificate"}},
		"far":            {apiDomain, sim.Props{"domainName": "x.example.com", "domainNameConfiguration": config("arn:aws:acm:eu-west-1:123456789012:certificate/c")}, []string{"own region"}},
		"mapped":         {apiMapping, mapping, []string{"ConflictException"}},
		"no stage":       {apiMapping, with(mapping, sim.Props{"stage": "none"}), []string{"BadRequestException", "none"}},
	})
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(i))
	require.NoError(t, c.Delete(link))
}

// domain is a search domain as the component makes it.
func domain(subnets []any, logs *simtest.Resource) sim.Props {
	return sim.Props{
		"engineVersion": "OpenSearch_2.17",
		"clusterConfig": map[string]any{
			"instanceType": "r7g.large.search", "instanceCount": 2.0, "zoneAwarenessEnabled": true, "zoneAwarenessConfig": map[string]any{"availabilityZoneCount": 2.0},
			"dedicatedMasterEnabled": true, "dedicatedMasterCount": 3.0, "dedicatedMasterType": "m7g.medium.search",
		},
		"ebsOptions":            map[string]any{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": 20.0, "iops": 3000.0, "throughput": 125.0},
		"vpcOptions":            map[string]any{"subnetIds": subnets},
		"encryptAtRest":         map[string]any{"enabled": true},
		"nodeToNodeEncryption":  map[string]any{"enabled": true},
		"domainEndpointOptions": map[string]any{"enforceHttps": true, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
		"advancedSecurityOptions": map[string]any{
			"enabled": true, "internalUserDatabaseEnabled": true, "masterUserOptions": map[string]any{"masterUserName": "admin", "masterUserPassword": "Secret-123"},
		},
		"logPublishingOptions": []any{map[string]any{"logType": "ES_APPLICATION_LOGS", "cloudwatchLogGroupArn": logs.Str("arn"), "enabled": true}},
	}
}

func TestSearch(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	logs := c.Must(logGroup, "search", sim.Props{})
	in := domain(subnets, logs)
	_, err := c.Create(search, "s", in)
	require.ErrorContains(t, err, "you must enable a service-linked role")
	linked := sim.Props{"awsServiceName": "opensearchservice.amazonaws.com"}
	sr := c.Settled(serviceRole, "s", linked)
	assert.Equal(t, "arn:aws:iam::123456789012:role/aws-service-role/opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService", sr.ID)
	_, err = c.Create(serviceRole, "again", linked)
	require.ErrorContains(t, err, "InvalidInput")
	_, err = c.Create(search, "s", in)
	require.ErrorContains(t, err, "does not grant sufficient permissions")
	c.Settled(logPolicy, "s",
		sim.Props{"policyName": "search",
			"policyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"es.amazonaws.com"},` +
				`"Action":["logs:PutLogEvents","logs:CreateLogStream"],"Resource":["` + logs.Str("arn") + `:*"]}]}`})
	d := c.Settled(search, "s", in)
	assert.Regexp(t, `^vpc-s-[0-9a-f]{7}-[a-z0-9]{26}\.us-east-1\.es\.amazonaws\.com$`, d.Str("endpoint"))
	c.Settled(searchPolicy, "s",
		sim.Props{"domainName": d.Str("domainName"),
			"accessPolicies": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"es:ESHttp*","Resource":"` + d.ID + `/*"}]}`})
	nested := func(key string, changes sim.Props) sim.Props {
		return with(in, sim.Props{key: map[string]any(with(in.Map(key), changes))})
	}
	replacedBy(t, c, d, in, map[string]sim.Props{
		"name": {"domainName": "other"}, "subnets": {"vpcOptions": map[string]any{"subnetIds": subnets[:1]}}, "security": {"advancedSecurityOptions": map[string]any{"enabled": false}},
		"size": {"ebsOptions": map[string]any{"ebsEnabled": true, "volumeSize": 40.0}}, "engine": {"engineVersion": "OpenSearch_2.19"},
	}, map[string]bool{"name": true, "subnets": true, "security": true})
	const invalid = "ValidationException"
	allRefused(t, c, map[string]mistake{
		"name":         {search, with(in, sim.Props{"domainName": "Big"}), []string{"small letters"}},
		"engine":       {search, with(in, sim.Props{"engineVersion": "2.17"}), []string{"OpenSearch_2.17"}},
		"type":         {search, nested("clusterConfig", sim.Props{"instanceType": "r7g.large"}), []string{"r7g.large.search"}},
		"one subnet":   {search, with(in, sim.Props{"vpcOptions": map[string]any{"subnetIds": subnets[:1]}}), []string{invalid, "exactly 2 subnet(s)"}},
		"no subnet":    {search, with(in, sim.Props{"vpcOptions": map[string]any{"subnetIds": sim.List("subnet-none")}}), []string{invalid}},
		"nodes":        {search, nested("clusterConfig", sim.Props{"instanceCount": 1.0}), []string{invalid, "minimum of 2 data nodes"}},
		"masters":      {search, nested("clusterConfig", sim.Props{"dedicatedMasterCount": 2.0}), []string{invalid, "three or five"}},
		"disk":         {search, nested("ebsOptions", sim.Props{"volumeSize": 5.0}), []string{invalid, "at least 10 GiB"}},
		"IOPS":         {search, nested("ebsOptions", sim.Props{"iops": 100.0}), []string{invalid, "3000"}},
		"throughput":   {search, nested("ebsOptions", sim.Props{"throughput": 100.0}), []string{invalid, "125"}},
		"plain nodes":  {search, with(in, sim.Props{"nodeToNodeEncryption": map[string]any{"enabled": false}}), []string{invalid, "node-to-node"}},
		"plain HTTP":   {search, nested("domainEndpointOptions", sim.Props{"enforceHttps": false}), []string{invalid, "HTTPS"}},
		"password":     {search, nested("advancedSecurityOptions", sim.Props{"masterUserOptions": map[string]any{"masterUserName": "a", "masterUserPassword": "secret"}}), []string{invalid, "uppercase"}},
		"no domain":    {searchPolicy, sim.Props{"domainName": "none", "accessPolicies": readAll}, []string{"ResourceNotFoundException"}},
		"bad policy":   {searchPolicy, sim.Props{"domainName": d.Str("domainName"), "accessPolicies": "{"}, []string{invalid}},
		"service name": {serviceRole, sim.Props{"awsServiceName": "opensearch"}, []string{"opensearchservice.amazonaws.com"}},
		"log policy":   {logPolicy, sim.Props{"policyName": "x", "policyDocument": "{"}, []string{"InvalidParameterException"}},
	})
}

// acl is a web ACL as the firewall component makes it.
func acl(rules ...any) sim.Props {
	return sim.Props{"scope": "REGIONAL", "defaultAction": map[string]any{"allow": map[string]any{}},
		"visibilityConfig": seen("web"), "rules": rules}
}

func seen(metric string) map[string]any {
	return map[string]any{"cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true, "metricName": metric}
}

func limited(changes sim.Props) map[string]any {
	rate := with(sim.Props{"limit": 2000.0, "evaluationWindowSec": 300.0, "aggregateKeyType": "IP"}, changes)
	return map[string]any{"name": "rate", "priority": 1.0, "action": map[string]any{"block": map[string]any{}},
		"statement": map[string]any{"rateBasedStatement": map[string]any(rate)}, "visibilityConfig": seen("rate")}
}

func managed(name string, priority float64) map[string]any {
	return map[string]any{"name": name, "priority": priority, "overrideAction": map[string]any{"none": map[string]any{}},
		"statement": map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": name}}, "visibilityConfig": seen(name)}
}

func TestFirewall(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	lb := c.Must(balancer, "alb", sim.Props{"subnets": subnets})
	in := acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 10))
	w := c.Settled(webACL, "web", in)
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web-[0-9a-f]{7}/[0-9a-f-]{36}$`, w.Str("arn"))
	assert.EqualValues(t, 702, w.Get("capacity"))
	link := sim.Props{"resourceArn": lb.ID, "webAclArn": w.Str("arn")}
	before := c.Settled(webLink, "web", link)
	logs := c.Must(logGroup, "waf", sim.Props{"name": "aws-waf-logs-web"})
	c.Settled(webLog, "web", sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List(logs.Str("arn"))})
	require.ErrorContains(t, c.Delete(w), "WAFAssociatedItemException")
	replacedBy(t, c, w, in, map[string]sim.Props{
		"scope": {"scope": "CLOUDFRONT"}, "rules": {"rules": []any{limited(nil)}}, "name": {"name": "x"},
	}, map[string]bool{"scope": true, "name": true})
	action := managed("AWSManagedRulesCommonRuleSet", 10)
	action["action"] = map[string]any{"block": map[string]any{}}
	const invalid = "WAFInvalidParameterException"
	allRefused(t, c, map[string]mistake{
		"scope":          {webACL, with(in, sim.Props{"scope": "EDGE"}), []string{"CLOUDFRONT"}},
		"no action":      {webACL, with(in, sim.Props{"defaultAction": map[string]any{}}), []string{invalid, "DEFAULT_ACTION"}},
		"priority":       {webACL, acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 1)), []string{invalid, "priority"}},
		"name":           {webACL, acl(managed("AWSManagedRulesCommonRuleSet", 1), managed("AWSManagedRulesCommonRuleSet", 2)), []string{invalid, "same name"}},
		"group's action": {webACL, acl(action), []string{invalid, "overrideAction"}},
		"no statement":   {webACL, acl(map[string]any{"name": "x", "priority": 1.0, "statement": map[string]any{}, "visibilityConfig": seen("x"), "action": map[string]any{"block": map[string]any{}}}), []string{invalid, "STATEMENT"}},
		"rate":           {webACL, acl(limited(sim.Props{"limit": 5.0})), []string{invalid, "RATE_LIMIT"}},
		"window":         {webACL, acl(limited(sim.Props{"evaluationWindowSec": 30.0})), []string{invalid, "EVALUATION_WINDOW"}},
		"forwarded":      {webACL, acl(limited(sim.Props{"aggregateKeyType": "FORWARDED_IP"})), []string{invalid, "forwardedIpConfig"}},
		"group":          {webACL, acl(managed("AWSManagedRulesMagic", 1)), []string{"WAFNonexistentItemException", "AWSManagedRulesMagic"}},
		"metric":         {webACL, with(in, sim.Props{"visibilityConfig": seen("a b")}), []string{"hyphens"}},
		"before nothing": {webLink, with(link, sim.Props{"resourceArn": lb.ID + "0"}), []string{"WAFNonexistentItemException"}},
		"before the CDN": {webLink, with(link, sim.Props{"resourceArn": "arn:aws:cloudfront::123456789012:distribution/E1"}), []string{invalid, "webAclId"}},
		"no ACL":         {webLink, with(link, sim.Props{"webAclArn": "arn:none"}), []string{"WAFNonexistentItemException"}},
		"twice":          {webLink, with(link, sim.Props{"webAclArn": c.Must(webACL, "other", acl()).Str("arn")}), []string{"WAFAssociatedItemException"}},
		"log name":       {webLog, sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List("arn:aws:logs:us-east-1:123456789012:log-group:web")}, []string{invalid, "aws-waf-logs-"}},
	})
	require.NoError(t, c.Delete(before))
	require.NoError(t, c.Delete(w))
	far := cloud(t, "eu-west-1")
	_, err := far.Create(webACL, "edge", with(in, sim.Props{"scope": "CLOUDFRONT"}))
	require.ErrorContains(t, err, "made in us-east-1")
}
