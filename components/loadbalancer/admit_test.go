package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestAdmitAfterwards(t *testing.T) {
	users := part.Client{Name: "users", SecurityGroupID: pulumi.String("sg-users")}
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := New(ctx, "services", good(func(a *Args) {
			a.Internal, a.CertificateARN = true, pulumi.String("arn:cert")
			a.Clients = []part.Client{{Name: "gateway", SecurityGroupID: pulumi.String("sg-link")}}
		}))
		if err != nil {
			return err
		}
		assert.Equal(t, 443, l.Port)
		require.ErrorContains(t, l.Admit(part.Client{}), "needs a name")
		return l.Admit(users)
	})
	rule := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule, "services-from-users-443")
	assert.Equal(t, "sg-users", rule.Value("referencedSecurityGroupId"))
	assert.EqualValues(t, 443, rule.Number("toPort"))
}

func TestTheWorldIsInAlready(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := New(ctx, "loadbalancer", good(nil))
		if err == nil {
			require.ErrorContains(t,
				l.Admit(part.Client{Name: "users", SecurityGroupID: pulumi.String("sg")}), "open to the world already")
		}
		return err
	})
}
