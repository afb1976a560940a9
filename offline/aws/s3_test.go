package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// hardened is a bucket as the assets component makes one.
func hardened(c *simtest.Cloud) *simtest.Resource {
	b := c.Settled(token.S3BucketV2, "Assets-bucket", sim.Props{"tags": obj{"a": "b"}})
	c.Settled(token.S3BucketPublicAccessBlock, "b", sim.Props{
		"bucket": b.ID, "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true,
	})
	c.Settled(token.S3BucketOwnershipControls, "b",
		sim.Props{"bucket": b.ID, "rule": obj{"objectOwnership": "BucketOwnerEnforced"}})
	c.Settled(token.S3BucketServerSideEncryptionConfigurationV2, "b", sim.Props{"bucket": b.ID, "rules": list{
		obj{"applyServerSideEncryptionByDefault": obj{"sseAlgorithm": "AES256"}},
	}})
	c.Settled(token.S3BucketVersioningV2, "b",
		sim.Props{"bucket": b.ID, "versioningConfiguration": obj{"status": "Enabled"}})
	return b
}

func TestBucketSettles(t *testing.T) {
	c := cloud(t, "eu-central-1")
	b := hardened(c)
	assert.Regexp(t, `^assets-bucket-[0-9a-f]{7}$`, b.ID)
	assert.Equal(t, "arn:aws:s3:::"+b.ID, b.Str("arn"))
	assert.Equal(t, b.ID+".s3.eu-central-1.amazonaws.com", b.Str("bucketRegionalDomainName"))
	c.Settled(token.S3BucketLifecycleConfigurationV2, "b", sim.Props{"bucket": b.ID, "rules": list{obj{
		"id": "tidy", "status": "Enabled", "filter": obj{"prefix": ""}, "expiration": obj{"days": 365.0},
		"abortIncompleteMultipartUpload": obj{"daysAfterInitiation": 7.0}, "noncurrentVersionExpiration": obj{"noncurrentDays": 30.0},
		"transitions": list{obj{"days": 30.0, "storageClass": "STANDARD_IA"}, obj{"days": 90.0, "storageClass": "GLACIER"}},
	}}})
	c.Settled(token.S3BucketPolicy, "b",
		sim.Props{"bucket": b.ID, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",` +
			`"Action":"s3:*","Resource":["` + b.Str("arn") + `","` + b.Str("arn") +
			`/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`})
	o := c.Settled(token.S3BucketObjectv2, "index", sim.Props{"bucket": b.ID, "key": "index.html", "content": "hello"})
	assert.Equal(t, "5d41402abc4b2a76b9719d911017c592", o.Str("etag"))
	assert.NotEmpty(t, o.Str("versionId"))
}

func TestBucketNames(t *testing.T) {
	c := cloud(t, "us-east-1")
	invalid(t, c, token.S3BucketV2, map[string]badInput{
		"upper case": {sim.Props{"bucket": "Assets"}, "lower-case"},
		"short":      {sim.Props{"bucket": "ab"}, "3 to 63"},
		"two dots":   {sim.Props{"bucket": "a..b"}, "two dots"},
		"address":    {sim.Props{"bucket": "10.0.0.1"}, "IP address"},
		"prefix":     {sim.Props{"bucket": "xn--abc"}, "xn--"},
		"suffix":     {sim.Props{"bucket": "abc-s3alias"}, "-s3alias"},
		"both":       {sim.Props{"bucket": "abc", "bucketPrefix": "abc"}, "conflicts"},
	})
	c.Must(token.S3BucketV2, "a", sim.Props{"bucket": "taken"})
	_, err := c.Create(token.S3BucketV2, "b", sim.Props{"bucket": "taken"})
	mustRefuse(t, err, "BucketAlreadyExists", "another name")
	pkg := awsPackage(t)
	west := simtest.Open(t, pkg, c.Path, sim.Props{"region": "us-west-2"}, "")
	_, err = west.Create(token.S3BucketV2, "b", sim.Props{"bucket": "taken"})
	mustRefuse(t, err, "BucketAlreadyOwnedByYou", "us-east-1")
}

func TestBucketReplacedByName(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"bucket": "first"}
	r := c.Must(token.S3BucketV2, "b", in)
	decides(t, c, r, in, map[string]change{
		"name":        {sim.Props{"bucket": "second"}, true},
		"object lock": {sim.Props{"objectLockEnabled": true}, true},
		"destroy":     {sim.Props{"forceDestroy": true}, false},
		"tags":        {sim.Props{"tags": obj{"a": "b"}}, false},
	})
}

func TestBucketDeletedWhenEmpty(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := hardened(c)
	o := c.Must(token.S3BucketObjectv2, "o", sim.Props{"bucket": b.ID, "key": "a", "content": "x"})
	mustRefuse(t, c.Delete(b), "BucketNotEmpty", "forceDestroy")
	require.NoError(t, c.Delete(o))
	require.NoError(t, c.Delete(b))

	b = c.Must(token.S3BucketV2, "forced", sim.Props{"forceDestroy": true})
	o = c.Must(token.S3BucketObjectv2, "o", sim.Props{"bucket": b.ID, "key": "a", "content": "x"})
	require.NoError(t, c.Delete(b))
	left, err := c.Read(o)
	require.NoError(t, err)
	assert.Nil(t, left, "the objects go with a bucket that is emptied")
}

// A program that rolls back puts an object again that it left behind.
func TestObjectPutAgain(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := hardened(c)
	in := sim.Props{"bucket": b.ID, "key": "app/1", "content": "x"}
	first, second := c.Must(token.S3BucketObjectv2, "o", in), c.Settled(token.S3BucketObjectv2, "o", in)
	assert.NotEqual(t, first.ID, second.ID)
}

func TestObjectNewContent(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := hardened(c)
	in := sim.Props{"bucket": b.ID, "key": "a", "content": "x"}
	o := c.Must(token.S3BucketObjectv2, "o", in)
	preview, err := c.PreviewUpdate(o, sim.Props{"bucket": b.ID, "key": "a", "content": "y"})
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, preview.Get("versionId"))
	decides(t, c, o, in, map[string]change{
		"key":     {sim.Props{"key": "b"}, true},
		"content": {sim.Props{"content": "z"}, false},
	})
}

func grantText(principal, resource, more string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal +
		`,"Action":"s3:GetObject","Resource":"` +
		resource + `"` + more + `}]}`
}

func TestBucketPolicyRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := hardened(c)
	here := b.Str("arn") + "/*"
	policy := func(text string) sim.Props { return sim.Props{"bucket": b.ID, "policy": text} }
	refuses(t, c, map[string]refusal{
		"no JSON":         {token.S3BucketPolicy, policy("{"), "MalformedPolicy", "valid JSON"},
		"no statement":    {token.S3BucketPolicy, policy("{}"), "MalformedPolicy", "Statement"},
		"version":         {token.S3BucketPolicy, policy(`{"Version":"2020-01-01","Statement":[]}`), "MalformedPolicy", "2020-01-01"},
		"effect":          {token.S3BucketPolicy, policy(`{"Statement":{"Effect":"allow","Principal":"*","Action":"s3:*","Resource":"x"}}`), "MalformedPolicy", "Invalid effect"},
		"no principal":    {token.S3BucketPolicy, policy(`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"x"}}`), "MalformedPolicy", "Principal"},
		"no action":       {token.S3BucketPolicy, policy(`{"Statement":{"Effect":"Allow","Principal":"*","Resource":"x"}}`), "MalformedPolicy", "Action"},
		"no resource":     {token.S3BucketPolicy, policy(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*"}}`), "MalformedPolicy", "Resource"},
		"other bucket":    {token.S3BucketPolicy, policy(grantText(`"*"`, "arn:aws:s3:::other/*", "")), "MalformedPolicy", "invalid resource"},
		"other service":   {token.S3BucketPolicy, policy(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"ec2:*","Resource":"` + here + `"}}`), "MalformedPolicy", "invalid action"},
		"no such role":    {token.S3BucketPolicy, policy(grantText(`{"AWS":"arn:aws:iam::123456789012:role/nobody"}`, here, "")), "MalformedPolicy", "nobody"},
		"nonsense":        {token.S3BucketPolicy, policy(grantText(`{"AWS":"me"}`, here, "")), "MalformedPolicy", "Invalid principal"},
		"public":          {token.S3BucketPolicy, policy(grantText(`"*"`, here, "")), "AccessDenied", "BlockPublicPolicy"},
		"public to users": {token.S3BucketPolicy, policy(grantText(`{"AWS":"*"}`, here, "")), "AccessDenied", "BlockPublicPolicy"},
		"no bucket":       {token.S3BucketPolicy, sim.Props{"bucket": "nowhere", "policy": "{}"}, "NoSuchBucket", "exists"},
	})
	c.Settled(token.S3BucketPolicy, "b", policy(grantText(`{"Service":"cloudfront.amazonaws.com"}`, here,
		`,"Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::123456789012:distribution/E1"}}`)))
	open := c.Must(token.S3BucketV2, "open", sim.Props{})
	public := sim.Props{"bucket": open.ID, "policy": grantText(`"*"`, open.Str("arn")+"/*", "")}
	_, err := c.Create(token.S3BucketPolicy, "open", public)
	mustRefuse(t, err, "AccessDenied", "blockPublicPolicy to false")
	c.Must(token.S3BucketPublicAccessBlock, "open", sim.Props{"bucket": open.ID})
	c.Settled(token.S3BucketPolicy, "open", public)
}

func TestBucketSettingsRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Must(token.S3BucketV2, "b", sim.Props{})
	rule := func(more sim.Props) sim.Props {
		r := obj{"id": "r", "status": "Enabled"}
		for k, v := range more {
			r[k] = v
		}
		return sim.Props{"bucket": b.ID, "rules": list{r}}
	}
	refuses(t, c, map[string]refusal{
		"infrequent too early": {token.S3BucketLifecycleConfigurationV2, rule(sim.Props{"transitions": list{obj{"days": 10.0, "storageClass": "STANDARD_IA"}}}), "InvalidArgument", "30"},
		"expires before it moves": {token.S3BucketLifecycleConfigurationV2, rule(sim.Props{
			"transitions": list{obj{"days": 90.0, "storageClass": "GLACIER"}}, "expiration": obj{"days": 60.0},
		}), "InvalidArgument", "more than 90 days"},
		"rule twice": {token.S3BucketLifecycleConfigurationV2, sim.Props{"bucket": b.ID, "rules": list{
			obj{"id": "r", "status": "Enabled"}, obj{"id": "r", "status": "Enabled"},
		}}, "InvalidArgument", "unique"},
		"key without KMS": {token.S3BucketServerSideEncryptionConfigurationV2, sim.Props{"bucket": b.ID, "rules": list{obj{
			"applyServerSideEncryptionByDefault": obj{"sseAlgorithm": "AES256", "kmsMasterKeyId": "alias/aws/s3"},
		}}}, "InvalidArgument", "aws:kms"},
		"acl":                      {token.S3BucketAclV2, sim.Props{"bucket": b.ID, "acl": "private"}, "AccessControlListNotSupported", "objectOwnership"},
		"lock without versions":    {token.S3BucketObjectLockConfigurationV2, sim.Props{"bucket": b.ID}, "InvalidBucketState", "Versioning"},
		"lock of an object":        {token.S3BucketObjectv2, sim.Props{"bucket": b.ID, "key": "a", "objectLockMode": "GOVERNANCE"}, "InvalidRequest", "objectLockEnabled"},
		"replica without versions": {token.S3BucketReplicationConfig, replication(b.ID, b.Str("arn")), "InvalidRequest", "Versioning"},
	})
	invalid(t, c, token.S3BucketLifecycleConfigurationV2, map[string]badInput{
		"class":  {rule(sim.Props{"transitions": list{obj{"days": 1.0, "storageClass": "COLD"}}}), "COLD"},
		"status": {sim.Props{"bucket": "abc", "rules": list{obj{"id": "a", "status": "On"}}}, "Enabled"},
	})
}

// Two buckets of two regions copy to each other.
func TestReplicationBothWays(t *testing.T) {
	c := cloud(t, "us-east-1")
	west := simtest.Open(t, awsPackage(t), c.Path, sim.Props{"region": "eu-west-1"}, "")
	versioned := func(at *simtest.Cloud, name string) (*simtest.Resource, *simtest.Resource) {
		b := at.Must(token.S3BucketV2, name, sim.Props{"bucket": name})
		return b, at.Must(token.S3BucketVersioningV2, name,
			sim.Props{"bucket": name, "versioningConfiguration": obj{"status": "Enabled"}})
	}
	here, versions := versioned(c, "uploads-here")
	there, _ := versioned(west, "uploads-there")
	full := func(from, to *simtest.Resource) sim.Props {
		in := replication(from.ID, to.Str("arn"))
		in["rules"] = list{obj{
			"id": "to-there", "priority": 1.0, "status": "Enabled", "filter": obj{"prefix": ""}, "deleteMarkerReplication": obj{"status": "Enabled"},
			"sourceSelectionCriteria": obj{"replicaModifications": obj{"status": "Enabled"}}, "destination": obj{"bucket": to.Str("arn"), "storageClass": "STANDARD"},
		}}
		return in
	}
	c.Settled(token.S3BucketReplicationConfig, "r", full(here, there))
	west.Settled(token.S3BucketReplicationConfig, "r", full(there, here))
	_, err := c.Update(versions, sim.Props{"bucket": here.ID, "versioningConfiguration": obj{"status": "Suspended"}})
	mustRefuse(t, err, "InvalidBucketState", "replication configuration first")
	third, _ := versioned(c, "uploads-third")
	first := full(third, there)["rules"].(list)[0].(obj)
	with := func(changes obj) sim.Props {
		second := obj(but(sim.Props(first), sim.Props(changes)))
		return but(full(third, there), sim.Props{"rules": list{first, second}})
	}
	refuses(t, c, map[string]refusal{
		"id twice":             {token.S3BucketReplicationConfig, with(obj{"priority": 2.0}), "InvalidRequest", "Rename"},
		"priority twice":       {token.S3BucketReplicationConfig, with(obj{"id": "b"}), "InvalidRequest", "another priority"},
		"no word on deletions": {token.S3BucketReplicationConfig, with(obj{"id": "b", "priority": 2.0, "deleteMarkerReplication": nil}), "InvalidRequest", "deleteMarkerReplication of rule"},
		"itself":               {token.S3BucketReplicationConfig, full(third, third), "InvalidRequest", "another bucket"},
	})
}

func replication(from, to string) sim.Props {
	return sim.Props{"bucket": from, "role": "arn:aws:iam::210987654321:role/other", "rules": list{obj{
		"status": "Enabled", "destination": obj{"bucket": to},
	}}}
}

func TestVersioningStays(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Must(token.S3BucketV2, "b", sim.Props{})
	set := func(status string) sim.Props {
		return sim.Props{"bucket": b.ID, "versioningConfiguration": obj{"status": status}}
	}
	v := c.Must(token.S3BucketVersioningV2, "v", set("Enabled"))
	_, err := c.Update(v, set("Disabled"))
	mustRefuse(t, err, "InvalidArgument", "Suspended")
	c.Settled(token.S3BucketObjectLockConfigurationV2, "l",
		sim.Props{"bucket": b.ID, "rule": obj{"defaultRetention": obj{"mode": "GOVERNANCE", "days": 1.0}}})
	_, err = c.Update(v, set("Suspended"))
	mustRefuse(t, err, "InvalidBucketState", "Leave versioning Enabled")
	o := c.Must(token.S3BucketObjectv2, "o",
		sim.Props{"bucket": b.ID, "key": "a", "objectLockMode": "COMPLIANCE", "forceDestroy": true})
	mustRefuse(t, c.Delete(o), "AccessDenied", "compliance")
}

func TestACLsWhereAllowed(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Must(token.S3BucketV2, "b", sim.Props{})
	c.Must(token.S3BucketOwnershipControls, "b",
		sim.Props{"bucket": b.ID, "rule": obj{"objectOwnership": "BucketOwnerPreferred"}})
	_, err := c.Create(token.S3BucketAclV2, "b", sim.Props{"bucket": b.ID, "acl": "public-read"})
	mustRefuse(t, err, "AccessDenied", "blockPublicAcls")
	c.Settled(token.S3BucketAclV2, "b", sim.Props{"bucket": b.ID, "acl": "private"})
}
