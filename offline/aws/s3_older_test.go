package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// The older bucket has its settings within it, and what belongs to a bucket belongs to it, too.
func TestOlderBucketSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Settled(token.S3Bucket, "Plain", sim.Props{})
	assert.Regexp(t, `^plain-[0-9a-f]{7}$`, b.ID)
	const algorithm = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm"
	assert.Equal(t, "AES256", b.Get(algorithm))
	in := sim.Props{"bucket": "whole-site", "forceDestroy": true, "website": obj{"indexDocument": "index.html"},
		"versioning": obj{"enabled": true}, "corsRules": list{obj{"allowedMethods": list{"GET"}, "allowedOrigins": list{"*"}}},
		"lifecycleRules": list{obj{"enabled": true, "expiration": obj{"days": 30.0}}}}
	site := c.Settled(token.S3Bucket, "site", in)
	assert.Equal(t, "whole-site.s3-website-us-east-1.amazonaws.com", site.Str("websiteEndpoint"))
	replacedBy(t, c, site, in, map[string]sim.Props{"name": {"bucket": "other-site"},
		"versions": {"versioning": obj{"enabled": false}},
		"locked":   {"objectLockConfiguration": obj{"objectLockEnabled": "Enabled"}}}, map[string]bool{"name": true, "locked": true})
	page := c.Settled(token.S3BucketObject, "index", sim.Props{"bucket": site.ID, "key": "index.html", "content": "hello"})
	assert.NotEmpty(t, page.Str("versionId"), "the bucket keeps versions")
	c.Must(token.S3BucketPublicAccessBlock, "open", sim.Props{"bucket": site.ID, "blockPublicPolicy": false})
	c.Settled(token.S3BucketPolicy, "read", sim.Props{"bucket": site.ID, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::whole-site/*"}]}`})
	c.Settled(token.S3BucketNotification, "n", sim.Props{"bucket": site.ID, "eventbridge": true})
	require.NoError(t, c.Delete(site))
}

func TestOlderBucketRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.S3BucketV2, "new", sim.Props{"bucket": "taken-new"})
	older := c.Must(token.S3Bucket, "old", sim.Props{"bucket": "taken-old"})
	public := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/*"}]}`
	replicated := obj{"role": "arn:aws:iam::1:role/x", "rules": list{obj{"status": "Enabled",
		"destination": obj{"bucket": "arn:aws:s3:::b"}}}}
	allRefused(t, c, map[string]mistake{
		"taken by new": {token.S3Bucket, sim.Props{"bucket": "taken-new"}, []string{"BucketAlreadyExists"}},
		"taken by old": {token.S3BucketV2, sim.Props{"bucket": "taken-old"}, []string{"BucketAlreadyExists"}},
		"public ACL":   {token.S3Bucket, sim.Props{"acl": "public-read"}, []string{"InvalidBucketAclWithObjectOwnership", "BucketOwnerEnforced"}},
		"no such ACL":  {token.S3Bucket, sim.Props{"acl": "public"}, []string{`"public"`}},
		"policy":       {token.S3Bucket, sim.Props{"bucket": "public", "policy": public}, []string{"AccessDenied", "BlockPublicPolicy"}},
		"other's":      {token.S3Bucket, sim.Props{"bucket": "mine", "policy": public}, []string{"MalformedPolicy", "arn:aws:s3:::mine"}},
		"replicated":   {token.S3Bucket, sim.Props{"replicationConfiguration": replicated}, []string{"InvalidRequest", "Versioning"}},
		"log":          {token.S3Bucket, sim.Props{"loggings": list{obj{"targetBucket": "none"}}}, []string{"InvalidTargetBucketForLogging"}},
		"method":       {token.S3Bucket, sim.Props{"corsRules": list{obj{"allowedMethods": list{"PATCH"}, "allowedOrigins": list{"*"}}}}, []string{"PATCH"}},
	})
	_, err := c.Update(older, sim.Props{"bucket": "taken-old", "acl": "public-read"})
	mustRefuse(t, err, "AccessControlListNotSupported", "objectOwnership")
	c.Must(token.S3BucketObjectv2, "o", sim.Props{"bucket": "taken-old", "key": "k", "content": "x"})
	require.ErrorContains(t, c.Delete(older), "BucketNotEmpty")
}
