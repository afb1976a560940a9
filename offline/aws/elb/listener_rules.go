package elb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func actionsGood(property string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		fail := func(format string, args ...any) {
			failures = append(failures, check.Wrong(property, format, args...)...)
		}
		for i, a := range in.Maps(property) {
			groups, _ := a.Map("forward")["targetGroups"].([]any)
			switch a.Str("type") {
			case "forward":
				if !a.Has("targetGroupArn") && !a.Has("forward") {
					fail("action %d: forward needs targetGroupArn or forward", i)
				}
				if a.Has("targetGroupArn") && a.Has("forward") {
					fail("action %d: targetGroupArn conflicts with forward: give one of them", i)
				}
				if a.Has("forward") && (len(groups) < 1 || len(groups) > 5) {
					fail("action %d: forward.targetGroups has %d groups, want 1 to 5", i, len(groups))
				}
			case "redirect":
				if !a.Has("redirect") {
					fail("action %d: redirect needs the object redirect", i)
				}
			case "fixed-response":
				if !a.Has("fixedResponse") {
					fail("action %d: fixed-response needs the object fixedResponse", i)
				}
			}
		}
		return failures
	}
}

// mostConditionValues is how many values the conditions of one rule may have.
const mostConditionValues = 5

func conditionsGood(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	all := 0
	for i, c := range in.Maps("conditions") {
		kinds, n := 0, len(c.Maps("queryStrings"))
		for _, key := range []string{"hostHeader", "httpHeader", "httpRequestMethod", "pathPattern", "queryStrings",
			"sourceIp"} {
			if c.Has(key) {
				kinds++
			}
			list, _ := c.Map(key)["values"].([]any)
			n += len(list)
		}
		if kinds != 1 || n == 0 {
			failures = append(failures,
				check.Wrong("conditions", "condition %d has %d kinds and %d values, want one kind with at least one value", i,
					kinds,
					n)...)
		}
		all += n
	}
	if all > mostConditionValues {
		failures = append(failures,
			check.Wrong("conditions", "got %d values, at most %d are allowed in one rule", all, mostConditionValues)...)
	}
	return failures
}

func protocolFits(o *sim.Op) error {
	balancer, _ := o.Find(token.LBLoadBalancer, o.In.Str("loadBalancerArn"))
	web := []string{"HTTP", "HTTPS", ""}
	isWeb := slices.Contains(web, o.In.Str("protocol"))
	if balancer.Str("loadBalancerType") == "network" && isWeb {
		return sim.Refuse(elbInvalid, fmt.Sprintf("Listener protocol '%s' must be one of 'TLS, UDP, TCP, TCP_UDP'",
			o.In.Str("protocol")), "Change protocol, or make a load balancer of type application.")
	}
	if !application(balancer) || isWeb {
		return nil
	}
	return sim.Refuse(elbInvalid, fmt.Sprintf("Listener protocol '%s' must be one of 'HTTPS, HTTP'", o.In.Str("protocol")),
		"Change protocol.")
}

func portFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("loadBalancerArn") == o.In.Str("loadBalancerArn") && other.Props.Int("port") == o.In.Int("port") {
			return sim.Refuse("DuplicateListener",
				fmt.Sprintf("A listener already exists on this port for this load balancer '%s'", o.In.Str("loadBalancerArn")),
				fmt.Sprintf("Port %d belongs to %s: choose another port, or add rules to that listener.", o.In.Int("port"),
					other.ID))
		}
	}
	return nil
}

// policyVersions are the TLS policies: what stands between "ELBSecurityPolicy-"
// and the date, by date (user guide, "Security policies").
var policyVersions = map[string]string{
	"2015-05": "*", "2016-08": "*", "2015-04": "TLS-1-0", "2017-01": "TLS-1-1 TLS-1-2", "2018-06": "TLS-1-2-Ext FS", "2019-08": "FS-1-1 FS-1-2 FS-1-2-Res",
	"2020-10": "FS-1-2-Res", "2021-06": "TLS13-1-0 TLS13-1-1 TLS13-1-2 TLS13-1-2-Res TLS13-1-2-Ext1 TLS13-1-2-Ext2 TLS13-1-3",
	"2023-04": "TLS13-1-0-FIPS TLS13-1-1-FIPS TLS13-1-2-FIPS TLS13-1-2-Res-FIPS TLS13-1-2-Ext0-FIPS TLS13-1-2-Ext1-FIPS TLS13-1-2-Ext2-FIPS TLS13-1-3-FIPS",
	"2025-09": "TLS13-1-2-PQ TLS13-1-2-Res-PQ TLS13-1-2-Ext1-PQ TLS13-1-2-Ext2-PQ TLS13-1-3-PQ TLS13-1-2-FIPS-PQ TLS13-1-2-Res-FIPS-PQ " +
		"TLS13-1-2-Ext0-FIPS-PQ TLS13-1-2-Ext1-FIPS-PQ TLS13-1-2-Ext2-FIPS-PQ TLS13-1-3-FIPS-PQ",
}

func policyExists(name string) bool {
	rest, ok := strings.CutPrefix(name, "ELBSecurityPolicy-")
	if !ok || len(rest) < len("2016-08") {
		return false
	}
	cut := len(rest) - len("2016-08")
	version, date := strings.TrimSuffix(rest[:cut], "-"), rest[cut:]
	return slices.Contains(strings.Fields(policyVersions[date]), cmp.Or(version, "*"))
}

func encrypted(o *sim.Op) bool {
	return o.In.Str("protocol") == "HTTPS" || o.In.Str("protocol") == "TLS"
}

func knownPolicy(o *sim.Op) error {
	policy := o.In.Str("sslPolicy")
	if policy == "" || policyExists(policy) {
		return nil
	}
	return sim.Refuse("SSLPolicyNotFound", fmt.Sprintf("SSL policy '%s' not found", policy),
		"Use ELBSecurityPolicy-TLS13-1-2-2021-06, for example.")
}

func needsCertificate(o *sim.Op) error {
	if encrypted(o) == o.In.Has("certificateArn") {
		return nil
	}
	if encrypted(o) {
		return sim.Refuse(elbInvalid, fmt.Sprintf("A certificate must be specified for %s listeners", o.In.Str("protocol")),
			"Give certificateArn.")
	}
	return sim.Refuse(elbInvalid, "You cannot specify a certificate for a listener without TLS",
		"Set protocol to HTTPS, or take certificateArn away.")
}

// certificateGood wants a certificate of the same region that has been issued.
func certificateGood(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		arn := o.In.Str(property)
		if !strings.Contains(arn, ":acm:") {
			return nil // none, or one of IAM
		}
		_, ok := o.Find(token.ACMCertificate, arn)
		switch {
		case strings.Contains(arn, ":acm:"+o.Region+":") && ok && acm.Issued(o, arn):
			return nil
		case !strings.Contains(arn, ":acm:"+o.Region+":"):
			return sim.Refuse("CertificateNotFound", fmt.Sprintf("Certificate '%s' not found", arn),
				"Use a certificate of the load balancer's own region, "+o.Region+".")
		case !ok:
			return sim.Refuse("CertificateNotFound", fmt.Sprintf("Certificate '%s' not found", arn),
				"Use a certificate that exists in "+o.Region+".")
		}
		return sim.Refuse("UnsupportedCertificate",
			fmt.Sprintf("The certificate '%s' must have a fully-qualified domain name, "+
				"a supported signature, and a supported key size", arn),
			"It has not been issued yet: take its ARN from an acm.CertificateValidation, which waits for that.")
	}
}

// noLoop refuses a redirect to what the listener itself answers.
func noLoop(o *sim.Op) error {
	for _, a := range o.In.Maps("defaultActions") {
		r := a.Map("redirect")
		same := r != nil && r.Str("host") == "#{host}" && r.Str("path") == "/#{path}" && r.Str("query") == "#{query}" &&
			(r.Str("port") == "#{port}" || r.Str("port") == fmt.Sprint(o.In.Int("port"))) &&
			(r.Str("protocol") == "#{protocol}" || r.Str("protocol") == cmp.Or(o.In.Str("protocol"), "HTTP"))
		if same {
			return sim.Refuse("InvalidLoadBalancerAction", "The redirect configuration is invalid as it creates a loop",
				"Redirect to another port, protocol, host or path.")
		}
	}
	return nil
}

// groupsFit wants target groups of the load balancer's VPC that no other load
// balancer uses.
func groupsFit(actions string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		mine := balancerOf(o, o.In)
		balancer, _ := o.Find(token.LBLoadBalancer, mine)
		for _, arn := range groupsIn(o.In, actions) {
			group, _ := o.Find(token.LBTargetGroup, arn)
			if err := speaksAlike(balancer, group); err != nil {
				return err
			}
			if vpc := balancer.Str("vpcId"); vpc != "" && group.Str("vpcId") != "" && group.Str("vpcId") != vpc {
				return sim.Refuse(elbConfig, fmt.Sprintf("The target group '%s' is not in the VPC of the load balancer", arn),
					fmt.Sprintf("The group is in %s, the load balancer in %s.", group.Str("vpcId"), vpc))
			}
			if other := BalancerUsing(o, arn); other != "" && other != mine {
				return sim.Refuse("TargetGroupAssociationLimit", fmt.Sprintf(
					"The following target groups cannot be associated with more than one load balancer: %s", arn),
					"It belongs to "+other+": make a group of its own.")
			}
		}
		return nil
	}
}

// speaksAlike wants target groups of HTTP behind an application load balancer
// only, and of TCP or UDP behind a network one.
func speaksAlike(balancer, group sim.Props) error {
	protocol, kind := group.Str("protocol"), balancer.Str("loadBalancerType")
	web := protocol == "HTTP" || protocol == "HTTPS"
	if protocol == "" || kind != "network" && kind != "application" || web == (kind == "application") {
		return nil
	}
	return sim.Refuse(elbConfig,
		fmt.Sprintf("A target group with the protocol %s cannot be used with a load balancer of type %s", protocol, kind),
		"Make a target group of HTTP or HTTPS for an application load balancer, of TCP, TLS or UDP for a network one.")
}

func groupsIn(in sim.Props, actions string) []string {
	return append(in.Strs(actions+".targetGroupArn"), in.Strs(actions+".forward.targetGroups.arn")...)
}

// balancerOf is the load balancer that a listener or a rule belongs to.
func balancerOf(o *sim.Op, props sim.Props) string {
	if arn := props.Str("loadBalancerArn"); arn != "" {
		return arn
	}
	l, _ := o.Find(token.LBListener, props.Str("listenerArn"))
	return l.Str("loadBalancerArn")
}

// BalancerUsing is the load balancer that another listener or rule gives a
// target group to, "" for none.
func BalancerUsing(o *sim.Op, group string) string {
	for token, actions := range map[string]string{token.LBListener: "defaultActions", token.LBListenerRule: "actions"} {
		for _, other := range o.All(token) {
			if other.ID != o.ID && slices.Contains(groupsIn(other.Props, actions), group) {
				return balancerOf(o, other.Props)
			}
		}
	}
	return ""
}

func priorityFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if o.In.Has("priority") && other.Props.Str("listenerArn") == o.In.Str("listenerArn") &&
			other.Props.Int("priority") == o.In.Int("priority") {
			return sim.Refuse("PriorityInUse", fmt.Sprintf("Priority '%d' is currently in use", o.In.Int("priority")),
				"Choose another priority.")
		}
	}
	return nil
}
