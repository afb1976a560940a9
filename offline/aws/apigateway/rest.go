package apigateway

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const restService = "API Gateway"

// restKinds are REST APIs, the older sort: resources, methods, integrations, deployments
// and stages. What an OpenAPI body describes is not looked into.
func restKinds() []sim.Kind {
	return []sim.Kind{restAPI(), restResource(), restMethod(), restIntegration(), restDeployment(), restStage()}
}

func restRef() sim.Ref {
	return sim.Ref{Path: "restApi", To: []sim.Target{{Token: token.APIGatewayRestApi}}, Missing: gatewayMissing}
}

func restAPI() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayRestApi, Service: restService, API: "RestApi", Noun: "API Gateway REST API",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateRestApi"},
		Name:     &sim.Name{Auto: true, Max: 1024},
		Defaults: sim.Props{"putRestApiMode": "overwrite"},
		Enums: map[string][]string{
			"apiKeySource": {"HEADER", "AUTHORIZER"}, "endpointConfiguration.types": {"EDGE", "REGIONAL", "PRIVATE"}, "putRestApiMode": {"merge", "overwrite"},
		},
		JSON: []string{"policy", "body"},
		ID:   func(o *sim.Op) string { return o.Lower(10, "rest") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn":          "arn:" + o.Partition + ":apigateway:" + o.Region + "::/restapis/" + o.ID,
				"executionArn": o.ARN("execute-api", o.ID), "rootResourceId": o.Lower(10, "root"), "createdDate": made.At,
				"apiKeySource": "HEADER", "binaryMediaTypes": []any{}, "description": "", "disableExecuteApiEndpoint": false,
				"endpointConfiguration": map[string]any{"types": "EDGE"}, "minimumCompressionSize": "", "policy": "",
			}
		},
		Rules: sim.Many(sim.Delete, refer.TakesAlong(token.APIGatewayStage, "restApi"),
			refer.TakesAlong(token.APIGatewayAuthorizer, "restApi"), refer.TakesAlong(token.APIGatewayMethodSettings, "restApi"),
			refer.TakesAlong(token.APIGatewayMethodResponse, "restApi"), refer.TakesAlong(token.APIGatewayResponse, "restApiId"),
			refer.TakesAlong(token.APIGatewayIntegrationResponse, "restApi"),
			refer.TakesAlong(token.APIGatewayRequestValidator, "restApi"), refer.TakesAlong(token.APIGatewayModel, "restApi"),
			refer.TakesAlong(token.APIGatewayDeployment, "restApi"), refer.TakesAlong(token.APIGatewayIntegration, "restApi"),
			refer.TakesAlong(token.APIGatewayMethod, "restApi"), refer.TakesAlong(token.APIGatewayResource, "restApi")),
	}
}

// restResource is a part of a path.
func restResource() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayResource, Service: restService, API: "Resource", Verbs: map[sim.Verb]string{sim.Update: "UpdateResource"},
		Required: []string{"restApi"},
		Patterns: map[string]sim.Pattern{"pathPart": {
			Match: regexp.MustCompile(`^(?:[a-zA-Z0-9._~%!$&'()*,;=:@-]+|\{[a-zA-Z0-9._:-]+\+?\})$`), Want: "one part of a path, or {name}, or {name+}",
		}},
		ReplaceOn: []string{"restApi"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "resource") },
		Outputs:   func(o *sim.Op) sim.Props { return sim.Props{"path": pathOf(o, o.In)} },
		Changing: func(o *sim.Op) []string {
			if o.Changed("pathPart") || o.Changed("parentId") {
				return []string{"path"}
			}
			return nil
		},
		Refs: []sim.Ref{restRef(), {
			Path: "parentId", Missing: gatewayMissing,
			To: []sim.Target{{Token: token.APIGatewayRestApi, By: "rootResourceId"}, {Token: token.APIGatewayResource}},
		}},
		Rules: append(sim.Many(sim.Create|sim.Update, pathFree), sim.Many(sim.Delete,
			refer.TakesAlong(token.APIGatewayIntegration, "resourceId"),
			refer.TakesAlong(token.APIGatewayMethod, "resourceId"))...),
	}
}

// pathOf is the whole path of a resource.
func pathOf(o *sim.Op, in sim.Props) string {
	parent, ours := o.Find(token.APIGatewayResource, in.Str("parentId"))
	if !ours {
		return "/" + in.Str("pathPart")
	}
	return pathOf(o, parent) + "/" + in.Str("pathPart")
}

func pathFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("parentId") == o.In.Str("parentId") && other.Props.Str("pathPart") == o.In.Str("pathPart") {
			return sim.Refuse(gatewayConflict,
				"Another resource with the same parent already has this name: "+o.In.Str("pathPart"), "Keep one of the two.")
		}
	}
	return nil
}

// verbs are the methods that a path may have.
var verbs = []string{"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// byMethod is an id that the provider makes of an API, a resource and a method.
func byMethod(prefix string) func(*sim.Op) string {
	return func(o *sim.Op) string {
		return strings.Join([]string{prefix, o.In.Str("restApi"), o.In.Str("resourceId"), o.In.Str("httpMethod")}, "-")
	}
}

// ofResource are the references of what belongs to a path.
func ofResource() []sim.Ref {
	return []sim.Ref{restRef(), {
		Path: "resourceId", Missing: gatewayMissing,
		To: []sim.Target{{Token: token.APIGatewayRestApi, By: "rootResourceId"}, {Token: token.APIGatewayResource}},
	}}
}

func restMethod() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayMethod, Service: restService, API: "Method",
		Verbs:    map[sim.Verb]string{sim.Create: "PutMethod", sim.Update: "UpdateMethod"},
		Required: []string{"restApi"}, Defaults: sim.Props{"apiKeyRequired": false},
		Enums:     map[string][]string{"httpMethod": verbs, "authorization": {"NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"}},
		Checks:    []sim.Check{authorizerGiven},
		ReplaceOn: []string{"httpMethod", "resourceId", "restApi"},
		ID:        byMethod("agm"),
		Refs:      ofResource(),
		Rules: append(sim.Many(sim.Create, refer.TakenID(gatewayConflict)), sim.Many(sim.Delete, func(o *sim.Op) error {
			for _, i := range o.All(token.APIGatewayIntegration) {
				if ofMethod(i.Props, o.Old) {
					o.Drop(i)
				}
			}
			return nil
		})...),
	}
}

func authorizerGiven(in sim.Props) []sim.Failure {
	if kind := in.Str("authorization"); (kind == "CUSTOM" || kind == "COGNITO_USER_POOLS") && !in.Has("authorizerId") {
		return check.Wrong("authorizerId", "required with authorization %s", kind)
	}
	return nil
}

// ofMethod reports whether two things are of the same method.
func ofMethod(a, b sim.Props) bool {
	return a.Str("restApi") == b.Str("restApi") && a.Str("resourceId") == b.Str("resourceId") &&
		a.Str("httpMethod") == b.Str("httpMethod")
}

// restIntegration is what answers a method.
func restIntegration() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayIntegration, Service: restService, API: "Integration",
		Verbs:    map[sim.Verb]string{sim.Create: "PutIntegration", sim.Update: "UpdateIntegration"},
		Required: []string{"restApi"}, Defaults: sim.Props{"connectionType": "INTERNET"},
		Enums: map[string][]string{
			"httpMethod": verbs, "integrationHttpMethod": verbs, "type": {"HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"},
			"connectionType": {"INTERNET", "VPC_LINK"}, "passthroughBehavior": {"WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"},
			"contentHandling": {"CONVERT_TO_BINARY", "CONVERT_TO_TEXT"},
		},
		Ranges: map[string]sim.Range{"timeoutMilliseconds": {Min: 50, Max: 300000}},
		ReplaceOn: []string{
			"cacheNamespace", "credentials", "httpMethod", "integrationHttpMethod", "passthroughBehavior", "resourceId",
			"restApi", "type",
		},
		// A method has one: the second would take the place of the first.
		DeleteFirst: true,
		ID:          byMethod("agi"),
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"cacheNamespace": o.In.Str("resourceId"), "passthroughBehavior": "WHEN_NO_MATCH",
				"timeoutMilliseconds": 29000}
		},
		Refs:  ofResource(),
		Rules: sim.Many(sim.Create|sim.Update, methodStands, answers),
	}
}

func methodStands(o *sim.Op) error {
	for _, m := range o.All(token.APIGatewayMethod) {
		if ofMethod(m.Props, o.In) {
			return nil
		}
	}
	return sim.Refuse(gatewayMissing, "Invalid Method identifier specified",
		fmt.Sprintf("Make the method %s of the resource first: take httpMethod from it, or depend on it.",
			o.In.Str("httpMethod")))
}

// answers refuses an integration that leads nowhere.
func answers(o *sim.Op) error {
	kind := o.In.Str("type")
	switch {
	case kind == "MOCK":
	case !o.In.Has("integrationHttpMethod"):
		return sim.Refuse(gatewayBad, "Enumeration value for HttpMethod must be non-empty",
			"Give integrationHttpMethod; POST for a function.")
	case !o.In.Has("uri"):
		return sim.Refuse(gatewayBad, "Uri may not be null or empty", "Give uri; a function's invokeArn, for example.")
	case strings.HasPrefix(kind, "AWS") && !strings.HasPrefix(o.In.Str("uri"), "arn:"+o.Partition+":apigateway:"):
		return sim.Refuse(gatewayBad, "AWS ARN for integration must contain path or action",
			"Give a function's invokeArn in uri, not its arn.")
	}
	return nil
}
