package peering_test

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/peering"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Two regions whose private networks reach one another.
func ExampleNew() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		var args peering.Args
		for code, region := range map[string]string{"use1": "us-east-1", "euw1": "eu-west-1"} {
			provider, err := aws.NewProvider(ctx, "aws-"+region, &aws.ProviderArgs{Region: pulumi.String(region)})
			if err != nil {
				return err
			}
			net, err := network.New(ctx, "network-"+code, network.Args{
				Region: region, Zones: []string{region + "a"}, Private: true,
			}, pulumi.Provider(provider))
			if err != nil {
				return err
			}
			args.Sides = append(args.Sides, peering.Side{
				Region: region, Code: code, Provider: provider, VPCID: net.VPCID, CIDR: net.CIDR, Tables: net.RouteTables[1:],
			})
		}
		_, err := peering.New(ctx, "peering", args)
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range rec.All(token.EC2VpcPeeringConnection) {
		fmt.Println(c.Name, c.String("peerRegion"))
	}
	// Output:
	// peering-euw1-use1 us-east-1
}
