package gateway

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/ApiGateway"

func (g *Gateway) metric(name, statistic, label string) part.Metric {
	return part.Metric{Namespace: namespace, Name: name, Dimensions: g.dimensions(), Statistic: statistic, Label: label}
}

func (g *Gateway) dimensions() pulumi.StringMap { return pulumi.StringMap{"ApiId": g.APIID} }

func (g *Gateway) watch(ctx *pulumi.Context, name string, args Args) error {
	made, err := alarms.Create(ctx, g, name, args.Common,
		alarms.Alarm{
			Name: "errors", Why: "Calls fail (5xx). The access log says whether the service answered so (serviceStatus) or could not be reached (error).",
			Namespace: namespace, Metric: "5xx", Dimensions: g.dimensions(), Statistic: "Sum",
			Threshold: float64(args.AlarmErrors), Periods: 3, Missing: alarms.MissingIsGood,
		},
		alarms.Alarm{
			Name: "slow", Why: fmt.Sprintf("One call in twenty is too slow; at %d s the gateway gives up. Compare milliseconds and serviceMilliseconds in the access log.", MaxTimeoutSeconds),
			Namespace: namespace, Metric: "Latency", Dimensions: g.dimensions(), Statistic: "p95",
			Threshold: args.AlarmP95Seconds * 1000, Missing: alarms.MissingIsGood,
		},
	)
	if err != nil {
		return err
	}
	g.GateAlarms = pulumi.StringArray{made[0].Name, made[1].Name}
	_, err = alarms.CreateMath(ctx, g, name, args.Common, alarms.Math{
		Name: "client-errors", Why: "Many calls are answered with 4xx: a broken client, somebody trying passwords (401), or limits that are too low (429). Group the access log by status and ip.",
		Expression: "100*refused/calls", Label: "calls refused (%)", Threshold: args.AlarmClientErrorPercent, PeriodSeconds: 300, Periods: 3, Missing: alarms.MissingIsGood,
		Metrics: map[string]part.Metric{"refused": g.metric("4xx", "Sum", ""), "calls": g.metric("Count", "Sum", "")},
	})
	return err
}

// Widgets are the gateway's graphs.
func (g *Gateway) Widgets() []part.Widget {
	return []part.Widget{
		{Title: "Calls", Metrics: []part.Metric{
			g.metric("Count", "Sum", "calls"), g.metric("4xx", "Sum", "refused"), g.metric("5xx", "Sum", "failed"),
		}},
		{Title: "Response time (ms)", Metrics: []part.Metric{
			g.metric("Latency", "p50", "median"), g.metric("Latency", "p95", "p95"),
			g.metric("IntegrationLatency", "p95", "p95 of the services"),
		}},
	}
}
