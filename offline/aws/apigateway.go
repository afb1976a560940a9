package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

const (
	apiToken         = "aws:apigatewayv2/api:Api"
	integrationToken = "aws:apigatewayv2/integration:Integration"
	apiRouteToken    = "aws:apigatewayv2/route:Route"
	apiStageToken    = "aws:apigatewayv2/stage:Stage"
	apiDomainToken   = "aws:apigatewayv2/domainName:DomainName"
	vpcLinkToken     = "aws:apigatewayv2/vpcLink:VpcLink"
	gatewayService   = "ApiGatewayV2"
	gatewayBad       = "BadRequestException"
	gatewayMissing   = "NotFoundException"
	gatewayConflict  = "ConflictException"
)

func apiRef() sim.Ref {
	return sim.Ref{Path: "apiId", To: []sim.Target{{Token: apiToken}}, Missing: gatewayMissing}
}

// apiKinds is the table of API Gateway's HTTP APIs. An API that is deleted takes
// its routes, integrations and stages along.
func apiKinds() []sim.Kind {
	return []sim.Kind{httpAPI(), apiIntegration(), apiRoute(), apiStage(), apiDomain(), apiMapping(), vpcLink()}
}

func httpAPI() sim.Kind {
	return sim.Kind{
		Token: apiToken, Service: gatewayService, API: "Api", Verbs: map[sim.Verb]string{sim.Update: "UpdateApi"},
		Name: &sim.Name{Auto: true, Max: 128},
		Defaults: sim.Props{
			"apiKeySelectionExpression": "$request.header.x-api-key", "routeSelectionExpression": "$request.method $request.path",
		},
		Enums:     map[string][]string{"protocolType": {"HTTP", "WEBSOCKET"}, "ipAddressType": {"ipv4", "dualstack"}},
		Lengths:   map[string]sim.Range{"description": {Max: 1024}},
		Ranges:    map[string]sim.Range{"corsConfiguration.maxAge": {Min: -1, Max: 86400}},
		ReplaceOn: []string{"credentialsArn", "protocolType", "routeKey", "target"},
		ID:        func(o *sim.Op) string { return o.Lower(10, "api") },
		Outputs: func(o *sim.Op) sim.Props {
			scheme := "https://"
			if o.In.Str("protocolType") == "WEBSOCKET" {
				scheme = "wss://"
			}
			return sim.Props{
				"arn": "arn:" + o.Partition + ":apigateway:" + o.Region + "::/apis/" + o.ID, "apiEndpoint": scheme + apiHost(o, o.ID),
				"executionArn": o.ARN("execute-api", o.ID), "ipAddressType": "ipv4",
			}
		},
		Rules: append(sim.Many(sim.Create|sim.Update, corsGood), sim.Many(sim.Delete,
			takesAlong(apiRouteToken, "apiId"), takesAlong(integrationToken, "apiId"), takesAlong(apiStageToken, "apiId"))...),
	}
}

func apiHost(o *sim.Op, id string) string { return id + ".execute-api." + o.Region + ".amazonaws.com" }

func corsGood(o *sim.Op) error {
	cors := o.In.Map("corsConfiguration")
	switch {
	case cors == nil:
		return nil
	case o.In.Str("protocolType") != "HTTP":
		return sim.Refuse(gatewayBad, "CORS configuration is only supported for HTTP APIs", "Take corsConfiguration away.")
	case cors.Bool("allowCredentials") && slices.Contains(cors.Strs("allowOrigins"), "*"):
		return sim.Refuse(gatewayBad, "Cross-origin requests with credentials cannot be allowed for the origin *",
			"List the origins one by one.")
	}
	return nil
}

func apiIntegration() sim.Kind {
	return sim.Kind{
		Token: integrationToken, Service: gatewayService, API: "Integration", Verbs: map[sim.Verb]string{sim.Update: "UpdateIntegration"},
		Defaults: sim.Props{"connectionType": "INTERNET", "passthroughBehavior": "WHEN_NO_MATCH", "payloadFormatVersion": "1.0"},
		Enums: map[string][]string{
			"integrationType": {"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"}, "connectionType": {"INTERNET", "VPC_LINK"},
			"payloadFormatVersion": {"1.0", "2.0"}, "integrationMethod": {"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
		},
		Ranges:    map[string]sim.Range{"timeoutMilliseconds": {Min: 50, Max: 30000}},
		ReplaceOn: []string{"apiId", "integrationSubtype", "integrationType"},
		ID:        func(o *sim.Op) string { return o.Lower(7, "integration") },
		Outputs: func(*sim.Op) sim.Props {
			return sim.Props{"integrationResponseSelectionExpression": "", "timeoutMilliseconds": 30000}
		},
		Refs: []sim.Ref{apiRef(), {
			Path: "connectionId", To: []sim.Target{{Token: vpcLinkToken}}, Missing: gatewayBad, InUse: gatewayConflict,
		}},
		Rules: append(sim.Many(sim.Create|sim.Update, integrationGood), sim.Many(sim.Delete, integrationUnused)...),
	}
}

var parameterKey = regexp.MustCompile(`^(?:append|overwrite|remove):(?:header|querystring)\.[A-Za-z0-9!#$%&'*+.^_|~-]+$|^overwrite:path$`)

func integrationGood(o *sim.Op) error {
	uri, private := o.In.Str("integrationUri"), o.In.Str("connectionType") == "VPC_LINK"
	bad := func(message, hint string) error { return sim.Refuse(gatewayBad, message, hint) }
	_, listener := o.Find(listenerToken, uri)
	switch {
	case private != o.In.Has("connectionId"):
		return bad("Connection Id and the connection type VPC_LINK must be given together", "Give both, or neither.")
	case private && !strings.Contains(uri, ":elasticloadbalancing:") && !strings.Contains(uri, ":servicediscovery:"):
		return bad("For VpcLink integrations, the integration uri should be a valid ELB listener ARN or a valid Cloud Map "+
			"service ARN",
			"Give the ARN of a listener in integrationUri.")
	case private && strings.Contains(uri, ":listener/") && !listener:
		return bad(fmt.Sprintf("Invalid ELB listener ARN: %s", uri), "Give a listener that exists in "+o.Region+".")
	case strings.HasPrefix(o.In.Str("integrationType"), "HTTP") && !o.In.Has("integrationMethod"):
		return bad("HttpMethod must be specified for HTTP integrations", "Give integrationMethod, ANY for example.")
	case o.In.Has("tlsConfig") && !private:
		return bad("TLS configuration is only supported for private integrations", "Take tlsConfig away.")
	}
	for key := range o.In.Map("requestParameters") {
		if o.In.Str("integrationType") == "HTTP_PROXY" && !parameterKey.MatchString(key) {
			return bad(fmt.Sprintf("Invalid mapping expression specified: %s", key),
				"Write overwrite:header.<name>, for example.")
		}
	}
	return nil
}

func integrationUnused(o *sim.Op) error {
	for _, r := range o.All(apiRouteToken) {
		if r.Props.Str("target") == "integrations/"+o.ID {
			return sim.Refuse(gatewayConflict,
				fmt.Sprintf("Cannot delete Integration '%s' due to the route '%s' still using it", o.ID, r.Props.Str("routeKey")),
				"Delete the route first.")
		}
	}
	return nil
}

func apiRoute() sim.Kind {
	return sim.Kind{
		Token: apiRouteToken, Service: gatewayService, API: "Route", Verbs: map[sim.Verb]string{sim.Update: "UpdateRoute"},
		Defaults:  sim.Props{"apiKeyRequired": false, "authorizationType": "NONE"},
		Enums:     map[string][]string{"authorizationType": {"NONE", "AWS_IAM", "CUSTOM", "JWT"}},
		ReplaceOn: []string{"apiId"},
		ID:        func(o *sim.Op) string { return o.Lower(7, "route") },
		Refs:      []sim.Ref{apiRef()},
		Rules:     sim.Many(sim.Create|sim.Update, routeKeyGood, routeKeyFree, routeTarget),
	}
}

var routeKey = regexp.MustCompile(`^(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*$`)

func routeKeyGood(o *sim.Op) error {
	api, _ := o.Find(apiToken, o.In.Str("apiId"))
	key := o.In.Str("routeKey")
	if api.Str("protocolType") != "HTTP" || key == "$default" || routeKey.MatchString(key) {
		return nil
	}
	return sim.Refuse(gatewayBad,
		"The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE "+
			"PATH>\" or \"$default\"",
		fmt.Sprintf("Write routeKey as \"GET /users/{id}\", got %q.", key))
}

func routeKeyFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("apiId") == o.In.Str("apiId") && other.Props.Str("routeKey") == o.In.Str("routeKey") {
			return sim.Refuse(gatewayConflict,
				fmt.Sprintf("Route with key %s already exists for this API", o.In.Str("routeKey")), "Keep one of the two.")
		}
	}
	return nil
}

func routeTarget(o *sim.Op) error {
	id, ok := strings.CutPrefix(o.In.Str("target"), "integrations/")
	if !ok && o.In.Has("target") {
		return sim.Refuse(gatewayBad, "Invalid target specified: "+o.In.Str("target"),
			"Write integrations/<id of the integration>.")
	}
	if integration, found := o.Find(integrationToken, id); ok &&
		(!found || integration.Str("apiId") != o.In.Str("apiId")) {
		return sim.Refuse(gatewayMissing, "Invalid Integration identifier specified", "Name an integration of the same API.")
	}
	return nil
}

func apiStage() sim.Kind {
	return sim.Kind{
		Token: apiStageToken, Service: gatewayService, API: "Stage", Verbs: map[sim.Verb]string{sim.Update: "UpdateStage"},
		Name: &sim.Name{Auto: true, Max: 128, Taken: gatewayConflict, Within: []string{"apiId"}, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^(?:\$default|[A-Za-z0-9_-]+)$`), Want: "$default, or letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"autoDeploy": false, "defaultRouteSettings.dataTraceEnabled": false, "defaultRouteSettings.detailedMetricsEnabled": false,
			"routeSettings.dataTraceEnabled": false, "routeSettings.detailedMetricsEnabled": false,
		},
		Sets: []string{"routeSettings"}, ReplaceOn: []string{"apiId", "name"},
		ID: idWithin("apiId", (*sim.Op).NameOf),
		Outputs: func(o *sim.Op) sim.Props {
			api, name := o.In.Str("apiId"), o.NameOf()
			url := "https://" + apiHost(o, api) + "/"
			if name != "$default" {
				url += name
			}
			return sim.Props{
				"arn":          "arn:" + o.Partition + ":apigateway:" + o.Region + "::/apis/" + api + "/stages/" + name,
				"executionArn": o.ARN("execute-api", api+"/"+name), "invokeUrl": url, "deploymentId": o.Lower(6, "deployment"),
			}
		},
		Refs:  []sim.Ref{apiRef(), logGroupRef("accessLogSettings.destinationArn", gatewayMissing)},
		Rules: sim.Many(sim.Create|sim.Update, limitedRoutes),
	}
}

func limitedRoutes(o *sim.Op) error {
	for _, key := range o.In.Strs("routeSettings.routeKey") {
		found := slices.ContainsFunc(o.All(apiRouteToken), func(r sim.Found) bool {
			return r.Props.Str("apiId") == o.In.Str("apiId") && r.Props.Str("routeKey") == key
		})
		if !found {
			return sim.Refuse(gatewayMissing,
				fmt.Sprintf("Unable to find Route by key %s within the provided RouteSettings", key),
				"Create the route first, and let the stage depend on it.")
		}
	}
	return nil
}

// regionalZones are the hosted zones of regional domains. Only the one of
// us-east-1 is known here; the others are made up in the same form.
var regionalZones = map[string]string{"us-east-1": "Z1UJRXOUMOOFQ8"}

func apiDomain() sim.Kind {
	const config = "domainNameConfiguration"
	return sim.Kind{
		Token: apiDomainToken, Service: gatewayService, API: "DomainName", Verbs: map[sim.Verb]string{sim.Update: "UpdateDomainName"},
		Name:      &sim.Name{Property: "domainName", Max: 512, Taken: gatewayConflict},
		Enums:     map[string][]string{config + ".endpointType": {"REGIONAL"}, config + ".securityPolicy": {"TLS_1_2"}},
		ReplaceOn: []string{"domainName"},
		Outputs: func(o *sim.Op) sim.Props {
			zone := regionalZones[o.Region]
			if zone == "" {
				zone = strings.ToUpper("Z" + digits("api gateway", o.Region)[1:14])
			}
			return sim.Props{
				"arn":                           "arn:" + o.Partition + ":apigateway:" + o.Region + "::/domainnames/" + o.NameOf(),
				"apiMappingSelectionExpression": "$request.basepath", config + ".hostedZoneId": zone,
				config + ".targetDomainName": "d-" + o.Lower(10, "domain") + ".execute-api." + o.Region + ".amazonaws.com",
				config + ".ipAddressType":    "ipv4",
			}
		},
		Rules: sim.Many(sim.Create|sim.Update, domainCertificate),
	}
}

func domainCertificate(o *sim.Op) error {
	arn, host := o.In.Str("domainNameConfiguration.certificateArn"), o.In.Str("domainName")
	bad := func(hint string) error {
		return sim.Refuse(gatewayBad, fmt.Sprintf("The provided certificate %s cannot be used for %s", arn, host), hint)
	}
	switch _, ok := o.Find(certificateToken, arn); {
	case !strings.Contains(arn, ":acm:"+o.Region+":"):
		return bad("A regional domain needs a certificate of its own region, " + o.Region + ".")
	case !ok:
		return bad("There is no such certificate.")
	case !certificateIssued(o, arn):
		return bad("It has not been issued yet: take its ARN from an acm.CertificateValidation.")
	case !certificateCovers(o, arn, host):
		return bad("It does not hold the name: add it to subjectAlternativeNames.")
	}
	return nil
}

func apiMapping() sim.Kind {
	return sim.Kind{
		Token: "aws:apigatewayv2/apiMapping:ApiMapping", Service: gatewayService, API: "ApiMapping", Verbs: map[sim.Verb]string{sim.Update: "UpdateApiMapping"},
		ReplaceOn: []string{"apiId", "domainName"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "mapping") },
		Refs: []sim.Ref{apiRef(), {
			Path: "domainName", To: []sim.Target{{Token: apiDomainToken, By: "domainName"}}, Missing: gatewayMissing,
		}},
		Rules: sim.Many(sim.Create|sim.Update, mappingGood),
	}
}

func mappingGood(o *sim.Op) error {
	found := slices.ContainsFunc(o.All(apiStageToken), func(s sim.Found) bool {
		return s.Props.Str("apiId") == o.In.Str("apiId") && s.Props.Str("name") == o.In.Str("stage")
	})
	if !found {
		return sim.Refuse(gatewayBad, "Invalid stage identifier specified",
			fmt.Sprintf("The API has no stage %q.", o.In.Str("stage")))
	}
	for _, other := range o.Others() {
		if other.Props.Str("domainName") == o.In.Str("domainName") &&
			other.Props.Str("apiMappingKey") == o.In.Str("apiMappingKey") {
			return sim.Refuse(gatewayConflict, "ApiMapping key already exists for this domain name",
				"Choose another apiMappingKey.")
		}
	}
	return nil
}

func vpcLink() sim.Kind {
	return sim.Kind{
		Token: vpcLinkToken, Service: gatewayService, API: "VpcLink", Verbs: map[sim.Verb]string{sim.Update: "UpdateVpcLink"},
		Name: &sim.Name{Auto: true, Max: 128}, Required: []string{"securityGroupIds", "subnetIds"},
		ReplaceOn: []string{"securityGroupIds", "subnetIds"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "link") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": "arn:" + o.Partition + ":apigateway:" + o.Region + "::/vpclinks/" + o.ID}
		},
		Refs: []sim.Ref{
			{Path: "subnetIds", To: []sim.Target{{Token: subnetToken}}, Missing: gatewayBad, InUse: dependency},
			securityGroupRefCode("securityGroupIds", gatewayBad),
		},
		Quota: &sim.Quota{Key: "apigateway.vpc-links", Default: 10, Code: "TooManyRequestsException"},
	}
}
