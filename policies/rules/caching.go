package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// The managed cache policies that keep, and those that pass on what the origin
// does not allow to keep.
var (
	managedCaching = []string{cdnpolicy.CachingOptimized, cdnpolicy.CachingOptimizedUncompressed}
	managedPassing = []string{cdnpolicy.CachingDisabled, cdnpolicy.OriginCacheControl,
		cdnpolicy.OriginCacheControlQueryStrings}
)

var staticPattern = regexp.MustCompile(`(?i)^/?(static|assets)/|\.(css|js|png|jpe?g|gif|svg|webp|woff2?)$`)

const daySeconds = 86_400

func staticHeaders(c *rule.Check, s *rule.Stack) {
	for _, d := range s.Of(token.CloudFrontDistribution) {
		static := false
		c.Each(d, "orderedCacheBehaviors", func(path string, b rule.Value) {
			pattern, _ := b.At("pathPattern").Text()
			switch {
			case staticPattern.MatchString(pattern):
				static = true
				checkStatic(c, s, d, path, b)
			case strings.HasPrefix("/"+strings.TrimPrefix(pattern, "/"), contract.APIPrefix):
				at := b.At("cachePolicyId")
				c.RequireAt(rule.Any(at.Is(managedPassing...), keepsNothing(s, b)), d, path+".cachePolicyId", at,
					"use a policy that keeps only what the app allows, CachingDisabled say")
			}
		})
		if !static && !d.At("orderedCacheBehaviors").Unknown() {
			c.Fail(d, "orderedCacheBehaviors", "without one for static files",
				"add one for "+contract.StaticPrefix+"* that keeps files for a day or longer")
		}
	}
	for _, o := range s.Of(token.S3BucketObjectv2) {
		key := o.At("key").Matches(staticPattern.MatchString)
		if key == rule.Yes {
			c.Require(o.At("cacheControl").Matches(func(v string) bool { return strings.Contains(v, "max-age=") }), o,
				"cacheControl", `set it to "public, max-age=31536000, immutable"`)
		}
	}
	cloudflareCaches(c, s)
}

func checkStatic(c *rule.Check, s *rule.Stack, d *rule.Resource, path string, b rule.Value) {
	at := b.At("cachePolicyId")
	keeps := rule.Any(at.Is(managedCaching...), keepsADay(s, b), b.At("defaultTtl").AtLeast(daySeconds))
	c.RequireAt(keeps, d, path+".cachePolicyId", at,
		"use a policy that keeps files for a day or longer without cookies, CachingOptimized say")
	c.RequireAt(b.At("compress").Flag(), d, path+".compress", b.At("compress"), "set it to true")
}

// ownPolicy is the stack's cache policy that a behaviour names. Of another
// stack's, and of one that AWS has added since, nothing is known here.
func ownPolicy(s *rule.Stack, b rule.Value) (*rule.Resource, rule.Tri) {
	id, there := b.At("cachePolicyId").Text()
	if there != rule.Yes {
		return nil, there
	}
	for _, p := range s.Of(token.CloudFrontCachePolicy) {
		if p.At("id").Is(id) == rule.Yes {
			return p, rule.Yes
		}
	}
	if slices.Contains(slices.Concat(managedCaching, managedPassing), id) {
		return nil, rule.No
	}
	return nil, rule.Unknown
}

func keepsADay(s *rule.Stack, b rule.Value) rule.Tri {
	p, there := ownPolicy(s, b)
	if there != rule.Yes {
		return there
	}
	cookies := p.At("parametersInCacheKeyAndForwardedToOrigin.cookiesConfig.cookieBehavior")
	return rule.All(p.At("defaultTtl").AtLeast(daySeconds), cookies.Is("all", "whitelist", "allExcept").Not())
}

func keepsNothing(s *rule.Stack, b rule.Value) rule.Tri {
	p, there := ownPolicy(s, b)
	if there != rule.Yes {
		return there
	}
	return rule.All(p.At("defaultTtl").Between(0, 0), p.At("minTtl").AtLeast(1).Not())
}

// cloudflareCaches wants a rule for static files where rules say what is kept.
func cloudflareCaches(c *rule.Check, s *rule.Stack) {
	for _, r := range s.Of(token.CloudflareRuleset) {
		if r.At("phase").Is("http_request_cache_settings") != rule.Yes {
			continue
		}
		long := rule.No
		c.Each(r, "rules", func(_ string, v rule.Value) {
			long = rule.Any(long, v.At("actionParameters.edgeTtl.default").AtLeast(daySeconds))
		})
		c.Require(long, r, "rules", "add one that keeps static files for a day or longer")
	}
}
