package loadbalancer

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// restPriority is behind all other rules.
const restPriority = 40_000

// Rest is the last rule of each listener that serves, for requests that no other rule is for:
// open serves them, else they are refused. A listener's default says the same, but it is
// changed as soon as OriginSecret comes or goes. A rule is changed when opts say, so that a
// site's name can be led to a CDN before the balancer refuses everybody else, and away from it
// after the balancer has let everybody in.
func (l *LoadBalancer) Rest(open bool, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	action := lb.ListenerRuleActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: &lb.ListenerRuleActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"), MessageBody: pulumi.String("forbidden"), StatusCode: pulumi.String("403"),
		},
	}
	if open {
		action = l.serve(l.args)
	}
	var all []pulumi.Resource
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
