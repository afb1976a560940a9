package gateway_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Search is dear, so that it gets a limit of its own.
func Example() {
	private := []part.Subnet{
		{ID: pulumi.String("subnet-a").ToStringOutput(), Zone: "us-east-1a"},
		{ID: pulumi.String("subnet-b").ToStringOutput(), Zone: "us-east-1b"},
	}
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		link, err := gateway.NewLink(ctx, "gateway-link", gateway.LinkArgs{
			VPCID: pulumi.String("vpc-1"), Subnets: private, TargetCIDR: "10.0.0.0/16", TargetPort: 80,
		})
		if err != nil {
			return err
		}
		_, err = gateway.New(ctx, "gateway", gateway.Args{
			Link:        link,
			ListenerARN: pulumi.String("arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/services/1/2"),
			Routes:      []gateway.Route{{Name: "search", Key: "GET /api/search", RequestsPerSecond: 200, Burst: 100}},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rec.All(token.APIGatewayV2Route) {
		fmt.Println(r.String("routeKey"))
	}
	// Output:
	// $default
	// GET /api/search
}
