package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// CloudFront's managed policies and their ids, which are the same in every
// account (CloudFront developer guide).
var (
	cachePolicies = map[string]string{
		"Managed-CachingOptimized":                          "658327ea-f89d-4fab-a63d-7e88639e58f6",
		"Managed-CachingDisabled":                           "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"Managed-CachingOptimizedForUncompressedObjects":    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
		"Managed-Elemental-MediaPackage":                    "08627262-05a9-4f76-9ded-b50ca2e3a84f",
		"Managed-Amplify":                                   "2e54312d-136d-493c-8eb9-b001f22f67d2",
		"UseOriginCacheControlHeaders":                      "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
		"UseOriginCacheControlHeaders-QueryStrings":         "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
		"Managed-UseOriginCacheControlHeaders":              "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
		"Managed-UseOriginCacheControlHeaders-QueryStrings": "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
	}
	originRequestPolicies = map[string]string{
		"Managed-AllViewer":                                   "216adef6-5c7f-47e4-b989-5492eafa07d3",
		"Managed-AllViewerAndCloudFrontHeaders-2022-06":       "33f36d7e-f396-46d9-90e0-52428a34d9dc",
		"Managed-AllViewerExceptHostHeader":                   "b689b0a8-53d0-40ab-baf2-68738e2966ac",
		"Managed-CORS-CustomOrigin":                           "59781a5b-3903-41f3-afcb-af62929ccde1",
		"Managed-CORS-S3Origin":                               "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
		"Managed-Elemental-MediaTailor-PersonalizedManifests": "775133bc-15f2-49f9-abea-afb2e0bf67d2",
		"Managed-UserAgentRefererHeaders":                     "acba4595-bd28-49b8-b9fe-13317c0390fa",
		"Managed-HostHeaderOnly":                              "bf0718e1-ba1e-49d1-88b1-f726733018ae",
	}
	responseHeadersPolicies = map[string]string{
		"Managed-SimpleCORS":                                    "60669652-455b-4ae9-85a4-c4c02393f86c",
		"Managed-CORS-With-Preflight":                           "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
		"Managed-SecurityHeadersPolicy":                         "67f7725c-6f97-4210-82d7-5512b31e9d03",
		"Managed-CORS-and-SecurityHeadersPolicy":                "e61eb60c-9c35-4d20-a928-2b84e02af89c",
		"Managed-CORS-with-preflight-and-SecurityHeadersPolicy": "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
	}
)

// managedPolicy looks a managed policy up by name or id.
func managedPolicy(what string, policies map[string]string) sim.Invoke {
	return func(o *sim.Op) (sim.Props, error) {
		for _, name := range slices.Sorted(maps.Keys(policies)) {
			if name == o.In.Str("name") || policies[name] == o.In.Str("id") {
				return sim.Props{"id": policies[name], "name": name, "etag": "E" + strings.ToUpper(policies[name][:8]), "comment": ""}, nil
			}
		}
		return nil, fmt.Errorf("no matching CloudFront %s (%s), want one of %s", what, o.In.Str("name")+o.In.Str("id"),
			strings.Join(slices.Sorted(maps.Keys(policies)), ", "))
	}
}

// managedPolicyID reports whether an id is one of CloudFront's managed policies.
func managedPolicyID(policies map[string]string, id string) bool {
	for _, known := range policies {
		if known == id {
			return true
		}
	}
	return false
}
