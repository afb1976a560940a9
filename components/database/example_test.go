package database_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A primary with a standby and one replica, open to the web servers only.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		db, err := database.New(ctx, "database", database.Args{
			VPCID: pulumi.String("vpc-0123456789abcdef0"),
			Subnets: []part.Subnet{
				{ID: pulumi.String("subnet-0a").ToStringOutput(), Zone: "us-east-1a"},
				{ID: pulumi.String("subnet-0b").ToStringOutput(), Zone: "us-east-1b"},
			},
			Clients:  []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-0c")}},
			Replicas: 1,
		})
		if err != nil {
			return err
		}
		ctx.Export("host", db.Endpoint.Host)
		return nil
	})
	fmt.Println(err)
	for _, instance := range rec.All(token.RDSInstance) {
		fmt.Println(instance.Name, instance.String("instanceClass"), instance.Protect)
	}
	// Output:
	// <nil>
	// database-primary db.m7g.large true
	// database-replica-1 db.m7g.large true
}
