package apigateway

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// restAnswers is what the methods of a REST API answer and ask for, and how their stages are set.
func restAnswers() []sim.Kind {
	return []sim.Kind{methodResponse(), integrationResponse(), gatewayResponse(), requestValidator(), methodSettings()}
}

var statusCode = sim.Pattern{Match: regexp.MustCompile(`^[1-5]\d\d$`), Want: "a status of HTTP, such as 200"}

// byStatus is an id that the provider makes of a method and a status.
func byStatus(prefix string) func(*sim.Op) string {
	return func(o *sim.Op) string { return byMethod(prefix)(o) + "-" + o.In.Str("statusCode") }
}

func methodResponse() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayMethodResponse, Service: restService, API: "MethodResponse",
		Verbs:    map[sim.Verb]string{sim.Create: "PutMethodResponse", sim.Update: "UpdateMethodResponse"},
		Required: []string{"restApi"}, Enums: map[string][]string{"httpMethod": verbs}, Patterns: map[string]sim.Pattern{"statusCode": statusCode},
		ReplaceOn: []string{"httpMethod", "resourceId", "restApi", "statusCode"},
		ID:        byStatus("agmr"),
		Refs:      ofResource(),
		Rules:     sim.Many(sim.Create, refer.TakenID(gatewayConflict), methodStands),
	}
}

func integrationResponse() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayIntegrationResponse, Service: restService, API: "IntegrationResponse",
		Verbs:    map[sim.Verb]string{sim.Create: "PutIntegrationResponse", sim.Update: "PutIntegrationResponse"},
		Required: []string{"restApi"}, Patterns: map[string]sim.Pattern{"statusCode": statusCode},
		Enums:     map[string][]string{"httpMethod": verbs, "contentHandling": {"CONVERT_TO_BINARY", "CONVERT_TO_TEXT"}},
		ReplaceOn: []string{"httpMethod", "resourceId", "restApi", "statusCode"},
		ID:        byStatus("agir"),
		Refs:      ofResource(),
		Rules:     sim.Many(sim.Create, refer.TakenID(gatewayConflict), answerKnown),
	}
}

// answerKnown refuses the answer of a method that nothing answers, or that does not know the status.
func answerKnown(o *sim.Op) error {
	of := func(kind string) bool {
		for _, f := range o.All(kind) {
			if ofMethod(f.Props, o.In) && (kind == token.APIGatewayIntegration ||
				f.Props.Str("statusCode") == o.In.Str("statusCode")) {
				return true
			}
		}
		return false
	}
	switch {
	case !of(token.APIGatewayIntegration):
		return sim.Refuse(gatewayMissing, "No integration defined for method",
			"Depend on the integration of "+o.In.Str("httpMethod")+": no property names it.")
	case !of(token.APIGatewayMethodResponse):
		return sim.Refuse(gatewayMissing, "Invalid Response status code specified",
			"Make a MethodResponse of status "+o.In.Str("statusCode")+" first: take statusCode from it, or depend on it.")
	}
	return nil
}

// gatewayResponse is what the gateway itself answers, where nobody is asked.
func gatewayResponse() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayResponse, Service: restService, API: "GatewayResponse",
		Verbs:     map[sim.Verb]string{sim.Create: "PutGatewayResponse", sim.Update: "PutGatewayResponse"},
		Patterns:  map[string]sim.Pattern{"responseType": {Match: regexp.MustCompile(`^[A-Z0-9_]+$`), Want: "a type such as DEFAULT_4XX"}},
		ReplaceOn: []string{"responseType", "restApiId"},
		ID:        func(o *sim.Op) string { return "aggr-" + o.In.Str("restApiId") + "-" + o.In.Str("responseType") },
		Refs:      []sim.Ref{{Path: "restApiId", To: []sim.Target{{Token: token.APIGatewayRestApi}}, Missing: gatewayMissing}},
	}
}

func requestValidator() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayRequestValidator, Service: restService, API: "RequestValidator",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateRequestValidator"}, Required: []string{"restApi"},
		Name: &sim.Name{Auto: true}, Defaults: sim.Props{"validateRequestBody": false, "validateRequestParameters": false},
		ReplaceOn: []string{"restApi"}, ID: func(o *sim.Op) string { return o.Lower(6, "validator") }, Refs: []sim.Ref{restRef()},
	}
}

// methodSettings are how one method of a stage, or all of them, are logged and held back.
func methodSettings() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayMethodSettings, Service: restService, API: "Stage", Noun: "API Gateway Method Settings",
		Verbs:    map[sim.Verb]string{sim.Create: "UpdateStage", sim.Update: "UpdateStage", sim.Delete: "UpdateStage"},
		Required: []string{"restApi"}, Enums: map[string][]string{"settings.loggingLevel": {"OFF", "ERROR", "INFO"}},
		ReplaceOn: []string{"methodPath", "restApi", "stageName"},
		ID: func(o *sim.Op) string {
			return strings.Join([]string{o.In.Str("restApi"), o.In.Str("stageName"), o.In.Str("methodPath")}, "-")
		},
		Outputs: func(*sim.Op) sim.Props {
			return sim.Props{
				"settings.loggingLevel": "OFF", "settings.metricsEnabled": false, "settings.dataTraceEnabled": false,
				"settings.cachingEnabled": false, "settings.cacheTtlInSeconds": 300, "settings.cacheDataEncrypted": false,
				"settings.throttlingBurstLimit": -1, "settings.throttlingRateLimit": -1,
				"settings.requireAuthorizationForCacheControl":    true,
				"settings.unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
			}
		},
		Refs: []sim.Ref{restRef()},
		Rules: sim.Many(sim.Create|sim.Update, func(o *sim.Op) error {
			return stageStands(o, o.In.Str("restApi"), o.In.Str("stageName"))
		}, logsHaveRole),
	}
}

// logsHaveRole: the account says by which role logs are written.
func logsHaveRole(o *sim.Op) error {
	if level := o.In.Str("settings.loggingLevel"); level == "" || level == "OFF" {
		return nil
	}
	if a, ok := o.Find(token.APIGatewayAccount, "api-gateway-account"); ok && a.Str("cloudwatchRoleArn") != "" {
		return nil
	}
	return sim.Refuse(gatewayBad, "CloudWatch Logs role ARN must be set in account settings to enable logging",
		"Give cloudwatchRoleArn in an apigateway.Account, and depend on it.")
}
