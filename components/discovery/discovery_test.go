package discovery

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Discovery", Token) }

// named are two services: one of instances, one behind a balancer.
func named() Args {
	return Args{VPCID: pulumi.String("vpc-1"), Namespace: "dev.internal", Services: []Service{
		{Name: "search"}, {Name: "users", Balancer: pulumi.String("internal-x.us-east-1.elb.amazonaws.com"), TTLSeconds: 60},
	}}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string
	}{
		"two services":    {give: named()},
		"an empty one":    {give: Args{VPCID: pulumi.String("vpc-1"), Namespace: "a.b.local"}},
		"a public domain": {give: Args{VPCID: pulumi.String("vpc-1"), Namespace: "example.com"}, want: []string{`Namespace: got "example.com"`}},
		"everything at once": {
			give: Args{Namespace: "internal", Services: []Service{{Name: "A", TTLSeconds: -1}, {Name: "b"}, {Name: "b"}}},
			want: []string{"VPCID: required", `Namespace: got "internal"`, `Services[0].Name: got "A"`, "Services[0].TTLSeconds: got -1", `Services[2].Name: got "b"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func run(t *testing.T) (*record.Recording, *Discovery) {
	t.Helper()
	var made *Discovery
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "discovery", named())
		return err
	})
	return rec, made
}

func TestInstancesRegisterThemselves(t *testing.T) {
	rec, d := run(t)
	s := recordtest.Named(t, rec, token.ServiceDiscoveryService, "discovery-search")
	assert.Equal(t, "MULTIVALUE", s.Value("dnsConfig.routingPolicy"))
	assert.Equal(t, "A", s.Value("dnsConfig.dnsRecords[0].type"))
	assert.EqualValues(t, 10, s.Number("dnsConfig.dnsRecords[0].ttl"))
	assert.True(t, s.Has("healthCheckCustomConfig"))
	assert.True(t, s.Bool("forceDestroy"))
	assert.Equal(t, "search.dev.internal", d.Host("search"))
}

// Cloud Map makes an alias only for a weighted service.
func TestANameStandsForABalancer(t *testing.T) {
	rec, _ := run(t)
	s := recordtest.Named(t, rec, token.ServiceDiscoveryService, "discovery-users")
	assert.Equal(t, "WEIGHTED", s.Value("dnsConfig.routingPolicy"))
	assert.False(t, s.Has("healthCheckCustomConfig"))
	i := recordtest.Only(t, rec, token.ServiceDiscoveryInstance)
	assert.Equal(t, map[string]any{"AWS_ALIAS_DNS_NAME": "internal-x.us-east-1.elb.amazonaws.com"}, i.Value("attributes"))
	assert.Equal(t, s.ID, i.Value("serviceId"))
}

func TestOnlyItsOwnNameMayBeRegistered(t *testing.T) {
	_, d := run(t)
	list, err := d.Register("search")
	require.NoError(t, err)
	for _, p := range list {
		assert.Len(t, p.Resources, 1, p.Name)
	}
	assert.Contains(t, list[0].Actions, "servicediscovery:DeregisterInstance")
	for _, name := range []string{"users", "nobody"} {
		_, err := d.Register(name)
		require.ErrorContains(t, err, "stands for no balancer", name)
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "discovery", Args{})
		return err
	})
	require.ErrorContains(t, err, "discovery discovery: VPCID: required")
	assert.Empty(t, rec.All(Token))
}
