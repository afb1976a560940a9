package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
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
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"subnets": subnets})
	in := acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 10))
	w := c.Settled(token.WAFv2WebAcl, "web", in)
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web-[0-9a-f]{7}/[0-9a-f-]{36}$`, w.Str("arn"))
	assert.EqualValues(t, 702, w.Get("capacity"))
	link := sim.Props{"resourceArn": lb.ID, "webAclArn": w.Str("arn")}
	before := c.Settled(token.WAFv2WebAclAssociation, "web", link)
	logs := c.Must(token.CloudWatchLogGroup, "waf", sim.Props{"name": "aws-waf-logs-web"})
	c.Settled(token.WAFv2WebAclLoggingConfiguration, "web",
		sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List(logs.Str("arn"))})
	require.ErrorContains(t, c.Delete(w), "WAFAssociatedItemException")
	replacedBy(t, c, w, in, map[string]sim.Props{
		"scope": {"scope": "CLOUDFRONT"}, "rules": {"rules": []any{limited(nil)}}, "name": {"name": "x"},
	}, map[string]bool{"scope": true, "name": true})
	action := managed("AWSManagedRulesCommonRuleSet", 10)
	action["action"] = map[string]any{"block": map[string]any{}}
	const invalid = "WAFInvalidParameterException"
	allRefused(t, c, map[string]mistake{
		"scope":          {token.WAFv2WebAcl, with(in, sim.Props{"scope": "EDGE"}), []string{"CLOUDFRONT"}},
		"no action":      {token.WAFv2WebAcl, with(in, sim.Props{"defaultAction": map[string]any{}}), []string{invalid, "DEFAULT_ACTION"}},
		"priority":       {token.WAFv2WebAcl, acl(limited(nil), managed("AWSManagedRulesCommonRuleSet", 1)), []string{invalid, "priority"}},
		"name":           {token.WAFv2WebAcl, acl(managed("AWSManagedRulesCommonRuleSet", 1), managed("AWSManagedRulesCommonRuleSet", 2)), []string{invalid, "same name"}},
		"group's action": {token.WAFv2WebAcl, acl(action), []string{invalid, "overrideAction"}},
		"no statement":   {token.WAFv2WebAcl, acl(map[string]any{"name": "x", "priority": 1.0, "statement": map[string]any{}, "visibilityConfig": seen("x"), "action": map[string]any{"block": map[string]any{}}}), []string{invalid, "STATEMENT"}},
		"rate":           {token.WAFv2WebAcl, acl(limited(sim.Props{"limit": 5.0})), []string{invalid, "RATE_LIMIT"}},
		"window":         {token.WAFv2WebAcl, acl(limited(sim.Props{"evaluationWindowSec": 30.0})), []string{invalid, "EVALUATION_WINDOW"}},
		"forwarded":      {token.WAFv2WebAcl, acl(limited(sim.Props{"aggregateKeyType": "FORWARDED_IP"})), []string{invalid, "forwardedIpConfig"}},
		"group":          {token.WAFv2WebAcl, acl(managed("AWSManagedRulesMagic", 1)), []string{"WAFNonexistentItemException", "AWSManagedRulesMagic"}},
		"metric":         {token.WAFv2WebAcl, with(in, sim.Props{"visibilityConfig": seen("a b")}), []string{"hyphens"}},
		"before nothing": {token.WAFv2WebAclAssociation, with(link, sim.Props{"resourceArn": lb.ID + "0"}), []string{"WAFNonexistentItemException"}},
		"before the CDN": {token.WAFv2WebAclAssociation, with(link, sim.Props{"resourceArn": "arn:aws:cloudfront::123456789012:distribution/E1"}), []string{invalid, "webAclId"}},
		"no ACL":         {token.WAFv2WebAclAssociation, with(link, sim.Props{"webAclArn": "arn:none"}), []string{"WAFNonexistentItemException"}},
		"twice":          {token.WAFv2WebAclAssociation, with(link, sim.Props{"webAclArn": c.Must(token.WAFv2WebAcl, "other", acl()).Str("arn")}), []string{"WAFAssociatedItemException"}},
		"log name":       {token.WAFv2WebAclLoggingConfiguration, sim.Props{"resourceArn": w.Str("arn"), "logDestinationConfigs": sim.List("arn:aws:logs:us-east-1:123456789012:log-group:web")}, []string{invalid, "aws-waf-logs-"}},
	})
	require.NoError(t, c.Delete(before))
	require.NoError(t, c.Delete(w))
	far := cloud(t, "eu-west-1")
	_, err := far.Create(token.WAFv2WebAcl, "edge", with(in, sim.Props{"scope": "CLOUDFRONT"}))
	require.ErrorContains(t, err, "made in us-east-1")
}
