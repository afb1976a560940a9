package apigateway

import (
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// stageForm is the form of a stage's name.
var stageForm = sim.Pattern{
	Match: regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`), Want: "letters, digits, hyphens and underscores",
}

// restDeployment is a copy of an API as it stood, which stages show.
func restDeployment() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayDeployment, Service: restService, API: "Deployment",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateDeployment"},
		Required: []string{"restApi"}, Patterns: map[string]sim.Pattern{"stageName": stageForm},
		ReplaceOn: []string{"canarySettings", "restApi", "stageDescription", "stageName", "triggers", "variables"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "deployment") },
		Outputs: func(o *sim.Op) sim.Props {
			api, stage := o.In.Str("restApi"), o.In.Str("stageName")
			return sim.Props{
				"createdDate": made.At, "executionArn": o.ARN("execute-api", api+"/"+stage),
				"invokeUrl": "https://" + apiHost(o, api) + "/" + stage,
			}
		},
		Refs:  []sim.Ref{restRef()},
		Rules: sim.Many(sim.Create, hasMethods),
	}
}

// hasMethods: there is nothing to copy before the methods and what answers them stand,
// which no property of a deployment names.
func hasMethods(o *sim.Op) error {
	api, _ := o.Find(token.APIGatewayRestApi, o.In.Str("restApi"))
	found := api.Has("body") && api.Str("body") != ""
	for _, m := range o.All(token.APIGatewayMethod) {
		if m.Props.Str("restApi") != o.In.Str("restApi") {
			continue
		}
		found = true
		if !answered(o, m.Props) {
			return sim.Refuse(gatewayBad, "No integration defined for method",
				"Let the deployment depend on the integration of "+m.ID+".")
		}
	}
	if found {
		return nil
	}
	return sim.Refuse(gatewayBad, "The REST API doesn't contain any methods",
		"Let the deployment depend on the methods and their integrations.")
}

func answered(o *sim.Op, method sim.Props) bool {
	for _, i := range o.All(token.APIGatewayIntegration) {
		if ofMethod(i.Props, method) {
			return true
		}
	}
	return false
}

// restStage shows a deployment at an address. That an account needs a role before its
// stages may log is not simulated.
func restStage() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayStage, Service: restService, API: "Stage", Verbs: map[sim.Verb]string{sim.Update: "UpdateStage"},
		Required: []string{"deployment", "restApi"}, Patterns: map[string]sim.Pattern{"stageName": stageForm},
		Enums:     map[string][]string{"cacheClusterSize": {"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"}},
		ReplaceOn: []string{"restApi", "stageName"},
		ID:        func(o *sim.Op) string { return "ags-" + o.In.Str("restApi") + "-" + o.In.Str("stageName") },
		Outputs: func(o *sim.Op) sim.Props {
			api, stage := o.In.Str("restApi"), o.In.Str("stageName")
			return sim.Props{
				"arn":          "arn:" + o.Partition + ":apigateway:" + o.Region + "::/restapis/" + api + "/stages/" + stage,
				"executionArn": o.ARN("execute-api", api+"/"+stage), "invokeUrl": "https://" + apiHost(o, api) + "/" + stage,
				"webAclArn": "",
			}
		},
		Refs: []sim.Ref{
			restRef(), refer.LogGroup("accessLogSettings.destinationArn", gatewayBad),
			{
				Path: "deployment", To: []sim.Target{{Token: token.APIGatewayDeployment}}, Missing: gatewayBad,
				InUse: gatewayBad, // Active stages pointing to this deployment must be moved or deleted
			},
		},
		Rules: sim.Many(sim.Create, refer.TakenID(gatewayConflict)),
	}
}
