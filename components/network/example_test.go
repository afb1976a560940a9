package network_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/record"
)

// Two zones with private subnets behind one NAT gateway.
func ExampleNew() {
	_, err := record.Run(func(ctx *pulumi.Context) error {
		net, err := network.New(ctx, "network", network.Args{
			Region:  "eu-west-1",
			Zones:   []string{"eu-west-1a", "eu-west-1b"},
			Private: true,
			NAT:     network.Single,
		})
		if err != nil {
			return err
		}
		for _, s := range net.Private {
			fmt.Println(s.Zone, s.CIDR)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// eu-west-1a 10.4.64.0/20
	// eu-west-1b 10.4.80.0/20
}
