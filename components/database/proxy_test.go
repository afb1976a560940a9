package database

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

func TestProxyTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:DatabaseProxy", ProxyToken)
}

func proxied(t *testing.T, change func(*ProxyArgs)) (*record.Recording, *Proxy) {
	t.Helper()
	var made *Proxy
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		args := placed(nil)
		d, err := New(ctx, "database", args)
		if err != nil {
			return err
		}
		p := ProxyArgs{VPCID: args.VPCID, Subnets: args.Subnets, Database: d,
			Clients: []part.Client{{Name: "posts", SecurityGroupID: pulumi.String("sg-posts")}}}
		if change != nil {
			change(&p)
		}
		made, err = NewProxy(ctx, "database-proxy", p)
		return err
	})
	return rec, made
}

func TestProxyArgsAreChecked(t *testing.T) {
	place := ProxyArgs{VPCID: pulumi.String("vpc-1"), Subnets: placed(nil).Subnets, Database: &Database{}}
	tests := map[string]struct {
		change func(*ProxyArgs)
		want   []string
	}{
		"defaults":              {change: func(*ProxyArgs) {}},
		"a small pool":          {change: func(a *ProxyArgs) { a.PoolPercent = 20 }},
		"all connections":       {change: func(a *ProxyArgs) { a.PoolPercent = 100 }, want: []string{"PoolPercent: got 100, want 10 to 90"}},
		"more idle than open":   {change: func(a *ProxyArgs) { a.PoolPercent, a.IdlePercent = 20, 30 }, want: []string{"IdlePercent: got 30, want 1 to 20"}},
		"before a copy":         {change: func(a *ProxyArgs) { a.Database = &Database{args: Args{Source: &Database{}}} }, want: []string{"Database: it is a copy"}},
		"before a promoted one": {change: func(a *ProxyArgs) { a.Database = &Database{args: Args{Source: &Database{}, Promoted: true}} }},
		"everything at once": {change: func(a *ProxyArgs) {
			*a = ProxyArgs{BorrowSeconds: 500, IdleClientSeconds: 1, LogDays: 31, Clients: []part.Client{{}}}
		},
			want: []string{"VPCID: required", "Database: required", "Subnets: got 0 zones", "BorrowSeconds: got 500", "IdleClientSeconds: got 1", "LogDays: got 31", "Clients[0].Name"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := place
			tt.change(&a)
			err := a.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestProxyIsLocked(t *testing.T) {
	rec, p := proxied(t, nil)
	proxy := recordtest.Only(t, rec, token.RDSProxy)
	assert.True(t, proxy.Bool("requireTls"))
	assert.Equal(t, "SECRETS", proxy.Value("auths[0].authScheme"))
	pool := recordtest.Only(t, rec, token.RDSProxyDefaultTargetGroup)
	assert.EqualValues(t, 90, pool.Number("connectionPoolConfig.maxConnectionsPercent"))
	assert.EqualValues(t, 50, pool.Number("connectionPoolConfig.maxIdleConnectionsPercent"))

	policy := recordtest.Named(t, rec, token.IAMRolePolicy, "database-proxy-secret").String("policy")
	assert.NotContains(t, policy, `"*"`)
	assert.Contains(t, policy, "secretsmanager:GetSecretValue")
	assert.Contains(t, proxy.Dependencies,
		recordtest.Named(t, rec, token.IAMRolePolicy, "database-proxy-secret").URN)

	target := recordtest.Only(t, rec, token.RDSProxyTarget)
	assert.Equal(t, recordtest.Only(t, rec, token.RDSInstance).String("identifier"), target.String("dbInstanceIdentifier"))
	assert.Equal(t, Port, p.Endpoint.Port)
	assert.Len(t, p.Widgets(), 2)
}

func TestProxyStandsBetweenClientsAndDatabase(t *testing.T) {
	rec, _ := proxied(t, nil)
	const ingress = token.VPCSecurityGroupIngressRule
	own := recordtest.Named(t, rec, token.EC2SecurityGroup, "database-proxy-sg").ID
	data := recordtest.Named(t, rec, token.EC2SecurityGroup, "database-sg").ID
	assert.Equal(t, "sg-posts",
		recordtest.Named(t, rec, ingress, "database-proxy-from-posts").Value("referencedSecurityGroupId"))
	in := recordtest.Named(t, rec, ingress, "database-proxy-database-from-database-proxy")
	assert.Equal(t, data, in.Value("securityGroupId"))
	assert.Equal(t, own, in.Value("referencedSecurityGroupId"))
	out := recordtest.Only(t, rec, token.VPCSecurityGroupEgressRule)
	assert.Equal(t, data, out.Value("referencedSecurityGroupId"))
}

func TestProxyLetsOtherRegionsIn(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		args := placed(nil)
		d, err := New(ctx, "database", args)
		if err != nil {
			return err
		}
		p, err := NewProxy(ctx, "database-proxy", ProxyArgs{VPCID: args.VPCID, Subnets: args.Subnets, Database: d})
		if err != nil {
			return err
		}
		return p.AdmitRange(part.Range{Name: "euw1", CIDR: "10.4.64.0/18"})
	})
	in := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule,
		"database-proxy-from-range-euw1")
	assert.Equal(t, "10.4.64.0/18", in.String("cidrIpv4"))
	assert.Equal(t, recordtest.Named(t, rec, token.EC2SecurityGroup, "database-proxy-sg").ID,
		in.Value("securityGroupId"))
}

// Other subnets are another proxy: a third zone must not reach it.
func TestAZoneMoreLeavesTheProxyAlone(t *testing.T) {
	more := func(a *ProxyArgs) {
		a.Subnets = append(a.Subnets, part.Subnet{ID: pulumi.String("subnet-c").ToStringOutput(), Zone: "us-east-1c"})
	}
	before, _ := proxied(t, nil)
	after, _ := proxied(t, more)
	assert.Equal(t, recordtest.Only(t, before, token.RDSProxy).Inputs, recordtest.Only(t, after, token.RDSProxy).Inputs)
}

func TestProxyLogEnds(t *testing.T) {
	rec, _ := proxied(t, func(a *ProxyArgs) { a.LogDays = 7 })
	group := recordtest.Named(t, rec, token.CloudWatchLogGroup, "database-proxy-log")
	proxy := recordtest.Only(t, rec, token.RDSProxy)
	assert.Equal(t, "/aws/rds/proxy/"+proxy.Output("name").(string), group.String("name"))
	assert.Contains(t, proxy.Dependencies, group.URN, "RDS makes the group where there is none")
	assert.EqualValues(t, 7, group.Number("retentionInDays"))
}
