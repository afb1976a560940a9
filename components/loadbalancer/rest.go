package loadbalancer

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// restPriority is behind all other rules.
const restPriority = 40_000

// Lead makes routes as Args.Routes does, and behind all other rules the last one of each
// listener that serves: open serves what no other rule is for, else it is refused. A
// listener's default says the same, but it is changed as soon as OriginSecret comes or goes.
// These rules are changed when opts say and in the order in which nobody is refused, so that
// a site's name can be led to a CDN before the balancer refuses everybody else, and away from
// it after the balancer has let everybody in: the routes ask for the secret after the last
// rule refuses those without it, and no longer before it serves them. So nobody is led to the
// fleet for what a service has taken over. It gives the last rules, which come last when open.
// The error lists what is wrong with routes.
func (l *LoadBalancer) Lead(open bool, routes []Route, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	args := l.args
	args.Routes = routes
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("load balancer %s: %w", l.door.name, err)
	}
	if !open {
		rest, err := l.rest(open, opts...)
		if err != nil {
			return nil, err
		}
		_, err = l.route(l.door.ctx, l.door.name, args, pulumi.DependsOn(rest))
		return rest, err
	}
	ways, err := l.route(l.door.ctx, l.door.name, args, opts...)
	if err != nil {
		return nil, err
	}
	return l.rest(open, append(opts, pulumi.DependsOn(ways))...)
}

// rest is the last rule of each listener that serves.
func (l *LoadBalancer) rest(open bool, opts ...pulumi.ResourceOption) (all []pulumi.Resource, err error) {
	action := lb.ListenerRuleActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: &lb.ListenerRuleActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"), MessageBody: pulumi.String("forbidden"), StatusCode: pulumi.String("403"),
		},
	}
	if open {
		action = l.serve(l.args)
	}
	for i, listener := range l.serving {
		called := l.door.name + "-rest"
		if i > 0 {
			called += fmt.Sprintf("-%d", i+1)
		}
		rule, err := lb.NewListenerRule(l.door.ctx, called, &lb.ListenerRuleArgs{
			ListenerArn: listener.Arn, Priority: pulumi.Int(restPriority), Conditions: Route{Paths: []string{"/*"}}.conditions(nil),
			Actions: lb.ListenerRuleActionArray{action}, Tags: l.args.TagsFor(l.door.ctx, l.door.name),
		}, append(opts, pulumi.Parent(l))...)
		if err != nil {
			return nil, fmt.Errorf("load balancer %s: answer the rest: %w", l.door.name, err)
		}
		all = append(all, rule)
	}
	return all, nil
}
