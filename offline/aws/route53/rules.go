package route53

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// changeRefused is how Route 53 refuses a change of records.
func changeRefused(hint, format string, args ...any) error {
	return sim.Refuse("InvalidChangeBatch", "["+fmt.Sprintf(format, args...)+"]", hint)
}

// sameNamed are the other records of a record's name in its zone.
func sameNamed(o *sim.Op) []sim.Found {
	name := recordName(o, o.In)
	var out []sim.Found
	for _, other := range o.All(token.Route53Record) {
		mine := other.ID == o.ID && other.URN == o.URN
		if !mine && other.Props.Str("zoneId") == o.In.Str("zoneId") && dnsname.Same(other.Props.Str("fqdn"), name) {
			out = append(out, other)
		}
	}
	return out
}

// recordFree: one record set for a name, a type and an identifier; and simple
// records do not mix with routed ones. The zone itself has NS and SOA.
func recordFree(o *sim.Op) error {
	name, kind, set := recordName(o, o.In), o.In.Str("type"), o.In.Str("setIdentifier")
	zone, _ := o.Find(token.Route53Zone, o.In.Str("zoneId"))
	exists := fmt.Sprintf("Tried to create resource record set [name='%s.', type='%s'] but it already exists", name, kind)
	if (kind == "NS" || kind == "SOA") && dnsname.Same(name, zone.Str("name")) && !o.In.Bool("allowOverwrite") {
		return changeRefused("The zone comes with it: set allowOverwrite to take it over.", "%s", exists)
	}
	for _, other := range sameNamed(o) {
		theirs := other.Props.Str("setIdentifier")
		switch {
		case other.Props.Str("type") != kind || o.In.Bool("allowOverwrite"):
		case theirs == set:
			return changeRefused("Keep one record for a name and type, or tell them apart by routing policy and setIdentifier.",
				"%s", exists)
		case (theirs == "") != (set == ""):
			return notBeside(o, "Give all records of this name and type a routing policy, or only one record.")
		}
	}
	return nil
}

// sameRouting: the records of a name answer by one policy, latency records are
// one for each region, and of a failover's two each role is one's.
func sameRouting(o *sim.Op) error {
	mine := policyOf(o.In)
	for _, other := range sameNamed(o) {
		if other.Props.Str("type") != o.In.Str("type") || mine == "" || policyOf(other.Props) == "" {
			continue
		}
		if policyOf(other.Props) != mine {
			return notBeside(o, "Give all records of a name the same routing policy; another policy needs another name.")
		}
		for _, place := range []string{"latencyRoutingPolicies.region", "failoverRoutingPolicies.type"} {
			if v := o.In.Strs(place); len(v) > 0 && slices.Equal(v, other.Props.Strs(place)) {
				return notBeside(o, fmt.Sprintf("The record %s is the one of %s already.", other.Props.Str("setIdentifier"), v[0]))
			}
		}
	}
	return nil
}

func notBeside(o *sim.Op, hint string) error {
	return changeRefused(hint,
		"RRSet with DNS name %s., type %s, SetIdentifier %s cannot be created as other RRSets exist with the same name and "+
			"type",
		recordName(o, o.In), o.In.Str("type"), o.In.Str("setIdentifier"))
}

// policyOf is the routing policy of a record; empty for a simple one.
func policyOf(in sim.Props) string {
	for _, policy := range routing {
		if in.Has(policy) {
			return policy
		}
	}
	return ""
}

// cnameAlone: a CNAME is the only record of its name, and never the zone's own.
func cnameAlone(o *sim.Op) error {
	name, kind := recordName(o, o.In), o.In.Str("type")
	zone, _ := o.Find(token.Route53Zone, o.In.Str("zoneId"))
	parent := dnsname.Bare(zone.Str("name"))
	if kind == "CNAME" && name == parent {
		return changeRefused("Use an A record with an alias at the apex of a zone.",
			"RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %s.", name, parent)
	}
	for _, other := range sameNamed(o) {
		if theirs := other.Props.Str("type"); theirs != kind && (kind == "CNAME" || theirs == "CNAME") {
			return changeRefused(fmt.Sprintf("Delete the %s record of %s first.", theirs, name),
				"RRSet of type %s with DNS name %s. is not permitted as it conflicts with other records with the same DNS name "+
					"in zone %s.", kind, name, parent)
		}
	}
	return nil
}

func recordValues(o *sim.Op) error {
	values, kind := o.In.Strs("records"), o.In.Str("type")
	if kind == "CNAME" && len(values) > 1 {
		return changeRefused("Give one value.", "Invalid Resource Record: 'FATAL problem: CNAMEMultipleValues'")
	}
	for i, value := range values {
		ip, err := netip.ParseAddr(value)
		switch {
		case slices.Index(values, value) != i:
			return changeRefused("Give each value once.", "Duplicate Resource Record: '%s'", value)
		case kind == "A" && (err != nil || !ip.Is4()):
			return changeRefused("Give IPv4 addresses, or use a CNAME or an alias for a name.",
				"Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) "+
					"encountered with '%s''", value)
		case kind == "AAAA" && (err != nil || !ip.Is6()):
			return changeRefused("Give IPv6 addresses.",
				"Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) "+
					"encountered with '%s''", value)
		}
	}
	return nil
}

// aliasTarget: an alias must name a distribution, a load balancer or a record
// that exists. Targets of other services are not looked up.
func aliasTarget(o *sim.Op) error {
	for _, alias := range o.In.Maps("aliases") {
		name, zone := dnsname.Bare(strings.TrimPrefix(dnsname.Bare(alias.Str("name")), "dualstack.")), alias.Str("zoneId")
		if name == "" || aliasFound(o, name, zone) {
			continue
		}
		return changeRefused("Alias a distribution, a load balancer or a record that exists, with the hosted zone id that "+
			"it gives.",
			"Tried to create an alias that targets %s., type %s in zone %s, but the alias target name does not lie within the "+
				"target zone",
			name, o.In.Str("type"), zone)
	}
	return nil
}

func aliasFound(o *sim.Op, name, zone string) bool {
	switch {
	case zone == dnsname.CloudFrontZone || strings.HasSuffix(name, ".cloudfront.net"):
		_, ok := o.FindBy(token.CloudFrontDistribution, "domainName", name)
		return ok && zone == dnsname.CloudFrontZone
	case zone == dnsname.AcceleratorZone || strings.HasSuffix(name, ".awsglobalaccelerator.com"):
		_, ok := o.FindBy(token.GlobalAcceleratorAccelerator, "dnsName", name)
		return ok && zone == dnsname.AcceleratorZone
	case strings.HasSuffix(name, ".elb.amazonaws.com"):
		for _, lb := range o.Anywhere(token.LBLoadBalancer) {
			if dnsname.Same(lb.Props.Str("dnsName"), name) {
				return lb.Props.Str("zoneId") == zone
			}
		}
		return false
	case zone == o.In.Str("zoneId"):
		for _, record := range o.All(token.Route53Record) {
			if record.Props.Str("zoneId") == zone && dnsname.Same(record.Props.Str("fqdn"), name) {
				return true
			}
		}
		return false
	}
	return true
}
