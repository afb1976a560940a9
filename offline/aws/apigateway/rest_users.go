package apigateway

import (
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// restUsers is who may call a REST API, and how often.
func restUsers() []sim.Kind {
	return []sim.Kind{restAuthorizer(), apiKey(), usagePlan(), usagePlanKey(), account()}
}

func restAuthorizer() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayAuthorizer, Service: restService, API: "Authorizer", Verbs: map[sim.Verb]string{sim.Update: "UpdateAuthorizer"},
		Name: &sim.Name{Auto: true, Max: 128, Taken: gatewayConflict, Within: []string{"restApi"}}, Required: []string{"restApi"},
		Defaults: sim.Props{
			"authorizerResultTtlInSeconds": 300.0, "identitySource": "method.request.header.Authorization", "type": "TOKEN",
		},
		Enums:     map[string][]string{"type": {"TOKEN", "REQUEST", "COGNITO_USER_POOLS"}},
		Ranges:    map[string]sim.Range{"authorizerResultTtlInSeconds": {Min: 0, Max: 3600}},
		Checks:    []sim.Check{authorizerAsks},
		ReplaceOn: []string{"restApi"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "authorizer") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": restARN(o, "/restapis/"+o.In.Str("restApi")+"/authorizers/"+o.ID)}
		},
		Refs: []sim.Ref{restRef(), refer.Role("authorizerCredentials", gatewayBad),
			{Path: "providerArns", To: []sim.Target{{Token: token.CognitoUserPool, By: "arn"}}, Missing: gatewayBad}},
	}
}

func restARN(o *sim.Op, path string) string {
	return "arn:" + o.Partition + ":apigateway:" + o.Region + "::" + path
}

// authorizerAsks is the provider's own check: a function or a pool is asked.
func authorizerAsks(in sim.Props) []sim.Failure {
	switch kind := in.Str("type"); {
	case (kind == "TOKEN" || kind == "REQUEST") && !in.Has("authorizerUri"):
		return check.Wrong("authorizerUri", "must be set non-empty when authorizer type is %s", kind)
	case kind == "COGNITO_USER_POOLS" && !in.Has("providerArns"):
		return check.Wrong("providerArns", "must be set non-empty when authorizer type is %s", kind)
	}
	return nil
}

func apiKey() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayApiKey, Service: restService, API: "ApiKey", Verbs: map[sim.Verb]string{sim.Update: "UpdateApiKey"},
		Name: &sim.Name{Auto: true, Max: 1024}, Defaults: sim.Props{"description": made.ByPulumi, "enabled": true},
		Lengths:   map[string]sim.Range{"value": {Min: 20, Max: 128}},
		ReplaceOn: []string{"name", "value"}, Secrets: []string{"value"},
		ID: func(o *sim.Op) string { return o.Lower(10, "key") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": restARN(o, "/apikeys/"+o.ID), "createdDate": made.At, "lastUpdatedDate": made.At,
				"value": o.Lower(40, "value"), "customerId": ""}
		},
		Rules: sim.Many(sim.Delete, refer.TakesAlong(token.APIGatewayUsagePlanKey, "keyId")),
		Quota: &sim.Quota{Key: "apigateway.api-keys", Default: 10000, Code: "LimitExceededException"},
	}
}

func usagePlan() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayUsagePlan, Service: restService, API: "UsagePlan", Verbs: map[sim.Verb]string{sim.Update: "UpdateUsagePlan"},
		Name:     &sim.Name{Auto: true, Max: 1024},
		Defaults: sim.Props{"quotaSettings.offset": 0.0, "throttleSettings.burstLimit": 0.0, "throttleSettings.rateLimit": 0.0},
		Enums:    map[string][]string{"quotaSettings.period": {"DAY", "WEEK", "MONTH"}},
		Ranges:   map[string]sim.Range{"quotaSettings.limit": {Min: 1, Max: 1 << 31}},
		Sets:     []string{"apiStages"},
		ID:       func(o *sim.Op) string { return o.Lower(6, "plan") },
		Outputs:  func(o *sim.Op) sim.Props { return sim.Props{"arn": restARN(o, "/usageplans/"+o.ID)} },
		Refs:     []sim.Ref{{Path: "apiStages.apiId", To: []sim.Target{{Token: token.APIGatewayRestApi}}, Missing: gatewayMissing}},
		Rules: append(sim.Many(sim.Create|sim.Update, plannedStagesStand),
			sim.Many(sim.Delete, refer.TakesAlong(token.APIGatewayUsagePlanKey, "usagePlanId"))...),
		Quota: &sim.Quota{Key: "apigateway.usage-plans", Default: 300, Code: "LimitExceededException"},
	}
}

// stageStands refuses what speaks of a stage that an API does not have.
func stageStands(o *sim.Op, api, stage string) error {
	for _, s := range o.All(token.APIGatewayStage) {
		if s.Props.Str("restApi") == api && s.Props.Str("stageName") == stage {
			return nil
		}
	}
	return sim.Refuse(gatewayMissing, "Invalid stage identifier specified",
		"Make the stage "+stage+" of "+api+" first: take its name from the resource, or depend on it.")
}

func plannedStagesStand(o *sim.Op) error {
	for _, s := range o.In.Maps("apiStages") {
		if err := stageStands(o, s.Str("apiId"), s.Str("stage")); err != nil {
			return err
		}
	}
	return nil
}

func usagePlanKey() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayUsagePlanKey, Service: restService, API: "UsagePlanKey",
		Enums:     map[string][]string{"keyType": {"API_KEY"}},
		ReplaceOn: []string{"keyId", "keyType", "usagePlanId"}, Secrets: []string{"value"},
		ID: func(o *sim.Op) string { return o.In.Str("keyId") },
		Outputs: func(o *sim.Op) sim.Props {
			key, _ := o.Find(token.APIGatewayApiKey, o.In.Str("keyId"))
			return sim.Props{"name": key.Str("name"), "value": key.Str("value")}
		},
		Refs: []sim.Ref{{Path: "keyId", To: []sim.Target{{Token: token.APIGatewayApiKey}}, Missing: gatewayMissing},
			{Path: "usagePlanId", To: []sim.Target{{Token: token.APIGatewayUsagePlan}}, Missing: gatewayMissing}},
		Rules: sim.Many(sim.Create, refer.TakenID(gatewayConflict)),
	}
}

// account is what all REST APIs of a region write their logs by. It is not made, and does not go.
func account() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayAccount, Service: restService, API: "Account",
		Verbs:    map[sim.Verb]string{sim.Create: "UpdateAccount", sim.Update: "UpdateAccount", sim.Delete: "UpdateAccount"},
		ID:       func(*sim.Op) string { return "api-gateway-account" },
		Defaults: sim.Props{"resetOnDelete": false},
		Outputs: func(*sim.Op) sim.Props {
			return sim.Props{"apiKeyVersion": "4", "features": sim.List("UsagePlans"), "cloudwatchRoleArn": "",
				"throttleSettings": []any{map[string]any{"burstLimit": 5000.0, "rateLimit": 10000.0}}}
		},
		Refs:  []sim.Ref{refer.Role("cloudwatchRoleArn", gatewayBad)},
		Rules: sim.Many(sim.Create|sim.Update, accountRoleTrusted),
	}
}

// accountRoleTrusted: API Gateway tries the role at once; whether it may write is asked in demands.
func accountRoleTrusted(o *sim.Op) error {
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("cloudwatchRoleArn"))
	if !ours || strings.Contains(role.Str("assumeRolePolicy"), "apigateway.amazonaws.com") {
		return nil
	}
	return sim.Refuse(gatewayBad, "The role ARN does not have required permissions configured. "+
		"Please grant trust permission for API Gateway and add the required role policy.",
		"Let apigateway.amazonaws.com assume it.")
}
