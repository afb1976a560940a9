package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestCatalogue(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "lake"}
	d := c.Settled(token.GlueCatalogDatabase, "Lake", in)
	assert.Equal(t, account+":lake", d.ID)
	replacedBy(t, c, d, in, map[string]sim.Props{"name": {"name": "sea"}, "words": {"description": "x"}},
		map[string]bool{"name": true})
	clicks := sim.Props{"name": "clicks", "databaseName": "lake", "tableType": "EXTERNAL_TABLE",
		"storageDescriptor": obj{"location": "s3://lake/clicks/", "columns": list{obj{"name": "at", "type": "timestamp"}}}}
	table := c.Settled(token.GlueCatalogTable, "clicks", clicks)
	assert.Equal(t, "arn:aws:glue:us-east-1:"+account+":table/lake/clicks", table.Str("arn"))
	replacedBy(t, c, table, clicks, map[string]sim.Props{"database": {"databaseName": "sea"}, "owner": {"owner": "x"}},
		map[string]bool{"database": true})
	bucket := c.Must(token.S3Bucket, "results", sim.Props{})
	group := c.Settled(token.AthenaWorkgroup, "analysts", sim.Props{"name": "analysts",
		"configuration": obj{"bytesScannedCutoffPerQuery": 10485760.0}})
	asked := sim.Props{"database": "lake", "query": "SELECT 1", "workgroup": group.ID}
	q := c.Settled(token.AthenaNamedQuery, "daily", asked)
	c.Settled(token.AthenaNamedQuery, "mine", with(asked, sim.Props{"workgroup": nil}))
	replacedBy(t, c, q, asked, map[string]sim.Props{"query": {"query": "SELECT 2"}}, map[string]bool{"query": true})
	own := c.Settled(token.AthenaDatabase, "my-own", sim.Props{"bucket": bucket.ID})
	assert.Regexp(t, `^my_own_[0-9a-f]{7}$`, own.ID, "no hyphens are taken")
	require.ErrorContains(t, c.Delete(group), "is not empty")
	require.NoError(t, c.Delete(q))
	require.NoError(t, c.Delete(group))
	allRefused(t, c, map[string]mistake{
		"taken":    {token.GlueCatalogDatabase, in, []string{"AlreadyExistsException"}},
		"capital":  {token.GlueCatalogDatabase, sim.Props{"name": "Lake"}, []string{"capital"}},
		"no lake":  {token.GlueCatalogTable, with(clicks, sim.Props{"databaseName": "none"}), []string{"EntityNotFoundException"}},
		"twice":    {token.GlueCatalogTable, clicks, []string{"AlreadyExistsException"}},
		"no group": {token.AthenaNamedQuery, with(asked, sim.Props{"workgroup": "none"}), []string{"InvalidRequestException"}},
		"hyphen":   {token.AthenaDatabase, sim.Props{"bucket": bucket.ID, "name": "a-b"}, []string{"underscores"}},
		"of Glue":  {token.AthenaDatabase, sim.Props{"bucket": bucket.ID, "name": "lake"}, []string{"AlreadyExistsException"}},
		"cutoff":   {token.AthenaWorkgroup, sim.Props{"configuration": obj{"bytesScannedCutoffPerQuery": 1.0}}, []string{"10485760"}},
	})
	require.NoError(t, c.Delete(d))
	gone, err := c.Read(table)
	require.NoError(t, err)
	assert.Nil(t, gone, "a database takes its tables along")
}

func TestSendersOfMail(t *testing.T) {
	c := cloud(t, "us-east-1")
	d := c.Settled(token.SESDomainIdentity, "d", sim.Props{"domain": "example.com"})
	assert.Equal(t, "arn:aws:ses:us-east-1:"+account+":identity/example.com", d.Str("arn"))
	signs := c.Settled(token.SESDomainDkim, "d", sim.Props{"domain": d.ID})
	assert.Len(t, signs.Get("dkimTokens"), 3)
	c.Settled(token.SESEmailIdentity, "me", sim.Props{"email": "me@example.com"})
	set := c.Settled(token.SESv2ConfigurationSet, "s", sim.Props{"configurationSetName": "letters"})
	in := sim.Props{"emailIdentity": "example.org", "configurationSetName": set.ID}
	n := c.Settled(token.SESv2EmailIdentity, "n", in)
	assert.Equal(t, "DOMAIN", n.Str("identityType"))
	replacedBy(t, c, n, in, map[string]sim.Props{"who": {"emailIdentity": "x.org"},
		"set": {"configurationSetName": nil}}, map[string]bool{"who": true})
	allRefused(t, c, map[string]mistake{
		"domain": {token.SESDomainIdentity, sim.Props{"domain": "example.com."}, []string{"without a dot"}},
		"DKIM":   {token.SESDomainDkim, sim.Props{"domain": "none.org"}, []string{"InvalidParameterValue"}},
		"mail":   {token.SESEmailIdentity, sim.Props{"email": "me"}, []string{"an address"}},
		"again":  {token.SESv2EmailIdentity, in, []string{"AlreadyExistsException"}},
		"no set": {token.SESv2EmailIdentity, sim.Props{"emailIdentity": "y.org", "configurationSetName": "none"}, []string{"NotFoundException"}},
		"set":    {token.SESv2ConfigurationSet, sim.Props{"configurationSetName": "letters"}, []string{"AlreadyExistsException"}},
	})
}

func TestTrail(t *testing.T) {
	c := cloud(t, "us-east-1")
	b := c.Must(token.S3BucketV2, "trail", sim.Props{"bucket": "trail-of-all"})
	in := sim.Props{"name": "all", "s3BucketName": b.ID, "isMultiRegionTrail": true}
	_, err := c.Create(token.CloudTrailTrail, "all", in)
	mustRefuse(t, err, "InsufficientS3BucketPolicyException", "cloudtrail.amazonaws.com")
	c.Must(token.S3BucketPolicy, "trail", sim.Props{"bucket": b.ID, "policy": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::trail-of-all"},` +
		`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::trail-of-all/AWSLogs/*",` +
		`"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}`})
	r := c.Settled(token.CloudTrailTrail, "all", in)
	assert.Equal(t, "arn:aws:cloudtrail:us-east-1:"+account+":trail/all", r.ID)
	replacedBy(t, c, r, in, map[string]sim.Props{"name": {"name": "other"},
		"checked": {"enableLogFileValidation": true}}, map[string]bool{"name": true})
	allRefused(t, c, map[string]mistake{
		"taken":  {token.CloudTrailTrail, in, []string{"TrailAlreadyExistsException"}},
		"bucket": {token.CloudTrailTrail, with(in, sim.Props{"name": "x-y", "s3BucketName": "none"}), []string{"S3BucketDoesNotExistException"}},
		"global": {token.CloudTrailTrail, with(in, sim.Props{"name": "x-y", "includeGlobalServiceEvents": false}), []string{"InvalidParameterCombinationException"}},
		"role":   {token.CloudTrailTrail, with(in, sim.Props{"name": "x-y", "cloudWatchLogsGroupArn": "x"}), []string{"cloudWatchLogsRoleArn"}},
	})
}

func TestBuilds(t *testing.T) {
	c := cloud(t, "us-east-1")
	role, other := trusting(c, "builds", "codebuild.amazonaws.com"), trusting(c, "other", "lambda.amazonaws.com")
	in := sim.Props{"name": "app", "serviceRole": role.Str("arn"), "artifacts": obj{"type": "NO_ARTIFACTS"},
		"environment": obj{"computeType": "BUILD_GENERAL1_SMALL", "image": "aws/codebuild/standard:7.0", "type": "LINUX_CONTAINER",
			"environmentVariables": list{obj{"name": "STAGE", "value": "live"}}},
		"source": obj{"type": "GITHUB", "location": "https://github.com/example/app.git"}}
	p := c.Settled(token.CodeBuildProject, "app", in)
	assert.Equal(t, "arn:aws:codebuild:us-east-1:"+account+":project/app", p.ID)
	replacedBy(t, c, p, in, map[string]sim.Props{"name": {"name": "other"}, "time": {"buildTimeout": 10.0}},
		map[string]bool{"name": true})
	bad := func(changes sim.Props, want ...string) mistake {
		return mistake{token.CodeBuildProject, with(with(in, sim.Props{"name": "bad"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":    bad(sim.Props{"name": "app"}, "ResourceAlreadyExistsException"),
		"trust":    bad(sim.Props{"serviceRole": other.Str("arn")}, "InvalidInputException", "codebuild.amazonaws.com"),
		"source":   bad(sim.Props{"source": obj{"type": "GIT"}}, `"GIT"`),
		"pipeline": bad(sim.Props{"source": obj{"type": "CODEPIPELINE"}}, "InvalidInputException", "or neither"),
		"nothing":  bad(sim.Props{"source": obj{"type": "NO_SOURCE"}}, "InvalidInputException", "source.buildspec"),
		"long":     bad(sim.Props{"buildTimeout": 3000.0}, "2160"),
	})
}
