package edge

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/CloudFront"

// of is one of a function's metrics, which are all in us-east-1.
func (f namedFunction) of(metric, label string) part.Metric {
	return part.Metric{
		Namespace: namespace, Name: metric, Statistic: "Sum", Label: label,
		Dimensions: pulumi.StringMap{"FunctionName": f.name, "Region": pulumi.String("Global")},
	}
}

// watch raises an alarm when a function fails: CloudFront then answers the
// visitor with an error of its own.
func (e *Edge) watch(ctx *pulumi.Context, name string, args Args) error {
	for _, f := range e.functions {
		m := f.of("FunctionExecutionErrors", "")
		_, err := alarms.Create(ctx, e, name, args.Common, alarms.Alarm{
			Name: f.role + "-errors", Namespace: m.Namespace, Metric: m.Name, Dimensions: m.Dimensions, Statistic: m.Statistic,
			Threshold: 10, Missing: alarms.MissingIsGood,
			Why: "The edge function for viewer " + f.role + "s fails, and visitors get errors. Look whether the store has its rules, and at the function's log in us-east-1.",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Widgets are the edge's graphs; none with Cloudflare, which keeps its figures itself.
func (e *Edge) Widgets() []part.Widget {
	if len(e.functions) == 0 {
		return nil
	}
	calls, failures := part.Widget{Title: "Edge functions: calls"}, part.Widget{Title: "Edge functions: failures"}
	for _, f := range e.functions {
		calls.Metrics = append(calls.Metrics, f.of("FunctionInvocations", f.role))
		failures.Metrics = append(failures.Metrics, f.of("FunctionExecutionErrors", f.role+" fails"),
			f.of("FunctionThrottles", f.role+" held back"))
	}
	return []part.Widget{calls, failures}
}
