package loadbalancer_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A balancer that only CloudFront can reach, and only with the secret.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := loadbalancer.New(ctx, "loadbalancer", loadbalancer.Args{
			VPCID: pulumi.String("vpc-1"),
			Subnets: []part.Subnet{
				{ID: pulumi.String("subnet-1").ToStringOutput(), Zone: "us-east-1a"},
				{ID: pulumi.String("subnet-2").ToStringOutput(), Zone: "us-east-1b"},
			},
			CDNPrefixList: pulumi.String("pl-3b927c52"),
			OriginSecret:  pulumi.String("a long random value"),
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range rec.All(token.LBListener) {
		fmt.Println(l.Value("port"), l.Value("protocol"), l.Value("defaultActions[0].fixedResponse.statusCode"))
	}
	// Output: 80 HTTP 403
}
