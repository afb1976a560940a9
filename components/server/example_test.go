package server_test

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/components/server"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A server of stage 1, open to the world on port 80.
func ExampleNew() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		artifacts, err := assets.New(ctx, "artifacts", assets.Args{Purpose: assets.Artifacts})
		if err != nil {
			return err
		}
		_, err = server.New(ctx, "server", server.Args{
			Region:          "us-east-1",
			VPCID:           pulumi.String("vpc-0abc"),
			VPCCIDR:         "10.0.0.0/16",
			Subnet:          part.Subnet{ID: pulumi.String("subnet-0abc").ToStringOutput(), Zone: "us-east-1a"},
			ImageID:         pulumi.String("ami-0abc"),
			BackupBucket:    pulumi.String("backups"),
			BackupBucketARN: pulumi.String("arn:aws:s3:::backups"),
			Program: program.Spec{
				Artifact: &part.Artifact{
					Bucket: artifacts.Name, BucketARN: artifacts.ARN,
					Key: pulumi.String("app/1"), SHA256: strings.Repeat("0", 64),
				},
				Port: 8080, HealthPath: "/healthz",
			},
			Files: artifacts,
			Open:  []int{80},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, volume := range rec.All(token.EBSVolume) {
		fmt.Println(volume.Name, volume.String("size"), "GiB, protected:", volume.Protect)
	}
	// Output: server-data 20 GiB, protected: true
}
