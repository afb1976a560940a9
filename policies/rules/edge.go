package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func edge() []rule.Rule {
	return []rule.Rule{
		{
			ID: "edge-ssl-strict", Title: "Cloudflare checks the origin's certificate and serves HTTPS only", Severity: rule.High, Kind: rule.OnResource,
			Why: "Any other mode lets somebody between edge and origin read along.", Default: mandatory,
			Types: []string{token.CloudflareZoneSettingsOverride}, Resource: sslStrict,
		},
		{
			ID: "edge-proxied", Title: "Records of the origin go through Cloudflare", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "One record that does not shows the origin's address to all.", Default: mandatory,
			Types: []string{token.CloudflareRecord, token.CloudflareLoadBalancer}, Resource: proxied,
		},
		{
			ID: "edge-rate-limit", Title: "Cloudflare limits rates and filters attacks", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Cheaper than machines that answer a flood.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: []string{token.CloudflareZoneSettingsOverride, token.CloudflareRuleset, token.CloudflareRateLimit}, Stack: rateLimit,
		},
	}
}

func sslStrict(c *rule.Check, r *rule.Resource) {
	c.Require(r.At("settings.ssl").Is("strict", "origin_pull"), r, "settings.ssl",
		`set it to "strict" and give the origin a certificate`)
	c.Require(modern(r.At("settings.minTlsVersion"), plainVersions), r, "settings.minTlsVersion", `set it to "1.2"`)
	c.Require(r.At("settings.alwaysUseHttps").Is("on"), r, "settings.alwaysUseHttps", `set it to "on"`)
}

// proxied lets pass what serves no site: names that prove a domain or sign
// mail, and hosts of mail, which Cloudflare's proxy cannot carry.
func proxied(c *rule.Check, r *rule.Resource) {
	if r.Type == token.CloudflareRecord && r.At("type").Is("A", "AAAA", "CNAME") != rule.Yes {
		return
	}
	exempt := rule.Any(r.At("name").Matches(noSite), r.At("content").Matches(signsMail), r.At("value").Matches(signsMail))
	c.Require(rule.Any(r.At("proxied").Flag(), exempt), r, "proxied", "set it to true")
}

// mailHost is the first label of a host that speaks SMTP, IMAP or POP.
var mailHost = regexp.MustCompile(`^(mx|mail|smtp|imap|pop3?|autodiscover|autoconfig)\d*$`)

// noSite goes by the labels of a name: one with an underscore anywhere is no
// host name (RFC 8552), as s1._domainkey or _acme-challenge.www.
func noSite(name string) bool {
	labels := strings.Split(strings.ToLower(name), ".")
	underscore := slices.ContainsFunc(labels, func(l string) bool { return strings.HasPrefix(l, "_") })
	return underscore || mailHost.MatchString(labels[0])
}

// signsMail is true of a target that proves a domain or signs its mail,
// whatever the record itself is called.
func signsMail(target string) bool {
	target = strings.ToLower(target)
	return strings.Contains(target, "._domainkey.") || strings.Contains(target, ".domainkey.") ||
		strings.HasPrefix(target, "_")
}

func rateLimit(c *rule.Check, s *rule.Stack) {
	for _, zone := range s.Of(token.CloudflareZoneSettingsOverride) {
		c.Missing(rule.Any(ruleset(s, "http_ratelimit"), rule.Of(len(s.Of(token.CloudflareRateLimit)) > 0)), zone,
			"rate limit",
			"add a cloudflare:index/ruleset:Ruleset of phase http_ratelimit")
		c.Missing(ruleset(s, "http_request_firewall_managed"), zone, "managed firewall",
			"add a cloudflare:index/ruleset:Ruleset of phase http_request_firewall_managed")
	}
}

// ruleset says whether the stack has rules for a phase.
func ruleset(s *rule.Stack, phase string) rule.Tri {
	got := rule.No
	for _, r := range s.Of(token.CloudflareRuleset) {
		got = rule.Any(got, rule.All(r.At("phase").Is(phase), r.At("rules").Given()))
	}
	return got
}
