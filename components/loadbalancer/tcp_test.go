package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func goodTCP(change func(*TCPArgs)) TCPArgs {
	http := good(nil)
	args := TCPArgs{VPCID: http.VPCID, Subnets: http.Subnets, Port: 5222}
	if change != nil {
		change(&args)
	}
	return args
}

func runTCP(t *testing.T, args TCPArgs) (rec *record.Recording, made *TCP) {
	t.Helper()
	rec = recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = NewTCP(ctx, "chat", args)
		return err
	})
	return rec, made
}

func TestTCPTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:TCPLoadBalancer", TCPToken)
}

func TestTCPIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		give TCPArgs
		want []string
	}{
		"good":              {give: goodTCP(nil)},
		"a port of its own": {give: goodTCP(func(a *TCPArgs) { a.TargetPort = 9000 })},
		"TLS":               {give: goodTCP(func(a *TCPArgs) { a.CertificateARN = pulumi.String("arn") })},
		"asked over HTTP":   {give: goodTCP(func(a *TCPArgs) { a.Health.Path = "/health" })},
		"a path of words":   {give: goodTCP(func(a *TCPArgs) { a.Health.Path = "health" }), want: []string{"Health.Path"}},
		"idle under TLS": {
			give: goodTCP(func(a *TCPArgs) { a.CertificateARN, a.IdleSeconds = pulumi.String("arn"), 600 }),
			want: []string{"IdleSeconds: got 600, but where the balancer ends TLS it is 350"},
		},
		"everything": {
			give: TCPArgs{CIDRs: []string{"x"}, IdleSeconds: 1, DrainSeconds: 4_000, TargetPort: 70_000},
			want: []string{"VPCID: required", "Subnets: got 0 zones", "CIDRs[0]", "Port: got 0", "TargetPort: got 70000",
				"IdleSeconds: got 1", "DrainSeconds: got 4000"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestTCPIsPassedThrough(t *testing.T) {
	rec, made := runTCP(t, goodTCP(func(a *TCPArgs) { a.TargetPort, a.CrossZone = 9000, true }))
	balancer := recordtest.Only(t, rec, token.LBLoadBalancer)
	assert.Equal(t, "network", balancer.String("loadBalancerType"))
	assert.True(t, balancer.Bool("enableCrossZoneLoadBalancing"))
	assert.True(t, balancer.Bool("enableDeletionProtection"))
	targets := recordtest.Only(t, rec, token.LBTargetGroup)
	assert.Equal(t, "TCP", targets.String("protocol"))
	assert.EqualValues(t, 9000, targets.Number("port"))
	assert.Equal(t, "TCP", targets.Value("healthCheck.protocol"))
	assert.Nil(t, targets.Value("healthCheck.matcher"), "AWS refuses one without HTTP")
	listener := recordtest.Only(t, rec, token.LBListener)
	assert.Equal(t, "TCP", listener.String("protocol"))
	assert.EqualValues(t, DefaultTCPIdleSeconds, listener.Number("tcpIdleTimeoutSeconds"))
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "chat-from-world-5222", rule.Name)
	out := recordtest.Only(t, rec, token.VPCSecurityGroupEgressRule)
	assert.EqualValues(t, 9000, out.Number("toPort"))
	assert.False(t, made.TLS)
}

func TestTLSMayEndAtTheBalancer(t *testing.T) {
	rec, made := runTCP(t, goodTCP(func(a *TCPArgs) { a.CertificateARN, a.Port = pulumi.String("arn:cert"), 443 }))
	listener := recordtest.Only(t, rec, token.LBListener)
	assert.Equal(t, "TLS", listener.String("protocol"))
	assert.Equal(t, TLSPolicy, listener.String("sslPolicy"))
	assert.Nil(t, listener.Value("tcpIdleTimeoutSeconds"), "AWS has one for TCP alone")
	assert.True(t, made.TLS)
}

func TestTCPAdmitsLateClients(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := NewTCP(ctx, "chat", goodTCP(func(a *TCPArgs) { a.Internal = true }))
		if err != nil {
			return err
		}
		require.Error(t, l.Admit(part.Client{}))
		return l.Admit(part.Client{Name: "web", SecurityGroupID: pulumi.String("sg-web")})
	})
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "chat-from-web-5222", rule.Name)
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := NewTCP(ctx, "chat", goodTCP(nil))
		if err == nil {
			require.ErrorContains(t, l.Admit(part.Client{Name: "web"}), "open to the world")
		}
		return err
	})
}
