// Package apigateway simulates API Gateway: HTTP APIs with routes, integrations, stages, domain names
// and VPC links, and REST APIs with resources, methods, integrations, deployments and stages.
package apigateway

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	gatewayService  = "ApiGatewayV2"
	gatewayBad      = "BadRequestException"
	gatewayMissing  = "NotFoundException"
	gatewayConflict = "ConflictException"
)

func apiRef() sim.Ref {
	return sim.Ref{Path: "apiId", To: []sim.Target{{Token: token.APIGatewayV2Api}}, Missing: gatewayMissing}
}

// Kinds is the table of API Gateway. An API that is deleted takes
// its routes, integrations and stages along.
func Kinds() []sim.Kind {
	return append(slices.Concat(restKinds(), restUsers(), restAnswers(), restNames()), authorizer(), httpAPI(),
		apiIntegration(),
		apiRoute(), apiStage(), apiDomain(), apiMapping(), vpcLink())
}

func httpAPI() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayV2Api, Service: gatewayService, API: "Api", Verbs: map[sim.Verb]string{sim.Update: "UpdateApi"},
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
			refer.TakesAlong(token.APIGatewayV2Route, "apiId"), refer.TakesAlong(token.APIGatewayV2Integration,
				"apiId"), refer.TakesAlong(token.APIGatewayV2Stage, "apiId"))...),
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
		Token: token.APIGatewayV2Integration, Service: gatewayService, API: "Integration", Verbs: map[sim.Verb]string{sim.Update: "UpdateIntegration"},
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
			Path: "connectionId", To: []sim.Target{{Token: token.APIGatewayV2VpcLink}}, Missing: gatewayBad, InUse: gatewayConflict,
		}},
		Rules: append(sim.Many(sim.Create|sim.Update, integrationGood), sim.Many(sim.Delete, integrationUnused)...),
	}
}

var parameterKey = regexp.MustCompile(`^(?:append|overwrite|remove):(?:header|querystring)\.[A-Za-z0-9!#$%&'*+.^_|~-]+$|^overwrite:path$`)

func integrationGood(o *sim.Op) error {
	uri, private := o.In.Str("integrationUri"), o.In.Str("connectionType") == "VPC_LINK"
	bad := func(message, hint string) error { return sim.Refuse(gatewayBad, message, hint) }
	_, listener := o.Find(token.LBListener, uri)
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
	for _, r := range o.All(token.APIGatewayV2Route) {
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
		Token: token.APIGatewayV2Route, Service: gatewayService, API: "Route", Verbs: map[sim.Verb]string{sim.Update: "UpdateRoute"},
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
	api, _ := o.Find(token.APIGatewayV2Api, o.In.Str("apiId"))
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
	if integration, found := o.Find(token.APIGatewayV2Integration, id); ok &&
		(!found || integration.Str("apiId") != o.In.Str("apiId")) {
		return sim.Refuse(gatewayMissing, "Invalid Integration identifier specified", "Name an integration of the same API.")
	}
	return nil
}
