package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

func notInternalName(in sim.Props) []sim.Failure {
	if !strings.HasPrefix(in.Str("name"), "internal-") {
		return nil
	}
	return wrong("name", "cannot begin with \"internal-\"")
}

func application(in sim.Props) bool { return in.Str("loadBalancerType") == "application" }

// twoZones wants subnets in two availability zones, and one for each zone.
func twoZones(o *sim.Op) error {
	ids := balancerSubnets(o.In)
	zones := map[string]string{}
	for _, id := range ids {
		zone := zoneOfSubnet(o, id)
		if other := zones[zone]; other != "" && other != id {
			return sim.Refuse(elbConfig, "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
				fmt.Sprintf("Both %s and %s are in %s: give one subnet for each zone.", other, id, zone))
		}
		zones[zone] = id
	}
	if len(zones) < 2 && application(o.In) {
		return sim.Refuse(elbInvalid, "At least two subnets in two different Availability Zones must be specified",
			"Give subnets in two zones or more.")
	}
	return nil
}

func subnetsOfOneVPC(o *sim.Op) error {
	if _, err := oneVPC(o, balancerSubnets(o.In)); err != nil {
		return sim.Refuse(elbConfig, "All subnets must belong to the same VPC", upperFirst(err.Error())+".")
	}
	return nil
}

// reachable wants an internet gateway in the VPC of a load balancer that faces
// the internet. AWS does not look at the subnets' routes: one without a route
// to the gateway is taken, and does not answer.
func reachable(o *sim.Op) error {
	vpc := balancerVPC(o)
	if o.In.Bool("internal") || vpc == "" || gatewayAttached(o, vpc) {
		return nil
	}
	return sim.Refuse("InvalidSubnet", fmt.Sprintf("VPC %s has no internet gateway", vpc),
		"Attach an internet gateway to the VPC first and depend on it, or set internal to true.")
}

func groupsOfItsVPC(o *sim.Op) error {
	vpc := balancerVPC(o)
	for _, id := range o.In.Strs("securityGroups") {
		group, ok := o.Find(securityGroupToken, id)
		if ok && vpc != "" && group.Str("vpcId") != vpc {
			return sim.Refuse(elbConfig, "One or more security groups are invalid",
				fmt.Sprintf("%s belongs to %s, the load balancer to %s.", id, group.Str("vpcId"), vpc))
		}
	}
	return nil
}

// logDelivery is the service that writes access logs.
const logDelivery = "logdelivery.elasticloadbalancing.amazonaws.com"

// logsArrive wants a bucket that lets the service write: AWS tries it.
func logsArrive(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		logs := o.In.Map(property)
		if !logs.Bool("enabled") {
			return nil
		}
		bucket := logs.Str("bucket")
		denied := func(hint string) error {
			return sim.Refuse(elbConfig, fmt.Sprintf("Access Denied for bucket: %s. Please check S3bucket permission", bucket),
				hint)
		}
		if _, ok := o.Find(bucketToken, bucket); !ok {
			return denied(fmt.Sprintf("There is no such bucket in %s, and the bucket must be in the load balancer's region.",
				o.Region))
		}
		if bucketUsesKMS(o, bucket) {
			return denied("Access logs need a bucket with AES256 encryption; a KMS key is not supported.")
		}
		if !bucketAllows(o, bucket, logDelivery, logs.Str("prefix")) {
			return denied(fmt.Sprintf("Let the service %s put objects below %s in the bucket's policy, and depend on that "+
				"policy.",
				logDelivery, strings.TrimPrefix(logs.Str("prefix")+"/AWSLogs/"+o.Account, "/")))
		}
		return nil
	}
}

func bucketUsesKMS(o *sim.Op, bucket string) bool {
	encryption, _ := o.FindBy(bucketEncryptionToken, "bucket", bucket)
	for _, algorithm := range encryption.Strs("rules.applyServerSideEncryptionByDefault.sseAlgorithm") {
		if strings.HasPrefix(algorithm, "aws:kms") {
			return true
		}
	}
	return false
}

func deletionAllowed(o *sim.Op) error {
	if !o.In.Bool("enableDeletionProtection") {
		return nil
	}
	return sim.Refuse("OperationNotPermitted",
		fmt.Sprintf("Load balancer '%s' cannot be deleted because deletion protection is enabled", o.ID),
		"Set enableDeletionProtection to false in one update, then delete.")
}

// The bounds of a slow start in seconds; zero is off.
const (
	slowStartLeast = 30
	slowStartMost  = 900
)

func slowStartRange(in sim.Props) []sim.Failure {
	n := in.Int("slowStart")
	if n == 0 || (n >= slowStartLeast && n <= slowStartMost) {
		return nil
	}
	return wrong("slowStart", "got %d, want 0 or %d to %d", n, slowStartLeast, slowStartMost)
}

func targetNeeds(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	if in.Str("targetType") == "lambda" {
		return nil
	}
	for _, key := range []string{"port", "protocol", "vpcId"} {
		if !in.Has(key) {
			failures = append(failures, wrong(key, "should be set when targetType is %q", in.Str("targetType"))...)
		}
	}
	return failures
}

func healthCheckGood(o *sim.Op) error {
	check := o.In.Map("healthCheck")
	switch {
	case check == nil:
		return nil
	case check.Has("timeout") && check.Int("timeout") >= check.Int("interval"):
		return sim.Refuse(elbInvalid, "Health check interval must be greater than the timeout",
			fmt.Sprintf("The interval is %d s, the timeout %d s.", check.Int("interval"), check.Int("timeout")))
	case check.Has("path") && !strings.HasPrefix(check.Str("path"), "/"):
		return sim.Refuse(elbInvalid,
			fmt.Sprintf("Health check path '%s' must begin with a '/' character", check.Str("path")), "Change healthCheck.path.")
	case check.Str("protocol") == "TCP" && (o.In.Str("protocol") == "HTTP" || o.In.Str("protocol") == "HTTPS"):
		return sim.Refuse(elbInvalid, "Health check protocol 'TCP' must be one of 'HTTP, HTTPS'",
			"Change healthCheck.protocol.")
	}
	return nil
}

// slowStartGood and mitigationGood follow the user guide ("Slow start mode",
// "Automatic Target Weights"); the wording is not AWS's.
func slowStartGood(o *sim.Op) error {
	algorithm := o.In.Str("loadBalancingAlgorithmType")
	if o.In.Int("slowStart") == 0 || algorithm == "" || algorithm == "round_robin" {
		return nil
	}
	return sim.Refuse(elbConfig,
		fmt.Sprintf("Slow start mode is not available with the routing algorithm '%s'", algorithm),
		"Use round_robin, or set slowStart to 0.")
}

func mitigationGood(o *sim.Op) error {
	if o.In.Str("loadBalancingAnomalyMitigation") != "on" || o.In.Str("loadBalancingAlgorithmType") == "weighted_random" {
		return nil
	}
	return sim.Refuse(elbConfig, "Anomaly mitigation is only available with the routing algorithm 'weighted_random'",
		"Change loadBalancingAlgorithmType, or turn loadBalancingAnomalyMitigation off.")
}

func cookieGood(o *sim.Op) error {
	s := o.In.Map("stickiness")
	cookie := s.Str("type") == "lb_cookie" || s.Str("type") == "app_cookie"
	web := o.In.Str("protocol") == "HTTP" || o.In.Str("protocol") == "HTTPS"
	switch {
	case s == nil || !s.Bool("enabled"):
		return nil
	case cookie != web:
		return sim.Refuse(elbConfig,
			fmt.Sprintf("Stickiness type '%s' is not supported for target groups with the %s protocol", s.Str("type"),
				o.In.Str("protocol")),
			"Use lb_cookie or app_cookie with HTTP and HTTPS, source_ip with the others.")
	case s.Str("type") == "app_cookie" && s.Str("cookieName") == "":
		return sim.Refuse(elbConfig, "You must specify a cookie name with the stickiness type app_cookie",
			"Give stickiness.cookieName.")
	case cookie && s.Int("cookieDuration") < 1:
		return sim.Refuse(elbConfig, "The stickiness duration must be 1 to 604800 seconds",
			"Change stickiness.cookieDuration.")
	}
	return nil
}

// targetFits wants a target of the group's own VPC.
func targetFits(o *sim.Op) error {
	group, _ := o.Find(targetGroupToken, o.In.Str("targetGroupArn"))
	id := o.In.Str("targetId")
	if group.Str("targetType") != "instance" {
		return nil
	}
	instance, ok := o.Find(instanceToken, id)
	if !ok {
		return sim.Refuse("InvalidTarget", fmt.Sprintf("Instance ID '%s' is not valid", id),
			"Register an instance that exists in "+o.Region+".")
	}
	if vpc := vpcOfSubnet(o, instance.Str("subnetId")); vpc != "" && vpc != group.Str("vpcId") {
		return sim.Refuse("InvalidTarget",
			fmt.Sprintf("The following targets are not in the target group VPC '%s': '%s'", group.Str("vpcId"), id),
			"Register instances of the group's own VPC; this one is in "+vpc+".")
	}
	return nil
}

func actionsGood(property string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		fail := func(format string, args ...any) { failures = append(failures, wrong(property, format, args...)...) }
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
				wrong("conditions", "condition %d has %d kinds and %d values, want one kind with at least one value", i, kinds,
					n)...)
		}
		all += n
	}
	if all > mostConditionValues {
		failures = append(failures,
			wrong("conditions", "got %d values, at most %d are allowed in one rule", all, mostConditionValues)...)
	}
	return failures
}

func protocolFits(o *sim.Op) error {
	balancer, _ := o.Find(loadBalancerToken, o.In.Str("loadBalancerArn"))
	web := []string{"HTTP", "HTTPS", ""}
	if !application(balancer) || slices.Contains(web, o.In.Str("protocol")) {
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
	return slices.Contains(strings.Fields(policyVersions[date]), firstOf(version, "*"))
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
		_, ok := o.Find(certificateToken, arn)
		switch {
		case strings.Contains(arn, ":acm:"+o.Region+":") && ok && certificateIssued(o, arn):
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
			(r.Str("protocol") == "#{protocol}" || r.Str("protocol") == firstOf(o.In.Str("protocol"), "HTTP"))
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
		balancer, _ := o.Find(loadBalancerToken, mine)
		for _, arn := range groupsIn(o.In, actions) {
			group, _ := o.Find(targetGroupToken, arn)
			if vpc := balancer.Str("vpcId"); vpc != "" && group.Str("vpcId") != "" && group.Str("vpcId") != vpc {
				return sim.Refuse(elbConfig, fmt.Sprintf("The target group '%s' is not in the VPC of the load balancer", arn),
					fmt.Sprintf("The group is in %s, the load balancer in %s.", group.Str("vpcId"), vpc))
			}
			if other := balancerUsing(o, arn); other != "" && other != mine {
				return sim.Refuse("TargetGroupAssociationLimit", fmt.Sprintf(
					"The following target groups cannot be associated with more than one load balancer: %s", arn),
					"It belongs to "+other+": make a group of its own.")
			}
		}
		return nil
	}
}

func groupsIn(in sim.Props, actions string) []string {
	return append(in.Strs(actions+".targetGroupArn"), in.Strs(actions+".forward.targetGroups.arn")...)
}

// balancerOf is the load balancer that a listener or a rule belongs to.
func balancerOf(o *sim.Op, props sim.Props) string {
	if arn := props.Str("loadBalancerArn"); arn != "" {
		return arn
	}
	l, _ := o.Find(listenerToken, props.Str("listenerArn"))
	return l.Str("loadBalancerArn")
}

// balancerUsing is the load balancer that another listener or rule gives a
// target group to, "" for none.
func balancerUsing(o *sim.Op, group string) string {
	for token, actions := range map[string]string{listenerToken: "defaultActions", listenerRuleToken: "actions"} {
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
