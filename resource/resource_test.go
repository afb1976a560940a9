package resource_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

func TestCanonical(t *testing.T) {
	for give, want := range map[string]string{
		token.ALBLoadBalancer:                   token.LBLoadBalancer,
		token.ApplicationLoadBalancingListener:  token.LBListener,
		token.ElasticLoadBalancingLoadBalancer:  token.ELBLoadBalancer,
		token.ElasticLoadBalancingV2TargetGroup: token.LBTargetGroup,
		token.S3BucketV2:                        token.S3Bucket,
		token.S3BucketVersioningV2:              token.S3BucketVersioning,
		token.S3BucketObjectv2:                  token.S3BucketObjectv2,
		"rung:components:Cache":                 "rung:components:Cache",
	} {
		assert.Equal(t, want, resource.Canonical(give))
	}
}

func TestURNs(t *testing.T) {
	const urn = "urn:pulumi:dev::rung::rung:components:Database$aws:rds/instance:Instance::database::primary"
	assert.Equal(t, "database::primary", resource.NameOf(urn), "a name may hold what divides the parts")
	assert.Equal(t, token.RDSInstance, resource.TypeOf(urn))
	assert.Equal(t, "x", resource.NameOf("x"))
	assert.Empty(t, resource.TypeOf("x"))
	assert.Equal(t, "urn:p", resource.ProviderURN("urn:p::id"))
	assert.True(t, resource.IsGroup("rung:components:Cache"))
	assert.True(t, resource.IsGroup("pulumi:providers:aws"))
	assert.False(t, resource.IsGroup(token.S3Bucket))
}

func TestComponents(t *testing.T) {
	const (
		stack  = "urn:pulumi:d::p::pulumi:pulumi:Stack::p-d"
		outer  = "urn:pulumi:d::p::their:big:Part::shop"
		inner  = "urn:pulumi:d::p::their:big:Part$their:small:Part::box"
		ours   = "urn:pulumi:d::p::rung:components:Aurora::database"
		nested = "urn:pulumi:d::p::rung:components:Aurora$rung:components:Secret::database-secret"
	)
	parents := map[string]string{outer: stack, inner: outer, "theirs": inner, ours: outer, nested: ours, "mine": nested,
		"alone": stack, "round": "round"}
	place := resource.Place(func(urn string) (string, bool) {
		return parents[urn], urn == outer || urn == inner || urn == ours || urn == nested || urn == stack
	})
	assert.Equal(t, "shop", place.Component("theirs"), "the part of the system that people speak of")
	assert.Equal(t, "database-secret", place.Component("mine"), "rung's nearest, for which it was made")
	assert.Equal(t, "database", place.Component(ours), "a component counts to itself")
	assert.Empty(t, place.Component("alone"), "a stack is no component")
	assert.Empty(t, place.Component("round"), "a chain that never ends")
}

func TestEitherSideFillsInWhatTheOtherDoesNotKnow(t *testing.T) {
	inputs := map[string]any{"size": 10.0, "open": resource.Unknown{}, "key": resource.Secret, "only": "in",
		"__defaults": []any{}}
	outputs := map[string]any{"size": 12.0, "open": "vol-1", "key": resource.Secret, "cloud": "out", "none": nil}
	assert.Equal(t, map[string]any{"size": 10.0, "open": "vol-1", "key": resource.Secret, "only": "in", "cloud": "out",
		"none": nil, "id": "v"},
		resource.Planned(inputs, outputs, "v"))
	assert.Equal(t, map[string]any{"size": 12.0, "open": "vol-1", "key": resource.Secret, "only": "in", "cloud": "out",
		"none": nil, "id": "v"},
		resource.Standing(inputs, outputs, "v"))
	assert.Equal(t, resource.Planned(map[string]any{"id": "own"}, nil, "v"), map[string]any{"id": "own"})
	assert.Equal(t, 10.0, resource.Standing(inputs, map[string]any{"size": resource.Unknown{}}, "")["size"])
}

const (
	unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	signature   = "4dabf18193072939515e22adb298388d"
	secretMark  = "1b47061264138c4ac30d75fd1eb44270"
)

// TestEverySourceOpensTheSameMarks: what is not known and what is secret look
// the same whichever way they came.
func TestEverySourceOpensTheSameMarks(t *testing.T) {
	given := map[string]any{
		"known": "x", "number": 1.5, "open": unknownText, "list": []any{unknownText, "y"},
		"key": map[string]any{signature: secretMark, "ciphertext": "v1:…"}, "none": nil,
	}
	want := map[string]any{
		"known": "x", "number": 1.5, "open": resource.Unknown{}, "list": []any{resource.Unknown{}, "y"}, "key": resource.Secret, "none": nil,
	}
	assert.Equal(t, want, resource.FromJSON(given))
	assert.Equal(t, unknownText, given["open"], "what was read stays as it was")
	assert.Equal(t, want, resource.PropsFromProperties(property.NewMap(map[string]property.Value{
		"known": property.New("x"), "number": property.New(1.5), "open": property.New(property.Computed), "none": {},
		"list": property.New([]property.Value{property.New(property.Computed), property.New("y")}), "key": property.New("s").WithSecret(true),
	})))
	assert.Equal(t, "s", resource.FromJSON(map[string]any{signature: secretMark, "plaintext": `"s"`}),
		"printed with --show-secrets")
}

func TestRegions(t *testing.T) {
	of := func(typ string, props map[string]any) string { return resource.RegionOf(typ, props, "eu-west-1") }
	assert.Equal(t, "us-east-1", of("aws:x/y:Z", map[string]any{"arn": "arn:aws:sns:us-east-1:1:t"}))
	assert.Equal(t, "eu-west-1", of("aws:x/y:Z", map[string]any{"arn": "arn:aws:iam::1:role/r"}), "a global one")
	assert.Equal(t, "us-east-2", of("aws:x/y:Z", map[string]any{"region": "us-east-2"}))
	assert.Equal(t, "eu-west-1", of("cloudflare:x/y:Z", map[string]any{"region": "WNAM"}))
	assert.Equal(t, "eu-west-1", of("aws:x/y:Z", map[string]any{"arn": resource.Unknown{}, "region": resource.Secret}))
}
