package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// issuedCertificate is a zone example.com and a certificate for hosts that its
// records prove.
func issuedCertificate(c *simtest.Cloud, hosts ...string) (z, certificate, issued *simtest.Resource) {
	z = c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	certificate = c.Must(token.ACMCertificate, "c", sim.Props{
		"domainName": hosts[0], "subjectAlternativeNames": sim.List(hosts[1:]...), "validationMethod": "DNS",
	})
	var fqdns []any
	for _, o := range certificate.Get("domainValidationOptions").(list) {
		option := sim.Props(o.(obj))
		r, err := c.Create(token.Route53Record, option.Str("domainName"), sim.Props{
			"zoneId": z.ID, "name": option.Str("resourceRecordName"), "type": "CNAME", "ttl": 60.0,
			"records": sim.List(option.Str("resourceRecordValue")), "allowOverwrite": true,
		})
		if err == nil {
			fqdns = append(fqdns, r.Str("fqdn"))
		}
	}
	issued = c.Must(token.ACMCertificateValidation, "c",
		sim.Props{"certificateArn": certificate.ID, "validationRecordFqdns": fqdns})
	return z, certificate, issued
}

func TestZoneSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "Example.com"}
	z := c.Settled(token.Route53Zone, "z", in)
	assert.Regexp(t, `^Z[A-Z0-9]{20}$`, z.ID)
	assert.Len(t, z.Get("nameServers"), 4)
	v, _ := publicNetwork(c)
	shown, err := c.Preview(token.Route53Zone, "q", sim.Props{"name": "example.org"})
	require.NoError(t, err)
	assert.Nil(t, shown.Get("vpcs"), "a preview knows that a zone is public")
	private := c.Settled(token.Route53Zone, "p", sim.Props{"name": "db.internal", "vpcs": list{obj{"vpcId": v.ID}}})
	r := c.Settled(token.Route53Record, "r", sim.Props{
		"zoneId": private.ID, "name": "reader", "type": "CNAME", "ttl": 5.0, "records": sim.List("a.example.com"),
		"setIdentifier": "1", "weightedRoutingPolicies": list{obj{"weight": 0.0}},
	})
	assert.Equal(t, "reader.db.internal", r.Str("fqdn"))
	diff, _, err := c.Diff(z, sim.Props{"name": "example.com."})
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff)
	decides(t, c, z, in, map[string]change{
		"name":    {sim.Props{"name": "example.org"}, true},
		"comment": {sim.Props{"comment": "x"}, false},
	})
	mustRefuse(t, c.Delete(private), "HostedZoneNotEmpty", "forceDestroy")
	forced := c.Must(token.Route53Zone, "f", sim.Props{"name": "example.net", "forceDestroy": true})
	inside := c.Must(token.Route53Record, "f",
		sim.Props{"zoneId": forced.ID, "name": "a", "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1")})
	require.NoError(t, c.Delete(forced))
	left, err := c.Read(inside)
	require.NoError(t, err)
	assert.Nil(t, left, "the records go with a zone that is emptied")
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(private))
}

func TestRecordReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	z := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	in := sim.Props{"zoneId": z.ID, "name": "www", "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1")}
	r := c.Settled(token.Route53Record, "r", in)
	decides(t, c, r, in, map[string]change{
		"name":    {sim.Props{"name": "api"}, true},
		"zone":    {sim.Props{"zoneId": "Z2"}, true},
		"records": {sim.Props{"records": sim.List("10.0.0.2")}, false},
		"alias":   {sim.Props{"records": nil, "ttl": nil, "aliases": list{obj{"name": "x", "zoneId": "y", "evaluateTargetHealth": true}}}, false},
	})
}

func TestNamesRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	c.Must(token.Route53Zone, "p", sim.Props{"name": "db.internal", "vpcs": list{obj{"vpcId": v.ID}}})
	z := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	row := func(hint string, changes sim.Props) refusal {
		return refusal{token.Route53Record, but(sim.Props{
			"zoneId": z.ID, "name": "new", "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1"),
		}, changes), "InvalidChangeBatch", hint}
	}
	c.Must(token.Route53Record, "www", row("", sim.Props{"name": "www"}).in)
	alias := func(name, zoneID string) sim.Props {
		return sim.Props{"records": nil, "ttl": nil,
			"aliases": list{obj{"name": name, "zoneId": zoneID, "evaluateTargetHealth": false}}}
	}
	weighted := list{obj{"weight": 1.0}}
	refuses(t, c, map[string]refusal{
		"twice":        row("one record for a name", sim.Props{"name": "www.example.com"}),
		"mixed":        row("routing policy", sim.Props{"name": "www", "setIdentifier": "a", "weightedRoutingPolicies": weighted}),
		"apex":         row("alias at the apex", sim.Props{"name": "example.com", "type": "CNAME", "records": sim.List("x.org")}),
		"name servers": row("allowOverwrite", sim.Props{"name": "example.com", "type": "NS", "records": sim.List("ns.x.org")}),
		"not alone":    row("A record", sim.Props{"name": "www", "type": "CNAME", "records": sim.List("x.org")}),
		"two values":   row("one value", sim.Props{"type": "CNAME", "records": sim.List("x.org", "y.org")}),
		"no address":   row("IPv4", sim.Props{"records": sim.List("x.org")}),
		"no IPv6":      row("IPv6", sim.Props{"type": "AAAA", "records": sim.List("10.0.0.1")}),
		"value twice":  row("once", sim.Props{"records": sim.List("10.0.0.1", "10.0.0.1")}),
		"edge alias":   row("exists", alias("d1.cloudfront.net", "Z2FDTNDATAQYW2")),
		"lb alias":     row("exists", alias("web-1.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K")),
		"own alias":    row("exists", alias("nothing.example.com", z.ID)),
		"no zone":      {token.Route53Record, row("", sim.Props{"zoneId": "Z1"}).in, "NoSuchHostedZone", "exists"},
		"private":      {token.Route53Zone, sim.Props{"name": "db.internal", "vpcs": list{obj{"vpcId": v.ID}}}, "ConflictingDomainExists", "another name"},
		"no VPC":       {token.Route53Zone, sim.Props{"name": "x.internal", "vpcs": list{obj{"vpcId": "vpc-1"}}}, "InvalidVPCId", "exists"},
		"blind check":  {token.Route53HealthCheck, sim.Props{"type": "HTTPS"}, "InvalidInput", "fqdn"},
	})
	invalid(t, c, token.Route53Record, map[string]badInput{
		"no identifier": {sim.Props{"zoneId": "Z", "name": "a", "type": "A", "ttl": 1.0, "records": sim.List("x"), "weightedRoutingPolicies": weighted}, "setIdentifier"},
		"no policy":     {sim.Props{"zoneId": "Z", "name": "a", "type": "A", "ttl": 1.0, "records": sim.List("x"), "setIdentifier": "a"}, "routing policy"},
		"no values":     {sim.Props{"zoneId": "Z", "name": "a", "type": "A"}, "must be given"},
		"no ttl":        {sim.Props{"zoneId": "Z", "name": "a", "type": "A", "records": sim.List("x")}, "ttl"},
		"type":          {sim.Props{"zoneId": "Z", "name": "a", "type": "X", "ttl": 1.0, "records": sim.List("x")}, "CNAME"},
	})
	c.Settled(token.Route53Record, "alias",
		row("", but(alias("www.example.com", z.ID), sim.Props{"name": "example.com"})).in)
	c.Settled(token.Route53HealthCheck, "h",
		sim.Props{"type": "HTTPS", "fqdn": "example.com", "port": 443.0, "resourcePath": "/healthz"})
}

// A name that several regions serve: one policy, one record for each region.
func TestGlobalNames(t *testing.T) {
	c := cloud(t, "us-east-1")
	z := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	ask := c.Must(token.Route53HealthCheck, "h",
		sim.Props{"type": "HTTPS", "fqdn": "balancer.example.com", "port": 443.0, "resourcePath": "/ready"})
	in := func(name, set, policy string, value obj) sim.Props {
		return sim.Props{
			"zoneId": z.ID, "name": name, "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1"),
			"setIdentifier": set, policy: list{value},
		}
	}
	const latency, failover = "latencyRoutingPolicies", "failoverRoutingPolicies"
	near := func(set, region string) sim.Props { return in("cells", set, latency, obj{"region": region}) }
	c.Settled(token.Route53Record, "us", with(near("us-east-1", "us-east-1"), sim.Props{"healthCheckId": ask.ID}))
	eu := c.Settled(token.Route53Record, "eu", near("eu-west-1", "eu-west-1"))
	c.Settled(token.Route53Record, "first", in("site", "us", failover, obj{"type": "PRIMARY"}))
	c.Must(token.Route53Record, "plain",
		sim.Props{"zoneId": z.ID, "name": "origin", "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1")})
	row := func(hint string, in sim.Props) refusal {
		return refusal{token.Route53Record, in, "InvalidChangeBatch", hint}
	}
	refuses(t, c, map[string]refusal{
		"identifier again": row("one record for a name", near("eu-west-1", "eu-west-2")),
		"region again":     row("the one of eu-west-1 already", near("other", "eu-west-1")),
		"another policy":   row("same routing policy", in("cells", "other", failover, obj{"type": "PRIMARY"})),
		"two primaries":    row("the one of PRIMARY already", in("site", "eu", failover, obj{"type": "PRIMARY"})),
		"plain beside":     row("a routing policy", sim.Props{"zoneId": z.ID, "name": "cells", "type": "A", "ttl": 60.0, "records": sim.List("10.0.0.1")}),
		"beside plain":     row("a routing policy", in("origin", "us", latency, obj{"region": "us-east-1"})),
		"no check":         {token.Route53Record, with(near("ap", "ap-south-1"), sim.Props{"healthCheckId": "none"}), "NoSuchHealthCheck", "exists"},
	})
	decides(t, c, eu, near("eu-west-1", "eu-west-1"), map[string]change{
		"check": {sim.Props{"healthCheckId": ask.ID}, false}, "name": {sim.Props{"name": "other"}, true},
	})
	mustRefuse(t, c.Delete(ask), "HealthCheckInUse", "first")
}

func TestCertificateSettles(t *testing.T) {
	c := cloud(t, "eu-central-1")
	in := sim.Props{"domainName": "example.com", "subjectAlternativeNames": sim.List("*.example.com"),
		"validationMethod": "DNS"}
	r := c.Settled(token.ACMCertificate, "c", in)
	assert.Equal(t, "PENDING_VALIDATION", r.Str("status"))
	first := sim.Props(r.Get("domainValidationOptions").(list)[0].(obj))
	second := sim.Props(r.Get("domainValidationOptions").(list)[1].(obj))
	assert.Equal(t, first.Str("resourceRecordName"), second.Str("resourceRecordName"),
		"a name and its wildcard have one record")
	decides(t, c, r, in, map[string]change{
		"name":  {sim.Props{"domainName": "example.org"}, true},
		"names": {sim.Props{"subjectAlternativeNames": sim.List("api.example.com")}, true},
		"tags":  {sim.Props{"tags": obj{"a": "b"}}, false},
	})
	invalid(t, c, token.ACMCertificate, map[string]badInput{
		"host": {sim.Props{"domainName": "example.com."}, "trailing dot"},
		"none": {sim.Props{}, "must be given"},
	})
}

func TestCertificateProven(t *testing.T) {
	c := cloud(t, "us-east-1")
	z := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	r := c.Must(token.ACMCertificate, "c", sim.Props{"domainName": "www.example.com", "validationMethod": "DNS"})
	option := sim.Props(r.Get("domainValidationOptions").(list)[0].(obj))
	_, err := c.Create(token.ACMCertificateValidation, "v",
		sim.Props{"certificateArn": r.ID, "validationRecordFqdns": sim.List("x.example.com")})
	assert.ErrorContains(t, err, "missing www.example.com DNS validation record")
	in := sim.Props{"certificateArn": r.ID, "validationRecordFqdns": sim.List(option.Str("resourceRecordName"))}
	_, err = c.Create(token.ACMCertificateValidation, "v", in)
	assert.ErrorContains(t, err, "last state: 'PENDING_VALIDATION'")
	c.Must(token.Route53Record, "r", sim.Props{
		"zoneId": z.ID, "name": option.Str("resourceRecordName"), "type": "CNAME", "ttl": 60.0, "records": sim.List(option.Str("resourceRecordValue")),
	})
	c.Settled(token.ACMCertificateValidation, "v", in)
	elsewhere := c.Must(token.ACMCertificate, "e", sim.Props{"domainName": "example.net", "validationMethod": "DNS"})
	c.Settled(token.ACMCertificateValidation, "e", sim.Props{"certificateArn": elsewhere.ID})
	_, err = c.Create(token.ACMCertificateValidation, "n",
		sim.Props{"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/none"})
	mustRefuse(t, err, "ResourceNotFoundException", "exists")
}
