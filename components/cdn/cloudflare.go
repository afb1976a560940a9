package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/names"
)

// yearSeconds is the longest that a cache keeps anything.
const yearSeconds = 31_536_000

// responseHeaders are what CloudFront's managed policy sets too, sorted by
// name: Cloudflare sorts them, and another order would be a change for ever.
var responseHeaders = []struct{ name, value string }{
	{"Referrer-Policy", "strict-origin-when-cross-origin"},
	{"Strict-Transport-Security", "max-age=31536000"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "SAMEORIGIN"},
}

func (c *CDN) buildCloudflare(ctx *pulumi.Context, name string, args Args) error {
	for _, step := range []func(*pulumi.Context, string, Args) error{
		c.cacheRules, c.requestRules, c.responseRules, c.tieredCache, c.connect, c.balance,
	} {
		if err := step(ctx, name, args); err != nil {
			return err
		}
	}
	c.Domain = pulumi.String(args.Domain).ToStringOutput()
	c.ID = args.ZoneID.ToStringOutput()
	empty := pulumi.String("").ToStringOutput()
	c.HostedZoneID, c.ARN, c.BucketStatement = empty, empty, empty
	return nil
}

// sslMode is how Cloudflare talks to the origin: strict checks its
// certificate, flexible is plain HTTP behind the edge.
func (a Args) sslMode() string {
	if a.Origin.HTTPS {
		return "strict"
	}
	return "flexible"
}

// connect points the domain at Cloudflare and says how Cloudflare talks to the
// origin, in an order in which no request fails while the origin changes: one
// that speaks TLS takes the domain over while it still answers plain HTTP too,
// one that does not is asked for plain HTTP first.
func (c *CDN) connect(ctx *pulumi.Context, name string, args Args) error {
	if args.Origin.HTTPS {
		record, err := c.point(ctx, name, args)
		if err != nil {
			return err
		}
		_, err = c.zoneSettings(ctx, name, args, record)
		return err
	}
	settings, err := c.zoneSettings(ctx, name, args)
	if err != nil {
		return err
	}
	_, err = c.point(ctx, name, args, settings)
	return err
}

func (c *CDN) zoneSettings(ctx *pulumi.Context, name string, args Args, after ...pulumi.Resource) (pulumi.Resource,
	error) {
	settings, err := cloudflare.NewZoneSettingsOverride(ctx, name+"-settings", &cloudflare.ZoneSettingsOverrideArgs{
		ZoneId: args.ZoneID,
		Settings: cloudflare.ZoneSettingsOverrideSettingsArgs{
			Ssl:            pulumi.String(args.sslMode()),
			AlwaysUseHttps: pulumi.String("on"),
			MinTlsVersion:  pulumi.String("1.2"),
			Http3:          pulumi.String("on"),
			Brotli:         pulumi.String("on"),
		},
	}, pulumi.Parent(c), pulumi.DependsOn(after))
	if err != nil {
		return nil, fmt.Errorf("set the zone up: %w", err)
	}
	return settings, nil
}

// cacheRules: of the rules that match, the last one wins.
func (c *CDN) cacheRules(ctx *pulumi.Context, name string, args Args) error {
	return c.ruleset(ctx, name+"-cache-rules", args, "http_request_cache_settings", "What may be cached",
		cloudflare.RulesetRuleArray{
			cacheRule("rung_default", "As the app's Cache-Control says", onHost(args.Domain),
				cloudflare.RulesetRuleActionParametersArgs{
					Cache:      pulumi.Bool(true),
					EdgeTtl:    cloudflare.RulesetRuleActionParametersEdgeTtlArgs{Mode: pulumi.String("bypass_by_default")},
					BrowserTtl: cloudflare.RulesetRuleActionParametersBrowserTtlArgs{Mode: pulumi.String("respect_origin")},
				}),
			cacheRule("rung_static", "Versioned files for a year", expression(args.Domain, paths(), Forever),
				cloudflare.RulesetRuleActionParametersArgs{
					Cache: pulumi.Bool(true),
					EdgeTtl: cloudflare.RulesetRuleActionParametersEdgeTtlArgs{
						Mode: pulumi.String("override_origin"), Default: pulumi.Int(yearSeconds), StatusCodeTtls: neverErrors(),
					},
					BrowserTtl: cloudflare.RulesetRuleActionParametersBrowserTtlArgs{Mode: pulumi.String("respect_origin")},
				}),
			cacheRule("rung_private", "Never what belongs to one user", expression(args.Domain, paths(), Never),
				cloudflare.RulesetRuleActionParametersArgs{
					Cache: pulumi.Bool(false),
				}),
		})
}

// neverErrors keeps an error from standing in for a file for a year.
func neverErrors() cloudflare.RulesetRuleActionParametersEdgeTtlStatusCodeTtlArray {
	return cloudflare.RulesetRuleActionParametersEdgeTtlStatusCodeTtlArray{
		cloudflare.RulesetRuleActionParametersEdgeTtlStatusCodeTtlArgs{
			Value: pulumi.Int(0), // no-store
			StatusCodeRanges: cloudflare.RulesetRuleActionParametersEdgeTtlStatusCodeTtlStatusCodeRangeArray{
				cloudflare.RulesetRuleActionParametersEdgeTtlStatusCodeTtlStatusCodeRangeArgs{From: pulumi.Int(400), To: pulumi.Int(599)},
			},
		},
	}
}

func cacheRule(ref, why, expression string,
	what cloudflare.RulesetRuleActionParametersArgs) cloudflare.RulesetRuleArgs {
	return cloudflare.RulesetRuleArgs{
		Ref: pulumi.String(ref), Description: pulumi.String(why), Enabled: pulumi.Bool(true),
		Expression: pulumi.String(expression), Action: pulumi.String("set_cache_settings"), ActionParameters: what,
	}
}

// requestRules add the header by which the origin knows the CDN.
func (c *CDN) requestRules(ctx *pulumi.Context, name string, args Args) error {
	return c.ruleset(ctx, name+"-request-rules", args, "http_request_late_transform", "How the origin knows the CDN",
		cloudflare.RulesetRuleArray{
			headerRule("rung_origin", args.Domain, cloudflare.RulesetRuleActionParametersHeaderArray{
				cloudflare.RulesetRuleActionParametersHeaderArgs{
					Name: pulumi.String(contract.OriginHeader), Operation: pulumi.String("set"), Value: args.OriginSecret.ToStringOutput(),
				},
				cloudflare.RulesetRuleActionParametersHeaderArgs{
					Name: pulumi.String(contract.ProxiesHeader), Operation: pulumi.String("set"), Value: args.passed(),
				},
			}),
		})
}

func (c *CDN) responseRules(ctx *pulumi.Context, name string, args Args) error {
	var headers cloudflare.RulesetRuleActionParametersHeaderArray
	for _, h := range responseHeaders {
		headers = append(headers, cloudflare.RulesetRuleActionParametersHeaderArgs{
			Name: pulumi.String(h.name), Operation: pulumi.String("set"), Value: pulumi.String(h.value),
		})
	}
	return c.ruleset(ctx, name+"-response-rules", args, "http_response_headers_transform", "Security headers",
		cloudflare.RulesetRuleArray{headerRule("rung_security", args.Domain, headers)})
}

func headerRule(ref, domain string,
	headers cloudflare.RulesetRuleActionParametersHeaderArray) cloudflare.RulesetRuleArgs {
	return cloudflare.RulesetRuleArgs{
		Ref: pulumi.String(ref), Enabled: pulumi.Bool(true), Expression: pulumi.String(onHost(domain)),
		Action: pulumi.String("rewrite"), ActionParameters: cloudflare.RulesetRuleActionParametersArgs{Headers: headers},
	}
}

// ruleset creates the one ruleset that a zone may have for a phase.
func (c *CDN) ruleset(ctx *pulumi.Context, child string, args Args, phase, description string,
	rules cloudflare.RulesetRuleArray) error {
	_, err := cloudflare.NewRuleset(ctx, child, &cloudflare.RulesetArgs{
		ZoneId:      args.ZoneID.ToStringOutput(),
		Name:        pulumi.String(child),
		Description: pulumi.String(description),
		Kind:        pulumi.String("zone"),
		Phase:       pulumi.String(phase),
		Rules:       rules,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the ruleset %s: %w", child, err)
	}
	return nil
}

// tieredCache lets edges ask one another before the origin.
func (c *CDN) tieredCache(ctx *pulumi.Context, name string, args Args) error {
	_, err := cloudflare.NewTieredCache(ctx, name+"-tiered-cache", &cloudflare.TieredCacheArgs{
		ZoneId: args.ZoneID, CacheType: pulumi.String("smart"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("switch the tiered cache on: %w", err)
	}
	return nil
}

// maxStack leaves a record's comment room: those of the free plan have 100 characters.
const maxStack = 60

// point moves the domain to Cloudflare's edge. Its record uses content: an
// update of the older value is not applied by the provider.
func (c *CDN) point(ctx *pulumi.Context, name string, args Args, after ...pulumi.Resource) (pulumi.Resource, error) {
	record, err := cloudflare.NewRecord(ctx, name+"-record", &cloudflare.RecordArgs{
		ZoneId:  args.ZoneID,
		Name:    pulumi.String(args.Domain),
		Type:    pulumi.String("CNAME"),
		Content: args.Origin.Host.ToStringOutput(),
		Proxied: pulumi.Bool(true),
		Ttl:     pulumi.Int(1), // automatic, the only value for a proxied record
		Comment: pulumi.String("rung " + names.Brief(ctx.Stack(), maxStack) + " " + name),
	}, pulumi.Parent(c), pulumi.DependsOn(append(after, args.Origin.After...)))
	if err != nil {
		return nil, fmt.Errorf("point the domain at Cloudflare: %w", err)
	}
	c.URL = record.ID().ApplyT(func(pulumi.ID) string { return "https://" + args.Domain }).(pulumi.StringOutput)
	return record, nil
}
