package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func cdn() []rule.Rule {
	types := []string{token.CloudFrontDistribution}
	return []rule.Rule{
		{
			ID: "cdn-viewer-https", Title: "Viewers are served over HTTPS only", Severity: rule.High, Kind: rule.OnResource,
			Why: "Cookies would travel in the clear.", Default: mandatory,
			Types: types, Resource: viewerHTTPS,
			Equivalents: eq(ids("CloudFront.3"), ids("CKV_AWS_34"), nil, ids("AWS-0012")),
		},
		{
			ID: "cdn-tls-min", Title: "Distributions have a certificate of their own and TLS 1.2", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "CloudFront's own certificate allows versions of TLS that are broken.", Default: mandatory,
			Types: types, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(modern(r.At("viewerCertificate.minimumProtocolVersion"), viewerPolicies), r,
					"viewerCertificate.minimumProtocolVersion", "use a certificate for a domain of your own, with TLSv1.2_2021")
			},
			Equivalents: eq(ids("CloudFront.15", "CloudFront.7"), ids("CKV_AWS_174", "CKV2_AWS_42"), nil, ids("AWS-0013")),
		},
		{
			ID: "cdn-origin-tls", Title: "The way to the origin is TLS 1.2 only", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "The way from the edge to the origin crosses the internet too.", Default: mandatory,
			Types: types, Resource: originTLS,
			Equivalents: eq(ids("CloudFront.9", "CloudFront.10"), ids("CKV2_AWS_72", "CKV2_AWS_54"), nil, nil),
		},
		{
			ID: "cdn-oac", Title: "Buckets are reached with origin access control", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Without it the bucket must be public.", Default: mandatory,
			Types: types, Resource: originAccess,
			Equivalents: eq(ids("CloudFront.13"), ids("CKV2_AWS_46"), nil, nil),
		},
		{
			ID: "cdn-logs-waf", Title: "Distributions keep logs and have a web ACL", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "An attack ends at the edge, if anywhere.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: []string{token.CloudFrontDistribution, token.CloudWatchLogDeliverySource}, Stack: logsAndACL,
			Equivalents: eq(ids("CloudFront.5", "CloudFront.6"), ids("CKV_AWS_86", "CKV_AWS_68"), nil, ids("AWS-0010", "AWS-0011")),
		},
	}
}

// originAccess looks at origins that are buckets.
func originAccess(c *rule.Check, r *rule.Resource) {
	c.Each(r, "origins", func(path string, v rule.Value) {
		at := v.At("originAccessControlId")
		c.RequireAt(rule.Any(isBucket(v).Not(), at.Given()), r, path+".originAccessControlId", at,
			"create an origin access control and name it here")
	})
}

// restEndpoint is a bucket's own name, which asks for signed requests. The one
// of a website cannot, and is public on purpose.
var restEndpoint = regexp.MustCompile(`\.s3([.-](dualstack\.)?[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com(\.cn)?$`)

// isBucket says whether an origin is a bucket. CloudFront takes one without any
// configuration for it; each other kind has a block of its own, and more of
// them are added: customOriginConfig, vpcOriginConfig, ….
func isBucket(origin rule.Value) rule.Tri {
	for _, key := range origin.Keys() {
		if strings.HasSuffix(key, "OriginConfig") && key != "s3OriginConfig" && origin.At(key).Given() == rule.Yes {
			return origin.At("domainName").Matches(restEndpoint.MatchString)
		}
	}
	return rule.Yes
}

// logsAndACL takes all forms forms of logs: the older one is a setting, the newer one
// a delivery beside the distribution, and a behaviour may have them at once.
func logsAndACL(c *rule.Check, s *rule.Stack) {
	for _, d := range s.Of(token.CloudFrontDistribution) {
		_, delivered := s.Pointing(token.CloudWatchLogDeliverySource, "resourceArn", d)
		live := d.At("defaultCacheBehavior.realtimeLogConfigArn").Given()
		c.Require(rule.Any(d.At("loggingConfig").Given(), live, delivered), d, "loggingConfig",
			"name a bucket for the logs, or deliver them with an "+token.CloudWatchLogDeliverySource)
		c.Require(d.At("webAclId").Given(), d, "webAclId", "name a web ACL of scope CLOUDFRONT")
	}
}

func viewerHTTPS(c *rule.Check, r *rule.Resource) {
	const fix = `set it to "redirect-to-https"`
	secure := func(v rule.Value) rule.Tri { return v.Is("redirect-to-https", "https-only") }
	c.Require(secure(r.At("defaultCacheBehavior.viewerProtocolPolicy")), r, "defaultCacheBehavior.viewerProtocolPolicy",
		fix)
	c.Each(r, "orderedCacheBehaviors", func(path string, v rule.Value) {
		at := v.At("viewerProtocolPolicy")
		c.RequireAt(secure(at), r, path+".viewerProtocolPolicy", at, fix)
	})
}

func originTLS(c *rule.Check, r *rule.Resource) {
	c.Each(r, "origins", func(path string, v rule.Value) {
		config := v.At("customOriginConfig")
		if config.Given() == rule.No {
			return
		}
		path += ".customOriginConfig"
		policy, protocols := config.At("originProtocolPolicy"), config.At("originSslProtocols")
		c.RequireAt(policy.Is("https-only"), r, path+".originProtocolPolicy", policy, `set it to "https-only"`)
		c.RefuseAt(protocols.Contains(oldTLS), r, path+".originSslProtocols", protocols,
			fmt.Sprintf("leave only %q", "TLSv1.2"))
	})
}

func oldTLS(protocol string) bool {
	return slices.Contains([]string{"SSLv3", "TLSv1", "TLSv1.1"}, protocol)
}
