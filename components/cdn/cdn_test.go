package cdn

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokensAreFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:CDN", Token)
	assert.Equal(t, "rung:components:CDNAlarms", edgeToken)
}

// front are args that only say what is required.
func front(kind Kind, change func(*Args)) Args {
	a := Args{
		Kind:         kind,
		Origin:       Origin{Host: pulumi.String("ec2-203-0-113-7.compute-1.amazonaws.com")},
		OriginSecret: pulumi.ToSecret(pulumi.String("sesame")).(pulumi.StringOutput),
	}
	if kind == Cloudflare {
		a.Domain, a.ZoneID = "shop.example.com", pulumi.String("023e105f4ecef8ad9ca31a8372d0c353")
	}
	if change != nil {
		change(&a)
	}
	return a
}

func run(t *testing.T, kind Kind, change func(*Args)) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		c, err := New(ctx, "cdn", front(kind, change))
		if err != nil {
			return err
		}
		ctx.Export("url", c.URL)
		ctx.Export("statement", c.BucketStatement)
		return nil
	})
}

// withFiles adds the bucket of static files.
func withFiles(a *Args) {
	a.Files = &Files{DomainName: pulumi.String("b.s3.us-east-1.amazonaws.com"), ARN: pulumi.String("arn:aws:s3:::b")}
}

// withDomain adds a domain and its certificate.
func withDomain(a *Args) {
	a.Domain, a.CertificateARN = "shop.example.com", pulumi.String("arn:aws:acm:us-east-1:123456789012:certificate/1")
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		kind   Kind
		change func(*Args)
		want   []string // parts of the message; none means valid
	}{
		"cloudfront":             {kind: CloudFront},
		"cloudfront with domain": {kind: CloudFront, change: withDomain},
		"cloudflare":             {kind: Cloudflare},
		"nothing at all": {kind: "fastly", change: func(a *Args) { a.Origin, a.OriginSecret = Origin{}, nil },
			want: []string{`Kind: got "fastly", want one of [cloudfront cloudflare]`, "Origin.Host: required", "OriginSecret: required"}},
		"no domain that": {kind: CloudFront, change: func(a *Args) { withDomain(a); a.Domain = "Shop_1" }, want: []string{`Domain: got "Shop_1"`}},
		"domain without certificate": {kind: CloudFront, change: func(a *Args) { a.Domain = "shop.example.com" },
			want: []string{"CertificateARN: CloudFront needs both"}},
		"unknown price class":      {kind: CloudFront, change: func(a *Args) { a.PriceClass = "cheap" }, want: []string{`PriceClass: got "cheap"`}},
		"half a bucket":            {kind: CloudFront, change: func(a *Args) { a.Files = &Files{} }, want: []string{"Files: DomainName and ARN"}},
		"cloudflare without zone":  {kind: Cloudflare, change: func(a *Args) { a.ZoneID, a.Domain = nil, "" }, want: []string{"ZoneID: ", "Domain: "}},
		"cloudflare, another port": {kind: Cloudflare, change: func(a *Args) { a.Origin.Port = 8080 }, want: []string{"Origin.Port: got 8080"}},
		"logs from nowhere": {kind: CloudFront, change: func(a *Args) { a.LogBucketARN, a.Region = pulumi.String("arn:aws:s3:::logs"), "eu-west-1" },
			want: []string{"USEast1: required outside us-east-1 for logs"}},
		"no port": {kind: CloudFront, change: func(a *Args) { a.Origin.Port = 70000 }, want: []string{"Origin.Port: got 70000"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := front(tt.kind, tt.change).withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestPathsFollowTheContract(t *testing.T) {
	caching := map[string]Caching{}
	for _, p := range paths() {
		caching[p.Pattern] = p.Caching
	}
	assert.Equal(t, Forever, caching[contract.StaticPrefix+"*"])
	for _, private := range contract.PrivatePaths() {
		assert.Equal(t, Never, caching[private], private)
	}
	assert.Len(t, caching, len(contract.PrivatePaths())+1)
}

func TestExpression(t *testing.T) {
	list := []Path{{"/api/me*", Never}, {"/login", Never}, {"/static/*", Forever}}
	assert.Equal(t, `http.host eq "a.b" and (starts_with(http.request.uri.path, "/api/me") or http.request.uri.path eq "/login")`,
		expression("a.b", list, Never))
	assert.Equal(t, `http.host eq "a.b" and (starts_with(http.request.uri.path, "/static/"))`,
		expression("a.b", list, Forever))
}

func TestPrivatePathsAreNeverCached(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withFiles), token.CloudFrontDistribution)
	behaviors := d.Value("orderedCacheBehaviors").([]any)
	require.Len(t, behaviors, len(contract.PrivatePaths())+1)
	for i, pattern := range contract.PrivatePaths() {
		b := behaviors[i].(map[string]any)
		assert.Equal(t, pattern, b["pathPattern"])
		assert.Equal(t, cdnpolicy.CachingDisabled, b["cachePolicyId"])
		assert.Equal(t, "app", b["targetOriginId"])
		assert.Contains(t, b["allowedMethods"], "POST")
	}
}

func TestStaticFilesComeFromTheBucketThenTheApp(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withFiles), token.CloudFrontDistribution)
	behaviors := d.Value("orderedCacheBehaviors").([]any)
	static := behaviors[len(behaviors)-1].(map[string]any)
	assert.Equal(t, "/static/*", static["pathPattern"])
	assert.Equal(t, "files-or-app", static["targetOriginId"])
	assert.Equal(t, cdnpolicy.CachingOptimized, static["cachePolicyId"])
	assert.NotContains(t, static, "originRequestPolicyId", "a bucket would not know the host")
	assert.Equal(t, "files", d.String("originGroups[0].members[0].originId"))
	assert.Equal(t, "app", d.String("originGroups[0].members[1].originId"))
	assert.NotEmpty(t, d.String("origins[1].originAccessControlId"))

	alone := recordtest.Only(t, run(t, CloudFront, nil), token.CloudFrontDistribution)
	behaviors = alone.Value("orderedCacheBehaviors").([]any)
	assert.Equal(t, "app", behaviors[len(behaviors)-1].(map[string]any)["targetOriginId"])
	assert.Empty(t, alone.Value("originGroups"))
}

func TestDistributionIsModernAndSafe(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, withDomain), token.CloudFrontDistribution)
	assert.Equal(t, "http2and3", d.String("httpVersion"))
	assert.True(t, d.Bool("isIpv6Enabled"))
	assert.Equal(t, "TLSv1.2_2021", d.String("viewerCertificate.minimumProtocolVersion"))
	assert.Equal(t, []any{"shop.example.com"}, d.Value("aliases"))
	assert.Equal(t, "redirect-to-https", d.String("defaultCacheBehavior.viewerProtocolPolicy"))
	assert.Equal(t, cdnpolicy.OriginCacheControlQueryStrings, d.String("defaultCacheBehavior.cachePolicyId"))
	assert.Equal(t, cdnpolicy.SecurityHeaders, d.String("defaultCacheBehavior.responseHeadersPolicyId"))
	assert.True(t, d.Bool("defaultCacheBehavior.compress"))
	assert.False(t, d.Has("staging"), "the one property that replaces a distribution")
}

func TestOriginIsKnownByItsSecretHeader(t *testing.T) {
	d := recordtest.Only(t, run(t, CloudFront, nil), token.CloudFrontDistribution)
	assert.Equal(t, contract.OriginHeader, d.String("origins[0].customHeaders[0].name"))
	assert.Equal(t, "sesame", d.String("origins[0].customHeaders[0].value"))
	assert.True(t, d.Secret("origins"), "the header's value must not stand in a plan")

	rules := recordtest.Named(t, run(t, Cloudflare, nil), token.CloudflareRuleset, "cdn-request-rules")
	assert.Equal(t, contract.OriginHeader, rules.String("rules[0].actionParameters.headers[0].name"))
	assert.True(t, rules.Secret("rules"))
}

// Each request says how many proxies it passes, also one of whom nobody said it: else a
// visitor could write the header.
func TestRequestsSayHowManyProxiesTheyPass(t *testing.T) {
	for given, want := range map[int]string{0: "1", 2: "2"} {
		change := func(a *Args) { a.Proxies = given }
		d := recordtest.Only(t, run(t, CloudFront, change), token.CloudFrontDistribution)
		assert.Equal(t, contract.ProxiesHeader, d.String("origins[0].customHeaders[1].name"))
		assert.Equal(t, want, d.String("origins[0].customHeaders[1].value"))
		rules := recordtest.Named(t, run(t, Cloudflare, change), token.CloudflareRuleset, "cdn-request-rules")
		assert.Equal(t, contract.ProxiesHeader, rules.String("rules[0].actionParameters.headers[1].name"))
		assert.Equal(t, want, rules.String("rules[0].actionParameters.headers[1].value"))
	}
}

func TestNewOriginIsAnUpdateInPlace(t *testing.T) {
	inputs := func(change func(*Args)) map[string]any {
		d := recordtest.Only(t, run(t, CloudFront, change), token.CloudFrontDistribution)
		origin := d.Value("origins").([]any)[0].(map[string]any)
		assert.Equal(t, "app", origin["originId"], "another id would be another origin")
		in := d.Inputs
		delete(in, "origins")
		return in
	}
	server := inputs(nil)
	balancer := inputs(func(a *Args) {
		a.Origin = Origin{Host: pulumi.String("web-1.us-east-1.elb.amazonaws.com"), HTTPS: true}
	})
	assert.Equal(t, server, balancer, "a new origin changes the origin and nothing else")
}

func TestProtocolToTheOrigin(t *testing.T) {
	for name, tt := range map[string]struct {
		origin         Origin
		policy, cfMode string
		http, https    float64
	}{
		"plain":       {Origin{}, "http-only", "flexible", 80, 443},
		"plain, 8080": {Origin{Port: 8080}, "http-only", "flexible", 8080, 443},
		"TLS":         {Origin{HTTPS: true}, "https-only", "strict", 80, 443},
	} {
		t.Run(name, func(t *testing.T) {
			tt.origin.Host = pulumi.String("origin.example.com")
			d := recordtest.Only(t, run(t, CloudFront, func(a *Args) { a.Origin = tt.origin }), token.CloudFrontDistribution)
			assert.Equal(t, tt.policy, d.String("origins[0].customOriginConfig.originProtocolPolicy"))
			assert.InDelta(t, tt.http, d.Number("origins[0].customOriginConfig.httpPort"), 0)
			assert.InDelta(t, tt.https, d.Number("origins[0].customOriginConfig.httpsPort"), 0)
			assert.Equal(t, tt.cfMode, Args{Origin: tt.origin}.sslMode())
		})
	}
}

func TestOnlyThisDistributionReadsTheBucket(t *testing.T) {
	rec := run(t, CloudFront, withFiles)
	d := recordtest.Only(t, rec, token.CloudFrontDistribution)
	assert.JSONEq(t, `{"Sid":"ReadByDistribution","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
		"Principal":{"Service":"cloudfront.amazonaws.com"},
		"Condition":{"StringEquals":{"AWS:SourceArn":"`+d.Output("arn").(string)+`"}}}`, rec.Exports["statement"].(string))
	assert.Empty(t, run(t, CloudFront, nil).Exports["statement"])
	assert.Empty(t, run(t, Cloudflare, nil).Exports["statement"])
}

func TestURL(t *testing.T) {
	assert.Equal(t, "https://shop.example.com", run(t, CloudFront, withDomain).Exports["url"])
	assert.Equal(t, "https://shop.example.com", run(t, Cloudflare, nil).Exports["url"])
	rec := run(t, CloudFront, nil)
	assert.Equal(t, "https://"+recordtest.Only(t, rec, token.CloudFrontDistribution).Output("domainName").(string),
		rec.Exports["url"])
}

func TestCloudflareCachesLikeCloudFront(t *testing.T) {
	rules := recordtest.Named(t, run(t, Cloudflare, nil), token.CloudflareRuleset, "cdn-cache-rules")
	assert.Equal(t, "http_request_cache_settings", rules.String("phase"))
	assert.Equal(t, "bypass_by_default", rules.String("rules[0].actionParameters.edgeTtl.mode"))
	assert.InDelta(t, 31_536_000, rules.Number("rules[1].actionParameters.edgeTtl.default"), 0)
	assert.InDelta(t, 400, rules.Number("rules[1].actionParameters.edgeTtl.statusCodeTtls[0].statusCodeRanges[0].from"), 0)
	assert.Equal(t, false, rules.Value("rules[2].actionParameters.cache"))
	assert.Contains(t, rules.String("rules[2].expression"), "/api/me")
	for _, r := range rules.Value("rules").([]any) {
		assert.Contains(t, r.(map[string]any)["expression"], `http.host eq "shop.example.com"`,
			"other hosts of the zone are not ours")
	}
}

func TestCloudflareZone(t *testing.T) {
	rec := run(t, Cloudflare, nil)
	settings := recordtest.Only(t, rec, token.CloudflareZoneSettingsOverride)
	assert.Equal(t, "1.2", settings.String("settings.minTlsVersion"))
	assert.Equal(t, "on", settings.String("settings.alwaysUseHttps"))
	r := recordtest.Only(t, rec, token.CloudflareRecord)
	assert.True(t, r.Bool("proxied"))
	assert.Equal(t, "ec2-203-0-113-7.compute-1.amazonaws.com", r.String("content"))
	assert.False(t, r.Has("value"), "updates of value are not applied")
	phases := map[string]bool{}
	for _, ruleset := range rec.All(token.CloudflareRuleset) {
		assert.False(t, phases[ruleset.String("phase")], "a zone has one ruleset for a phase")
		phases[ruleset.String("phase")] = true
	}
	recordtest.None(t, rec, token.CloudFrontDistribution)
	recordtest.None(t, rec, token.CloudWatchMetricAlarm)
}

// Whichever way an origin changes, what Cloudflare asks for is there.
func TestCloudflareAsksForWhatTheOriginHas(t *testing.T) {
	for https, mode := range map[bool]string{true: "strict", false: "flexible"} {
		rec := run(t, Cloudflare, func(a *Args) { a.Origin.HTTPS = https })
		settings := recordtest.Only(t, rec, token.CloudflareZoneSettingsOverride)
		point := recordtest.Only(t, rec, token.CloudflareRecord)
		assert.Equal(t, mode, settings.String("settings.ssl"))
		assert.Equal(t, https, slices.Contains(settings.Dependencies, point.URN), "towards TLS the record moves first")
		assert.Equal(t, !https, slices.Contains(point.Dependencies, settings.URN), "towards plain HTTP the setting")
	}
}

func TestAlarmIsWhereTheMetricIs(t *testing.T) {
	home := recordtest.Only(t, run(t, CloudFront, nil), token.CloudWatchMetricAlarm)
	assert.Equal(t, "Global", home.String("dimensions.Region"))

	recordtest.None(t, run(t, CloudFront, func(a *Args) { a.Region = "eu-central-1" }), token.CloudWatchMetricAlarm)

	abroad := recordtest.Run(t, func(ctx *pulumi.Context) error {
		useast1, err := aws.NewProvider(ctx, "us-east-1", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		_, err = New(ctx, "cdn", front(CloudFront, func(a *Args) {
			a.Region, a.USEast1 = "eu-central-1", useast1
			a.Common = part.Common{Alerts: pulumi.String("arn:aws:sns:eu-central-1:123456789012:alerts")}
			a.USEast1Alerts = pulumi.String("arn:aws:sns:us-east-1:123456789012:alerts")
		}))
		return err
	})
	alarm := recordtest.Only(t, abroad, token.CloudWatchMetricAlarm)
	assert.True(t, strings.Contains(alarm.Provider, "::us-east-1::"), "provider: %s", alarm.Provider)
	assert.Equal(t, []any{"arn:aws:sns:us-east-1:123456789012:alerts"}, alarm.Value("alarmActions"))
}

func TestLogsAreDeliveredFromUSEast1(t *testing.T) {
	recordtest.None(t, run(t, CloudFront, nil), token.CloudWatchLogDeliverySource)
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		useast1, err := aws.NewProvider(ctx, "us-east-1", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		_, err = New(ctx, "cdn", front(CloudFront, func(a *Args) {
			a.Region, a.USEast1, a.LogBucketARN = "eu-central-1", useast1, pulumi.String("arn:aws:s3:::logs")
		}))
		return err
	})
	source := recordtest.Only(t, rec, token.CloudWatchLogDeliverySource)
	assert.Equal(t, "ACCESS_LOGS", source.String("logType"))
	assert.NotEmpty(t, source.String("resourceArn"))
	bucket := recordtest.Only(t, rec, token.CloudWatchLogDeliveryDestination)
	assert.Equal(t, "arn:aws:s3:::logs", bucket.String("deliveryDestinationConfiguration.destinationResourceArn"))
	delivery := recordtest.Only(t, rec, token.CloudWatchLogDelivery)
	for _, r := range []record.Resource{source, bucket, delivery} {
		assert.Contains(t, r.Provider, "::us-east-1::", r.Name)
	}
}

func TestWidgets(t *testing.T) {
	assert.Nil(t, (&CDN{Kind: Cloudflare}).Widgets())
	assert.Len(t, (&CDN{Kind: CloudFront}).Widgets(), 3)
}

func TestPrefixList(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		id, err := PrefixList(ctx)
		assert.Regexp(t, `^pl-[0-9a-f]+$`, id)
		return err
	})
}

func TestCloudflareRangesAreRanges(t *testing.T) {
	v4, v6 := CloudflareRanges()
	for _, text := range v4 {
		p, err := netip.ParsePrefix(text)
		require.NoError(t, err)
		assert.True(t, p.Addr().Is4() && p == p.Masked(), text)
	}
	for _, text := range v6 {
		p, err := netip.ParsePrefix(text)
		require.NoError(t, err)
		assert.True(t, p.Addr().Is6() && p == p.Masked(), text)
	}
}

func TestPreviewNeedsNoOutputs(t *testing.T) {
	for _, kind := range Kinds() {
		recordtest.Run(t, func(ctx *pulumi.Context) error {
			_, err := New(ctx, "cdn", front(kind, nil))
			return err
		}, record.Preview(true))
	}
}

func TestFirewallLooksAtEveryRequest(t *testing.T) {
	const typ = token.CloudFrontDistribution
	with := run(t, CloudFront, func(a *Args) { a.FirewallARN = pulumi.String("arn:acl") })
	assert.Equal(t, "arn:acl", recordtest.Only(t, with, typ).Value("webAclId"))
	assert.False(t, recordtest.Only(t, run(t, CloudFront, nil), typ).Has("webAclId"))
}
