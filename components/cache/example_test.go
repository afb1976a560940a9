package cache_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/cache"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Two small Valkey nodes in two zones, open to the web servers only.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		c, err := cache.New(ctx, "cache", cache.Args{
			VPCID: pulumi.String("vpc-0123456789abcdef0"),
			Subnets: []part.Subnet{
				{ID: pulumi.String("subnet-0a").ToStringOutput(), Zone: "us-east-1a"},
				{ID: pulumi.String("subnet-0b").ToStringOutput(), Zone: "us-east-1b"},
			},
			Clients: []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-0c")}},
		})
		if err != nil {
			return err
		}
		ctx.Export("url", pulumi.Sprintf("rediss://%s:%d", c.Endpoint.Host, c.Endpoint.Port))
		return nil
	})
	fmt.Println(err)
	for _, group := range rec.All(token.ElastiCacheReplicationGroup) {
		fmt.Println(group.String("engine"), group.String("nodeType"), group.Bool("multiAzEnabled"))
	}
	// Output:
	// <nil>
	// valkey cache.t4g.small true
}
