package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// deliverLogs writes a line for each request into the bucket of logs. Whatever
// the home region, CloudFront's logs are delivered from us-east-1.
func (c *CDN) deliverLogs(ctx *pulumi.Context, name string, args Args) error {
	if args.LogBucketARN == nil {
		return nil
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c)}
	if args.Region != metricsRegion {
		opts = append(opts, pulumi.Provider(args.USEast1))
	}
	source, err := cloudwatch.NewLogDeliverySource(ctx, name+"-log-source", &cloudwatch.LogDeliverySourceArgs{
		LogType:     pulumi.String("ACCESS_LOGS"),
		ResourceArn: c.ARN,
		Tags:        args.TagsFor(ctx, name),
	}, opts...)
	if err != nil {
		return fmt.Errorf("name the source of the logs: %w", err)
	}
	bucket, err := cloudwatch.NewLogDeliveryDestination(ctx, name+"-log-bucket", &cloudwatch.LogDeliveryDestinationArgs{
		OutputFormat: pulumi.String("json"),
		DeliveryDestinationConfiguration: &cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs{
			DestinationResourceArn: args.LogBucketARN.ToStringOutput(),
		},
		Tags: args.TagsFor(ctx, name),
	}, opts...)
	if err != nil {
		return fmt.Errorf("name the bucket of the logs: %w", err)
	}
	_, err = cloudwatch.NewLogDelivery(ctx, name+"-log-delivery", &cloudwatch.LogDeliveryArgs{
		DeliverySourceName:     source.Name,
		DeliveryDestinationArn: bucket.Arn,
		Tags:                   args.TagsFor(ctx, name),
	}, opts...)
	if err != nil {
		return fmt.Errorf("deliver the logs: %w", err)
	}
	return nil
}
