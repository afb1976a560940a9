// Package names says what the cloud's own names stand for in the lab: those of Cloud Map
// and of Route 53's zones, beside the endpoints that each kind of server has told.
//
// Programs are told addresses in their environments, because nothing but the system's own
// settings tells a program whom to ask for names; whoever asks the lab's server of names
// gets the same.
package names

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/dns"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// record is a name with those that it may lead to, the best first.
type record struct {
	name    string
	region  string   // where it is known; empty is everywhere
	targets []string // names of the cloud, or addresses
	routed  bool     // by latency, failover or weight
}

// Hosts are the names of Cloud Map and of Route 53 with the addresses of what they lead
// to, by the hosts that are known already. well reports whether an address answers:
// a name with a policy leads to the first target that does, and to the first of all
// where none does.
func Hosts(c cloud.Cloud, known []unit.Host, well func(address string) bool) (all []unit.Host) {
	address := map[string]string{}
	for _, h := range known {
		address[plain(h.Name)] = cmp.Or(address[plain(h.Name)], h.Address)
	}
	told := map[string]bool{} // names of everywhere, and those of a region with it
	for name := range address {
		told[name] = true
	}
	records := append(services(c), zones(c)...)
	for range deepest {
		for _, r := range records {
			key := r.name + r.region
			if found := lead(r, address, well); found != "" && !told[key] && !told[r.name] {
				told[key] = true
				address[r.name] = cmp.Or(address[r.name], found)
				all = append(all, unit.Host{Name: r.name, Address: found, Region: r.region})
			}
		}
	}
	return slices.DeleteFunc(all, func(h unit.Host) bool { return apex(c, h.Name) })
}

// lead is the address that a record leads to now; empty while none is known.
func lead(r record, address map[string]string, well func(string) bool) string {
	first := ""
	for _, target := range r.targets {
		found := address[target]
		if _, err := netip.ParseAddr(target); err == nil && found == "" {
			found = target
		}
		if found != "" && (!r.routed || well(bare(found))) {
			return found
		}
		first = cmp.Or(first, found)
	}
	return first
}

// Site is a public zone's own name, which people type, with what it leads to now.
type Site struct {
	Name string
	// Target is what the cloud calls it: the endpoint of a balancer or a distribution, or an
	// address.
	Target string
}

// Sites are the public zones whose own name leads somewhere; well as with Hosts.
func Sites(c cloud.Cloud, known []unit.Host, well func(address string) bool) (all []Site) {
	address := map[string]string{}
	for _, h := range known {
		address[plain(h.Name)] = cmp.Or(address[plain(h.Name)], h.Address)
	}
	records := map[string]record{}
	for _, r := range zones(c) {
		records[r.name] = r
	}
	for _, z := range c.All(token.Route53Zone) {
		name := plain(z.Str("name"))
		r, named := records[name]
		if !named || len(z.Maps("vpcs")) > 0 {
			continue
		}
		target, _ := leaf(r, records, address, well, deepest)
		all = append(all, Site{Name: name, Target: target})
	}
	return all
}

// leaf is what a record leads to in the end, which is no record's name, with its address;
// both are empty while none of its targets is known.
func leaf(r record, records map[string]record, address map[string]string, well func(string) bool, depth int) (target,
	at string) {
	for _, next := range r.targets {
		end, found := next, address[next]
		if further, is := records[next]; is && depth > 0 {
			end, found = leaf(further, records, address, well, depth-1)
		}
		if found != "" && (!r.routed || well(bare(found))) {
			return end, found
		}
		if at == "" && found != "" {
			target, at = end, found
		}
	}
	return target, at
}

// deepest is how many names of names are followed.
const deepest = 4

// bare is an address without a port.
func bare(address string) string {
	text, _, _ := strings.Cut(address, ":")
	return text
}

// apex reports whether a name is a zone's own: as the end of others, mail addresses say,
// it must stay as it is.
func apex(c cloud.Cloud, name string) bool {
	_, is := c.First(token.Route53Zone, "name", name)
	return is
}

// services are Cloud Map's names, which the network of their region knows: that of another
// may have the same.
func services(c cloud.Cloud) (all []record) {
	for _, s := range c.All(token.ServiceDiscoveryService) {
		space, ok := c.ByID(token.ServiceDiscoveryPrivateDnsNamespace, s.Str("dnsConfig.namespaceId"))
		if !ok {
			continue
		}
		r := record{name: plain(s.Str("name") + "." + space.Str("name")), region: s.Region}
		for _, i := range c.Where(token.ServiceDiscoveryInstance, "serviceId", s.ID) {
			attributes := i.Map("attributes")
			for _, key := range []string{"AWS_ALIAS_DNS_NAME", "AWS_INSTANCE_IPV4", "AWS_INSTANCE_CNAME"} {
				if target := attributes.Str(key); target != "" {
					r.targets = append(r.targets, plain(target))
				}
			}
		}
		all = append(all, r)
	}
	return all
}

// zones are the names of Route 53's zones. Those with a policy have a record for each
// region: they come in the order in which they are to be tried.
func zones(c cloud.Cloud) (all []record) {
	at := map[string]int{}
	for _, r := range ordered(c.All(token.Route53Record)) {
		if kind := r.Str("type"); kind != "A" && kind != "CNAME" {
			continue
		}
		name := plain(cmp.Or(r.Str("fqdn"), r.Str("name")))
		n, known := at[name]
		if !known {
			n = len(all)
			at[name], all = n, append(all, record{name: name, routed: r.Str("setIdentifier") != ""})
		}
		for _, alias := range r.Maps("aliases") {
			all[n].targets = append(all[n].targets, plain(alias.Str("name")))
		}
		for _, value := range r.Strs("records") {
			all[n].targets = append(all[n].targets, plain(value))
		}
	}
	return all
}

// ordered puts those that stand by behind those that do not.
func ordered(records []cloud.Resource) []cloud.Resource {
	second := func(r cloud.Resource) int {
		for _, policy := range r.Maps("failoverRoutingPolicies") {
			if policy.Str("type") == "SECONDARY" {
				return 1
			}
		}
		return 0
	}
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b cloud.Resource) int { return cmp.Compare(second(a), second(b)) })
	return sorted
}

// Table is what the lab's server of names answers: all hosts that are names.
func Table(c cloud.Cloud, hosts []unit.Host) dns.Table {
	t := dns.Table{Records: map[string]dns.Record{}}
	for _, h := range hosts {
		address, err := netip.ParseAddr(bare(h.Address))
		if _, is := netip.ParseAddr(h.Name); err != nil || is == nil || h.Name == "" || strings.Contains(h.Name, "://") {
			continue
		}
		if name := plain(h.Name); len(t.Records[name].Addresses) == 0 {
			t.Records[name] = dns.Record{Addresses: []netip.Addr{address}}
		}
	}
	for _, z := range c.All(token.Route53Zone) {
		t.Zones = append(t.Zones, plain(z.Str("name")))
	}
	for _, n := range c.All(token.ServiceDiscoveryPrivateDnsNamespace) {
		t.Zones = append(t.Zones, plain(n.Str("name")))
	}
	slices.Sort(t.Zones)
	return t
}

// plain is a name without its last dot, and without the word by which AWS answers with
// IPv6 as well.
func plain(name string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(name, ".")), "dualstack.")
}
