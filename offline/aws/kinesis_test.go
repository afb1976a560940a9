package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestStreamSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"shardCount": 2.0, "name": "clicks", "shardLevelMetrics": list{"IncomingBytes"}}
	s := c.Settled(token.KinesisStream, "clicks", in)
	assert.Equal(t, "arn:aws:kinesis:us-east-1:"+account+":stream/clicks", s.ID)
	assert.Equal(t, s.ID, s.Str("arn"))
	replacedBy(t, c, s, in, map[string]sim.Props{"name": {"name": "other"}, "shards": {"shardCount": 4.0},
		"days": {"retentionPeriod": 48.0}},
		map[string]bool{"name": true})
	_, err := c.Update(s, with(in, sim.Props{"shardCount": 5.0}))
	mustRefuse(t, err, "InvalidArgumentException", "4 at most")
	c.Settled(token.KinesisStream, "any", sim.Props{"streamModeDetails": obj{"streamMode": "ON_DEMAND"}})
	allRefused(t, c, map[string]mistake{
		"taken":     {token.KinesisStream, in, []string{"ResourceInUseException"}},
		"shards":    {token.KinesisStream, sim.Props{}, []string{"at least 1 when streamMode is PROVISIONED"}},
		"on demand": {token.KinesisStream, sim.Props{"shardCount": 1.0, "streamModeDetails": obj{"streamMode": "ON_DEMAND"}}, []string{"must not be set"}},
		"name":      {token.KinesisStream, sim.Props{"shardCount": 1.0, "name": "a b"}, []string{"letters"}},
		"no key":    {token.KinesisStream, sim.Props{"shardCount": 1.0, "encryptionType": "KMS"}, []string{"InvalidArgumentException", "kmsKeyId"}},
		"lost key":  {token.KinesisStream, sim.Props{"shardCount": 1.0, "encryptionType": "KMS", "kmsKeyId": "none"}, []string{"KMSNotFoundException"}},
		"retention": {token.KinesisStream, sim.Props{"shardCount": 1.0, "retentionPeriod": 12.0}, []string{"24"}},
		"metric":    {token.KinesisStream, sim.Props{"shardCount": 1.0, "shardLevelMetrics": list{"All"}}, []string{`"All"`}},
	})
}

// delivered is a delivery stream into a bucket.
func delivered(c *simtest.Cloud) (role *simtest.Resource, in sim.Props) {
	role = trusting(c, "deliver", "firehose.amazonaws.com")
	bucket := c.Must(token.S3BucketV2, "lake", sim.Props{"bucket": "lake-of-clicks"})
	return role, sim.Props{"name": "deliver", "destination": "extended_s3",
		"extendedS3Configuration": obj{"bucketArn": bucket.Str("arn"), "roleArn": role.Str("arn"), "bufferingSize": 64.0}}
}

func TestDeliverySettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	role, in := delivered(c)
	d := c.Settled(token.KinesisFirehoseDeliveryStream, "deliver", in)
	assert.Equal(t, "arn:aws:firehose:us-east-1:"+account+":deliverystream/deliver", d.ID)
	assert.Equal(t, "1", d.Str("versionId"))
	more := with(in, sim.Props{"extendedS3Configuration": obj{"bucketArn": "arn:aws:s3:::lake-of-clicks",
		"roleArn": role.Str("arn"),
		"prefix":  "raw/"}})
	replacedBy(t, c, d, in, map[string]sim.Props{"name": {"name": "other"},
		"prefix": {"extendedS3Configuration": more["extendedS3Configuration"]},
		"source": {"kinesisSourceConfiguration": obj{"kinesisStreamArn": "x", "roleArn": role.Str("arn")}}},
		map[string]bool{"name": true, "source": true})
	second, err := c.Update(d, more)
	require.NoError(t, err)
	assert.Equal(t, "2", second.Str("versionId"), "another destination is another version")
}

func TestDeliveryRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	role, in := delivered(c)
	s := c.Must(token.KinesisStream, "clicks", sim.Props{"shardCount": 1.0})
	other := trusting(c, "other", "lambda.amazonaws.com")
	source := sim.Props{"kinesisSourceConfiguration": obj{"kinesisStreamArn": s.ID, "roleArn": role.Str("arn")}}
	fire := token.KinesisFirehoseDeliveryStream
	allRefused(t, c, map[string]mistake{
		"where":     {fire, with(in, sim.Props{"destination": "s3"}), []string{`"s3"`, "extended_s3"}},
		"how":       {fire, with(in, sim.Props{"extendedS3Configuration": nil}), []string{"extendedS3Configuration", "required"}},
		"role":      {fire, with(in, sim.Props{"extendedS3Configuration": obj{"bucketArn": "arn:aws:s3:::x", "roleArn": other.Str("arn")}}), []string{"InvalidArgumentException", "unable to assume role"}},
		"lost":      {fire, with(in, sim.Props{"kinesisSourceConfiguration": obj{"kinesisStreamArn": "arn:aws:kinesis:us-east-1:1:stream/x", "roleArn": role.Str("arn")}}), []string{"ResourceNotFoundException"}},
		"encrypted": {fire, with(with(in, source), sim.Props{"serverSideEncryption": obj{"enabled": true}}), []string{"InvalidArgumentException", "Encrypt the stream"}},
		"may":       {fire, with(in, source), []string{"InvalidArgumentException", "kinesis:DescribeStream"}},
	})
	allows(c, "deliver", "read", "kinesis:*", s.ID)
	c.Settled(fire, "from", with(in, source))
}
