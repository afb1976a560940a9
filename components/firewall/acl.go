package firewall

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/resource/token"
)

// raw is a resource of which only the ARN is of interest. The SDK's own types
// for WAF are some 140,000 lines, because statements contain statements; the
// few that are needed are written as the provider reads them.
type raw struct {
	pulumi.CustomResourceState
	ARN pulumi.StringOutput `pulumi:"arn"`
}

func (f *Firewall) buildACL(ctx *pulumi.Context, name string, args Args) error {
	var acl raw
	err := ctx.RegisterResource(token.WAFv2WebAcl, name+"-acl", pulumi.Map{
		"scope":            pulumi.String(string(args.Scope)),
		"description":      pulumi.String("Firewall of stack " + ctx.Stack()),
		"defaultAction":    pulumi.Map{"allow": pulumi.Map{}},
		"rules":            f.rules(args),
		"visibilityConfig": visible(f.metric),
		"tags":             args.TagsFor(ctx, name),
	}, &acl, pulumi.Parent(f))
	if err != nil {
		return fmt.Errorf("create the web ACL: %w", err)
	}
	f.ARN = acl.ARN
	return nil
}

// rateName is the rule that limits one address.
const rateName = "rate"

// rules: the cheap limit first, then the managed groups. Priorities leave
// room, so that a further group moves none.
func (f *Firewall) rules(args Args) pulumi.Array {
	list := pulumi.Array{f.rateRule(args)}
	for i, g := range append(Groups(), args.More...) {
		list = append(list, f.groupRule(g, 10*(i+1), args.OnlyCount))
	}
	if args.Near != nil {
		list = append(list, f.nearRule(args))
	}
	return list
}

// nearName is the rule that counts requests from near countries.
const nearName = "near"

// nearRule comes before all that refuses, so that it counts every request.
func (f *Firewall) nearRule(args Args) pulumi.Map {
	statement := pulumi.Map{"countryCodes": pulumi.ToStringArray(args.Near.Countries)}
	if args.ForwardedHeader != "" {
		statement["forwardedIpConfig"] = pulumi.Map{
			"headerName": pulumi.String(args.ForwardedHeader), "fallbackBehavior": pulumi.String("NO_MATCH"),
		}
	}
	return pulumi.Map{
		"name": pulumi.String(nearName), "priority": pulumi.Int(0), "action": pulumi.Map{"count": pulumi.Map{}},
		"statement":        pulumi.Map{"geoMatchStatement": statement},
		"visibilityConfig": visible(f.metric + "-" + nearName),
	}
}

func (f *Firewall) rateRule(args Args) pulumi.Map {
	statement := pulumi.Map{
		"limit":               pulumi.Int(args.Requests),
		"evaluationWindowSec": pulumi.Int(args.WindowSeconds),
		"aggregateKeyType":    pulumi.String("IP"),
	}
	if args.ForwardedHeader != "" {
		statement["aggregateKeyType"] = pulumi.String("FORWARDED_IP")
		statement["forwardedIpConfig"] = pulumi.Map{
			"headerName": pulumi.String(args.ForwardedHeader), "fallbackBehavior": pulumi.String("MATCH"),
		}
	}
	action := pulumi.Map{"block": pulumi.Map{"customResponse": pulumi.Map{"responseCode": pulumi.Int(429)}}}
	if args.OnlyCount {
		action = pulumi.Map{"count": pulumi.Map{}}
	}
	return pulumi.Map{
		"name": pulumi.String(rateName), "priority": pulumi.Int(1), "action": action,
		"statement":        pulumi.Map{"rateBasedStatement": statement},
		"visibilityConfig": visible(f.metric + "-" + rateName),
	}
}

func (f *Firewall) groupRule(g Group, priority int, onlyCount bool) pulumi.Map {
	override := pulumi.Map{"none": pulumi.Map{}}
	if onlyCount {
		override = pulumi.Map{"count": pulumi.Map{}}
	}
	statement := pulumi.Map{"vendorName": pulumi.String("AWS"), "name": pulumi.String(g.Name)}
	var counted pulumi.Array
	for _, rule := range g.Count {
		counted = append(counted, pulumi.Map{"name": pulumi.String(rule), "actionToUse": pulumi.Map{"count": pulumi.Map{}}})
	}
	if len(counted) > 0 {
		statement["ruleActionOverrides"] = counted
	}
	return pulumi.Map{
		"name": pulumi.String(g.Name), "priority": pulumi.Int(priority), "overrideAction": override,
		"statement":        pulumi.Map{"managedRuleGroupStatement": statement},
		"visibilityConfig": visible(f.metric + "-" + g.Name),
	}
}

func visible(metric string) pulumi.Map {
	return pulumi.Map{
		"cloudwatchMetricsEnabled": pulumi.Bool(true), "sampledRequestsEnabled": pulumi.Bool(true), "metricName": pulumi.String(metric),
	}
}

func (f *Firewall) associate(ctx *pulumi.Context, name string, args Args) error {
	for _, balancer := range slices.Sorted(maps.Keys(args.Balancers)) {
		var made raw
		err := ctx.RegisterResource(token.WAFv2WebAclAssociation, name+"-"+balancer, pulumi.Map{
			"resourceArn": args.Balancers[balancer], "webAclArn": f.ARN,
		}, &made, pulumi.Parent(f))
		if err != nil {
			return fmt.Errorf("stand before %s: %w", balancer, err)
		}
	}
	return nil
}

const namespace = "AWS/WAFV2"

// of is one of the web ACL's metrics, over all rules or of one.
func (f *Firewall) of(metric, rule, label string) part.Metric {
	dims := pulumi.StringMap{"WebACL": pulumi.String(f.metric), "Rule": pulumi.String(rule)}
	if f.region != "" {
		dims["Region"] = pulumi.String(f.region)
	}
	return part.Metric{Namespace: namespace, Name: metric, Dimensions: dims, Statistic: "Sum", Label: label}
}

// watch raises an alarm on the share of refused requests: a number alone says
// nothing about a flood, and everything about how many users there are.
func (f *Firewall) watch(ctx *pulumi.Context, name string, args Args) error {
	list := []alarms.Math{{
		Name: "blocked", Why: fmt.Sprintf("Over %g %% of the requests are refused: an attack, or a rule that hits users. Look at the sampled requests and at the rule that refuses most.", args.AlarmBlockedPercent),
		Expression: "100*FILL(blocked,0)/(FILL(blocked,0)+allowed)", Label: "refused (%)",
		Threshold: args.AlarmBlockedPercent, PeriodSeconds: 300, Periods: 3, Missing: alarms.MissingIsGood,
		Metrics: map[string]part.Metric{"blocked": f.of("BlockedRequests", "ALL", ""), "allowed": f.of("AllowedRequests", "ALL", "")},
	}}
	if args.Near != nil {
		list = append(list, f.farAlarm(*args.Near))
	}
	_, err := alarms.CreateMath(ctx, f, name, args.Common, list...)
	return err
}

// farAlarm looks at a whole day: half of it, one side of the world sleeps.
func (f *Firewall) farAlarm(n Near) alarms.Math {
	return alarms.Math{
		Name: "users-far", Why: n.Why, Label: "from far away (%)",
		Expression: "100*(FILL(allowed,0)+FILL(blocked,0)-FILL(near,0))/(FILL(allowed,0)+FILL(blocked,0))",
		Compare:    alarms.AtLeast, Threshold: float64(n.FarPercent), PeriodSeconds: 86_400, Periods: 1, Missing: alarms.MissingIsGood,
		Metrics: map[string]part.Metric{
			"blocked": f.of("BlockedRequests", "ALL", ""), "allowed": f.of("AllowedRequests", "ALL", ""),
			"near": f.of("CountedRequests", f.metric+"-"+nearName, ""),
		},
	}
}

// Widgets are the firewall's graphs.
func (f *Firewall) Widgets() []part.Widget {
	graph := part.Widget{Title: "Firewall", Metrics: []part.Metric{
		f.of("AllowedRequests", "ALL", "passed"), f.of("BlockedRequests", "ALL", "refused"),
		f.of("BlockedRequests", f.metric+"-"+rateName, "too many from one address"),
	}}
	if f.near {
		graph.Metrics = append(graph.Metrics, f.of("CountedRequests", f.metric+"-"+nearName, "from near countries"))
	}
	return []part.Widget{graph}
}
