package slo_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/slo"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// 99.95 % of the requests succeed, 99 % within 300 ms.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := slo.New(ctx, "slo", slo.Args{
			LoadBalancerSuffix: pulumi.String("app/loadbalancer/1234"),
			SuccessPercent:     99.95,
			FastSeconds:        0.3,
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range rec.All(token.CloudWatchCompositeAlarm) {
		fmt.Println(a.Name)
	}
	// Output:
	// slo-errors-page
	// slo-errors-ticket
	// slo-slow-page
	// slo-slow-ticket
}
