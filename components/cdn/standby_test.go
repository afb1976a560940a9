package cdn

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func withStandby(a *Args) {
	withFiles(a)
	a.Standby = &Origin{Host: pulumi.String("balancer-euw1.example.com"), HTTPS: true}
}

func TestReadsFailOverToAnotherRegion(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withStandby), token.CloudFrontDistribution)
	assert.Equal(t, "app-standby", d.String("origins[1].originId"))
	assert.Equal(t, "balancer-euw1.example.com", d.String("origins[1].domainName"))
	assert.Equal(t, "https-only", d.String("origins[1].customOriginConfig.originProtocolPolicy"))
	assert.Equal(t, contract.OriginHeader, d.String("origins[1].customHeaders[0].name"),
		"the standby asks for the secret too")
	assert.Equal(t, "app-or-standby", d.String("originGroups[0].originId"))
	assert.Equal(t, []any{500.0, 502.0, 503.0, 504.0}, d.Value("originGroups[0].failoverCriteria.statusCodes"),
		"a 404 is an answer")
	assert.Equal(t, "files", d.String("originGroups[1].members[0].originId"),
		"files fail over to the app, which is in every region")
	for _, origin := range []string{"origins[0]", "origins[1]"} {
		assert.LessOrEqual(t, d.Number(origin+".connectionAttempts")*d.Number(origin+".connectionTimeout"), 10.0,
			"nobody waits for half a minute")
	}
}

// CloudFront refuses a group of origins for writes, and a write sent twice
// would be done twice.
func TestNoWriteFailsOver(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withStandby), token.CloudFrontDistribution)
	assert.Equal(t, "app", d.String("defaultCacheBehavior.targetOriginId"))
	reads := 0
	for _, b := range d.Value("orderedCacheBehaviors").([]any) {
		b := b.(map[string]any)
		if b["targetOriginId"] == "app-or-standby" {
			reads++
			assert.Equal(t, []any{"GET", "HEAD", "OPTIONS"}, b["allowedMethods"], b["pathPattern"])
			assert.Equal(t, d.Value("defaultCacheBehavior.cachePolicyId"), b["cachePolicyId"], "kept as anywhere else")
			assert.NotContains(t, contract.PrivatePaths(), b["pathPattern"])
		}
	}
	assert.Equal(t, len(contract.ReadPaths()), reads)
}

// The standby comes to a distribution that serves: in place, and with what was
// there before as it was.
func TestStandbyIsAnUpdateInPlace(t *testing.T) {
	before := recordtest.Only(t, run(t, CloudFront, withFiles), token.CloudFrontDistribution)
	after := recordtest.Only(t, run(t, CloudFront, withStandby), token.CloudFrontDistribution)
	assert.Equal(t, before.URN, after.URN)
	assert.False(t, after.Has("staging"), "the one property that replaces a distribution")
	was, is := before.Value("orderedCacheBehaviors").([]any), after.Value("orderedCacheBehaviors").([]any)
	assert.Equal(t, was, is[:len(was)], "what must never be kept comes first still")
}

func TestCodeAtTheEdgeSeesReadsToo(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, func(a *Args) {
		withStandby(a)
		a.Edge = &Edge{Request: pulumi.String("arn:request"), OriginResponse: pulumi.String("arn:origin:1")}
	}), token.CloudFrontDistribution)
	list := d.Value("orderedCacheBehaviors").([]any)
	read := list[len(list)-1].(map[string]any)
	assert.Len(t, read["functionAssociations"], 1)
	assert.Len(t, read["lambdaFunctionAssociations"], 1)
}

func TestStandbyIsChecked(t *testing.T) {
	standby := func(a *Args) { a.Standby = &Origin{} }
	require.ErrorContains(t, front(CloudFront, standby).withDefaults().validate(), "Standby.Host: required")
	require.ErrorContains(t, front(Cloudflare, standby).withDefaults().validate(), "Standby: CloudFront only")
	require.NoError(t, front(CloudFront, withStandby).withDefaults().validate())
}
