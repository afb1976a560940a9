package cloudfront

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// cloudFront is the table of distributions and what they are made of.
func cloudFront() []sim.Kind {
	return slices.Concat([]sim.Kind{distribution()}, edgePolicies(), edgeParts())
}

// behaviors are where a distribution keeps its cache behaviors.
var behaviors = []string{"defaultCacheBehavior", "orderedCacheBehaviors"}

// onBehaviors gives one reference for each place of cache behaviors.
func onBehaviors(property string, ref sim.Ref) []sim.Ref {
	var out []sim.Ref
	for _, place := range behaviors {
		r := ref
		r.Path = place + "." + property
		out = append(out, r)
	}
	return out
}

func distribution() sim.Kind {
	policy := func(token, missing, inUse string, managed map[string]string) sim.Ref {
		return sim.Ref{
			To: []sim.Target{{Token: token}}, Missing: missing, InUse: inUse,
			Unless: func(id string) bool { return managedPolicyID(managed, id) },
		}
	}
	protocols := []string{"allow-all", "https-only", "redirect-to-https"}
	return sim.Kind{
		Token: token.CloudFrontDistribution, Service: "CloudFront", API: "Distribution", Noun: "CloudFront Distribution", Global: true,
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateDistribution"},
		ID:       func(o *sim.Op) string { return "E" + o.Upper(13, "distribution") },
		Required: []string{"origins"},
		Defaults: sim.Props{
			"httpVersion": "http2", "isIpv6Enabled": false, "priceClass": "PriceClass_All", "retainOnDelete": false, "staging": false,
			"waitForDeployment": true, "origins.connectionAttempts": 3.0, "origins.connectionTimeout": 10.0,
			"viewerCertificate.minimumProtocolVersion": "TLSv1", "defaultCacheBehavior.compress": false, "orderedCacheBehaviors.compress": false,
			"defaultCacheBehavior.minTtl": 0.0, "orderedCacheBehaviors.minTtl": 0.0,
		},
		Enums: map[string][]string{
			"httpVersion": {"http1.1", "http2", "http2and3", "http3"}, "priceClass": {"PriceClass_All", "PriceClass_200", "PriceClass_100"},
			"defaultCacheBehavior.viewerProtocolPolicy": protocols, "orderedCacheBehaviors.viewerProtocolPolicy": protocols,
			"origins.customOriginConfig.originProtocolPolicy": {"http-only", "https-only", "match-viewer"},
			"origins.customOriginConfig.originSslProtocols":   {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"},
			"restrictions.geoRestriction.restrictionType":     {"none", "whitelist", "blacklist"},
			"viewerCertificate.sslSupportMethod":              {"sni-only", "static-ip", "vip"},
			"viewerCertificate.minimumProtocolVersion": {
				"SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025",
				"TLSv1.3_2025",
			},
		},
		Ranges: map[string]sim.Range{
			"origins.connectionAttempts": {Min: 1, Max: 3}, "origins.connectionTimeout": {Min: 1, Max: 10},
			"origins.customOriginConfig.originReadTimeout": {Min: 1, Max: 180}, "origins.customOriginConfig.originKeepaliveTimeout": {Min: 1, Max: 180},
		},
		Lengths: map[string]sim.Range{"comment": {Max: 128}},
		Checks:  []sim.Check{behaviorMethods},
		Sets: []string{
			"origins", "originGroups", "customErrorResponses", "origins.customHeaders",
			"defaultCacheBehavior.functionAssociations",
			"orderedCacheBehaviors.functionAssociations", "defaultCacheBehavior.lambdaFunctionAssociations",
			"orderedCacheBehaviors.lambdaFunctionAssociations", "originGroups.failoverCriteria.statusCodes",
		},
		ReplaceOn: []string{"staging"},
		Outputs:   distributionOutputs,
		Refs: slices.Concat(
			onBehaviors("cachePolicyId",
				policy(token.CloudFrontCachePolicy, "NoSuchCachePolicy", "CachePolicyInUse", cdnpolicy.CachePolicies)),
			onBehaviors("originRequestPolicyId",
				policy(token.CloudFrontOriginRequestPolicy, "NoSuchOriginRequestPolicy", "OriginRequestPolicyInUse",
					cdnpolicy.OriginRequestPolicies)),
			onBehaviors("responseHeadersPolicyId",
				policy(token.CloudFrontResponseHeadersPolicy, "NoSuchResponseHeadersPolicy", "ResponseHeadersPolicyInUse",
					cdnpolicy.ResponseHeadersPolicies)),
			onBehaviors("lambdaFunctionAssociations.lambdaArn",
				sim.Ref{To: []sim.Target{{Token: token.LambdaFunction, By: "qualifiedArn"}}, InUse: "InvalidParameterValueException",
					AnyRegion: true}),
			onBehaviors("functionAssociations.functionArn",
				sim.Ref{To: []sim.Target{{Token: token.CloudFrontFunction, By: "arn"}}, Missing: "InvalidFunctionAssociation",
					InUse: "FunctionInUse"}),
			[]sim.Ref{
				{
					Path: "origins.originAccessControlId", To: []sim.Target{{Token: token.CloudFrontOriginAccessControl}}, Missing: "InvalidOriginAccessControl",
					InUse: "OriginAccessControlInUse",
				},
				{
					Path: "viewerCertificate.acmCertificateArn", To: []sim.Target{{Token: token.ACMCertificate}}, InUse: acm.InUse,
					AnyRegion: true,
				},
			},
		),
		Rules: sim.Many(sim.Create|sim.Update, viewerCertificate, aliasesCovered, aliasesFree, originsNamed, behaviorsAgree, groupsReadOnly, rootObject, associationsGood),
		Quota: &sim.Quota{Key: "cloudfront.distributions", Default: 500, Code: "TooManyDistributions"},
	}
}

// edgePolicy starts a kind of CloudFront policy: an id, a name of its own, and
// changes in place.
func edgePolicy(token, api, noun string, k sim.Kind) sim.Kind {
	k.Token, k.Service, k.API, k.Noun, k.Global = token, "CloudFront", api, "CloudFront "+noun, true
	k.ID = func(o *sim.Op) string { return o.UUID(api) }
	k.Verbs = map[sim.Verb]string{sim.Update: "Update" + api}
	k.Name = &sim.Name{Auto: true, Max: 128, Taken: api + "AlreadyExists"}
	path := strings.ToLower(api[:1]) + api[1:]
	path = regexp.MustCompile(`[A-Z]`).ReplaceAllStringFunc(path,
		func(s string) string { return "-" + strings.ToLower(s) })
	k.Outputs = func(o *sim.Op) sim.Props {
		return sim.Props{"arn": o.GlobalARN("cloudfront", path+"/"+o.ID), "etag": "E" + o.Upper(13, "etag")}
	}
	return k
}

func edgePolicies() []sim.Kind {
	own := &sim.Quota{Key: "cloudfront.cache-policies", Default: 20, Code: "TooManyCachePolicies"}
	which := []string{"none", "whitelist", "allExcept", "all"}
	in := "parametersInCacheKeyAndForwardedToOrigin."
	return []sim.Kind{
		edgePolicy(token.CloudFrontCachePolicy, "CachePolicy", "Cache Policy", sim.Kind{
			Defaults: sim.Props{"defaultTtl": 86400.0, "maxTtl": 31536000.0, "minTtl": 0.0},
			Enums: map[string][]string{
				in + "cookiesConfig.cookieBehavior": which, in + "queryStringsConfig.queryStringBehavior": which,
				in + "headersConfig.headerBehavior": {"none", "whitelist"},
			},
			Rules: sim.Many(sim.Create|sim.Update, ttlOrder), Quota: own,
		}),
		edgePolicy(token.CloudFrontOriginRequestPolicy, "OriginRequestPolicy", "Origin Request Policy", sim.Kind{
			Enums: map[string][]string{
				"cookiesConfig.cookieBehavior":           which,
				"headersConfig.headerBehavior":           {"none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"},
				"queryStringsConfig.queryStringBehavior": which,
			},
		}),
		edgePolicy(token.CloudFrontResponseHeadersPolicy, "ResponseHeadersPolicy", "Response Headers Policy", sim.Kind{
			Sets: []string{"customHeadersConfig.items", "removeHeadersConfig.items"},
			Enums: map[string][]string{
				"securityHeadersConfig.frameOptions.frameOption": {"DENY", "SAMEORIGIN"},
				"securityHeadersConfig.referrerPolicy.referrerPolicy": {
					"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
					"strict-origin-when-cross-origin", "unsafe-url",
				},
			},
		}),
		edgePolicy(token.CloudFrontOriginAccessControl, "OriginAccessControl", "Origin Access Control", sim.Kind{
			Defaults: sim.Props{"description": made.ByPulumi},
			Enums: map[string][]string{
				"originAccessControlOriginType": {"s3", "mediastore", "lambda", "mediapackagev2"},
				"signingBehavior":               {"always", "never", "no-override"}, "signingProtocol": {"sigv4"},
			},
		}),
	}
}

// edgeParts are what else a distribution is made of.
func edgeParts() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudFrontFunction, Service: "CloudFront", API: "Function", Noun: "CloudFront Function", Global: true,
			Verbs: map[sim.Verb]string{sim.Update: "UpdateFunction"},
			Name: &sim.Name{Auto: true, Max: 64, Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), Want: "letters, digits, hyphens and underscores",
			}},
			Defaults: sim.Props{"publish": true}, ReplaceOn: []string{"name"},
			Enums: map[string][]string{"runtime": {"cloudfront-js-1.0", "cloudfront-js-2.0"}},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.GlobalARN("cloudfront", "function/"+o.NameOf()), "etag": "E" + o.Upper(13, "etag"), "liveStageEtag": "E" + o.Upper(13, "live"),
					"status": "UNASSOCIATED", "keyValueStoreAssociations": []any{},
				}
			},
			Refs: []sim.Ref{{
				Path: "keyValueStoreAssociations", To: []sim.Target{{Token: token.CloudFrontKeyValueStore, By: "arn"}}, Missing: "EntityNotFound",
				InUse: "CannotDeleteEntityWhileInUse",
			}},
			Rules: append(sim.Many(sim.Create, refer.TakenID("FunctionAlreadyExists")), sim.Many(sim.Create|sim.Update, functionSize, storeNeedsRuntime)...),
			Quota: &sim.Quota{Key: "cloudfront.functions", Default: 100, Code: "TooManyFunctions"},
		},
		{
			Token: token.CloudFrontKeyValueStore, Service: "CloudFront", API: "KeyValueStore", Noun: "CloudFront Key Value Store", Global: true,
			Name: &sim.Name{Auto: true, Max: 64}, ReplaceOn: []string{"name"}, Verbs: map[sim.Verb]string{sim.Update: "UpdateKeyValueStore"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.GlobalARN("cloudfront", "key-value-store/"+o.UUID("store")), "etag": "E" + o.Upper(13, "etag"), "lastModifiedTime": made.At,
				}
			},
			Rules: sim.Many(sim.Create, refer.TakenID("EntityAlreadyExists")),
		},
		{
			Token: token.CloudFrontMonitoringSubscription, Service: "CloudFront", API: "MonitoringSubscription",
			Noun: "CloudFront Monitoring Subscription", Global: true, ReplaceOn: []string{"distributionId"},
			ID: func(o *sim.Op) string { return o.In.Str("distributionId") },
			Enums: map[string][]string{
				"monitoringSubscription.realtimeMetricsSubscriptionConfig.realtimeMetricsSubscriptionStatus": {"Enabled", "Disabled"},
			},
			Refs:  []sim.Ref{{Path: "distributionId", To: []sim.Target{{Token: token.CloudFrontDistribution}}, Missing: "NoSuchDistribution"}},
			Rules: sim.Many(sim.Create, refer.TakenID("MonitoringSubscriptionAlreadyExists")),
		},
		{
			Token: token.CloudFrontOriginAccessIdentity, Service: "CloudFront", API: "CloudFrontOriginAccessIdentity",
			Noun: "CloudFront Origin Access Identity", Global: true,
			ID: func(o *sim.Op) string { return "E" + o.Upper(13, "identity") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn":             o.GlobalARN("cloudfront", "origin-access-identity/"+o.ID),
					"callerReference": o.Name, "cloudfrontAccessIdentityPath": "origin-access-identity/cloudfront/" + o.ID, "etag": "E" + o.Upper(13, "etag"),
					"iamArn":            "arn:" + o.Partition + ":iam::cloudfront:user/CloudFront Origin Access Identity " + o.ID,
					"s3CanonicalUserId": o.Hex(64, "user"),
				}
			},
		},
		{
			Token: token.CloudFrontVpcOrigin, Service: "CloudFront", API: "VpcOrigin", Noun: "CloudFront VPC Origin", Global: true,
			ID: func(o *sim.Op) string { return "vo_" + o.Lower(22, "origin") }, Required: []string{"vpcOriginEndpointConfig"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.GlobalARN("cloudfront", "vpcorigin/"+o.ID), "etag": "E" + o.Upper(13, "etag")}
			},
		},
	}
}

func distributionOutputs(o *sim.Op) sim.Props {
	return sim.Props{
		"arn": o.GlobalARN("cloudfront", "distribution/"+o.ID), "domainName": "d" + o.Lower(13, "domain") + ".cloudfront.net",
		"hostedZoneId": dnsname.CloudFrontZone, "callerReference": o.UUID("caller"), "etag": "E" + o.Upper(13, "etag"), "status": "Deployed",
		"inProgressValidationBatches": 0, "lastModifiedTime": made.At, "continuousDeploymentPolicyId": "",
		"trustedKeyGroups": []any{map[string]any{"enabled": false}}, "trustedSigners": []any{map[string]any{"enabled": false}},
	}
}
