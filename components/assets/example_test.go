package assets_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A bucket for nightly dumps that are kept for a quarter.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		backups, err := assets.New(ctx, "backups", assets.Args{Purpose: assets.Backups, KeepDays: 90})
		if err != nil {
			return err
		}
		ctx.Export("bucket", backups.Name)
		return nil
	})
	fmt.Println(err)
	for _, bucket := range rec.All(token.S3BucketV2) {
		fmt.Println(bucket.Name, "protected:", bucket.Protect)
	}
	// Output:
	// <nil>
	// backups-bucket protected: true
}
