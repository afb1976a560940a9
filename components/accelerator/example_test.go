package accelerator_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/accelerator"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Two fixed addresses before the load balancers of two regions.
func ExampleNew() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		a, err := accelerator.New(ctx, "accelerator", accelerator.Args{Cells: []accelerator.Cell{
			{Region: "us-east-1", Code: "use1", BalancerARN: pulumi.String("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/1")},
			{Region: "eu-west-1", Code: "euw1", BalancerARN: pulumi.String("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/b/2")},
		}})
		if err == nil {
			ctx.Export("addresses", a.Addresses)
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range rec.All(token.GlobalAcceleratorEndpointGroup) {
		fmt.Println(g.Name, g.String("endpointGroupRegion"))
	}
	// Output:
	// accelerator-euw1 eu-west-1
	// accelerator-use1 us-east-1
}
