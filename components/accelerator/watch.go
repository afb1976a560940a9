package accelerator

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/GlobalAccelerator"

// watch raises the alarm where the metrics are. Whether a region can serve is
// what the load balancers' own alarms say.
func (a *Accelerator) watch(ctx *pulumi.Context, name string, args Args) error {
	if args.USWest2 == nil {
		return nil
	}
	parent := &struct{ pulumi.ResourceState }{}
	if err := ctx.RegisterComponentResource(alarmsToken, name+"-alarms", parent, pulumi.Parent(a),
		pulumi.Providers(args.USWest2)); err != nil {
		return fmt.Errorf("register the alarm in us-west-2: %w", err)
	}
	common := args.Common
	common.Alerts = args.USWest2Alerts
	_, err := alarms.Create(ctx, parent, name, common, alarms.Alarm{
		Name: "silent", Namespace: namespace, Metric: "NewFlowCount", Dimensions: a.dimensions(), Statistic: "Sum",
		Compare: alarms.Below, Threshold: 1, Periods: 10, Missing: alarms.MissingIsBad,
		Why: "Nobody has connected through the accelerator for 10 minutes: no region of it is healthy, or the domain leads elsewhere. " +
			"Look at the load balancers' targets first.",
	})
	return err
}

// dimensions name the accelerator by the end of its ARN.
func (a *Accelerator) dimensions() pulumi.StringMap {
	id := a.ARN.ApplyT(func(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }).(pulumi.StringOutput)
	return pulumi.StringMap{"Accelerator": id}
}

// Widgets are the accelerator's graphs for a dashboard. Their metrics are in us-west-2.
func (a *Accelerator) Widgets() []part.Widget {
	metric := func(name string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: a.dimensions(), Statistic: "Sum"}
	}
	return []part.Widget{
		{Title: "New connections through the accelerator", Metrics: []part.Metric{metric("NewFlowCount")}},
		{Title: "Bytes through the accelerator", Metrics: []part.Metric{metric("ProcessedBytesIn"), metric("ProcessedBytesOut")}},
	}
}
