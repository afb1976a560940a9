package loadbalancer

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Route moves some paths from the fleet that serves everything to a service of
// their own, by weight and back: both stay in the rule, so that a rollback is
// one update in place. What no route names stays with the fleet.
type Route struct {
	// Name is the service's part of logical names, "users" say; it is frozen
	// with the first deployment.
	Name string
	// Paths are the patterns that belong to the service, "/api/users*" say; 1 to 16, of up
	// to 128 characters; * and ? are wildcards. Each four of them are a rule.
	Paths []string
	// Priority orders the routes: the lowest that matches wins. 1 to 999, each once; the
	// further rules of a route have the ones that follow.
	Priority int
	// Weight is the service's share of these requests in percent, 0 to 100.
	// The rest stays with the fleet.
	Weight int
	// Health is how the service's targets are checked. Zero is the balancer's own.
	Health HealthCheck
}

// Targets are a service's group of targets behind the balancer.
type Targets struct {
	// ARN is the group that the service's fleet joins; ARNSuffix is the
	// dimension of its metrics. Both are known once a rule serves the group.
	ARN, ARNSuffix pulumi.StringOutput
	// GateAlarms are the names of the alarms that should stop a rollout of
	// the service.
	GateAlarms pulumi.StringArray

	balancer pulumi.StringOutput
}

// maxPaths is how many patterns a rule takes: AWS counts five values in all
// conditions of a rule, and the origin's secret may be one.
const maxPaths = 4

// maxRules is how many rules a route may take.
const maxRules = 4

// rules are the route's paths, in parts that a rule takes.
func (r Route) rules() [][]string { return slices.Collect(slices.Chunk(r.Paths, maxPaths)) }

var (
	routeName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	routePath = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$`)
)

// reservedParts are parts of logical names that the balancer itself uses.
var reservedParts = []string{"alb", "sg", "targets", "moved", "verified", "health", "errors", "slow", "unhealthy",
	"rejected", "balancer", "maintenance", "rest"}

func (a Args) checkRoutes() error {
	var errs []error
	names, priorities := map[string]bool{}, map[int]bool{}
	for i, r := range a.Routes {
		at := fmt.Sprintf("Routes[%d]", i)
		if !routeName.MatchString(r.Name) || names[r.Name] || slices.Contains(reservedParts, r.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: got %q, want a name of its own of up to 20 of a-z, 0-9 and -", at, r.Name))
		}
		for n := range max(1, len(r.rules())) {
			if priorities[r.Priority+n] {
				errs = append(errs, fmt.Errorf("%s.Priority: %d stands twice", at, r.Priority+n))
			}
			priorities[r.Priority+n] = true
		}
		names[r.Name] = true
		errs = append(errs,
			part.Between(at+".Priority", r.Priority, 1, rulePriority-max(1, len(r.rules()))),
			part.Between(at+".Weight", r.Weight, 0, 100),
			part.Between(at+".Paths", len(r.Paths), 1, maxPaths*maxRules),
			r.Health.withDefaults().validate())
		for _, p := range r.Paths {
			if !routePath.MatchString(p) {
				errs = append(errs, fmt.Errorf("%s.Paths: got %q, want a path such as /api/users*", at, p))
			}
		}
	}
	if len(a.Routes) > 0 && a.Move != nil {
		errs = append(errs, errors.New("Routes: finish the move from the machine first (Move): two moves at once cannot be "+
			"told apart"))
	}
	return errors.Join(errs...)
}

// routes are those of Args.
func (l *LoadBalancer) routes(ctx *pulumi.Context, name string, args Args) error {
	_, err := l.route(ctx, name, args)
	return err
}

// route builds the services' groups and the rules that send requests there, which it gives.
func (l *LoadBalancer) route(ctx *pulumi.Context, name string, args Args,
	opts ...pulumi.ResourceOption) (all []pulumi.Resource, err error) {
	for _, r := range args.Routes {
		made, rules, err := l.service(ctx, name, args, r, opts)
		if err != nil {
			return nil, fmt.Errorf("route %s: %w", r.Name, err)
		}
		if l.Services == nil {
			l.Services = map[string]*Targets{}
		}
		l.Services[r.Name], all = made, append(all, rules...)
	}
	return all, nil
}

func (l *LoadBalancer) service(ctx *pulumi.Context, name string, args Args, r Route,
	opts []pulumi.ResourceOption) (*Targets, []pulumi.Resource, error) {
	own := args
	if r.Health != (HealthCheck{}) {
		own.Health = r.Health.withDefaults()
	}
	group, err := l.targetGroup(ctx, name, r.Name, own)
	if err != nil {
		return nil, nil, err
	}
	rules, err := l.lead(ctx, name, args, r, group, opts)
	if err != nil {
		return nil, nil, err
	}
	first := rules[0].(*lb.ListenerRule).Arn
	t := &Targets{
		ARN:       pulumi.StringArray{group.Arn, first}.ToStringArrayOutput().Index(pulumi.Int(0)),
		ARNSuffix: pulumi.StringArray{group.ArnSuffix, first}.ToStringArrayOutput().Index(pulumi.Int(0)),
		balancer:  l.ARNSuffix,
	}
	return t, rules, t.watch(ctx, l, name, args, r)
}

// lead makes the rules of a route, one at least.
func (l *LoadBalancer) lead(ctx *pulumi.Context, name string, args Args, r Route, group *lb.TargetGroup,
	opts []pulumi.ResourceOption) (all []pulumi.Resource, err error) {
	for n, paths := range r.rules() {
		own, called := r, name+"-"+r.Name+"-route"
		if own.Paths = paths; n > 0 {
			called += fmt.Sprintf("-%d", n+1)
		}
		rule, err := lb.NewListenerRule(ctx, called, &lb.ListenerRuleArgs{
			ListenerArn: l.ListenerARN,
			Priority:    pulumi.Int(r.Priority + n),
			Conditions:  own.conditions(args.OriginSecret),
			Actions:     lb.ListenerRuleActionArray{l.share(r, group)},
			Tags:        args.TagsFor(ctx, name),
		}, append(opts, pulumi.Parent(l))...)
		if err != nil {
			return nil, err
		}
		all = append(all, rule)
	}
	return all, nil
}

// share is the action of a route. Both groups are always named, also with all
// of the weight on one side, so that moving a path is an update in place.
func (l *LoadBalancer) share(r Route, service *lb.TargetGroup) lb.ListenerRuleActionArgs {
	return lb.ListenerRuleActionArgs{
		Type: pulumi.String("forward"),
		Forward: &lb.ListenerRuleActionForwardArgs{TargetGroups: lb.ListenerRuleActionForwardTargetGroupArray{
			lb.ListenerRuleActionForwardTargetGroupArgs{Arn: l.fleet.Arn, Weight: pulumi.Int(100 - r.Weight)},
			lb.ListenerRuleActionForwardTargetGroupArgs{Arn: service.Arn, Weight: pulumi.Int(r.Weight)},
		}},
	}
}

// conditions are the paths and, where the balancer asks for it, the secret:
// a route must not be a way round it.
func (r Route) conditions(secret pulumi.StringInput) lb.ListenerRuleConditionArray {
	list := lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
		PathPattern: &lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray(r.Paths)},
	}}
	if secret == nil {
		return list
	}
	return append(list, lb.ListenerRuleConditionArgs{HttpHeader: &lb.ListenerRuleConditionHttpHeaderArgs{
		HttpHeaderName: pulumi.String(contract.OriginHeader),
		Values:         pulumi.StringArray{pulumi.ToSecret(secret).(pulumi.StringOutput)},
	}})
}

func (t *Targets) dimensions() pulumi.StringMap {
	return pulumi.StringMap{"LoadBalancer": t.balancer, "TargetGroup": t.ARNSuffix}
}

func (t *Targets) watch(ctx *pulumi.Context, l *LoadBalancer, name string, args Args, r Route) error {
	service := strings.ToUpper(r.Name[:1]) + r.Name[1:]
	list := []alarms.Alarm{
		{
			Name: r.Name + "-errors", Why: service + " answers with errors (5xx). Look at its log; send its paths back to the fleet (weight 0) if it cannot be mended at once.",
			Namespace: namespace, Metric: "HTTPCode_Target_5XX_Count", Dimensions: t.dimensions(), Statistic: "Sum",
			Threshold: float64(args.AlarmErrors), Periods: 3, Missing: alarms.MissingIsGood,
		},
		{
			Name: r.Name + "-slow", Why: service + ": one answer in twenty is too slow. Look at its store first, then at its fleet's CPU.",
			Namespace: namespace, Metric: "TargetResponseTime", Dimensions: t.dimensions(), Statistic: "p95",
			Threshold: args.AlarmP95Seconds, Missing: alarms.MissingIsGood,
		},
		{
			Name: r.Name + "-unhealthy", Why: service + ": a target fails its health check. The fleet replaces it; if it happens again, read the log of the one that went.",
			Namespace: namespace, Metric: "UnHealthyHostCount", Dimensions: t.dimensions(), Statistic: "Maximum",
			Missing: alarms.MissingIsGood,
		},
	}
	made, err := alarms.Create(ctx, l, name, args.Common, list...)
	if err != nil {
		return err
	}
	t.GateAlarms = pulumi.StringArray{made[0].Name, made[1].Name}
	return nil
}

// Widgets are the graphs of one service behind the balancer.
func (t *Targets) Widgets() []part.Widget {
	metric := func(name, statistic, label string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: t.dimensions(), Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "Requests", Metrics: []part.Metric{
			metric("RequestCount", "Sum", "requests"), metric("HTTPCode_Target_5XX_Count", "Sum", "errors"),
		}},
		{Title: "Response time (s)", Metrics: []part.Metric{
			metric("TargetResponseTime", "p50", "median"), metric("TargetResponseTime", "p95", "p95"),
			metric("TargetResponseTime", "p99", "p99"),
		}},
		{Title: "Targets", Metrics: []part.Metric{
			metric("HealthyHostCount", "Minimum", "healthy"), metric("UnHealthyHostCount", "Maximum", "unhealthy"),
		}},
	}
}
