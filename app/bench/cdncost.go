package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// monthlyGB is what goes out in a month in the ladder's example, in GB.
const monthlyGB = 9000

// cdnCost is the price of what goes out, from a server and from CloudFront, by rung's own
// prices.
func cdnCost(_ context.Context, t *trial) []row {
	catalogue, err := cost.Load()
	if t.fails(err) {
		return nil
	}
	price := func(kind, key string) float64 {
		used := cost.Usage{Resources: map[string]map[string]decimal.Decimal{kind: {key: decimal.NewFromInt(monthlyGB)}}}
		total := decimal.Zero
		for _, l := range cost.NewEstimator(catalogue, cost.Options{Usage: used}).Estimate([]cost.Resource{
			{URN: "urn:1", Type: kind, Name: "it", Props: map[string]any{"instanceType": "t4g.small"}}}).Lines {
			if strings.HasPrefix(l.Item, "data to ") {
				total = total.Add(l.Monthly)
			}
		}
		return total.InexactFloat64()
	}
	server, cdn := price(token.EC2Instance, "egress_gb"), price(token.CloudFrontDistribution, "data_gb")
	return []row{{tool: "CDN, what goes out", claim: "9 TB a month: $900 from the server, $180 from a CDN (−80 %)",
		measured: fmt.Sprintf("$%.0f from EC2, $%.0f from CloudFront (−%.0f %%)", server, cdn, 100*(1-cdn/server)),
		got:      1 - cdn/server, want: 0.8,
		why: "Computed by rung's own prices (cost), in North America. CloudFront's list price is near EC2's; the ladder's " +
			"$180 are two cents a GB. What a CDN saves by list price is the server's work."}}
}
