package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// What goes out in a month in the ladder's example, in GB, and what of it a CDN still
// fetches from the server, which is the ladder's fifth.
const (
	monthlyGB = 9000
	fetchedGB = monthlyGB / 5
)

// estimator prices by rung's own prices.
type estimator struct{ *cost.Catalogue }

// month is what a resource costs with some usage, of the lines that begin with items.
func (e estimator) month(kind string, props map[string]any, used map[string]decimal.Decimal, items string) float64 {
	usage := cost.Usage{Resources: map[string]map[string]decimal.Decimal{kind: used}}
	total := decimal.Zero
	for _, l := range cost.NewEstimator(e.Catalogue, cost.Options{Usage: usage}).Estimate([]cost.Resource{
		{URN: "urn:1", Type: kind, Name: "it", Props: props}}).Lines {
		if strings.HasPrefix(l.Item, items) {
			total = total.Add(l.Monthly)
		}
	}
	return total.InexactFloat64()
}

// sent is what some GB cost that a server sends.
func (e estimator) sent(gb int64) float64 {
	return e.month(token.EC2Instance, map[string]any{"instanceType": "t4g.small"},
		map[string]decimal.Decimal{"egress_gb": decimal.NewFromInt(gb)}, "data to ")
}

// cdnCost is the price of what goes out, from a server, and from the two CDNs that a
// stage may have. AWS bills nothing for what CloudFront fetches from EC2; what Cloudflare
// fetches is billed as any traffic is, and Cloudflare itself bills a plan.
func cdnCost(_ context.Context, t *trial) []row {
	catalogue, err := cost.Load()
	if t.fails(err) {
		return nil
	}
	e := estimator{catalogue}
	server, fetched := e.sent(monthlyGB), e.sent(fetchedGB)
	cloudfront := e.month(token.CloudFrontDistribution, nil,
		map[string]decimal.Decimal{"data_gb": decimal.NewFromInt(monthlyGB)}, "data to ")
	plan := e.month(token.CloudflareZone, map[string]any{"plan": "pro"}, nil, "zone")
	of := func(tool, measured string, cdn float64, why string) row {
		return row{tool: "CDN, what goes out: " + tool,
			claim:    "9 TB a month: $900 from the server, $180 from a CDN (−80 %)",
			measured: fmt.Sprintf("$%.0f from EC2, %s (−%.0f %%)", server, measured, 100*(1-cdn/server)),
			got:      1 - cdn/server, want: 0.8, why: why}
	}
	return []row{
		of("CloudFront", fmt.Sprintf("$%.0f from CloudFront", cloudfront), cloudfront,
			"By rung's list prices (cost), in North America. The ladder reckons two cents a GB, which no list price of "+
				"CloudFront is: its 8.5 cents are near EC2's 9, so what it saves is the server's work and the way."),
		of("Cloudflare", fmt.Sprintf("$%.0f with Cloudflare", plan+fetched), plan+fetched,
			fmt.Sprintf("The Pro plan is $%.0f whatever goes out, and EC2 sends the fifth that is fetched, $%.0f: together "+
				"the ladder's two cents a GB.", plan, fetched)),
	}
}
