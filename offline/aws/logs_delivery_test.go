package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// elsewhere is an ARN of a service that is not simulated here.
const elsewhere = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/1"

func TestLogsAreDelivered(t *testing.T) {
	c := cloud(t, "us-east-1")
	bucket := c.Must(token.S3BucketV2, "logs", sim.Props{})
	in := sim.Props{"logType": "APPLICATION_LOGS", "resourceArn": elsewhere}
	source := c.Settled(token.CloudWatchLogDeliverySource, "cdn", in)
	assert.Regexp(t, `^arn:aws:logs:us-east-1:123456789012:delivery-source:cdn-[0-9a-f]{7}$`, source.Str("arn"))
	to := sim.Props{"outputFormat": "json",
		"deliveryDestinationConfiguration": map[string]any{"destinationResourceArn": bucket.Str("arn")}}
	destination := c.Settled(token.CloudWatchLogDeliveryDestination, "cdn", to)
	assert.Equal(t, "S3", destination.Str("deliveryDestinationType"))
	delivery := c.Settled(token.CloudWatchLogDelivery, "cdn",
		sim.Props{"deliverySourceName": source.Str("name"), "deliveryDestinationArn": destination.Str("arn")})
	assert.NotEmpty(t, delivery.Str("arn"))

	mustRefuse(t, c.Delete(source), "ConflictException", "")
	mustRefuse(t, c.Delete(destination), "ConflictException", "")
	replacedBy(t, c, destination, to,
		map[string]sim.Props{"format": {"outputFormat": "parquet"}, "tags": {"tags": map[string]any{"a": "b"}}},
		map[string]bool{"format": true})
	require.NoError(t, c.Delete(delivery))
	require.NoError(t, c.Delete(source))
	require.NoError(t, c.Delete(destination))
}

func TestLogDeliveryRefuses(t *testing.T) {
	c := cloud(t, "eu-west-1")
	c.Must(token.CloudWatchLogDeliverySource, "cdn", sim.Props{"logType": "APPLICATION_LOGS", "resourceArn": elsewhere})
	distribution := "arn:aws:cloudfront::123456789012:distribution/E1"
	site := c.Must(token.CloudFrontDistribution, "cdn", distributed(nil))
	refuses(t, c, map[string]refusal{
		"no distribution": {token.CloudWatchLogDeliverySource, sim.Props{"logType": "ACCESS_LOGS", "resourceArn": distribution}, "ResourceNotFoundException", ""},
		"abroad":          {token.CloudWatchLogDeliverySource, sim.Props{"logType": "ACCESS_LOGS", "resourceArn": site.Str("arn")}, "ValidationException", "us-east-1"},
		"twice":           {token.CloudWatchLogDeliverySource, sim.Props{"logType": "APPLICATION_LOGS", "resourceArn": elsewhere}, "ConflictException", "already been used"},
		"no bucket": {token.CloudWatchLogDeliveryDestination, sim.Props{"deliveryDestinationConfiguration": map[string]any{"destinationResourceArn": "arn:aws:s3:::nowhere"}},
			"ResourceNotFoundException", ""},
		"no source": {token.CloudWatchLogDelivery, sim.Props{"deliverySourceName": "a", "deliveryDestinationArn": "arn:aws:logs:eu-west-1:123456789012:delivery-destination:a"},
			"ResourceNotFoundException", ""},
	})
}
