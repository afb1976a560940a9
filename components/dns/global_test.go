package dns_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// cellIn is a region's cell with a health check.
func cellIn(region, code string) dns.Cell {
	return dns.Cell{
		Region: region, Code: code,
		Target: dns.Target{Name: pulumi.String(code + ".elb.amazonaws.com"), ZoneID: pulumi.String("Z" + code), Health: true},
		Check:  &dns.HealthCheck{Host: pulumi.String("balancer-" + code + ".example.com"), HTTPS: true},
	}
}

func world(policy dns.Policy, cells ...dns.Cell) func(*pulumi.Context, *dns.DNS) error {
	return func(_ *pulumi.Context, d *dns.DNS) error { return d.Global("cells.example.com", policy, cells) }
}

var us, eu, ap = cellIn("us-east-1", "use1"), cellIn("eu-west-1", "euw1"), cellIn("ap-southeast-2", "apse2")

func TestNearestRegionAnswers(t *testing.T) {
	rec := run(t, domain(), world(dns.Latency, us, eu))
	r := recordtest.Named(t, rec, token.Route53Record, "dns-cells-euw1")
	assert.Equal(t, "cells.example.com", r.String("name"))
	assert.Equal(t, "eu-west-1", r.String("setIdentifier"))
	assert.Equal(t, "eu-west-1", r.String("latencyRoutingPolicies[0].region"))
	assert.Equal(t, "euw1.elb.amazonaws.com", r.String("aliases[0].name"))
	assert.Equal(t, true, r.Value("aliases[0].evaluateTargetHealth"))
	assert.False(t, r.Has("failoverRoutingPolicies"))
	check := recordtest.Named(t, rec, token.Route53HealthCheck, "dns-cells-euw1-check")
	assert.Equal(t, check.ID, r.String("healthCheckId"))
	assert.Equal(t, "HTTPS", check.String("type"))
	assert.Equal(t, "balancer-euw1.example.com", check.String("fqdn"))
	assert.Equal(t, "/status", check.String("resourcePath"))
	assert.InDelta(t, 443, check.Number("port"), 0)
	assert.InDelta(t, 3, check.Number("failureThreshold"), 0)
}

// A name that users keep leads to one whose policy may change, and comes after
// all of its records: Route 53 refuses an alias of what is not there.
func TestAnAliasOfOnesOwnName(t *testing.T) {
	rec := run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		if err := d.Global("cells.example.com", dns.Latency, []dns.Cell{us, eu}); err != nil {
			return err
		}
		own, err := d.Own("cells.example.com")
		if err != nil {
			return err
		}
		return d.Alias("api.example.com", own)
	})
	r := recordtest.Named(t, rec, token.Route53Record, "dns-api")
	assert.Equal(t, "cells.example.com", r.String("aliases[0].name"))
	assert.Equal(t, true, r.Value("aliases[0].evaluateTargetHealth"))
	for _, code := range []string{"use1", "euw1"} {
		assert.Contains(t, r.Dependencies, recordtest.Named(t, rec, token.Route53Record, "dns-cells-"+code).URN)
	}
	err := recordtest.Fails(t, program(domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		_, err := d.Own("nowhere.example.com")
		return err
	}))
	require.ErrorContains(t, err, "nowhere.example.com has no records of its own")
}

func TestFailover(t *testing.T) {
	rec := run(t, domain(), world(dns.Failover, us, eu))
	assert.Equal(t, "PRIMARY",
		recordtest.Named(t, rec, token.Route53Record, "dns-cells-use1").String("failoverRoutingPolicies[0].type"))
	assert.Equal(t, "SECONDARY",
		recordtest.Named(t, rec, token.Route53Record, "dns-cells-euw1").String("failoverRoutingPolicies[0].type"))
}

func TestARegionThatJoinsChangesNoRecord(t *testing.T) {
	before, after := run(t, domain(), world(dns.Latency, us, eu)), run(t, domain(), world(dns.Latency, ap, us, eu))
	for _, typ := range []string{token.Route53Record, token.Route53HealthCheck, token.CloudWatchMetricAlarm} {
		for _, r := range before.All(typ) {
			assert.Equal(t, r.Inputs, recordtest.Named(t, after, typ, r.Name).Inputs)
		}
		assert.Len(t, after.All(typ), 3)
	}
}

func TestTargetsOwnHealthSuffices(t *testing.T) {
	us := us
	us.Check = nil
	rec := run(t, domain(), world(dns.Latency, us))
	recordtest.None(t, rec, token.Route53HealthCheck)
	assert.False(t, recordtest.Only(t, rec, token.Route53Record).Has("healthCheckId"))
}

func TestIPv6HasRecordsOfItsOwn(t *testing.T) {
	us := us
	us.Target.IPv6 = true
	rec := run(t, domain(), world(dns.Latency, us))
	assert.Equal(t, "AAAA", recordtest.Named(t, rec, token.Route53Record, "dns-cells-use1-ipv6").String("type"))
	assert.Len(t, rec.All(token.Route53HealthCheck), 1, "one check for both")
}

func TestAlarmOfARegionIsInUSEast1(t *testing.T) {
	home := recordtest.Named(t, run(t, domain(), world(dns.Latency, us, eu)), token.CloudWatchMetricAlarm,
		"dns-cells-euw1-down")
	assert.Equal(t, "LessThanThreshold", home.String("comparisonOperator"))
	assert.Contains(t, home.String("alarmDescription"), "eu-west-1 does not answer")

	args := domain()
	args.Region = "eu-central-1"
	recordtest.None(t, run(t, args, world(dns.Latency, us, eu)), token.CloudWatchMetricAlarm)

	abroad := recordtest.Run(t, func(ctx *pulumi.Context) error {
		useast1, err := aws.NewProvider(ctx, "us-east-1", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		args := args
		args.Common = part.Common{Alerts: pulumi.String("arn:aws:sns:eu-central-1:123456789012:alerts")}
		args.USEast1, args.USEast1Alerts = useast1, pulumi.String("arn:aws:sns:us-east-1:123456789012:alerts")
		d, err := dns.New(ctx, "dns", args)
		if err != nil {
			return err
		}
		if err := world(dns.Latency, us, eu)(ctx, d); err != nil {
			return err
		}
		assert.Len(t, d.Widgets(), 1)
		assert.Len(t, d.Widgets()[0].Metrics, 2)
		return nil
	})
	alarm := recordtest.Named(t, abroad, token.CloudWatchMetricAlarm, "dns-cells-use1-down")
	assert.Contains(t, alarm.Provider, "::us-east-1::")
	assert.Equal(t, []any{"arn:aws:sns:us-east-1:123456789012:alerts"}, alarm.Value("alarmActions"))
}

func TestWidgetsNeedChecks(t *testing.T) {
	run(t, domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		assert.Nil(t, d.Widgets())
		return nil
	})
}

func TestHealthCheckers(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		id, err := dns.HealthCheckers(ctx, "eu-west-1")
		assert.Regexp(t, `^pl-[0-9a-f]+$`, id)
		return err
	}, record.Config(map[string]string{"aws:region": "eu-west-1"})) // other regions do not have it
}

func TestGlobalNamesNeedNoOutputsInAPreview(t *testing.T) {
	recordtest.Run(t, program(domain(), world(dns.Latency, us, eu)), record.Preview(true))
}

func TestGlobalNamesAreChecked(t *testing.T) {
	without := func(c dns.Cell, change func(*dns.Cell)) dns.Cell {
		change(&c)
		return c
	}
	check := func(h dns.HealthCheck) dns.Cell { return without(us, func(c *dns.Cell) { c.Check = &h }) }
	for name, tt := range map[string]struct {
		policy dns.Policy
		cells  []dns.Cell
		want   string
	}{
		"unknown policy":  {"nearest", []dns.Cell{us}, `policy: got "nearest", want one of [latency failover]`},
		"nobody":          {dns.Latency, nil, "no cells"},
		"twice":           {dns.Latency, []dns.Cell{us, us}, "want each region once"},
		"nameless":        {dns.Latency, []dns.Cell{without(us, func(c *dns.Cell) { c.Code = "" })}, "with its code"},
		"no target":       {dns.Latency, []dns.Cell{without(us, func(c *dns.Cell) { c.Target = dns.Target{} })}, "Name and ZoneID are required"},
		"three to fail":   {dns.Failover, []dns.Cell{us, eu, ap}, "want two for a failover"},
		"never fails":     {dns.Failover, []dns.Cell{without(us, func(c *dns.Cell) { c.Check, c.Target.Health = nil, false }), eu}, "it would never fail over"},
		"nobody to ask":   {dns.Latency, []dns.Cell{check(dns.HealthCheck{})}, "Check.Host: required"},
		"odd interval":    {dns.Latency, []dns.Cell{check(dns.HealthCheck{Host: pulumi.String("h"), IntervalSeconds: 20})}, "got 20, want 10 or 30"},
		"no path":         {dns.Latency, []dns.Cell{check(dns.HealthCheck{Host: pulumi.String("h"), Path: "ready"})}, `Path: got "ready"`},
		"no port":         {dns.Latency, []dns.Cell{check(dns.HealthCheck{Host: pulumi.String("h"), Port: 70000})}, "Port: got 70000"},
		"never unhealthy": {dns.Latency, []dns.Cell{check(dns.HealthCheck{Host: pulumi.String("h"), Failures: 11})}, "Failures: got 11"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, recordtest.Fails(t, program(domain(), world(tt.policy, tt.cells...))), tt.want)
		})
	}
	err := recordtest.Fails(t, program(domain(), func(_ *pulumi.Context, d *dns.DNS) error {
		return d.Global("cells.example.org", dns.Latency, []dns.Cell{us})
	}))
	require.ErrorContains(t, err, "outside the zone")
}

// Cells that share a name have each a certificate for it; the record that
// proves it is one.
func TestCertificatesOfRegionsShareTheirProof(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		ireland, err := aws.NewProvider(ctx, "eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		d, err := dns.New(ctx, "dns", domain())
		if err != nil {
			return err
		}
		if _, err := d.Certificate("cells", []string{"*.example.com"}, nil); err != nil {
			return err
		}
		_, err = d.Certificate("cells-euw1", []string{"*.example.com"}, ireland)
		return err
	})
	assert.Len(t, rec.All(token.ACMCertificate), 2)
	assert.Equal(t, "dns-validation-apex", recordtest.Only(t, rec, token.Route53Record).Name)
}
