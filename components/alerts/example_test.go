package alerts_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/record"
)

// A topic that writes to the people on call.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		topic, err := alerts.New(ctx, "alerts", alerts.Args{Email: "ops@example.com"})
		if err != nil {
			return err
		}
		ctx.Export("alerts", topic.ARN) // give it to the other components as part.Common.Alerts
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rec.Custom() {
		fmt.Println(r.Name)
	}
	// Output:
	// alerts-topic
	// alerts-policy
	// alerts-email
}
