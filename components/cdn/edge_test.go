package cdn

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// withCode adds code at the edge.
func withCode(a *Args) {
	withFiles(a)
	a.Edge = &Edge{
		Request: pulumi.String("arn:request"), Response: pulumi.String("arn:response"), OriginResponse: pulumi.String("arn:guard:1"),
		CachePolicyID: pulumi.String("own"),
	}
}

func TestCodeRunsWhereAnswersAreNotTheSameForAll(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withCode), token.CloudFrontDistribution)
	assert.Equal(t, "arn:request", d.Value("defaultCacheBehavior.functionAssociations[0].functionArn"))
	assert.Equal(t, "viewer-response", d.Value("defaultCacheBehavior.functionAssociations[1].eventType"))
	assert.Equal(t, "origin-response", d.Value("defaultCacheBehavior.lambdaFunctionAssociations[0].eventType"))
	assert.Equal(t, "own", d.Value("defaultCacheBehavior.cachePolicyId"))
	assert.Equal(t, cdnpolicy.AllViewerAndCloudFront, d.Value("defaultCacheBehavior.originRequestPolicyId"),
		"the function needs the country")
	for _, b := range d.Value("orderedCacheBehaviors").([]any) {
		b := b.(map[string]any)
		if b["pathPattern"] == contract.StaticPrefix+"*" {
			assert.NotContains(t, b, "functionAssociations", "files are the same for everybody")
			continue
		}
		assert.Len(t, b["functionAssociations"], 2, b["pathPattern"])
		assert.Equal(t, cdnpolicy.CachingDisabled, b["cachePolicyId"], "private paths stay out of the cache")
		assert.Equal(t, cdnpolicy.AllViewerAndCloudFront, b["originRequestPolicyId"])
		assert.NotContains(t, b, "lambdaFunctionAssociations")
	}
}

func TestWithoutCodeNothingChanges(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, nil), token.CloudFrontDistribution)
	assert.False(t, d.Has("defaultCacheBehavior.functionAssociations"))
	assert.False(t, d.Has("defaultCacheBehavior.lambdaFunctionAssociations"))
	assert.Equal(t, cdnpolicy.OriginCacheControlQueryStrings, d.Value("defaultCacheBehavior.cachePolicyId"))
	bare := recordtest.Only(t, run(t, CloudFront, func(a *Args) { a.Edge = &Edge{Request: pulumi.String("arn:request")} }),
		token.CloudFrontDistribution)
	assert.Equal(t, cdnpolicy.OriginCacheControlQueryStrings, bare.Value("defaultCacheBehavior.cachePolicyId"))
	assert.Len(t, bare.Value("defaultCacheBehavior.functionAssociations"), 1)
}

func TestShieldStandsBeforeTheBucket(t *testing.T) {
	shields := func(app bool) map[string]any {
		d := recordtest.Only(t, run(t, CloudFront, func(a *Args) {
			withFiles(a)
			a.Shield = &Shield{Region: "eu-west-1", App: app}
		}), token.CloudFrontDistribution)
		assert.Equal(t, map[bool]string{false: "eu-west-1", true: "eu-west-1+app"}[app],
			d.Value("tags").(map[string]any)[tagShield])
		found := map[string]any{}
		for _, o := range d.Value("origins").([]any) {
			o := o.(map[string]any)
			if shield, there := o["originShield"]; there {
				found[o["originId"].(string)] = shield.(map[string]any)["originShieldRegion"]
			}
		}
		return found
	}
	assert.Equal(t, map[string]any{filesOrigin: "eu-west-1"}, shields(false))
	assert.Equal(t, map[string]any{filesOrigin: "eu-west-1", appOrigin: "eu-west-1"}, shields(true))
}

func TestValidateEdge(t *testing.T) {
	require.ErrorContains(t,
		front(CloudFront, func(a *Args) {
			a.Shield = &Shield{Region: "ca-central-1"}
		}).withDefaults().validate(), `Shield.Region: got "ca-central-1"`)
	require.ErrorContains(t, front(Cloudflare, func(a *Args) { a.Edge = &Edge{} }).withDefaults().validate(),
		"Cloudflare has its own")
}
