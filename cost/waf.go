package cost

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// priceOldFirewall prices a web ACL of WAF's first generation.
func priceOldFirewall(s *sheet) {
	s.monthly("web ACL", WAF, "web ACL", one)
	rules, groups := 0, 0
	for _, r := range s.props.objects("rules") {
		if r.str("type") == "GROUP" {
			groups++
		} else {
			rules++
		}
	}
	if rules > 0 {
		s.monthly("rules", WAF, "rule", num(rules))
	}
	if groups > 0 {
		s.monthly("rule groups", WAF, "rule group / managed rule group in ACL", num(groups))
	}
	s.besides("requests looked at")
}

// priceRuleGroup prices the rules of a group of one's own; the group itself is paid
// where a web ACL has it.
func priceRuleGroup(s *sheet) {
	n := len(s.props.objects("rules"))
	if n == 0 {
		s.free("a rule group costs where a web ACL has it, and it has no rules of its own")
		return
	}
	s.monthly("rules", WAF, "rule", num(n))
}

// paidGroups are AWS's managed rule groups that cost besides.
var paidGroups = []string{"AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"}

// paidRules bills the fee of a web ACL's groups that have one, and says what else they
// cost that the catalogue does not hold.
func (s *sheet) paidRules() {
	for _, r := range s.props.objects("rules") {
		name := r.object("statement").object("managedRuleGroupStatement").str("name")
		if !slices.Contains(paidGroups, name) {
			continue
		}
		fee := name + " fee"
		if _, err := s.lookup(Key{WAF, fee, s.region}); err != nil {
			s.unpriced(name, "AWS asks a fee by the month and by the request for this group, which the catalogue does not hold")
			continue
		}
		s.monthly(fee, WAF, fee, one)
		s.unpriced(name+" requests", "AWS asks for each request that this group looks at besides, by its level")
	}
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
