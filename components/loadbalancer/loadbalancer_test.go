package loadbalancer

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:LoadBalancer", Token)
}

func subnets(zones ...string) []part.Subnet {
	var all []part.Subnet
	for _, z := range zones {
		all = append(all, part.Subnet{ID: pulumi.String("subnet-" + z).ToStringOutput(), Zone: z})
	}
	return all
}

// good are args that pass; change makes each case's own.
func good(change func(*Args)) Args {
	a := Args{VPCID: pulumi.String("vpc-1"), Subnets: subnets("us-east-1a", "us-east-1b")}
	if change != nil {
		change(&a)
	}
	return a
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give func(*Args)
		want []string
	}{
		"two zones":           {},
		"one zone":            {give: func(a *Args) { a.Subnets = subnets("us-east-1a") }, want: []string{"Subnets: got 1 zones, want 2 or more"}},
		"two of one zone":     {give: func(a *Args) { a.Subnets = subnets("us-east-1a", "us-east-1a", "us-east-1b") }, want: []string{"two are in zone us-east-1a"}},
		"unknown algorithm":   {give: func(a *Args) { a.Algorithm = "fastest" }, want: []string{`Algorithm: got "fastest", want one of [round_robin least_outstanding_requests weighted_random]`}},
		"slow round robin":    {give: func(a *Args) { a.SlowStartSeconds = 60 }},
		"slow and least busy": {give: func(a *Args) { a.SlowStartSeconds, a.Algorithm = 60, LeastOutstanding }, want: []string{"only round_robin starts slowly"}},
		"slow and weighted":   {give: func(a *Args) { a.SlowStartSeconds, a.Algorithm = 60, WeightedRandom }, want: []string{"only round_robin starts slowly"}},
		"the seeds' health check": {
			give: func(a *Args) { a.Health = HealthCheck{IntervalSeconds: 5, TimeoutSeconds: 2, Down: 3} },
		},
		"a check slower than its interval": {
			give: func(a *Args) { a.Health = HealthCheck{IntervalSeconds: 5, TimeoutSeconds: 5, Path: "ready"} },
			want: []string{"Health.TimeoutSeconds: got 5, want less than the interval of 5", `Health.Path: got "ready"`},
		},
		"internal": {give: func(a *Args) { a.Internal = true }},
		"Cloudflare's ranges fit on one port": {
			give: func(a *Args) { a.CIDRs = ranges(22); a.CertificateARN = pulumi.String("arn:cert") },
		},
		"two ports and CloudFront's list": {
			give: func(a *Args) {
				a.AlsoPlain, a.CDNPrefixList, a.CertificateARN = true, pulumi.String("pl-1"), pulumi.String("arn:cert")
			},
			want: []string{"needs 110 rules, want at most 60"},
		},
		"two ports and no certificate": {give: func(a *Args) { a.AlsoPlain = true }, want: []string{"AlsoPlain: needs a CertificateARN"}},
		"too many ranges for the quota": {
			give: func(a *Args) { a.CIDRs = ranges(6); a.CDNPrefixList = pulumi.String("pl-1") },
			want: []string{"needs 61 rules, want at most 60"},
		},
		"everything at once": {
			give: func(a *Args) {
				*a = Args{CIDRs: []string{"ten"}, StickySeconds: -1, Move: &Move{Weight: 120}, IdleSeconds: 5000}
			},
			want: []string{"VPCID: required", "Subnets: got 0 zones", `CIDRs[0]: got "ten"`, "StickySeconds: got -1",
				"Move.Weight: got 120, want 0 to 100", "Move.InstanceID: required", "IdleSeconds: got 5000"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := good(tt.give).withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func ranges(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("10.%d.0.0/16", i)
	}
	return all
}

func TestListeners(t *testing.T) {
	cert := pulumi.String("arn:cert")
	tests := map[string]struct {
		give Args
		want []listener
	}{
		"no certificate":               {want: []listener{{port: 80}}},
		"no certificate, a CDN before": {give: Args{CDNPrefixList: pulumi.String("pl")}, want: []listener{{port: 80}}},
		"open to the world":            {give: Args{CertificateARN: cert}, want: []listener{{port: 443, tls: true}, {port: 80, redirects: true}}},
		"locked to a CDN: the list leaves room for one port": {
			give: Args{CertificateARN: cert, CDNPrefixList: pulumi.String("pl")}, want: []listener{{port: 443, tls: true}},
		},
		"while a CDN moves to TLS": {
			give: Args{CertificateARN: cert, CIDRs: ranges(1), AlsoPlain: true}, want: []listener{{port: 443, tls: true}, {port: 80}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, tt.give.listeners()) })
	}
}

func run(t *testing.T, change func(*Args)) (*record.Recording, *LoadBalancer) {
	t.Helper()
	var made *LoadBalancer
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "loadbalancer", good(change))
		return err
	})
	return rec, made
}

func TestDangerousDefaultsAreOverridden(t *testing.T) {
	rec, _ := run(t, func(a *Args) { a.LogBucket = pulumi.String("logs") })
	alb := recordtest.Only(t, rec, token.LBLoadBalancer)
	assert.True(t, alb.Bool("enableDeletionProtection"))
	assert.True(t, alb.Bool("dropInvalidHeaderFields"))
	assert.Equal(t, "defensive", alb.Value("desyncMitigationMode"))
	assert.Equal(t, "logs", alb.Value("accessLogs.bucket"))
	assert.True(t, alb.Bool("accessLogs.enabled"))
	assert.False(t, alb.Has("name"))

	group := recordtest.Only(t, rec, token.LBTargetGroup)
	assert.LessOrEqual(t, len(group.String("namePrefix")), 6)
	assert.Equal(t, "/health", group.Value("healthCheck.path"))
	assert.EqualValues(t, 30, group.Number("deregistrationDelay"))
	assert.Less(t, group.Number("healthCheck.interval")*group.Number("healthCheck.unhealthyThreshold"), 60.0)
}

func TestNoAccessLogsWithoutBucket(t *testing.T) {
	rec, _ := run(t, nil)
	assert.False(t, recordtest.Only(t, rec, token.LBLoadBalancer).Has("accessLogs"))
}

func TestDeletionProtectionGoesWithConfirmation(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"loadbalancer-alb"})
		if err != nil {
			return err
		}
		_, err = New(ctx, "loadbalancer", good(func(a *Args) { a.Guard = g }))
		return err
	})
	assert.False(t, recordtest.Only(t, rec, token.LBLoadBalancer).Bool("enableDeletionProtection"))
}

func TestWorldIsSentToTLS(t *testing.T) {
	rec, l := run(t, func(a *Args) { a.CertificateARN = pulumi.String("arn:cert") })
	assert.True(t, l.TLS)
	https := recordtest.Named(t, rec, token.LBListener, "loadbalancer-listener-443")
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", https.Value("sslPolicy"))
	assert.Equal(t, "arn:cert", https.Value("certificateArn"))
	assert.Equal(t, "forward", https.Value("defaultActions[0].type"))
	http := recordtest.Named(t, rec, token.LBListener, "loadbalancer-listener-80")
	assert.Equal(t, "redirect", http.Value("defaultActions[0].type"))
	assert.Equal(t, "HTTP_301", http.Value("defaultActions[0].redirect.statusCode"))
	for _, rule := range rec.All(token.VPCSecurityGroupIngressRule) {
		assert.Equal(t, "0.0.0.0/0", rule.Value("cidrIpv4"))
		assert.Contains(t, []float64{80, 443}, rule.Number("fromPort"))
		assert.Equal(t, rule.Number("fromPort"), rule.Number("toPort"))
	}
}

func TestLockedToCDN(t *testing.T) {
	rec, _ := run(t, func(a *Args) {
		a.CDNPrefixList = pulumi.String("pl-3b927c52")
		a.OriginSecret = pulumi.String("open sesame")
	})
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "pl-3b927c52", rule.Value("prefixListId"))
	assert.False(t, rule.Has("cidrIpv4"))

	listener := recordtest.Only(t, rec, token.LBListener)
	assert.Equal(t, "403", listener.Value("defaultActions[0].fixedResponse.statusCode"),
		"nobody is served without the secret")
	verified := recordtest.Only(t, rec, token.LBListenerRule)
	assert.Equal(t, "X-Origin-Verify", verified.Value("conditions[0].httpHeader.httpHeaderName"))
	assert.Equal(t, "open sesame", verified.Value("conditions[0].httpHeader.values[0]"))
	assert.True(t, verified.Secret("conditions"), "the secret must not stand in the state in the clear")
	assert.Equal(t, "forward", verified.Value("actions[0].type"))
}

// While Cloudflare moves from plain HTTP to TLS, both ports serve those with the
// secret; what is published is the listener with TLS.
func TestBothPortsServeDuringAMoveToTLS(t *testing.T) {
	rec, made := run(t, func(a *Args) {
		a.CIDRs, a.CertificateARN, a.AlsoPlain, a.OriginSecret =
			ranges(2), pulumi.String("arn:cert"), true, pulumi.String("open sesame")
	})
	assert.True(t, made.TLS)
	assert.Equal(t, 443, made.Port)
	assert.Len(t, rec.All(token.VPCSecurityGroupIngressRule), 4)
	for _, port := range []string{"443", "80"} {
		listener := recordtest.Named(t, rec, token.LBListener, "loadbalancer-listener-"+port)
		assert.Equal(t, "403", listener.String("defaultActions[0].fixedResponse.statusCode"))
	}
	first := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-verified")
	second := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-verified-80")
	assert.NotEqual(t, first.String("listenerArn"), second.String("listenerArn"))
	assert.Equal(t, first.String("actions[0].targetGroupArn"), second.String("actions[0].targetGroupArn"))
}

// AWS refuses a scaling policy on the requests of a group that no listener
// serves yet, so whoever uses the group must come after the listener.
func TestTargetGroupIsPublishedAfterItsListener(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		l, err := New(ctx, "loadbalancer", good(func(a *Args) { a.OriginSecret = pulumi.String("s") }))
		if err != nil {
			return err
		}
		_, err = lb.NewTargetGroupAttachment(ctx, "user", &lb.TargetGroupAttachmentArgs{
			TargetGroupArn: l.TargetGroupARN, TargetId: pulumi.String("i-1"),
		})
		return err
	})
	user := recordtest.Only(t, rec, token.LBTargetGroupAttachment)
	assert.Equal(t, recordtest.Only(t, rec, token.LBTargetGroup).Output("arn"), user.Value("targetGroupArn"))
	for _, typ := range []string{token.LBListener, token.LBListenerRule} {
		assert.Contains(t, user.Dependencies, recordtest.Only(t, rec, typ).URN)
	}
}

func TestShapeIsKnownAtPreview(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		_, err := New(ctx, "loadbalancer", good(func(a *Args) { a.OriginSecret = pulumi.String("s") }))
		return err
	}
	preview := recordtest.Run(t, program, record.Preview(true))
	assert.Len(t, preview.Resources, len(recordtest.Run(t, program).Resources))
}

func TestMoveSharesRequestsWithTheServer(t *testing.T) {
	move := &Move{InstanceID: pulumi.String("i-1"), Weight: 75}
	for name, tt := range map[string]struct {
		secret  pulumi.StringInput
		typ     string
		actions string
	}{
		"open":          {typ: token.LBListener, actions: "defaultActions[0]"},
		"with a secret": {secret: pulumi.String("s"), typ: token.LBListenerRule, actions: "actions[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			rec, _ := run(t, func(a *Args) { a.Move, a.OriginSecret = move, tt.secret })
			assert.Len(t, rec.All(token.LBTargetGroup), 2)
			assert.Equal(t, "i-1",
				recordtest.Only(t, rec, token.LBTargetGroupAttachment).Value("targetId"))
			action := recordtest.Only(t, rec, tt.typ)
			assert.EqualValues(t, 25, action.Number(tt.actions+".forward.targetGroups[0].weight"))
			assert.EqualValues(t, 75, action.Number(tt.actions+".forward.targetGroups[1].weight"))
		})
	}
}

func TestAlgorithms(t *testing.T) {
	for name, tt := range map[string]struct {
		give       func(*Args)
		algorithm  string
		mitigation any
		slow       any
		cookie     any
	}{
		"default":         {algorithm: "least_outstanding_requests"},
		"weighted":        {give: func(a *Args) { a.Algorithm = WeightedRandom }, algorithm: "weighted_random", mitigation: "on"},
		"slow start":      {give: func(a *Args) { a.SlowStartSeconds = 60 }, algorithm: "round_robin", slow: 60.0},
		"sticky visitors": {give: func(a *Args) { a.StickySeconds = 3600 }, algorithm: "least_outstanding_requests", cookie: 3600.0},
	} {
		t.Run(name, func(t *testing.T) {
			rec, _ := run(t, tt.give)
			group := recordtest.Only(t, rec, token.LBTargetGroup)
			assert.Equal(t, tt.algorithm, group.Value("loadBalancingAlgorithmType"))
			assert.Equal(t, tt.mitigation, group.Value("loadBalancingAnomalyMitigation"))
			assert.Equal(t, tt.slow, group.Value("slowStart"))
			assert.Equal(t, tt.cookie, group.Value("stickiness.cookieDuration"))
		})
	}
}

func TestAlarmsAndGates(t *testing.T) {
	rec, l := run(t, nil)
	const alarmType = token.CloudWatchMetricAlarm
	for _, name := range []string{"errors", "balancer-errors", "slow", "unhealthy", "rejected"} {
		recordtest.Named(t, rec, alarmType, "loadbalancer-"+name)
	}
	assert.Equal(t, "p95", recordtest.Named(t, rec, alarmType, "loadbalancer-slow").Value("extendedStatistic"))
	assert.Len(t, l.GateAlarms, 2)
	assert.Len(t, l.Widgets(), 3)
}

func TestEverythingIsTagged(t *testing.T) {
	rec, _ := run(t, func(a *Args) {
		a.CertificateARN = pulumi.String("arn:cert")
		a.OriginSecret = pulumi.String("s")
		a.Tags = map[string]string{part.TagStage: "3"}
	})
	for _, r := range rec.Custom() {
		if r.Type == token.LBTargetGroupAttachment {
			continue // takes no tags
		}
		assert.Equal(t, map[string]any{"rung:stack": "dev", "rung:component": "loadbalancer", "rung:stage": "3"},
			r.Value("tags"), r.Name)
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "loadbalancer", Args{})
		return err
	})
	require.ErrorContains(t, err, "load balancer loadbalancer: VPCID: required")
	assert.Empty(t, rec.All(Token))
}

// Whoever is not named stays out of an internal balancer: it has no rule at all.
func TestInternalIsClosedUntilSomebodyIsAdmitted(t *testing.T) {
	rec, _ := run(t, func(a *Args) { a.Internal, a.CIDRs, a.CDNPrefixList, a.Clients = true, nil, nil, nil })
	recordtest.None(t, rec, token.VPCSecurityGroupIngressRule)
}
