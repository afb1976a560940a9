// Package waf simulates WAF: web ACLs, what they protect and where they log.
package waf

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	wafService     = "WAFV2"
	wafInvalid     = "WAFInvalidParameterException"
	wafNonexistent = "WAFNonexistentItemException"
)

// Kinds is the table of AWS WAF. Statements are not checked against a
// property table: they hold statements, without an end.
func Kinds() []sim.Kind {
	metric := sim.Pattern{Match: regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`),
		Want: "at most 128 letters, digits, hyphens and underscores"}
	return []sim.Kind{
		{
			Token: token.WAFv2WebAcl, Service: wafService, API: "WebACL", Verbs: map[sim.Verb]string{sim.Update: "UpdateWebACL"},
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 128, Taken: "WAFDuplicateItemException", Within: []string{"scope"},
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[\w-]+$`), Want: "letters, digits, hyphens and underscores"},
			},
			AtMostOneOf: [][]string{{"name", "namePrefix"}, {"rules", "ruleJson"}},
			Enums:       map[string][]string{"scope": {"REGIONAL", "CLOUDFRONT"}},
			Patterns:    map[string]sim.Pattern{"visibilityConfig.metricName": metric, "rules.visibilityConfig.metricName": metric},
			Lengths:     map[string]sim.Range{"description": {Min: 1, Max: 256}, "rules.name": {Min: 1, Max: 128}},
			Sets:        []string{"rules"},
			ReplaceOn:   []string{"name", "namePrefix", "scope"},
			ID:          func(o *sim.Op) string { return o.UUID("acl") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": webACLARN(o), "capacity": capacity(o.In), "lockToken": o.UUID("lock"), "applicationIntegrationUrl": "", "namePrefix": "",
				}
			},
			Changing: func(o *sim.Op) []string {
				if o.Changed("rules") {
					return []string{"capacity"}
				}
				return nil
			},
			Quota: &sim.Quota{Key: "wafv2.web-acls", Default: 100, Code: "WAFLimitsExceededException"},
			Rules: sim.Many(sim.Create|sim.Update, scopeFits, rulesFit, rateFits, capacityFits),
		},
		{
			Token: token.WAFv2WebAclAssociation, Service: wafService, API: "WebACL", Noun: "WAFv2 WebACL Association",
			Verbs:     map[sim.Verb]string{sim.Create: "AssociateWebACL", sim.Delete: "DisassociateWebACL"},
			ReplaceOn: []string{"resourceArn", "webAclArn"},
			ID:        func(o *sim.Op) string { return o.In.Str("webAclArn") + "," + o.In.Str("resourceArn") },
			Refs: []sim.Ref{{
				Path: "webAclArn", To: []sim.Target{{Token: token.WAFv2WebAcl, By: "arn"}}, Missing: wafNonexistent, InUse: "WAFAssociatedItemException",
			}},
			Rules: sim.Many(sim.Create, protectable, protectedOnce),
		},
		{
			Token: token.WAFv2WebAclLoggingConfiguration, Service: wafService, API: "LoggingConfiguration",
			Verbs:     map[sim.Verb]string{sim.Create: "PutLoggingConfiguration", sim.Update: "PutLoggingConfiguration"},
			Required:  []string{"logDestinationConfigs"},
			ReplaceOn: []string{"logDestinationConfigs", "resourceArn"},
			Enums: map[string][]string{
				"loggingFilter.defaultBehavior": {"KEEP", "DROP"}, "loggingFilter.filters.behavior": {"KEEP", "DROP"},
				"loggingFilter.filters.requirement": {"MEETS_ALL", "MEETS_ANY"},
			},
			Sets: []string{"loggingFilter.filters"},
			ID:   func(o *sim.Op) string { return o.In.Str("resourceArn") },
			Refs: []sim.Ref{
				{Path: "resourceArn", To: []sim.Target{{Token: token.WAFv2WebAcl, By: "arn"}}, Missing: wafNonexistent},
			},
			Rules: sim.Many(sim.Create|sim.Update, logNamed),
		},
	}
}

func webACLARN(o *sim.Op) string {
	scope := "regional"
	if o.In.Str("scope") == "CLOUDFRONT" {
		scope = "global"
	}
	return o.ARN("wafv2", scope+"/webacl/"+o.NameOf()+"/"+o.ID)
}

func wafRefuse(message, hint string) error {
	return sim.Refuse(wafInvalid, "Error reason: "+message, hint)
}

func scopeFits(o *sim.Op) error {
	if o.In.Str("scope") != "CLOUDFRONT" || o.Region == "us-east-1" {
		return nil
	}
	return wafRefuse("The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
		"A web ACL for CloudFront is made in us-east-1: use a provider of that region.")
}

// rulesFit: names and priorities are a rule's own, and a rule group is
// overridden where a statement acts.
func rulesFit(o *sim.Op) error {
	names, priorities := map[string]bool{}, map[int]bool{}
	action := o.In.Map("defaultAction")
	if (action["allow"] != nil) == (action["block"] != nil) {
		return wafRefuse("You have used none or multiple values for a field that requires exactly one value., field: "+
			"DEFAULT_ACTION", "Give allow or block in defaultAction.")
	}
	for _, r := range o.In.Maps("rules") {
		name, statement := r.Str("name"), r.Map("statement")
		group := statement["managedRuleGroupStatement"] != nil || statement["ruleGroupReferenceStatement"] != nil
		switch {
		case names[name] || priorities[r.Int("priority")]:
			return wafRefuse("A rule with the same name or priority already exists., field: RULE, parameter: "+name,
				"Give every rule a name and a priority of its own.")
		case len(statement) != 1:
			return wafRefuse("You have used none or multiple values for a field that requires exactly one value., field: "+
				"STATEMENT, parameter: "+name, "Give one statement in each rule.")
		case group != (r["overrideAction"] != nil) || group == (r["action"] != nil):
			return wafRefuse("A reference in your rule statement is not valid., field: RULE, parameter: "+name,
				"A rule group takes overrideAction, every other statement action.")
		}
		names[name], priorities[r.Int("priority")] = true, true
	}
	return nil
}

// The bounds of a rate-based rule (API, RateBasedStatement).
const (
	leastRate = 10
	mostRate  = 2000000000
)

func rateFits(o *sim.Op) error {
	for _, r := range o.In.Maps("rules") {
		rate := r.Map("statement").Map("rateBasedStatement")
		if rate == nil {
			continue
		}
		window := rate.Int("evaluationWindowSec")
		switch {
		case rate.Int("limit") < leastRate || rate.Int("limit") > mostRate:
			return wafRefuse(fmt.Sprintf("The parameter exceeds the range., field: RATE_LIMIT, parameter: %d",
				rate.Int("limit")), fmt.Sprintf("Set limit to %d or more.", leastRate))
		case window != 0 && !slices.Contains([]int{60, 120, 300, 600}, window):
			return wafRefuse(fmt.Sprintf("The parameter is not valid., field: EVALUATION_WINDOW, parameter: %d", window),
				"Set evaluationWindowSec to 60, 120, 300 or 600.")
		case (rate.Str("aggregateKeyType") == "FORWARDED_IP") != (rate["forwardedIpConfig"] != nil):
			return wafRefuse("FORWARDED_IP and a forwarded IP configuration go together., field: RATE_BASED_STATEMENT",
				"Give forwardedIpConfig with FORWARDED_IP, and only then.")
		}
	}
	return nil
}

// groupCapacity is what AWS's managed rule groups weigh (WAF developer guide,
// "AWS Managed Rules rule groups list").
var groupCapacity = map[string]int{
	"AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesAdminProtectionRuleSet": 100, "AWSManagedRulesKnownBadInputsRuleSet": 200,
	"AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesLinuxRuleSet": 200, "AWSManagedRulesUnixRuleSet": 100, "AWSManagedRulesWindowsRuleSet": 200,
	"AWSManagedRulesPHPRuleSet": 100, "AWSManagedRulesWordPressRuleSet": 100, "AWSManagedRulesAmazonIpReputationList": 25,
	"AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesBotControlRuleSet": 50, "AWSManagedRulesATPRuleSet": 50, "AWSManagedRulesACFPRuleSet": 50,
	"AWSManagedRulesAntiDDoSRuleSet": 50,
}

// otherCapacity is what a rule counts whose weight is not known here: a plain
// rate-based rule weighs 2, a match 1 to 10.
const otherCapacity = 2

func capacity(in sim.Props) int {
	all := 0
	for _, r := range in.Maps("rules") {
		weight := otherCapacity
		if group := r.Map("statement").Map("managedRuleGroupStatement"); group != nil && group.Str("vendorName") == "AWS" {
			weight = groupCapacity[group.Str("name")]
		}
		all += weight
	}
	return all
}

// mostCapacity is what the rules of one web ACL may weigh together.
const mostCapacity = 5000

func capacityFits(o *sim.Op) error {
	for _, r := range o.In.Maps("rules") {
		group := r.Map("statement").Map("managedRuleGroupStatement")
		if group != nil && group.Str("vendorName") == "AWS" && groupCapacity[group.Str("name")] == 0 {
			return sim.Refuse(wafNonexistent, fmt.Sprintf("AWS WAF couldn't find the managed rule group %s", group.Str("name")),
				"Use one of AWS's managed rule groups, such as AWSManagedRulesCommonRuleSet.")
		}
	}
	if n := capacity(o.In); n > mostCapacity {
		return wafRefuse(fmt.Sprintf("The rules exceed the capacity of a web ACL: %d of %d units", n, mostCapacity),
			"Take rules out.")
	}
	return nil
}

// protectable: CloudFront names its web ACL itself; a regional one stands before
// load balancers and other things of its region.
func protectable(o *sim.Op) error {
	arn, acl := o.In.Str("resourceArn"), o.In.Str("webAclArn")
	if strings.Contains(acl, ":global/") || strings.Contains(arn, ":cloudfront:") {
		return wafRefuse("The ARN isn't valid., field: RESOURCE_ARN, parameter: "+arn,
			"For CloudFront, name the web ACL in the distribution's webAclId.")
	}
	if _, ok := o.Find(token.LBLoadBalancer, arn); strings.Contains(arn, ":loadbalancer/") && !ok {
		return sim.Refuse(wafNonexistent, "AWS WAF couldn't perform the operation because your resource doesn't exist",
			"There is no load balancer "+arn+" in "+o.Region+".")
	}
	return nil
}

func protectedOnce(o *sim.Op) error {
	if other, ok := o.FindBy(token.WAFv2WebAclAssociation, "resourceArn", o.In.Str("resourceArn")); ok {
		return sim.Refuse("WAFAssociatedItemException", "The resource is already associated with "+other.Str("webAclArn"),
			"One web ACL stands before a resource: add the rules to it.")
	}
	return nil
}

// wafLogs begins the name of everything that WAF logs to.
const wafLogs = "aws-waf-logs-"

func logNamed(o *sim.Op) error {
	for _, arn := range o.In.Strs("logDestinationConfigs") {
		name := arn[strings.LastIndex(strings.TrimSuffix(arn, ":*"), ":")+1:]
		if !strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], wafLogs) {
			return wafRefuse("The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by "+
				"colons or slashes., field: LOG_DESTINATION, parameter: "+arn,
				"The name of the log group, stream or bucket must begin with "+wafLogs+".")
		}
	}
	return nil
}
