package loadbalancer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// MaintenancePage is what visitors see while Maintenance is on. It asks again by itself,
// since a load balancer's own answer has a status, a type and a text of up to 1,024
// characters, and no header such as Retry-After
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html).
const MaintenancePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="60">
<title>Back soon</title>
<style>body{font:1.2rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
<h1>Back soon</h1>
<p>The site is being worked on. Nothing of yours is lost. This page looks again each minute.</p>
</html>
`

// The rules of maintenance come before all others.
const (
	// healthKeptPriority lets those who ask for health go on to the targets, checkersKept
	// those who cannot carry the origin's secret.
	healthKeptPriority   = 1
	checkersKeptPriority = 2
	maintenancePriority  = 3
)

// checkMaintenance keeps routes out of the way.
func (a Args) checkMaintenance() error {
	if !a.Maintenance {
		return nil
	}
	for i, r := range a.Routes {
		if r.Priority <= maintenancePriority {
			return fmt.Errorf("Routes[%d].Priority: got %d, want %d or more with Maintenance, whose rules come first", i,
				r.Priority, maintenancePriority+1)
		}
	}
	return nil
}

// pathOf is a path without its query, which a rule's condition on paths does not see.
func pathOf(asked string) string {
	path, _, _ := strings.Cut(asked, "?")
	return path
}

// maintain answers everybody at a listener, but for those who ask how the targets are: an
// alarm or a region would go by it.
func (l *LoadBalancer) maintain(ctx *pulumi.Context, name, suffix string, args Args,
	listener pulumi.StringOutput) error {
	if !args.Maintenance {
		return nil
	}
	rule := func(part string, priority int, conditions lb.ListenerRuleConditionArray,
		action lb.ListenerRuleActionArgs) error {
		_, err := lb.NewListenerRule(ctx, name+"-maintenance"+part+suffix, &lb.ListenerRuleArgs{
			ListenerArn: listener, Priority: pulumi.Int(priority), Conditions: conditions,
			Actions: lb.ListenerRuleActionArray{action}, Tags: args.TagsFor(ctx, name),
		}, pulumi.Parent(l))
		return err
	}
	asked := slices.Compact([]string{pathOf(args.Health.Path), pathOf(args.StatusPath)})
	health := Route{Paths: asked}
	if err := rule("-health", healthKeptPriority, health.conditions(args.OriginSecret), l.serve(args)); err != nil {
		return err
	}
	if args.HealthCheckers != nil && args.OriginSecret != nil {
		status := Route{Paths: []string{pathOf(args.StatusPath)}}
		if err := rule("-checkers", checkersKeptPriority, status.conditions(nil), l.serve(args)); err != nil {
			return err
		}
	}
	return rule("", maintenancePriority, Route{Paths: []string{"/*"}}.conditions(args.OriginSecret),
		lb.ListenerRuleActionArgs{Type: pulumi.String("fixed-response"), FixedResponse: &lb.ListenerRuleActionFixedResponseArgs{
			ContentType: pulumi.String("text/html"), MessageBody: pulumi.String(MaintenancePage), StatusCode: pulumi.String("503"),
		}})
}
