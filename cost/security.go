package cost

import (
	"strconv"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// priceSecret prices a secret and its copies in other regions, each of which
// AWS bills as a secret; reading it is not counted, because servers read it
// when they start.
func priceSecret(s *sheet) {
	s.monthly("secret", SecretsManager, "secret", one)
	for _, r := range s.props.objects("replicas") {
		region := r.str("region")
		s.bill(charge{item: "copy in " + region, service: SecretsManager, sku: "secret", region: region, count: exactly(one),
			basis: Declared})
	}
}

// priceKey prices a key of one's own; requests are not counted.
func priceKey(s *sheet) { s.monthly("key", KMS, "customer managed key", one) }

// priceParameter prices an SSM parameter: only advanced ones cost anything.
func priceParameter(s *sheet) {
	if s.props.str("tier") != "Advanced" {
		s.free("standard parameters cost nothing")
		return
	}
	s.monthly("advanced parameter", SSM, "advanced parameter storage", one)
}

// priceWebACL prices a firewall: the list, its rules and groups, and the
// requests that it looks at.
func priceWebACL(s *sheet) {
	s.monthly("web ACL", WAF, "web ACL", one)
	rules, groups := zero, zero
	for _, r := range s.props.objects("rules") {
		st := r.object("statement")
		if len(st.objects("managedRuleGroupStatement")) > 0 || len(st.objects("ruleGroupReferenceStatement")) > 0 {
			groups = groups.Add(one)
		} else {
			rules = rules.Add(one)
		}
	}
	if rules.IsPositive() {
		s.monthly("rules", WAF, "rule", rules)
	}
	if groups.IsPositive() {
		s.monthly("rule groups", WAF, "rule group / managed rule group in ACL", groups)
	}
	s.paidRules()
	if s.load.known {
		seen := s.load.appRequests
		if atEdge(s.r) {
			seen = s.load.requests
		}
		s.bill(charge{item: "requests looked at", service: WAF, sku: "requests", count: s.part(seen, s.firewalls()),
			basis: Derived})
	}
}

// atEdge reports whether a firewall stands before a CDN, and not in a region.
func atEdge(r *Resource) bool { return strings.EqualFold(props(r.Props).str("scope"), "CLOUDFRONT") }

// firewalls are those that stand where the sheet's does: what passes the edge is
// looked at there, and once more in the region.
func (s *sheet) firewalls() *sharers {
	here := atEdge(s.r)
	return s.sharersWhere(token.WAFv2WebAcl, strconv.FormatBool(here), func(r *Resource) bool { return atEdge(r) == here })
}
