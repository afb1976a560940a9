package capacity_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/capacity"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Six machines that are there whatever happens, two in each zone.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := capacity.New(ctx, "capacity", capacity.Args{
			InstanceType: "m7g.large", Zones: []string{"us-east-1a", "us-east-1b", "us-east-1c"}, Instances: 6, Partitions: capacity.MaxPartitions,
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rec.All(token.EC2CapacityReservation) {
		fmt.Println(r.String("availabilityZone"), r.Number("instanceCount"))
	}
	// Unordered output:
	// us-east-1a 2
	// us-east-1b 2
	// us-east-1c 2
}
