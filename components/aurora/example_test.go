package aurora_test

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// in are args for a region with two zones.
func in(region string) aurora.Args {
	return aurora.Args{
		Region: region, VPCID: pulumi.String("vpc-1"), KMSKeyARN: pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-1"),
		Subnets: []part.Subnet{
			{ID: pulumi.String("subnet-a").ToStringOutput(), Zone: region + "a"},
			{ID: pulumi.String("subnet-b").ToStringOutput(), Zone: region + "b"},
		},
	}
}

// A database that is written in Virginia and read in Ireland, too.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		first, err := aurora.New(ctx, "shop", in("us-east-1"))
		if err != nil {
			return err
		}
		ireland, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		args := in("eu-west-1")
		args.Global = first
		_, err = aurora.New(ctx, "shop-euw1", args, pulumi.Provider(ireland))
		return err
	})
	fmt.Println(err)
	for _, r := range rec.All(token.RDSClusterInstance) {
		fmt.Println(r.Name, r.Region)
	}
	// Unordered output:
	// <nil>
	// shop-1 us-east-1
	// shop-2 us-east-1
	// shop-euw1-1 eu-west-1
	// shop-euw1-2 eu-west-1
}
