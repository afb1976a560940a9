package discovery_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/discovery"
	"github.com/rung-dev/rung/record"
)

// The posts service finds the users service by a name that stands for a balancer.
func Example() {
	_, err := record.Run(func(ctx *pulumi.Context) error {
		names, err := discovery.New(ctx, "discovery", discovery.Args{
			VPCID:     pulumi.String("vpc-1"),
			Namespace: "shop.internal",
			Services:  []discovery.Service{{Name: "users", Balancer: pulumi.String("internal-services.us-east-1.elb.amazonaws.com")}},
		})
		if err != nil {
			return err
		}
		fmt.Println("http://" + names.Host("users"))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: http://users.shop.internal
}
