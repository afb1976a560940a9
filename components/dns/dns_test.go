package dns_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func run(t *testing.T, args dns.Args, use func(*pulumi.Context, *dns.DNS) error) *record.Recording {
	t.Helper()
	return recordtest.Run(t, program(args, use))
}

func program(args dns.Args, use func(*pulumi.Context, *dns.DNS) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		d, err := dns.New(ctx, "dns", args)
		if err != nil {
			return err
		}
		return use(ctx, d)
	}
}

func nothing(*pulumi.Context, *dns.DNS) error { return nil }

func domain() dns.Args { return dns.Args{Domain: "example.com", ZoneID: "Z1"} }

func cloudflare() dns.Args {
	return dns.Args{Domain: "example.com", CloudflareZone: pulumi.String("0123456789abcdef0123456789abcdef")}
}

func internal() dns.Args { return dns.Args{Internal: "dev.internal", VPCID: pulumi.String("vpc-1")} }

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:DNS", dns.Token) }

func TestCreatedZonesAreProtected(t *testing.T) {
	args := internal()
	args.Domain = "example.com"
	rec := run(t, args, nothing)
	assert.Len(t, rec.All(token.Route53Zone), 2)
	for _, zone := range rec.All(token.Route53Zone) {
		assert.True(t, zone.Protect, zone.Name)
		assert.Equal(t, "dev", zone.Inputs["tags"].(map[string]any)["rung:stack"])
	}
	assert.Equal(t, "vpc-1", recordtest.Named(t, rec, token.Route53Zone, "dns-internal").String("vpcs[0].vpcId"))
}

func TestExistingZoneIsUsed(t *testing.T) {
	rec := run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		return d.Address(d.Origin(), pulumi.String("192.0.2.1"))
	})
	recordtest.None(t, rec, token.Route53Zone)
	origin := recordtest.Only(t, rec, token.Route53Record)
	assert.Equal(t, "dns-origin", origin.Name)
	assert.Equal(t, "origin.example.com", origin.String("name"))
	assert.Equal(t, "Z1", origin.String("zoneId"))
	assert.Equal(t, 60.0, origin.Number("ttl"))
}

// The climb to a CDN must update the domain's record, not make a second one.
func TestAddressAndAliasAreTheSameResource(t *testing.T) {
	before := run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		return d.Address("example.com", pulumi.String("192.0.2.1"))
	})
	after := run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		return d.Alias("example.com",
			dns.Target{Name: pulumi.String("d1.cloudfront.net"), ZoneID: pulumi.String("Z2FDTNDATAQYW2"), IPv6: true})
	})
	assert.Equal(t, recordtest.Only(t, before, token.Route53Record).URN,
		recordtest.Named(t, after, token.Route53Record, "dns-apex").URN)
	alias := recordtest.Named(t, after, token.Route53Record, "dns-apex-ipv6")
	assert.Equal(t, "AAAA", alias.String("type"))
	assert.Equal(t, "d1.cloudfront.net", alias.String("aliases[0].name"))
	assert.False(t, alias.Has("ttl"), "an alias has its target's")
}

func TestCertificatesOfTwoRegionsShareTheirProofs(t *testing.T) {
	hosts := []string{"example.com", "*.example.com", "api.example.com"}
	rec := run(t, domain(), func(ctx *pulumi.Context, d *dns.DNS) error {
		edge, err := aws.NewProvider(ctx, "us-east-1", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		if _, err := d.Certificate("regional", hosts, nil); err != nil {
			return err
		}
		_, err = d.Certificate("edge", hosts, edge)
		return err
	})
	assert.Len(t, rec.All(token.ACMCertificate), 2)
	assert.Len(t, rec.All(token.ACMCertificateValidation), 2)
	assert.Len(t, rec.All(token.Route53Record), 2, "the domain and its wildcard share one")
	assert.Equal(t, "us-east-1", recordtest.Named(t, rec, token.ACMCertificate, "dns-certificate-edge").Region)
	proof := recordtest.Named(t, rec, token.Route53Record, "dns-validation-apex")
	assert.Equal(t, "CNAME", proof.String("type"))
	assert.NotEmpty(t, proof.String("records[0]"))
	cert := recordtest.Named(t, rec, token.ACMCertificate, "dns-certificate-regional")
	assert.Equal(t, []any{"*.example.com", "api.example.com"}, cert.Inputs["subjectAlternativeNames"])
}

func TestADomainAtCloudflareIsProvenThere(t *testing.T) {
	rec := run(t, cloudflare(), func(_ *pulumi.Context, d *dns.DNS) error {
		_, err := d.Certificate("balancer", []string{"example.com"}, nil)
		return err
	})
	recordtest.None(t, rec, token.Route53Zone)
	recordtest.None(t, rec, token.Route53Record)
	proof := recordtest.Only(t, rec, token.CloudflareRecord)
	assert.Equal(t, "dns-validation-apex", proof.Name)
	assert.Equal(t, "CNAME", proof.String("type"))
	assert.False(t, proof.Bool("proxied"), "ACM must see the record itself")
	for _, key := range []string{"name", "content"} {
		assert.NotEmpty(t, proof.String(key))
		assert.NotRegexp(t, `\.$`, proof.String(key), "Cloudflare keeps no final dot")
	}
	validation := recordtest.Only(t, rec, token.ACMCertificateValidation)
	assert.NotEmpty(t, validation.Inputs["validationRecordFqdns"])
}

// What is created must not depend on what is known only after the deployment.
func TestPreviewHasTheSameShape(t *testing.T) {
	args := dns.Args{Domain: "example.com"}
	use := func(_ *pulumi.Context, d *dns.DNS) error {
		_, err := d.Certificate("regional", []string{"example.com", "www.example.com"}, nil)
		return err
	}
	assert.Len(t, recordtest.Run(t, program(args, use), record.Preview(true)).Resources, len(run(t, args, use).Resources))
}

func TestOrderOfHostsChangesNothing(t *testing.T) {
	inputs := func(hosts ...string) any {
		rec := run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Certificate("regional", hosts, nil)
			return err
		})
		return recordtest.Only(t, rec, token.ACMCertificate).Inputs
	}
	assert.Equal(t, inputs("example.com", "a.example.com", "b.example.com"),
		inputs("example.com", "b.example.com", "a.example.com"))
}

func TestWeightedReaders(t *testing.T) {
	name := ""
	rec := run(t, internal(), func(_ *pulumi.Context, d *dns.DNS) (err error) {
		name, err = d.Weighted("db-ro", []dns.Member{
			{Name: "replica-1", Host: pulumi.String("r1.rds.amazonaws.com"), Weight: 10},
			{Name: "replica-2", Host: pulumi.String("r2.rds.amazonaws.com"), Weight: 20},
		})
		return err
	})
	assert.Equal(t, "db-ro.dev.internal", name)
	second := recordtest.Named(t, rec, token.Route53Record, "dns-internal-db-ro-replica-2")
	assert.Equal(t, 20.0, second.Number("weightedRoutingPolicies[0].weight"))
	assert.Equal(t, "replica-2", second.String("setIdentifier"))
	assert.Equal(t, "CNAME", second.String("type"))
}

func TestCAA(t *testing.T) {
	args := domain()
	args.Issuers = []string{"amazon.com", "letsencrypt.org"}
	caa := recordtest.Only(t, run(t, args, nothing), token.Route53Record)
	assert.Equal(t, []any{`0 issue "amazon.com"`, `0 issue "letsencrypt.org"`}, caa.Inputs["records"])
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		args dns.Args
		use  func(*pulumi.Context, *dns.DNS) error
		want []string
	}{
		"a host outside the zone": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			return d.Address("www.example.org", pulumi.String("192.0.2.1"))
		}, []string{"www.example.org", "outside the zone example.com"}},
		"no address": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			return d.Address("example.com", pulumi.String("::1"))
		}, []string{`"::1"`, "IPv4"}},
		"a name at Cloudflare": {cloudflare(), func(_ *pulumi.Context, d *dns.DNS) error {
			return d.Address("example.com", pulumi.String("192.0.2.1"))
		}, []string{"at Cloudflare, where the CDN makes its records"}},
		"Cloudflare and Route 53": {dns.Args{Domain: "example.com", ZoneID: "Z1", CloudflareZone: pulumi.String("0")}, nil,
			[]string{"CloudflareZone: needs a Domain, and neither"}},
		"no public zone": {internal(), func(_ *pulumi.Context, d *dns.DNS) error {
			return d.Address("example.com", pulumi.String("192.0.2.1"))
		}, []string{"has no zone"}},
		"no internal zone": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Inside("db", pulumi.String("db.example.com"))
			return err
		}, []string{"internal name"}},
		"an alias of nothing": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			return d.Alias("example.com", dns.Target{})
		}, []string{"required"}},
		"bad members, all of them": {internal(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Weighted("db-ro",
				[]dns.Member{{Weight: 256}, {Name: "a", Host: pulumi.String("h")}, {Name: "a", Host: pulumi.String("h")}})
			return err
		}, []string{"member 0", "Weight: got 256", "Host: required", "member 2"}},
		"no members": {internal(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Weighted("db-ro", nil)
			return err
		}, []string{"no members"}},
		"a certificate for nothing": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Certificate("regional", nil, nil)
			return err
		}, []string{"got 0 hosts"}},
		"a certificate for others": {domain(), func(_ *pulumi.Context, d *dns.DNS) error {
			_, err := d.Certificate("regional", []string{"example.org", "a.example.com", "a.example.com"}, nil)
			return err
		}, []string{"example.org", "a.example.com stands twice"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := recordtest.Fails(t, program(tt.args, tt.use))
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
