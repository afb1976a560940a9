package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// edgeToken is the type of the component that holds the alarms of a stack at
// home outside us-east-1. It stands in stacks' states: never change it.
const edgeToken = "rung:components:CDNAlarms"

// buildAlarms creates the alarms where the metrics are.
func (c *CDN) buildAlarms(ctx *pulumi.Context, name string, args Args) error {
	var parent pulumi.Resource = c
	common := args.Common
	if args.Region != metricsRegion {
		if args.USEast1 == nil {
			return nil
		}
		edge := &struct{ pulumi.ResourceState }{}
		if err := ctx.RegisterComponentResource(edgeToken, name+"-alarms", edge, pulumi.Parent(c),
			pulumi.Providers(args.USEast1)); err != nil {
			return fmt.Errorf("register the alarms in %s: %w", metricsRegion, err)
		}
		parent, common.Alerts = edge, args.USEast1Alerts
	}
	_, err := alarms.Create(ctx, parent, name, common, alarms.Alarm{
		Name: "5xx-high", Namespace: "AWS/CloudFront", Metric: "5xxErrorRate", Dimensions: c.dimensions(),
		Threshold: 5, Missing: alarms.MissingIsGood,
		Why: "Over 5 % of the answers that users get are errors of ours, for 5 minutes. Look at the origin first: its health, then its log.",
	})
	return err
}

func (c *CDN) dimensions() pulumi.StringMap {
	return pulumi.StringMap{"DistributionId": c.ID, "Region": pulumi.String("Global")}
}

// Widgets are the graphs of the CDN for a dashboard; none with Cloudflare,
// which keeps its figures itself. Their metrics are in us-east-1.
func (c *CDN) Widgets() []part.Widget {
	if c.Kind != CloudFront {
		return nil
	}
	metric := func(name, statistic string) part.Metric {
		return part.Metric{Namespace: "AWS/CloudFront", Name: name, Dimensions: c.dimensions(), Statistic: statistic}
	}
	return []part.Widget{
		{Title: "CDN requests", Metrics: []part.Metric{metric("Requests", "Sum")}},
		{Title: "CDN bytes to users", Metrics: []part.Metric{metric("BytesDownloaded", "Sum")}},
		{Title: "CDN error rate (%)", Metrics: []part.Metric{metric("4xxErrorRate", "Average"), metric("5xxErrorRate", "Average")}},
	}
}
