package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// The rest is behind every other rule, at each listener that serves.
func TestTheRestIsServedOrRefused(t *testing.T) {
	for open, want := range map[bool]string{true: "forward", false: "fixed-response"} {
		rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
			l, err := New(ctx, "loadbalancer", good(func(a *Args) {
				a.CIDRs, a.CertificateARN, a.AlsoPlain = ranges(2), pulumi.String("arn:cert"), true
			}))
			if err != nil {
				return err
			}
			made, err := l.Lead(open, nil)
			assert.Len(t, made, 2)
			return err
		})
		rules := rec.All(token.LBListenerRule)
		require.Len(t, rules, 2)
		for i, name := range []string{"loadbalancer-rest", "loadbalancer-rest-2"} {
			rule := recordtest.Named(t, rec, token.LBListenerRule, name)
			assert.Equal(t, want, rule.String("actions[0].type"))
			assert.Equal(t, "/*", rule.String("conditions[0].pathPattern.values[0]"))
			assert.Greater(t, rule.Number("priority"), float64(healthPriority))
			assert.NotEqual(t, rules[i].String("listenerArn"), rules[1-i].String("listenerArn"))
		}
	}
}

// A service's paths ask for the secret once nobody is led past them, and no longer before
// anybody is let in: who has no secret is never led to the fleet for them.
func TestRoutesAndTheRestAreChangedInOrder(t *testing.T) {
	for open, order := range map[bool][2]string{
		true: {"loadbalancer-users-route", "loadbalancer-rest"}, false: {"loadbalancer-rest", "loadbalancer-users-route"},
	} {
		rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
			l, err := New(ctx, "loadbalancer", good(func(a *Args) {
				if !open {
					a.OriginSecret = pulumi.String("open sesame")
				}
			}))
			if err != nil {
				return err
			}
			_, err = l.Lead(open, []Route{{Name: "users", Priority: 20, Paths: []string{"/api/users*"}, Weight: 100}})
			assert.Contains(t, l.Services, "users")
			return err
		})
		first, then := recordtest.Named(t, rec, token.LBListenerRule, order[0]),
			recordtest.Named(t, rec, token.LBListenerRule, order[1])
		assert.Contains(t, then.Dependencies, first.URN, "open: %v", open)
		route := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-users-route")
		assert.Equal(t, !open, route.Has("conditions[1].httpHeader"), "it asks for the secret where there is one")
	}
}

// What is wrong with routes is said before anything of them is made.
func TestLeadRefusesWrongRoutes(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := New(ctx, "loadbalancer", good(func(*Args) {}))
		if err != nil {
			return err
		}
		_, err = l.Lead(true, []Route{{Name: "Users", Priority: 0}})
		for _, want := range []string{"Routes[0].Name", "Routes[0].Priority", "Routes[0].Paths"} {
			assert.ErrorContains(t, err, want)
		}
		assert.Empty(t, l.Services)
		return nil
	})
}
