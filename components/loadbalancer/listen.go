package loadbalancer

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
)

// targets builds the group that a fleet joins and, during a move, the group
// of the machine that it takes over from.
func (l *LoadBalancer) targets(ctx *pulumi.Context, name string, args Args) error {
	var err error
	if l.fleet, err = l.targetGroup(ctx, name, "targets", args); err != nil || args.Move == nil {
		return err
	}
	if l.moved, err = l.targetGroup(ctx, name, "moved", args); err != nil {
		return err
	}
	_, err = lb.NewTargetGroupAttachment(ctx, name+"-moved-server", &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: l.moved.Arn,
		TargetId:       args.Move.InstanceID,
		Port:           pulumi.Int(args.TargetPort),
	}, pulumi.Parent(l))
	return err
}

func (l *LoadBalancer) targetGroup(ctx *pulumi.Context, name, part string, args Args) (*lb.TargetGroup, error) {
	group := &lb.TargetGroupArgs{
		// A prefix: what replaces a group with a fixed name finds the name taken.
		NamePrefix:                 pulumi.String(namePrefix),
		VpcId:                      args.VPCID.ToStringOutput().ToStringPtrOutput(),
		TargetType:                 pulumi.String("instance"),
		Port:                       pulumi.Int(args.TargetPort),
		Protocol:                   pulumi.String("HTTP"),
		LoadBalancingAlgorithmType: pulumi.String(string(args.Algorithm)),
		DeregistrationDelay:        pulumi.Int(args.DrainSeconds),
		HealthCheck:                args.Health.inputs(),
		Stickiness:                 args.stickiness(),
		Tags:                       args.TagsFor(ctx, name),
	}
	if args.SlowStartSeconds > 0 {
		group.SlowStart = pulumi.Int(args.SlowStartSeconds)
	}
	if args.Algorithm == WeightedRandom {
		group.LoadBalancingAnomalyMitigation = pulumi.String("on")
	}
	return lb.NewTargetGroup(ctx, name+"-"+part, group, pulumi.Parent(l))
}

func (h HealthCheck) inputs() *lb.TargetGroupHealthCheckArgs {
	return &lb.TargetGroupHealthCheckArgs{
		Enabled:            pulumi.Bool(true),
		Protocol:           pulumi.String("HTTP"),
		Path:               pulumi.String(h.Path),
		Port:               pulumi.String("traffic-port"),
		Matcher:            pulumi.String("200"),
		Interval:           pulumi.Int(h.IntervalSeconds),
		Timeout:            pulumi.Int(h.TimeoutSeconds),
		HealthyThreshold:   pulumi.Int(h.Up),
		UnhealthyThreshold: pulumi.Int(h.Down),
	}
}

// stickiness is always stated, so that turning it off is a visible change.
func (a Args) stickiness() *lb.TargetGroupStickinessArgs {
	s := &lb.TargetGroupStickinessArgs{Type: pulumi.String("lb_cookie"), Enabled: pulumi.Bool(a.StickySeconds > 0)}
	if a.StickySeconds > 0 {
		s.CookieDuration = pulumi.Int(a.StickySeconds)
	}
	return s
}

func (l *LoadBalancer) listen(ctx *pulumi.Context, name string, args Args) error {
	for i, on := range args.listeners() {
		made, err := lb.NewListener(ctx, fmt.Sprintf("%s-listener-%d", name, on.port), l.listener(ctx, name, args, on),
			pulumi.Parent(l))
		if err != nil {
			return err
		}
		if on.redirects {
			continue
		}
		rule, err := l.verify(ctx, name, verified(on, i), args, made.Arn)
		if err != nil {
			return err
		}
		if err := l.maintain(ctx, name, strings.TrimPrefix(verified(on, i), "verified"), args, made.Arn); err != nil {
			return err
		}
		l.serving = append(l.serving, made)
		l.OriginHost = after(l.OriginHost, made, rule)
		l.Doors = append(l.Doors, made)
		if rule != nil {
			l.Doors = append(l.Doors, rule)
		}
		if i > 0 {
			continue
		}
		l.ListenerARN = made.Arn
		l.TargetGroupARN = after(l.fleet.Arn, made, rule)
		l.TargetGroupARNSuffix = after(l.fleet.ArnSuffix, made, rule)
	}
	return nil
}

// verified is a listener's part in the logical name of its rule.
func verified(on listener, nth int) string {
	if nth == 0 {
		return "verified"
	}
	return fmt.Sprintf("verified-%d", on.port)
}

// after is a value that is only known once the listener and its rule, if it
// has one, exist.
func after(value pulumi.StringOutput, listener *lb.Listener, rule *lb.ListenerRule) pulumi.StringOutput {
	all := pulumi.StringArray{value, listener.Arn}
	if rule != nil {
		all = append(all, rule.Arn)
	}
	return all.ToStringArrayOutput().Index(pulumi.Int(0))
}

func (l *LoadBalancer) listener(ctx *pulumi.Context, name string, args Args, on listener) *lb.ListenerArgs {
	made := &lb.ListenerArgs{
		LoadBalancerArn: l.ARN,
		Port:            pulumi.Int(on.port),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions:  lb.ListenerDefaultActionArray{l.defaultAction(args, on)},
		Tags:            args.TagsFor(ctx, name),
	}
	if on.tls {
		made.Protocol = pulumi.String("HTTPS")
		made.SslPolicy = pulumi.String(TLSPolicy)
		made.CertificateArn = args.CertificateARN.ToStringOutput().ToStringPtrOutput()
	}
	return made
}

// defaultAction answers what no rule answers: where a secret is asked for,
// only those without it come here.
func (l *LoadBalancer) defaultAction(args Args, on listener) lb.ListenerDefaultActionArgs {
	switch {
	case on.redirects:
		return lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: &lb.ListenerDefaultActionRedirectArgs{
				Port: pulumi.String("443"), Protocol: pulumi.String("HTTPS"), StatusCode: pulumi.String("HTTP_301"),
			},
		}
	case args.OriginSecret != nil:
		return lb.ListenerDefaultActionArgs{
			Type: pulumi.String("fixed-response"),
			FixedResponse: &lb.ListenerDefaultActionFixedResponseArgs{
				ContentType: pulumi.String("text/plain"), MessageBody: pulumi.String("forbidden"), StatusCode: pulumi.String("403"),
			},
		}
	case l.moved == nil:
		return lb.ListenerDefaultActionArgs{Type: pulumi.String("forward"), TargetGroupArn: l.fleet.Arn.ToStringPtrOutput()}
	}
	fleet, moved := args.Move.weights()
	return lb.ListenerDefaultActionArgs{
		Type: pulumi.String("forward"),
		Forward: &lb.ListenerDefaultActionForwardArgs{TargetGroups: lb.ListenerDefaultActionForwardTargetGroupArray{
			lb.ListenerDefaultActionForwardTargetGroupArgs{Arn: l.fleet.Arn, Weight: pulumi.Int(fleet)},
			lb.ListenerDefaultActionForwardTargetGroupArgs{Arn: l.moved.Arn, Weight: pulumi.Int(moved)},
		}},
	}
}

// verify serves those who carry the origin secret.
func (l *LoadBalancer) verify(ctx *pulumi.Context, name, part string, args Args,
	listener pulumi.StringOutput) (*lb.ListenerRule, error) {
	if args.OriginSecret == nil {
		return nil, nil
	}
	secret := pulumi.ToSecret(args.OriginSecret).(pulumi.StringOutput)
	return lb.NewListenerRule(ctx, name+"-"+part, &lb.ListenerRuleArgs{
		ListenerArn: listener,
		Priority:    pulumi.Int(rulePriority),
		Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
			HttpHeader: &lb.ListenerRuleConditionHttpHeaderArgs{
				HttpHeaderName: pulumi.String(contract.OriginHeader),
				Values:         pulumi.StringArray{secret},
			},
		}},
		Actions: lb.ListenerRuleActionArray{l.serve(args)},
		Tags:    args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
}

// rulePriority leaves room for the rules of later stages before this one.
const rulePriority = 1000

// serve is the action of a rule that hands a request to the targets.
func (l *LoadBalancer) serve(args Args) lb.ListenerRuleActionArgs {
	if l.moved == nil {
		return lb.ListenerRuleActionArgs{Type: pulumi.String("forward"), TargetGroupArn: l.fleet.Arn.ToStringPtrOutput()}
	}
	fleet, moved := args.Move.weights()
	return lb.ListenerRuleActionArgs{
		Type: pulumi.String("forward"),
		Forward: &lb.ListenerRuleActionForwardArgs{TargetGroups: lb.ListenerRuleActionForwardTargetGroupArray{
			lb.ListenerRuleActionForwardTargetGroupArgs{Arn: l.fleet.Arn, Weight: pulumi.Int(fleet)},
			lb.ListenerRuleActionForwardTargetGroupArgs{Arn: l.moved.Arn, Weight: pulumi.Int(moved)},
		}},
	}
}

// weights are the shares of the fleet and of the machine that it takes over from.
func (m Move) weights() (fleet, moved int) { return 100 - m.Weight, m.Weight }
