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
	optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6" // Managed-CachingOptimized
)

func behavior(changes sim.Props) obj {
	return obj(but(sim.Props{
		"targetOriginId": "app", "viewerProtocolPolicy": "redirect-to-https", "cachePolicyId": optimized, "compress": true,
		"allowedMethods": sim.List("GET", "HEAD", "OPTIONS"), "cachedMethods": sim.List("GET", "HEAD"),
	}, changes))
}

// distributed are the inputs of a distribution with one origin.
func distributed(changes sim.Props) sim.Props {
	return but(sim.Props{
		"enabled": true, "origins": list{obj{"originId": "app", "domainName": "origin.example.com", "customOriginConfig": obj{
			"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "http-only", "originSslProtocols": sim.List("TLSv1.2"),
		}}},
		"defaultCacheBehavior": behavior(nil), "restrictions": obj{"geoRestriction": obj{"restrictionType": "none"}},
		"viewerCertificate": obj{"cloudfrontDefaultCertificate": true},
	}, changes)
}

func tls(arn string) obj {
	return obj{"acmCertificateArn": arn, "sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"}
}

func TestDistributionSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	z, certificate, issued := issuedCertificate(c, "www.example.com")
	access := c.Settled(token.CloudFrontOriginAccessControl, "cdn-access", sim.Props{
		"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
	})
	function := c.Settled(token.CloudFrontFunction, "f",
		sim.Props{"code": "function handler(e) { return e.request; }", "runtime": "cloudfront-js-2.0"})
	policy := c.Settled(token.CloudFrontCachePolicy, "p", sim.Props{"parametersInCacheKeyAndForwardedToOrigin": obj{
		"cookiesConfig": obj{"cookieBehavior": "none"}, "headersConfig": obj{"headerBehavior": "none"}, "queryStringsConfig": obj{"queryStringBehavior": "all"},
	}})
	in := distributed(sim.Props{
		"aliases": sim.List("www.example.com"), "viewerCertificate": tls(issued.Str("certificateArn")),
		"origins": append(distributed(nil)["origins"].(list), obj{
			"originId": "files", "domainName": "b.s3.us-east-1.amazonaws.com", "originAccessControlId": access.ID,
		}),
		"orderedCacheBehaviors": list{behavior(sim.Props{
			"pathPattern": "/static/*", "targetOriginId": "files", "cachePolicyId": policy.ID,
			"functionAssociations": list{obj{"eventType": "viewer-request", "functionArn": function.Str("arn")}},
		})},
	})
	d := c.Settled(token.CloudFrontDistribution, "cdn-distribution", in)
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, d.Str("domainName"))
	assert.Equal(t, "Z2FDTNDATAQYW2", d.Str("hostedZoneId"))
	c.Settled(token.Route53Record, "www", sim.Props{"zoneId": z.ID, "name": "www", "type": "A", "aliases": list{obj{
		"name": d.Str("domainName"), "zoneId": d.Str("hostedZoneId"), "evaluateTargetHealth": false,
	}}})
	c.Settled(token.CloudFrontMonitoringSubscription, "m", sim.Props{"distributionId": d.ID, "monitoringSubscription": obj{
		"realtimeMetricsSubscriptionConfig": obj{"realtimeMetricsSubscriptionStatus": "Enabled"},
	}})
	mustRefuse(t, c.Delete(certificate), "ResourceInUseException", "first")
	mustRefuse(t, c.Delete(access), "OriginAccessControlInUse", "first")
	mustRefuse(t, c.Delete(function), "FunctionInUse", "first")
	mustRefuse(t, c.Delete(policy), "CachePolicyInUse", "first")
	_, err := c.Create(token.CloudFrontDistribution, "second", in)
	mustRefuse(t, err, "CNAMEAlreadyExists", d.ID)
	decides(t, c, d, in, map[string]change{
		"staging": {sim.Props{"staging": true}, true},
		"price":   {sim.Props{"priceClass": "PriceClass_100"}, false},
		"aliases": {sim.Props{"aliases": sim.List("a.example.com")}, false},
	})
	require.NoError(t, c.Delete(d), "the provider disables a distribution before it deletes it")
}

func TestDistributionRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, _, issued := issuedCertificate(c, "www.example.com")
	pending := c.Must(token.ACMCertificate, "pending",
		sim.Props{"domainName": "api.example.com", "validationMethod": "DNS"})
	west := simtest.Open(t, awsPackage(t), c.Path, sim.Props{"region": "us-west-2"}, "")
	other := west.Must(token.ACMCertificate, "west", sim.Props{"domainName": "www.example.com", "validationMethod": "DNS"})
	row := func(code, hint string, changes sim.Props) refusal {
		return refusal{token.CloudFrontDistribution, distributed(changes), code, hint}
	}
	first := func(changes sim.Props) sim.Props { return sim.Props{"defaultCacheBehavior": behavior(changes)} }
	group := func(members ...any) sim.Props {
		return sim.Props{"originGroups": list{obj{
			"originId": "both", "failoverCriteria": obj{"statusCodes": list{403.0}}, "members": list(members),
		}}}
	}
	const certificate, argument = "InvalidViewerCertificate", "InvalidArgument"
	refuses(t, c, map[string]refusal{
		"region":         row(certificate, "us-east-1", sim.Props{"viewerCertificate": tls(other.ID)}),
		"pending":        row(certificate, "CertificateValidation", sim.Props{"viewerCertificate": tls(pending.ID)}),
		"no certificate": row(certificate, "no certificate", sim.Props{"viewerCertificate": tls("arn:aws:acm:us-east-1:123456789012:certificate/none")}),
		"no SNI":         row(argument, "sni-only", sim.Props{"viewerCertificate": obj{"acmCertificateArn": issued.Str("certificateArn")}}),
		"alias":          row(certificate, "trusted certificate", sim.Props{"aliases": sim.List("www.example.com")}),
		"uncovered":      row(certificate, "doesn't cover", sim.Props{"aliases": sim.List("x.example.com"), "viewerCertificate": tls(issued.Str("certificateArn"))}),
		"policy":         row("NoSuchCachePolicy", "exists", first(sim.Props{"cachePolicyId": "none"})),
		"request policy": row("NoSuchOriginRequestPolicy", "exists", first(sim.Props{"originRequestPolicyId": "none"})),
		"header policy":  row("NoSuchResponseHeadersPolicy", "exists", first(sim.Props{"responseHeadersPolicyId": "none"})),
		"function":       row("InvalidFunctionAssociation", "exists", first(sim.Props{"functionAssociations": list{obj{"eventType": "viewer-request", "functionArn": "none"}}})),
		"access":         row("InvalidOriginAccessControl", "exists", sim.Props{"origins": list{obj{"originId": "app", "domainName": "b.s3.amazonaws.com", "originAccessControlId": "none"}}}),
		"origin":         row("NoSuchOrigin", "targets", first(sim.Props{"targetOriginId": "other"})),
		"address":        row(argument, "DNS name", sim.Props{"origins": list{obj{"originId": "app", "domainName": "203.0.113.7"}}}),
		"same origins":   row(argument, "unique ids", sim.Props{"origins": list{obj{"originId": "app", "domainName": "a.com"}, obj{"originId": "app", "domainName": "b.com"}}}),
		"no caching":     row(argument, "cachePolicyId", first(sim.Props{"cachePolicyId": nil})),
		"both cachings":  row(argument, "forwardedValues", first(sim.Props{"forwardedValues": obj{"queryString": true, "cookies": obj{"forward": "none"}}})),
		"same path": row(argument, "one behavior", sim.Props{"orderedCacheBehaviors": list{
			behavior(sim.Props{"pathPattern": "/a"}), behavior(sim.Props{"pathPattern": "/a"}),
		}}),
		"root":          row("InvalidDefaultRootObject", "slash", sim.Props{"defaultRootObject": "/index.html"}),
		"lone member":   row(argument, "secondary", group(obj{"originId": "app"})),
		"absent member": row("NoSuchOrigin", "origin group", group(obj{"originId": "app"}, obj{"originId": "none"})),
		"ttl": {token.CloudFrontCachePolicy, sim.Props{"minTtl": 10.0, "defaultTtl": 5.0, "parametersInCacheKeyAndForwardedToOrigin": obj{
			"cookiesConfig": obj{"cookieBehavior": "none"}, "headersConfig": obj{"headerBehavior": "none"}, "queryStringsConfig": obj{"queryStringBehavior": "none"},
		}}, argument, "MinTTL"},
		"long function": {token.CloudFrontFunction, sim.Props{"runtime": "cloudfront-js-2.0", "code": strings.Repeat("x", 10241)}, "FunctionSizeLimitExceeded", "Shorten"},
	})
	writes := sim.List("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
	pair := but(group(obj{"originId": "app"}, obj{"originId": "two"}), sim.Props{
		"origins":              list{obj{"originId": "app", "domainName": "a.com"}, obj{"originId": "two", "domainName": "b.com"}},
		"defaultCacheBehavior": behavior(sim.Props{"targetOriginId": "both", "allowedMethods": writes}),
	})
	_, err := c.Create(token.CloudFrontDistribution, "pair", distributed(pair))
	mustRefuse(t, err, argument, "Send writes")
	invalid(t, c, token.CloudFrontDistribution, map[string]badInput{
		"methods":    {distributed(first(sim.Props{"allowedMethods": sim.List("GET", "POST")})), "all methods"},
		"no methods": {distributed(first(sim.Props{"cachedMethods": nil})), "cachedMethods"},
		"no origins": {distributed(sim.Props{"origins": nil}), "origins"},
		"price":      {distributed(sim.Props{"priceClass": "PriceClass_1"}), "PriceClass_100"},
		"tls":        {distributed(sim.Props{"viewerCertificate": obj{"minimumProtocolVersion": "TLSv9"}}), "TLSv1.2_2021"},
	})
}
