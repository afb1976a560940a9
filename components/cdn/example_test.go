package cdn_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// CloudFront before one server, with the static files in a bucket that only
// this distribution may read.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		files, err := assets.New(ctx, "assets", assets.Args{Purpose: assets.Static, PolicyLater: true})
		if err != nil {
			return err
		}
		origin, err := secret.New(ctx, "cdn-secret", secret.Args{Description: "Shows that a request came through the CDN"})
		if err != nil {
			return err
		}
		front, err := cdn.New(ctx, "cdn", cdn.Args{
			Kind:         cdn.CloudFront,
			Origin:       cdn.Origin{Host: pulumi.String("ec2-203-0-113-7.compute-1.amazonaws.com")},
			OriginSecret: origin.Value,
			Files:        &cdn.Files{DomainName: files.DomainName, ARN: files.ARN},
		})
		if err != nil {
			return err
		}
		ctx.Export("url", front.URL)
		return files.AttachPolicy(front.BucketStatement)
	})
	fmt.Println(err)
	for _, d := range rec.All(token.CloudFrontDistribution) {
		fmt.Println(d.Name, d.String("httpVersion"), d.String("priceClass"))
	}
	// Output:
	// <nil>
	// cdn-distribution http2and3 PriceClass_100
}
