package cloudfront

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are CloudFront's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{
		token.CloudFrontGetCachePolicy:           managedPolicy("cache policy", cdnpolicy.CachePolicies),
		token.CloudFrontGetOriginRequestPolicy:   managedPolicy("origin request policy", cdnpolicy.OriginRequestPolicies),
		token.CloudFrontGetResponseHeadersPolicy: managedPolicy("response headers policy", cdnpolicy.ResponseHeadersPolicies),
	}
}

// managedPolicy looks a managed policy up by name or id.
func managedPolicy(what string, policies map[string]string) sim.Invoke {
	return func(o *sim.Op) (sim.Props, error) {
		for _, name := range slices.Sorted(maps.Keys(policies)) {
			if name == o.In.Str("name") || policies[name] == o.In.Str("id") {
				return sim.Props{"id": policies[name], "name": name, "etag": "E" + strings.ToUpper(policies[name][:8]),
					"comment": ""}, nil
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
