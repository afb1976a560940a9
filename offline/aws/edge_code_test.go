package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	trustEdge  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","edgelambda.amazonaws.com"]}}]}`
	trustPlain = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`
)

// zipped is a function with the given trust.
func zipped(c *simtest.Cloud, name, trust string, changes sim.Props) sim.Props {
	r := c.Must(token.IAMRole, name, sim.Props{"assumeRolePolicy": trust})
	return with(sim.Props{"role": r.Str("arn"), "runtime": "nodejs22.x", "handler": "index.handler", "publish": true,
		"s3Bucket": "code", "s3Key": "a.zip"}, changes)
}

func TestStoreOfKeys(t *testing.T) {
	c := cloud(t, "us-east-1")
	s := c.Settled(token.CloudFrontKeyValueStore, "edge", sim.Props{})
	in := sim.Props{"keyValueStoreArn": s.Str("arn"), "key": "rules", "value": "{}"}
	k := c.Settled(token.CloudFrontKeyvaluestoreKey, "rules", in)
	assert.Equal(t, s.Str("arn")+",rules", k.ID)
	replacedBy(t, c, k, in, map[string]sim.Props{"key": {"key": "x"}, "value": {"value": "x"}},
		map[string]bool{"key": true})
	for name, tt := range map[string]struct {
		give sim.Props
		want string
	}{
		"long key":   {sim.Props{"key": strings.Repeat("k", 513)}, "want 1 to 512"},
		"long value": {sim.Props{"key": "v", "value": strings.Repeat("v", 1025)}, "at most 1024"},
		"no store":   {sim.Props{"keyValueStoreArn": "arn:aws:cloudfront::123456789012:key-value-store/x"}, "ResourceNotFoundException"},
	} {
		_, err := c.Create(token.CloudFrontKeyvaluestoreKey, name, with(in, tt.give))
		require.ErrorContains(t, err, tt.want, name)
	}
	f := c.Settled(token.CloudFrontFunction, "f",
		sim.Props{"code": "x", "runtime": "cloudfront-js-2.0", "keyValueStoreAssociations": sim.List(s.Str("arn"))})
	require.ErrorContains(t, c.Delete(s), "CannotDeleteEntityWhileInUse")
	_, err := c.Create(token.CloudFrontFunction, "old",
		sim.Props{"code": "x", "runtime": "cloudfront-js-1.0", "keyValueStoreAssociations": sim.List(s.Str("arn"))})
	require.ErrorContains(t, err, "cloudfront-js-2.0")
	d := c.Must(token.CloudFrontDistribution, "cdn", distributed(sim.Props{"defaultCacheBehavior": behavior(sim.Props{
		"functionAssociations": list{obj{"eventType": "viewer-request", "functionArn": f.Str("arn")}},
	})}))
	require.ErrorContains(t, c.Delete(f), "FunctionInUse")
	require.NoError(t, c.Delete(d))
	require.NoError(t, c.Delete(f))
}

func TestLambdaSettlesAndPublishes(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := zipped(c, "f", trustPlain, nil)
	f := c.Settled(token.LambdaFunction, "f", in)
	assert.Equal(t, f.Str("arn")+":1", f.Str("qualifiedArn"))
	next, err := c.Update(f, with(in, sim.Props{"memorySize": 256.0}))
	require.NoError(t, err)
	assert.Equal(t, "2", next.Str("version"))
	tagged, err := c.Update(next, with(in, sim.Props{"memorySize": 256.0, "tags": map[string]any{"a": "b"}}))
	require.NoError(t, err)
	assert.Equal(t, "2", tagged.Str("version"), "tags publish nothing")
	require.NoError(t, c.Delete(tagged))
	_, err = c.Create(token.LambdaFunction, "g", with(in, sim.Props{"role": "arn:aws:iam::123456789012:role/none"}))
	require.ErrorContains(t, err, "InvalidParameterValueException")
	machines := c.Must(token.IAMRole, "m", sim.Props{"assumeRolePolicy": trustEC2})
	_, err = c.Create(token.LambdaFunction, "g", with(in, sim.Props{"role": machines.Str("arn")}))
	require.ErrorContains(t, err, "cannot be assumed by Lambda")
}

func TestLambdaAtEdge(t *testing.T) {
	c := cloud(t, "us-east-1")
	guard := func(arn, event string) sim.Props {
		runs := list{obj{"eventType": event, "lambdaArn": arn}}
		return distributed(sim.Props{"defaultCacheBehavior": behavior(sim.Props{"lambdaFunctionAssociations": runs})})
	}
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustEdge, nil))
	d := c.Settled(token.CloudFrontDistribution, "cdn", guard(f.Str("qualifiedArn"), "origin-response"))
	require.ErrorContains(t, c.Delete(f), "InvalidParameterValueException")
	require.NoError(t, c.Delete(d))
	require.ErrorContains(t, c.Delete(f), "replicated function", "its copies stay for hours")
	for name, tt := range map[string]struct {
		arn  func() string
		want string
	}{
		"no version": {func() string { return f.Str("arn") }, "specific function version"},
		"latest":     {func() string { return f.Str("arn") + ":$LATEST" }, "specific function version"},
		"elsewhere":  {func() string { return strings.Replace(f.Str("qualifiedArn"), "us-east-1", "eu-west-1", 1) }, "must be in region us-east-1"},
		"nothing":    {func() string { return "arn:aws:lambda:us-east-1:123456789012:function:none:1" }, "does not exist"},
		"plain trust": {func() string {
			return c.Must(token.LambdaFunction, "p", zipped(c, "p", trustPlain, nil)).Str("qualifiedArn")
		}, "edgelambda.amazonaws.com"},
		"arm": {func() string {
			return c.Must(token.LambdaFunction, "a",
				zipped(c, "a", trustEdge, sim.Props{"architectures": sim.List("arm64")})).Str("qualifiedArn")
		}, "x86_64"},
		"environment": {func() string {
			return c.Must(token.LambdaFunction, "e",
				zipped(c, "e", trustEdge,
					sim.Props{"environment": map[string]any{"variables": map[string]any{"A": "b"}}})).Str("qualifiedArn")
		}, "environment variables"},
	} {
		_, err := c.Create(token.CloudFrontDistribution, name, guard(tt.arn(), "origin-response"))
		require.ErrorContains(t, err, "InvalidLambdaFunctionAssociation", name)
		require.ErrorContains(t, err, tt.want, name)
	}
}

func TestAssociations(t *testing.T) {
	c := cloud(t, "us-east-1")
	function := func(name string, publish bool) string {
		return c.Must(token.CloudFrontFunction, name,
			sim.Props{"code": "x", "runtime": "cloudfront-js-2.0", "publish": publish}).Str("arn")
	}
	f, draft := function("f", true), function("draft", false)
	l := c.Must(token.LambdaFunction, "l", zipped(c, "l", trustEdge, nil)).Str("qualifiedArn")
	at := func(event, arn string) obj { return obj{"eventType": event, "functionArn": arn} }
	for name, tt := range map[string]struct {
		give sim.Props
		want string
	}{
		"twice":       {sim.Props{"functionAssociations": list{at("viewer-request", f), at("viewer-request", draft)}}, "EventType is used twice"},
		"at origin":   {sim.Props{"functionAssociations": list{at("origin-request", f)}}, "use Lambda@Edge"},
		"a draft":     {sim.Props{"functionAssociations": list{at("viewer-request", draft)}}, "must be published"},
		"both kinds":  {sim.Props{"functionAssociations": list{at("viewer-request", f)}, "lambdaFunctionAssociations": list{obj{"eventType": "viewer-response", "lambdaArn": l}}}, "cannot both run"},
		"no function": {sim.Props{"functionAssociations": list{at("viewer-request", f+"x")}}, "InvalidFunctionAssociation"},
	} {
		_, err := c.Create(token.CloudFrontDistribution, name,
			distributed(sim.Props{"defaultCacheBehavior": behavior(tt.give)}))
		require.ErrorContains(t, err, tt.want, name)
	}
}

func TestCapacity(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"availabilityZone": "us-east-1a", "instanceType": "t4g.medium", "instancePlatform": "Linux/UNIX",
		"instanceCount": 2.0}
	r := c.Settled(token.EC2CapacityReservation, "web-a", in)
	assert.Regexp(t, `^cr-0[0-9a-f]{16}$`, r.ID)
	replacedBy(t, c, r, in, map[string]sim.Props{
		"zone": {"availabilityZone": "us-east-1b"}, "count": {"instanceCount": 3.0}, "type": {"instanceType": "t4g.large"},
	}, map[string]bool{"zone": true, "type": true})
	for name, tt := range map[string]struct {
		give sim.Props
		want string
	}{
		"zone of another region": {sim.Props{"availabilityZone": "eu-west-1a"}, "Invalid availability zone"},
		"unknown type":           {sim.Props{"instanceType": "t9.medium"}, "t9.medium"},
		"none":                   {sim.Props{"instanceCount": 0.0}, "must be positive"},
	} {
		_, err := c.Create(token.EC2CapacityReservation, name, with(in, tt.give))
		require.ErrorContains(t, err, tt.want, name)
	}
	for _, strategy := range []string{"cluster", "partition", "spread"} {
		c.Settled(token.EC2PlacementGroup, strategy, sim.Props{"strategy": strategy})
	}
	_, err := c.Create(token.EC2PlacementGroup, "wrong", sim.Props{"strategy": "spread", "partitionCount": 3.0})
	require.ErrorContains(t, err, "PartitionCount")
}

// AWS has a runtime before the provider that rung is built with knows it.
func TestTheProviderKnowsItsRuntimes(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := zipped(c, "f", trustPlain, nil)
	invalid(t, c, token.LambdaFunction, map[string]badInput{
		"newer": {but(in, sim.Props{"runtime": "nodejs24.x"}), "nodejs22.x"},
	})
	_, err := c.Create(token.LambdaFunction, "f", in)
	require.NoError(t, err)
}
