package search_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A domain over two zones whose masters are the smallest there are.
func Example() {
	data := []part.Subnet{
		{ID: pulumi.String("subnet-a").ToStringOutput(), Zone: "us-east-1a"},
		{ID: pulumi.String("subnet-b").ToStringOutput(), Zone: "us-east-1b"},
	}
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := search.New(ctx, "search", search.Args{
			VPCID: pulumi.String("vpc-1"), Subnets: data, Zones: 2, GiB: 50,
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range rec.All(token.OpenSearchDomain) {
		fmt.Println(d.Name, d.Number("clusterConfig.instanceCount"), "data nodes,",
			d.Number("clusterConfig.dedicatedMasterCount"), "masters, protected:", d.Protect)
	}
	// Output: search-domain 2 data nodes, 3 masters, protected: true
}
