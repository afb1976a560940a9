package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

// The types of this file.
const (
	webACL  = "aws:wafv2/webAcl:WebAcl"
	webLink = "aws:wafv2/webAclAssociation:WebAclAssociation"
	webLog  = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

// acl is a web ACL as the firewall component makes it.
func acl(rules ...any) sim.Props {
	return sim.Props{"scope": "REGIONAL", "defaultAction": map[string]any{"allow": map[string]any{}},
		"visibilityConfig": seen("web"), "rules": rules}
}

func seen(metric string) map[string]any {
	return map[string]any{"cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true, "metricName": metric}
}

func limited(changes sim.Props) map[string]any {
	rate := with(sim.Props{"limit": 2000.0, "evaluationWindowSec": 300.0, "aggregateKeyType": "IP"}, changes)
	return map[string]any{"name": "rate", "priority": 1.0, "action": map[string]any{"block": map[string]any{}},
		"statement": map[string]any{"rateBasedStatement": map[string]any(rate)}, "visibilityConfig": seen("rate")}
}

func managed(name string, priority float64) map[string]any {
	return map[string]any{"name": name, "priority": priority, "overrideAction": map[string]any{"none": map[string]any{}},
		"statement": map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": name}}, "visibilityConfig": seen(name)}
}

func TestFirewall(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	lb := c.Must(balancer, "alb", sim.Props{"subnets": subnets})
	in := acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 10))
	w := c.Settled(webACL, "web", in)
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web-[0-9a-f]{7}/[0-9a-f-]{36}$`, w.Str("arn"))
	assert.EqualValues(t, 702, w.Get("capacity"))
	link := sim.Props{"resourceArn": lb.ID, "webAclArn": w.Str("arn")}
	before := c.Settled(webLink, "web", link)
	logs := c.Must(logGroup, "waf", sim.Props{"name": "aws-waf-logs-web"})
	c.Settled(webLog, "web", sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List(logs.Str("arn"))})
	require.ErrorContains(t, c.Delete(w), "WAFAssociatedItemException")
	replacedBy(t, c, w, in, map[string]sim.Props{
		"scope": {"scope": "CLOUDFRONT"}, "rules": {"rules": []any{limited(nil)}}, "name": {"name": "x"},
	}, map[string]bool{"scope": true, "name": true})
	action := managed("AWSManagedRulesCommonRuleSet", 10)
	action["action"] = map[string]any{"block": map[string]any{}}
	const invalid = "WAFInvalidParameterException"
	allRefused(t, c, map[string]mistake{
		"scope":          {webACL, with(in, sim.Props{"scope": "EDGE"}), []string{"CLOUDFRONT"}},
		"no action":      {webACL, with(in, sim.Props{"defaultAction": map[string]any{}}), []string{invalid, "DEFAULT_ACTION"}},
		"priority":       {webACL, acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 1)), []string{invalid, "priority"}},
		"name":           {webACL, acl(managed("AWSManagedRulesCommonRuleSet", 1), managed("AWSManagedRulesCommonRuleSet", 2)), []string{invalid, "same name"}},
		"group's action": {webACL, acl(action), []string{invalid, "overrideAction"}},
		"no statement":   {webACL, acl(map[string]any{"name": "x", "priority": 1.0, "statement": map[string]any{}, "visibilityConfig": seen("x"), "action": map[string]any{"block": map[string]any{}}}), []string{invalid, "STATEMENT"}},
		"rate":           {webACL, acl(limited(sim.Props{"limit": 5.0})), []string{invalid, "RATE_LIMIT"}},
		"window":         {webACL, acl(limited(sim.Props{"evaluationWindowSec": 30.0})), []string{invalid, "EVALUATION_WINDOW"}},
		"forwarded":      {webACL, acl(limited(sim.Props{"aggregateKeyType": "FORWARDED_IP"})), []string{invalid, "forwardedIpConfig"}},
		"group":          {webACL, acl(managed("AWSManagedRulesMagic", 1)), []string{"WAFNonexistentItemException", "AWSManagedRulesMagic"}},
		"metric":         {webACL, with(in, sim.Props{"visibilityConfig": seen("a b")}), []string{"hyphens"}},
		"before nothing": {webLink, with(link, sim.Props{"resourceArn": lb.ID + "0"}), []string{"WAFNonexistentItemException"}},
		"before the CDN": {webLink, with(link, sim.Props{"resourceArn": "arn:aws:cloudfront::123456789012:distribution/E1"}), []string{invalid, "webAclId"}},
		"no ACL":         {webLink, with(link, sim.Props{"webAclArn": "arn:none"}), []string{"WAFNonexistentItemException"}},
		"twice":          {webLink, with(link, sim.Props{"webAclArn": c.Must(webACL, "other", acl()).Str("arn")}), []string{"WAFAssociatedItemException"}},
		"log name":       {webLog, sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List("arn:aws:logs:us-east-1:123456789012:log-group:web")}, []string{invalid, "aws-waf-logs-"}},
	})
	require.NoError(t, c.Delete(before))
	require.NoError(t, c.Delete(w))
	far := cloud(t, "eu-west-1")
	_, err := far.Create(webACL, "edge", with(in, sim.Props{"scope": "CLOUDFRONT"}))
	require.ErrorContains(t, err, "made in us-east-1")
}
