package elb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

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
	return check.Wrong("slowStart", "got %d, want 0 or %d to %d", n, slowStartLeast, slowStartMost)
}

func targetNeeds(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	if in.Str("targetType") == "lambda" {
		return nil
	}
	for _, key := range []string{"port", "protocol", "vpcId"} {
		if !in.Has(key) {
			failures = append(failures, check.Wrong(key, "should be set when targetType is %q", in.Str("targetType"))...)
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
	case check.Str("protocol") == "TCP" && (check.Str("matcher") != "" || check.Str("path") != ""):
		return sim.Refuse(elbInvalid, "Custom health check matchers and paths are not supported for health checks with the "+
			"TCP protocol", "Leave healthCheck.matcher and healthCheck.path out, or use HTTP.")
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
	group, _ := o.Find(token.LBTargetGroup, o.In.Str("targetGroupArn"))
	id := o.In.Str("targetId")
	if group.Str("targetType") != "instance" {
		return nil
	}
	instance, ok := o.Find(token.EC2Instance, id)
	if !ok {
		return sim.Refuse("InvalidTarget", fmt.Sprintf("Instance ID '%s' is not valid", id),
			"Register an instance that exists in "+o.Region+".")
	}
	if vpc := place.VPCOfSubnet(o, instance.Str("subnetId")); vpc != "" && vpc != group.Str("vpcId") {
		return sim.Refuse("InvalidTarget",
			fmt.Sprintf("The following targets are not in the target group VPC '%s': '%s'", group.Str("vpcId"), id),
			"Register instances of the group's own VPC; this one is in "+vpc+".")
	}
	return nil
}

// targetListens wants a listener of a load balancer that is itself a target.
func targetListens(o *sim.Op) error {
	group, _ := o.Find(token.LBTargetGroup, o.In.Str("targetGroupArn"))
	port := cmp.Or(o.In.Int("port"), group.Int("port"))
	listens := slices.ContainsFunc(o.All(token.LBListener), func(l sim.Found) bool {
		return l.Props.Str("loadBalancerArn") == o.In.Str("targetId") && l.Props.Int("port") == port
	})
	if group.Str("targetType") != "alb" || listens {
		return nil
	}
	return sim.Refuse(elbInvalid, "If the target type is ALB, the target must have at least one listener that matches "+
		"the target group port or any specified port overrides",
		fmt.Sprintf("Make its listener of port %d first, and let the attachment depend on it.", port))
}
