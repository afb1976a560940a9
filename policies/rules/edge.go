package rules

import (
	"strings"

	"github.com/rung-dev/rung/policies/rule"
)

const typeRecord = "cloudflare:index/record:Record"

func edge() []rule.Rule {
	return []rule.Rule{
		{
			ID: "edge-ssl-strict", Title: "Cloudflare checks the origin's certificate and serves HTTPS only", Severity: rule.High, Kind: rule.OnResource,
			Why: "Any other mode lets somebody between edge and origin read along.", Default: mandatory,
			Types: []string{typeZoneSetting}, Resource: sslStrict,
		},
		{
			ID: "edge-proxied", Title: "Records of the origin go through Cloudflare", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "One record that does not shows the origin's address to all.", Default: mandatory,
			Types: []string{typeRecord}, Resource: proxied,
		},
		{
			ID: "edge-rate-limit", Title: "Cloudflare limits rates and filters attacks", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Cheaper than machines that answer a flood.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: []string{typeZoneSetting, typeRuleset}, Stack: rateLimit,
		},
	}
}

func sslStrict(c *rule.Check, r *rule.Resource) {
	c.Require(r.At("settings.ssl").Is("strict", "origin_pull"), r, "settings.ssl", `set it to "strict" and give the origin a certificate`)
	c.Require(r.At("settings.minTlsVersion").Is("1.2", "1.3"), r, "settings.minTlsVersion", `set it to "1.2"`)
	c.Require(r.At("settings.alwaysUseHttps").Is("on"), r, "settings.alwaysUseHttps", `set it to "on"`)
}

// proxied lets names with an underscore pass: they prove a domain and serve
// nothing.
func proxied(c *rule.Check, r *rule.Resource) {
	if r.At("type").Is("A", "AAAA", "CNAME") != rule.Yes {
		return
	}
	proof := r.At("name").Matches(func(name string) bool { return strings.HasPrefix(name, "_") })
	c.Require(rule.Any(r.At("proxied").Flag(), proof), r, "proxied", "set it to true")
}

func rateLimit(c *rule.Check, s *rule.Stack) {
	for _, zone := range s.Of(typeZoneSetting) {
		c.Missing(ruleset(s, "http_ratelimit"), zone, "rate limit", "add a cloudflare:index/ruleset:Ruleset of phase http_ratelimit")
		c.Missing(ruleset(s, "http_request_firewall_managed"), zone, "managed firewall", "add a cloudflare:index/ruleset:Ruleset of phase http_request_firewall_managed")
	}
}

// ruleset says whether the stack has rules for a phase.
func ruleset(s *rule.Stack, phase string) rule.Tri {
	got := rule.No
	for _, r := range s.Of(typeRuleset) {
		got = rule.Any(got, rule.All(r.At("phase").Is(phase), r.At("rules").Given()))
	}
	return got
}
