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
			made, err := l.Rest(open)
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
