// Package cdnpolicy holds CloudFront's managed policies: their ids are the same
// in every account and count against no quota (an account may have 20 cache
// policies of its own). Source: the CloudFront developer guide, "Use managed
// cache policies", "Use managed origin request policies" and "Use managed
// response headers policies", read in November 2026.
package cdnpolicy

// The cache policies.
const (
	// CachingOptimized keeps an object as long as its headers say, up to a
	// year, and a day when they say nothing; neither cookies nor query strings count.
	CachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	// CachingOptimizedUncompressed is CachingOptimized without compression.
	CachingOptimizedUncompressed = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"
	// CachingDisabled passes every request on.
	CachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	// OriginCacheControl keeps only what the origin's Cache-Control allows.
	OriginCacheControl = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
	// OriginCacheControlQueryStrings is OriginCacheControl, apart for each host,
	// query string and cookie: an answer to one user never reaches another, even
	// when the app forgot "private". CloudFront does not know CDN-Cache-Control;
	// s-maxage says the same.
	OriginCacheControlQueryStrings = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
)

// The origin request policies.
const (
	// AllViewer passes all headers, cookies and query strings on, the host
	// included, so that the app knows its public name.
	AllViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	// AllViewerAndCloudFront adds what CloudFront knows of the viewer, the
	// country among it.
	AllViewerAndCloudFront = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
)

// SecurityHeaders is the response headers policy that sets HSTS, nosniff, frame
// and referrer headers where the app does not.
const SecurityHeaders = "67f7725c-6f97-4210-82d7-5512b31e9d03"

// CachePolicies are the ids of the managed cache policies by name.
var CachePolicies = map[string]string{
	"Managed-CachingOptimized":                          CachingOptimized,
	"Managed-CachingOptimizedForUncompressedObjects":    CachingOptimizedUncompressed,
	"Managed-CachingDisabled":                           CachingDisabled,
	"Managed-Elemental-MediaPackage":                    "08627262-05a9-4f76-9ded-b50ca2e3a84f",
	"Managed-Amplify":                                   "2e54312d-136d-493c-8eb9-b001f22f67d2",
	"UseOriginCacheControlHeaders":                      OriginCacheControl,
	"UseOriginCacheControlHeaders-QueryStrings":         OriginCacheControlQueryStrings,
	"Managed-UseOriginCacheControlHeaders":              OriginCacheControl,
	"Managed-UseOriginCacheControlHeaders-QueryStrings": OriginCacheControlQueryStrings,
}

// OriginRequestPolicies are the ids of the managed origin request policies by name.
var OriginRequestPolicies = map[string]string{
	"Managed-AllViewer":                                   AllViewer,
	"Managed-AllViewerAndCloudFrontHeaders-2022-06":       AllViewerAndCloudFront,
	"Managed-AllViewerExceptHostHeader":                   "b689b0a8-53d0-40ab-baf2-68738e2966ac",
	"Managed-CORS-CustomOrigin":                           "59781a5b-3903-41f3-afcb-af62929ccde1",
	"Managed-CORS-S3Origin":                               "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
	"Managed-Elemental-MediaTailor-PersonalizedManifests": "775133bc-15f2-49f9-abea-afb2e0bf67d2",
	"Managed-UserAgentRefererHeaders":                     "acba4595-bd28-49b8-b9fe-13317c0390fa",
	"Managed-HostHeaderOnly":                              "bf0718e1-ba1e-49d1-88b1-f726733018ae",
}

// ResponseHeadersPolicies are the ids of the managed response headers policies by name.
var ResponseHeadersPolicies = map[string]string{
	"Managed-SimpleCORS":                                    "60669652-455b-4ae9-85a4-c4c02393f86c",
	"Managed-CORS-With-Preflight":                           "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
	"Managed-SecurityHeadersPolicy":                         SecurityHeaders,
	"Managed-CORS-and-SecurityHeadersPolicy":                "e61eb60c-9c35-4d20-a928-2b84e02af89c",
	"Managed-CORS-with-preflight-and-SecurityHeadersPolicy": "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
}
