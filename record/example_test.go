package record_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A program is run without an engine; then the recording is asked what it registered.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		var vpc pulumi.CustomResourceState
		return ctx.RegisterResource(token.EC2Vpc, "network-vpc",
			pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")}, &vpc, pulumi.Protect(true))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(rec.Plan())
	fmt.Println(len(rec.All(token.EC2Vpc)), "VPC with id", rec.Resources[0].ID)
	// Output:
	// aws:ec2/vpc:Vpc network-vpc [protect]
	//   cidrBlock: "10.0.0.0/16"
	// 1 VPC with id vpc-0b5cef1eadc7f70a5
}
