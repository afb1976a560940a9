package rules

import (
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func balancer() []rule.Rule {
	lb := []string{token.LBLoadBalancer}
	return []rule.Rule{
		{
			ID: "alb-access-logs", Title: "Load balancers keep access logs", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "They are the only record of requests that never reached the app.", Default: rule.Default{Level: rule.Advisory, Mandatory: 3},
			Types: append(lb, token.ELBLoadBalancer), Resource: balancerLogs,
			Equivalents: eq(ids("ELB.5"), ids("CKV_AWS_91"), ids("elb-logging-enabled"), nil),
		},
		{
			ID: "alb-deletion-protection", Title: "Load balancers are protected against deletion", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "With the balancer its address goes, and the site with it.", Default: rule.Default{Level: rule.Advisory, Mandatory: 3},
			Types: lb, Resource: func(c *rule.Check, r *rule.Resource) {
				c.Require(r.At("enableDeletionProtection").Flag(), r, "enableDeletionProtection", "set it to true")
			},
			Equivalents: eq(ids("ELB.6"), ids("CKV_AWS_150"), ids("elb-deletion-protection-enabled"), nil),
		},
		{
			ID: "alb-hardened-http", Title: "Balancers drop invalid headers and defend against desync", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Requests that two programs read differently are how one user gets another's answer.", Default: mandatory,
			Types: append(lb, token.ELBLoadBalancer), Resource: hardenedHTTP,
			Equivalents: eq(ids("ELB.4", "ELB.12"), ids("CKV_AWS_131", "CKV_AWS_328"), nil, ids("AWS-0052")),
		},
		{
			ID: "alb-multi-az", Title: "Load balancers span at least two zones", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "A zone that fails must not take the site with it.", Default: mandatory,
			Types: append(lb, token.ELBLoadBalancer), Resource: func(c *rule.Check, r *rule.Resource) {
				spread := rule.Any(several(r.At("subnets")), several(r.At("subnetMappings")), several(r.At("availabilityZones")))
				c.Require(spread, r, "subnets", "name subnets in at least two zones")
			},
			Equivalents: eq(ids("ELB.13"), nil, nil, nil),
		},
		{
			ID: "alb-http-redirect", Title: "Plain HTTP only redirects to HTTPS", Severity: rule.High, Kind: rule.OnResource,
			Why: "Cookies and passwords would travel in the clear.", Default: mandatory,
			Types: []string{token.LBListener}, Resource: httpRedirects,
			Equivalents: eq(ids("ELB.1"), ids("CKV2_AWS_20", "CKV_AWS_2"), ids("alb-http-to-https-redirection"), ids("AWS-0054")),
		},
		{
			ID: "alb-tls-policy", Title: "Listeners offer TLS 1.2 and newer only", Severity: rule.High, Kind: rule.OnResource,
			Why: "Older versions are broken.", Default: mandatory,
			Types: []string{token.LBListener}, Resource: tlsPolicy,
			Params: []rule.Param{{Name: "policies", Default: []string(nil),
				Meaning: "the only security policies that are allowed; without, every one whose name promises TLS 1.2 or newer"}},
			Equivalents: eq(ids("ELB.17"), ids("CKV_AWS_103", "CKV2_AWS_74"), nil, ids("AWS-0047")),
		},
		{
			ID: "alb-waf", Title: "Balancers open to the world have a web ACL", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Behind a CDN only, the CDN is where requests are filtered.", Default: rule.Default{Level: rule.Advisory, Mandatory: 4},
			Types: []string{token.LBLoadBalancer, token.WAFv2WebAclAssociation, token.WAFRegionalWebAclAssociation, token.EC2SecurityGroup, token.EC2DefaultSecurityGroup, token.VPCSecurityGroupIngressRule, token.EC2SecurityGroupRule}, Stack: webACL,
			Equivalents: eq(ids("ELB.16"), ids("CKV2_AWS_28"), nil, nil),
		},
		{
			ID: "tg-health-check", Title: "HTTP target groups name a health-check path", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "The balancer cannot tell a working machine from a broken one.", Default: mandatory,
			Types: []string{token.LBTargetGroup}, Resource: func(c *rule.Check, r *rule.Resource) {
				if r.At("protocol").Is("HTTP", "HTTPS") != rule.No {
					c.Require(r.At("healthCheck.path").Given(), r, "healthCheck.path",
						"name the path that says whether the app can serve")
				}
			},
			Equivalents: eq(nil, ids("CKV_AWS_261"), nil, nil),
		},
	}
}

// application says whether the balancer speaks HTTP; AWS's default is that it does.
func application(r *rule.Resource) bool {
	return r.At("loadBalancerType").Is("network", "gateway") != rule.Yes
}

// balancerLogs knows two defaults: naming a bucket is enough for a classic
// balancer. A gateway balancer has no access logs at all.
func balancerLogs(c *rule.Check, r *rule.Resource) {
	if r.At("loadBalancerType").Is("gateway") == rule.Yes {
		return
	}
	logs := r.At("accessLogs.enabled").FlagOr(r.Type == token.ELBLoadBalancer && r.At("accessLogs").Given() == rule.Yes)
	c.Require(logs, r, "accessLogs.enabled", "set it to true and name a bucket")
}

func hardenedHTTP(c *rule.Check, r *rule.Resource) {
	if !application(r) {
		return
	}
	if r.Type == token.LBLoadBalancer { // a classic one has no such switch
		c.Require(r.At("dropInvalidHeaderFields").Flag(), r, "dropInvalidHeaderFields", "set it to true")
	}
	c.Refuse(r.At("desyncMitigationMode").Is("monitor"), r, "desyncMitigationMode", `set it to "defensive" or "strictest"`)
}

func httpRedirects(c *rule.Check, r *rule.Resource) {
	protocol := r.At("protocol")
	if protocol.Is("HTTP") != rule.Yes && (protocol.Given() != rule.No || r.At("port").Between(80, 80) != rule.Yes) {
		return
	}
	actions, there := r.At("defaultActions").List()
	answers := []rule.Tri{there}
	for _, a := range actions {
		answers = append(answers, a.At("type").Is("redirect"), a.At("redirect.protocol").Is("HTTPS"))
	}
	c.Require(rule.All(answers...), r, "defaultActions", "redirect to HTTPS, and serve on a listener with a certificate")
}

func tlsPolicy(c *rule.Check, r *rule.Resource) {
	protocol := r.At("protocol").Is("HTTPS", "TLS")
	ok := modern(r.At("sslPolicy"), balancerPolicies)
	if own := c.Texts("policies"); len(own) > 0 {
		ok = r.At("sslPolicy").Is(own...)
	}
	switch protocol {
	case rule.Yes:
		c.Require(ok, r, "sslPolicy", "use ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or a newer one")
	case rule.Unknown:
		c.Undecided(r, "protocol")
	}
}

func webACL(c *rule.Check, s *rule.Stack) {
	for _, lb := range s.Of(token.LBLoadBalancer) {
		if !application(lb) || lb.At("internal").Flag() != rule.No {
			continue
		}
		_, acl := s.Pointing(token.WAFv2WebAclAssociation, "resourceArn", lb)
		_, classic := s.Pointing(token.WAFRegionalWebAclAssociation, "resourceArn", lb)
		c.Missing(rule.Any(acl, classic, closedToWorld(s, lb)), lb, "web ACL",
			"associate an aws:wafv2/webAcl:WebAcl, or let only the CDN's addresses connect")
	}
}

// closedToWorld says whether the groups of the balancer let in named ranges
// only. Groups that are not part of the stack are taken as open.
func closedToWorld(s *rule.Stack, lb *rule.Resource) rule.Tri {
	groups := s.Targets(lb, "securityGroups", token.EC2SecurityGroup, token.EC2DefaultSecurityGroup)
	if len(groups) == 0 {
		return lb.At("securityGroups").Contains(func(string) bool { return false }) // No, or not known yet
	}
	open := rule.No
	for _, g := range groups {
		open = rule.Any(open, worldOpen(g))
		for _, typ := range []string{token.VPCSecurityGroupIngressRule, token.EC2SecurityGroupRule} {
			standalone, _ := s.Pointing(typ, "securityGroupId", g)
			open = rule.Any(append(worldAll(standalone), open)...)
		}
	}
	return open.Not()
}

func worldAll(rs []*rule.Resource) []rule.Tri {
	answers := make([]rule.Tri, len(rs))
	for i, r := range rs {
		answers[i] = worldOpen(r)
	}
	return answers
}

func worldOpen(r *rule.Resource) rule.Tri {
	doors, there := doorsOf(r)
	if there != rule.Yes {
		return there
	}
	answers := make([]rule.Tri, len(doors))
	for i, d := range doors {
		answers[i] = d.world
	}
	return rule.Any(answers...)
}
