package edge

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func secret() pulumi.StringInput { return pulumi.String("sesame-sesame-sesame") }

// full has everything.
func full() Args {
	return Args{
		Kind: CloudFront, Keys: []Key{{"shop", secret()}}, CacheGuard: true,
		Rules: Rules{
			Blocked: []string{"KP"}, Vary: []string{"DE"}, KeyPaths: []string{"/api/partner"},
			Redirects: map[string]string{"/old": "/new"}, Experiment: &Experiment{"home", 10},
		},
	}
}

func run(t *testing.T, args Args) (*record.Recording, *Edge) {
	t.Helper()
	var made *Edge
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "edge", args)
		return err
	})
	return rec, made
}

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Edge", Token) }

func TestValidate(t *testing.T) {
	long := map[string]string{}
	for i := range 60 {
		long[fmt.Sprintf("/moved/%d", i)] = "/there"
	}
	for name, tt := range map[string]struct {
		give func(*Args)
		want []string // parts of the message; none means valid
	}{
		"everything":           {give: func(*Args) {}},
		"nothing but a kind":   {give: func(a *Args) { *a = Args{Kind: CloudFront} }},
		"no kind":              {give: func(a *Args) { a.Kind = "" }, want: []string{`Kind: got ""`}},
		"Cloudflare by halves": {give: func(a *Args) { a.Kind = Cloudflare }, want: []string{"needs all three", "guards the cache by itself"}},
		"countries":            {give: func(a *Args) { a.Rules.Blocked, a.Rules.Vary = []string{"de", "FR", "FR"}, []string{"FR"} }, want: []string{`Blocked[0]: got "de"`, `Blocked[2]: got "FR"`, "FR is blocked too"}},
		"experiment":           {give: func(a *Args) { a.Rules.Experiment = &Experiment{"Home", 100} }, want: []string{`got "Home" with 100 %`}},
		"key path":             {give: func(a *Args) { a.Rules.KeyPaths = []string{"/", "/api/*"} }, want: []string{"KeyPaths[0]", "KeyPaths[1]"}},
		"keys":                 {give: func(a *Args) { a.Keys = []Key{{"shop", secret()}, {"shop", nil}, {"Shop", secret()}} }, want: []string{"Keys[1].ID", "Keys[1].Secret", "Keys[2].ID"}},
		"paths without a key":  {give: func(a *Args) { a.Keys = nil }, want: []string{"shut everybody out"}},
		"redirects": {give: func(a *Args) {
			a.Rules.Redirects = map[string]string{"old": "/new", "/a": "//evil.example", "/b": "http://x.example"}
		}, want: []string{`got "old"`, `["/a"]`, `["/b"]`}},
		"a redirect that loops": {give: func(a *Args) { a.Rules.Redirects = map[string]string{"/a": "/b", "/b": "/a"} }, want: []string{"moves on again"}},
		"too much":              {give: func(a *Args) { a.Rules.Redirects = long }, want: []string{"a value of the edge's store holds 1024"}},
		"log days":              {give: func(a *Args) { a.LogDays = 31 }, want: []string{"LogDays: got 31"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := full()
			tt.give(&args)
			err := args.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestFunctionsReadTheStore(t *testing.T) {
	rec, e := run(t, full())
	request := recordtest.Named(t, rec, token.CloudFrontFunction, "edge-request")
	assert.Equal(t, "cloudfront-js-2.0", request.Value("runtime"))
	assert.Equal(t, true, request.Value("publish"))
	assert.Len(t, request.Value("keyValueStoreAssociations"), 1)
	assert.Equal(t, `{"blocked":["KP"],"vary":["DE"],"experiment":{"name":"home","percent":10},"keyPaths":["/api/partner"],"redirects":{"/old":"/new"}}`,
		recordtest.Named(t, rec, token.CloudFrontKeyvaluestoreKey, "edge-rules").Value("value"))
	key := recordtest.Named(t, rec, token.CloudFrontKeyvaluestoreKey, "edge-key-shop")
	assert.Equal(t, "key:shop", key.Value("key"))
	assert.NotNil(t, e.ResponseARN)
	for _, a := range []string{"edge-request-errors", "edge-response-errors"} {
		recordtest.Named(t, rec, token.CloudWatchMetricAlarm, a)
	}
	assert.Len(t, e.Widgets(), 2)
}

func TestTheCacheKeyDiffersOnlyWhereTheRulesDo(t *testing.T) {
	in := "parametersInCacheKeyAndForwardedToOrigin.headersConfig.headers.items"
	rec, _ := run(t, full())
	assert.ElementsMatch(t,
		append([]any{"x-edge-cohort", "x-edge-country"}, "host", "origin", "x-http-method", "x-http-method-override",
			"x-method-override"),
		recordtest.Only(t, rec, token.CloudFrontCachePolicy).Value(in))
	country, e := run(t, Args{Kind: CloudFront, Rules: Rules{Vary: []string{"DE"}}})
	assert.NotContains(t, recordtest.Only(t, country, token.CloudFrontCachePolicy).Value(in), "x-edge-cohort")
	assert.Nil(t, e.ResponseARN)
	plain, e := run(t, Args{Kind: CloudFront, Rules: Rules{Blocked: []string{"KP"}}})
	recordtest.None(t, plain, token.CloudFrontCachePolicy)
	assert.Nil(t, e.CachePolicyID)
}

func TestCacheGuardIsWhatLambdaAtEdgeTakes(t *testing.T) {
	args := full()
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		europe, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		args.LogRegions = map[string]pulumi.ProviderResource{"eu-west-1": europe}
		_, err = New(ctx, "edge", args)
		return err
	})
	f := recordtest.Only(t, rec, token.LambdaFunction)
	assert.Equal(t, []any{"x86_64"}, f.Value("architectures"))
	assert.Equal(t, true, f.Value("publish"))
	for _, no := range []string{"environment", "vpcConfig", "layers", "deadLetterConfig"} {
		assert.False(t, f.Has(no), no)
	}
	trust := recordtest.Only(t, rec, token.IAMRole).String("assumeRolePolicy")
	assert.Contains(t, trust, "edgelambda.amazonaws.com")
	group := recordtest.Only(t, rec, token.CloudWatchLogGroup)
	assert.True(t, strings.HasPrefix(group.String("name"), "/aws/lambda/us-east-1."), group.String("name"))
	assert.EqualValues(t, 30, group.Number("retentionInDays"))
	without, _ := run(t, Args{Kind: CloudFront})
	recordtest.None(t, without, token.LambdaFunction)
}

func TestWorkerWithNamespaceAndRoute(t *testing.T) {
	args := full()
	args.Kind, args.CacheGuard = Cloudflare, false
	args.AccountID, args.ZoneID, args.Domain =
		"5eb63bbbe01eeed093cb22bb8f5acdc3", "023e105f4ecef8ad9ca31a8372d0c353", "shop.example.com"
	rec, _ := run(t, args)
	script := recordtest.Only(t, rec, token.CloudflareWorkersScript)
	assert.Equal(t, "rung-dev-edge", script.Value("name"))
	assert.Equal(t, true, script.Value("module"))
	assert.Equal(t, "SETTINGS", script.Value("kvNamespaceBindings[0].name"))
	assert.Equal(t, "shop.example.com/*",
		recordtest.Only(t, rec, token.CloudflareWorkersRoute).Value("pattern"))
	assert.Equal(t, "key:shop", recordtest.Named(t, rec, token.CloudflareWorkersKv, "edge-key-shop").Value("key"))
	assert.True(t, recordtest.Only(t, rec, token.CloudflareWorkersKvNamespace).Protect)
	recordtest.None(t, rec, token.CloudFrontFunction)
}

func TestScriptName(t *testing.T) {
	assert.Equal(t, "rung-my-stack-edge", scriptName("my-stack", "edge"))
	assert.Regexp(t, `^rung-my-stack-[0-9a-f]{8}-edge$`, scriptName("My_Stack", "edge"),
		"another stack's script would take its place")
	assert.Regexp(t, `-[0-9a-f]{8}-edge$`, scriptName(strings.Repeat("a-", 50), "edge"))
	assert.LessOrEqual(t, len(scriptName(strings.Repeat("a-", 50), "edge")), 63)
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "edge", Args{})
		return err
	})
	require.ErrorContains(t, err, "edge edge: Kind: got")
	assert.Empty(t, rec.All(Token))
}
