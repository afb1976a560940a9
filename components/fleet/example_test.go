package fleet_test

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Workers that sleep while there is nothing to do, all of them spot.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		artifacts, err := assets.New(ctx, "artifacts", assets.Args{Purpose: assets.Artifacts})
		if err != nil {
			return err
		}
		_, err = fleet.New(ctx, "workers", fleet.Args{
			Program: program.Spec{
				Artifact: &part.Artifact{
					Bucket: artifacts.Name, BucketARN: artifacts.ARN,
					Key: pulumi.String("app-0a0a.bin"), SHA256: strings.Repeat("0a", 32),
				},
				Command: []string{"work"}, FinishesWork: true, StopSeconds: 90,
			},
			VPCID:         pulumi.String("vpc-1"),
			Subnets:       []part.Subnet{{ID: pulumi.String("subnet-1").ToStringOutput(), Zone: "us-east-1a"}},
			ImageID:       pulumi.String("ami-1"),
			InstanceTypes: []string{"c7g.medium", "c6g.medium", "m7g.medium", "m6g.medium"},
			MaxSize:       4,
			SpotShare:     100,
			Backlog: &fleet.Backlog{
				QueueName: pulumi.String("jobs"), AcceptableDelaySeconds: 60, SecondsPerJob: 5,
			},
			Files: artifacts,
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range rec.All(token.AutoScalingPolicy) {
		fmt.Println(p.Name, p.Value("policyType"), p.Value("targetTrackingConfiguration.targetValue"))
	}
	// Output:
	// workers-backlog TargetTrackingScaling 12
	// workers-wake StepScaling <nil>
}
