package aws_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestInvokes(t *testing.T) {
	c := cloud(t, "ca-central-1")
	pkg, err := aws.Package()
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		token string
		args  sim.Props
		want  map[string]any
	}{
		"zones": {token.AWSGetAvailabilityZones, sim.Props{"state": "available", "excludeNames": sim.List("ca-central-1b")}, map[string]any{
			"names": sim.List("ca-central-1a", "ca-central-1d"), "zoneIds": sim.List("cac1-az1", "cac1-az3"), "id": "ca-central-1",
		}},
		"caller":      {token.AWSGetCallerIdentity, nil, map[string]any{"accountId": "123456789012", "arn": "arn:aws:iam::123456789012:user/offline"}},
		"region":      {token.AWSGetRegion, nil, map[string]any{"name": "ca-central-1", "endpoint": "ec2.ca-central-1.amazonaws.com"}},
		"other":       {token.AWSGetRegion, sim.Props{"endpoint": "ec2.eu-west-1.amazonaws.com"}, map[string]any{"name": "eu-west-1"}},
		"partition":   {token.AWSGetPartition, nil, map[string]any{"partition": "aws", "dnsSuffix": "amazonaws.com"}},
		"list":        {token.EC2GetManagedPrefixList, sim.Props{"name": "com.amazonaws.ca-central-1.s3"}, map[string]any{"ownerId": "AWS", "maxEntries": 1.0}},
		"logs":        {token.ELBGetServiceAccount, nil, map[string]any{"id": "985666609251", "arn": "arn:aws:iam::985666609251:root"}},
		"cache":       {token.CloudFrontGetCachePolicy, sim.Props{"name": "Managed-CachingOptimized"}, map[string]any{"id": "658327ea-f89d-4fab-a63d-7e88639e58f6"}},
		"cache by id": {token.CloudFrontGetCachePolicy, sim.Props{"id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}, map[string]any{"name": "Managed-CachingDisabled"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := c.Invoke(tt.token, tt.args)
			require.NoError(t, err)
			for key, want := range tt.want {
				assert.Equal(t, want, out.Get(key), key)
			}
			for key := range out {
				assert.Contains(t, pkg.Schema.Functions[tt.token].Outputs, key, "the real provider does not answer it")
			}
		})
	}
}

func TestInvokesRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	for name, tt := range map[string]struct {
		token string
		args  sim.Props
		want  string
	}{
		"roles":     {token.IAMGetRoles, sim.Props{"nameRegex": "a.*"}, "by pathPrefix only"},
		"unknown":   {token.RDSGetEngine, nil, "does not simulate the function"},
		"region":    {token.AWSGetRegion, sim.Props{"name": "us-east-9"}, "us-east-9"},
		"parameter": {token.SSMGetParameter, sim.Props{"name": "/none"}, "ParameterNotFound"},
		"image":     {token.EC2GetAmi, sim.Props{"filters": []any{map[string]any{"name": "name", "values": sim.List("ubuntu-*")}}}, "returned no results"},
		"list":      {token.EC2GetManagedPrefixList, sim.Props{"name": "mine"}, "no list"},
		"policy":    {token.CloudFrontGetCachePolicy, sim.Props{"name": "mine"}, "want one of"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Invoke(tt.token, tt.args)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestImagesDifferByRegionAndArchitecture(t *testing.T) {
	seen := map[string]bool{}
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		c := cloud(t, region)
		for _, arch := range []string{"arm64", "x86_64"} {
			id := image(t, c, arch)
			assert.Regexp(t, `^ami-0[0-9a-f]{16}$`, id)
			assert.Equal(t, id, image(t, c, arch), "the same lookup gives the same image")
			seen[id] = true
		}
	}
	assert.Len(t, seen, 4)
	c := cloud(t, "us-east-1")
	found, err := c.Invoke(token.EC2GetAmi,
		sim.Props{"filters": []any{map[string]any{"name": "name", "values": sim.List("al2023-ami-2023*-arm64")}}})
	require.NoError(t, err)
	assert.Equal(t, "arm64", found.Str("architecture"))
}

func TestParametersAreFound(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.SSMParameter, "p", sim.Props{"name": "/rung/a", "type": "String", "value": "v"})
	out, err := c.Invoke(token.SSMGetParameter, sim.Props{"name": "/rung/a"})
	require.NoError(t, err)
	assert.Equal(t, "v", out.Str("value"))
}

func TestPolicyDocuments(t *testing.T) {
	c := cloud(t, "us-east-1")
	out, err := c.Invoke(token.IAMGetPolicyDocument, sim.Props{"statements": []any{map[string]any{
		"sid": "Read", "actions": sim.List("s3:GetObject"), "resources": sim.List("a", "b"),
		"principals": []any{map[string]any{"type": "Service", "identifiers": sim.List("ec2.amazonaws.com")}},
		"conditions": []any{map[string]any{"test": "StringEquals", "variable": "aws:SourceAccount", "values": sim.List("1")}},
	}}})
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.Str("json")), &doc))
	assert.Equal(t, "2012-10-17", doc["Version"])
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":["a","b"],`+
		`"Principal":{"Service":"ec2.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}]}`, out.Str("json"))
	assert.JSONEq(t, out.Str("json"), out.Str("minifiedJson"))
}

func TestProviderInputs(t *testing.T) {
	pkg, err := aws.Package()
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		in   sim.Props
		want string
	}{
		"no region":     {sim.Props{}, "missing AWS region"},
		"region":        {sim.Props{"region": "mars-1"}, "invalid AWS Region: mars-1"},
		"other account": {sim.Props{"region": "us-east-1", "allowedAccountIds": sim.List("1")}, "not allowed"},
		"forbidden":     {sim.Props{"region": "us-east-1", "forbiddenAccountIds": sim.List(aws.AccountID)}, "not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, failures := pkg.Configure(aws.AccountID, tt.in)
			require.NotEmpty(t, failures)
			assert.Contains(t, failures[0].Reason, tt.want)
		})
	}
	c := simtest.New(t, pkg,
		sim.Props{"region": "us-east-1", "defaultTags": map[string]any{"tags": map[string]any{"team": "web"}}})
	v := c.Settled(token.EC2Vpc, "v", sim.Props{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"Name": "v"}})
	assert.Equal(t, map[string]any{"team": "web", "Name": "v"}, v.Get("tagsAll"))
}
