package cost_test

import (
	"fmt"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// A server with a disk of its own, priced from nothing but types and properties.
func ExampleEstimator_Estimate() {
	catalogue, err := cost.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	e := cost.NewEstimator(catalogue, cost.Options{}).Estimate([]cost.Resource{
		{URN: "urn:1", Type: token.EBSVolume, Name: "data", Props: map[string]any{"type": "gp3", "size": 20.0}},
		{URN: "urn:2", Type: token.IAMRole, Name: "app"},
		{URN: "urn:3", Type: token.SQSQueue, Name: "jobs"},
		{URN: "urn:4", Type: token.MSKCluster, Name: "events"},
	})
	for _, l := range e.Lines {
		fmt.Printf("%s: %s, %s %s × $%s = $%s (%s)\n", l.Name, l.Item, l.Quantity, l.Unit, l.Price, l.Monthly.StringFixed(2),
			l.AsOf)
	}
	fmt.Println("free:", e.Free[0].Name, "-", e.Free[0].Reason)
	fmt.Println("usage-based:", e.UsageBased[0].Name)
	fmt.Println("unpriced:", e.Unpriced[0].Name)
	// Output:
	// data: volume, gp3, 20 GB-month × $0.08 = $1.60 (2024-07-01)
	// free: app - permissions cost nothing
	// usage-based: jobs
	// unpriced: events
}
