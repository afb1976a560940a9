package apigateway

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func apiStage() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayV2Stage, Service: gatewayService, API: "Stage", Verbs: map[sim.Verb]string{sim.Update: "UpdateStage"},
		Name: &sim.Name{Auto: true, Max: 128, Taken: gatewayConflict, Within: []string{"apiId"}, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^(?:\$default|[A-Za-z0-9_-]+)$`), Want: "$default, or letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"autoDeploy": false, "defaultRouteSettings.dataTraceEnabled": false, "defaultRouteSettings.detailedMetricsEnabled": false,
			"routeSettings.dataTraceEnabled": false, "routeSettings.detailedMetricsEnabled": false,
		},
		Sets: []string{"routeSettings"}, ReplaceOn: []string{"apiId", "name"},
		ID: made.IDWithin("apiId", (*sim.Op).NameOf),
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
		Refs:  []sim.Ref{apiRef(), refer.LogGroup("accessLogSettings.destinationArn", gatewayMissing)},
		Rules: sim.Many(sim.Create|sim.Update, limitedRoutes),
	}
}

func limitedRoutes(o *sim.Op) error {
	for _, key := range o.In.Strs("routeSettings.routeKey") {
		found := slices.ContainsFunc(o.All(token.APIGatewayV2Route), func(r sim.Found) bool {
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
