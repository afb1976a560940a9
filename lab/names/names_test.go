package names

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

type m = map[string]any

func example() cloud.Cloud {
	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	record := func(id, name, target string, more m) *sim.Entry {
		p := sim.Props{"fqdn": name, "type": "A", "aliases": []any{m{"name": target}}}
		for key, value := range more {
			p[key] = value
		}
		return entry(token.Route53Record, id, p)
	}
	failover := func(kind string) m {
		return m{"setIdentifier": kind, "failoverRoutingPolicies": []any{m{"type": kind}}}
	}
	return cloud.Of([]*sim.Entry{
		entry(token.ServiceDiscoveryPrivateDnsNamespace, "ns", sim.Props{"name": "dev.internal"}),
		entry(token.ServiceDiscoveryService, "users", sim.Props{"name": "users", "dnsConfig": m{"namespaceId": "ns"}}),
		entry(token.ServiceDiscoveryInstance, "i", sim.Props{"serviceId": "users",
			"attributes": m{"AWS_ALIAS_DNS_NAME": "Inner.elb.amazonaws.com"}}),
		entry(token.Route53Zone, "Z", sim.Props{"name": "example.com"}),
		record("a", "inner.example.com", "dualstack.inner.elb.amazonaws.com.", nil),
		record("b", "example.com", "cdn.cloudfront.net", nil),
		record("c1", "standby.example.com", "second.elb.amazonaws.com", failover("SECONDARY")),
		record("c2", "standby.example.com", "inner.elb.amazonaws.com", failover("PRIMARY")),
		record("d", "a.example.com", "standby.example.com", nil),
		record("e", "lost.example.com", "elsewhere.example.org", nil),
		entry(token.Route53Record, "f", sim.Props{"fqdn": "ip.example.com", "type": "A", "records": []any{"127.16.0.7"}}),
		entry(token.Route53Record, "g", sim.Props{"fqdn": "text.example.com", "type": "TXT", "records": []any{"127.16.0.7"}}),
	})
}

var known = []unit.Host{{Name: "inner.elb.amazonaws.com", Address: "127.16.0.1"},
	{Name: "second.elb.amazonaws.com", Address: "127.16.0.2"}, {Name: "cdn.cloudfront.net", Address: "127.16.0.3:8080"}}

func TestNamesLeadWhereTheirRecordsDo(t *testing.T) {
	for _, one := range []struct {
		about, standby string
		well           map[string]bool
	}{
		{"both are well", "127.16.0.1", map[string]bool{"127.16.0.1": true, "127.16.0.2": true}},
		{"the first is gone", "127.16.0.2", map[string]bool{"127.16.0.2": true}},
		{"none is well: the first of all", "127.16.0.1", nil},
	} {
		got := map[string]string{}
		for _, h := range Hosts(example(), known, func(a string) bool { return one.well[a] }) {
			got[h.Name] = h.Address
		}
		assert.Equal(t, map[string]string{"users.dev.internal": "127.16.0.1", "inner.example.com": "127.16.0.1",
			"standby.example.com": one.standby, "a.example.com": one.standby, "ip.example.com": "127.16.0.7"}, got, one.about)
	}
}

// Networks of two regions have the same names, and each its own servers behind them.
func TestEachRegionHasItsOwnServices(t *testing.T) {
	var entries []*sim.Entry
	var hosts []unit.Host
	for n, region := range []string{"us-east-1", "eu-west-1"} {
		at := func(token, id string, p sim.Props) {
			entries = append(entries, &sim.Entry{Type: token, ID: id + region, Region: region, Properties: p})
		}
		at(token.ServiceDiscoveryPrivateDnsNamespace, "ns", sim.Props{"name": "dev.internal"})
		at(token.ServiceDiscoveryService, "users", sim.Props{"name": "users", "dnsConfig": m{"namespaceId": "ns" + region}})
		at(token.ServiceDiscoveryInstance, "i", sim.Props{"serviceId": "users" + region,
			"attributes": m{"AWS_ALIAS_DNS_NAME": region + ".elb"}})
		hosts = append(hosts, unit.Host{Name: region + ".elb", Address: fmt.Sprint("127.16.0.", n+1)})
	}
	hosts = append(hosts, Hosts(cloud.Of(entries), hosts, func(string) bool { return true })...)
	for region, want := range map[string]string{"us-east-1": "127.16.0.1", "eu-west-1": "127.16.0.2"} {
		assert.Equal(t, "http://"+want, unit.Translator(unit.Near(hosts, region)).Replace("http://users.dev.internal"),
			region)
	}
}

func TestTheTableHasNamesOnly(t *testing.T) {
	table := Table(example(), append([]unit.Host{{Name: "https://cdn.cloudfront.net", Address: "http://127.16.0.3:8080"},
		{Name: "203.0.113.9", Address: "127.16.0.4:8080"}}, known...))
	assert.Len(t, table.Records, 3)
	assert.Equal(t, "127.16.0.3", table.Records["cdn.cloudfront.net"].Addresses[0].String())
	assert.Equal(t, []string{"dev.internal", "example.com"}, table.Zones)
}

// What people type leads to what the cloud calls it, through names of names and by their
// policies.
func TestSitesLeadToTheirTargets(t *testing.T) {
	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	alias := func(id, name, target, policy string) *sim.Entry {
		p := sim.Props{"fqdn": name, "type": "A", "aliases": []any{m{"name": target}}}
		if policy != "" {
			p["setIdentifier"], p["failoverRoutingPolicies"] = policy, []any{m{"type": policy}}
		}
		return entry(token.Route53Record, id, p)
	}
	c := cloud.Of([]*sim.Entry{
		entry(token.Route53Zone, "Z", sim.Props{"name": "example.com"}),
		entry(token.Route53Zone, "Y", sim.Props{"name": "empty.example"}),
		entry(token.Route53Zone, "X", sim.Props{"name": "dev.internal", "vpcs": []any{m{"vpcId": "vpc-1"}}}),
		alias("a", "example.com", "shared.example.com", ""), alias("b", "dev.internal", "inner.elb.amazonaws.com", ""),
		alias("c2", "shared.example.com", "second.elb.amazonaws.com", "SECONDARY"),
		alias("c1", "shared.example.com", "inner.elb.amazonaws.com", "PRIMARY"),
	})
	for want, well := range map[string]map[string]bool{
		"inner.elb.amazonaws.com":  {"127.16.0.1": true, "127.16.0.2": true},
		"second.elb.amazonaws.com": {"127.16.0.2": true},
	} {
		got := Sites(c, known, func(a string) bool { return well[a] })
		assert.Equal(t, []Site{{Name: "example.com", Target: want}}, got, "neither a zone of a network nor an empty one")
	}
}
