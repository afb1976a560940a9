// Package route53 simulates Route 53: hosted zones, records and health checks.
package route53

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// routing are the routing policies, of which a record has at most one.
var routing = []string{
	"cidrRoutingPolicy", "failoverRoutingPolicies", "geolocationRoutingPolicies", "geoproximityRoutingPolicy",
	"latencyRoutingPolicies",
	"multivalueAnswerRoutingPolicy", "weightedRoutingPolicies",
}

// Kinds is the table of DNS zones, records and health checks.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.Route53Zone, Service: "Route 53", API: "HostedZone", Noun: "Route53 Hosted Zone", Global: true,
			Verbs:       map[sim.Verb]string{sim.Update: "UpdateHostedZoneComment"},
			ID:          func(o *sim.Op) string { return "Z" + o.Upper(20, "zone") },
			Required:    []string{"name"},
			AtMostOneOf: [][]string{{"delegationSetId", "vpcs"}},
			Defaults:    sim.Props{"comment": made.ByPulumi, "forceDestroy": false},
			Checks:      []sim.Check{zoneName}, Sets: []string{"vpcs"},
			Ignore: func(old, next sim.Props) []string {
				if dnsname.Same(old.Str("name"), next.Str("name")) {
					return []string{"name"}
				}
				return nil
			},
			ReplaceOn: []string{"delegationSetId", "name"},
			Outputs:   zoneOutputs,
			Refs:      []sim.Ref{{Path: "vpcs.vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVPCId", AnyRegion: true}},
			Rules:     append(sim.Many(sim.Create|sim.Update, oneZonePerVPC), sim.Many(sim.Delete, zoneEmpty)...),
			Quota:     &sim.Quota{Key: "route53.zones", Default: 500, Code: "TooManyHostedZones"},
		},
		{
			Token: token.Route53Record, Service: "Route 53", API: "ResourceRecordSets", Noun: "Route53 Record", Global: true,
			Verbs: map[sim.Verb]string{
				sim.Create: "ChangeResourceRecordSets", sim.Update: "ChangeResourceRecordSets", sim.Delete: "ChangeResourceRecordSets",
			},
			ID:           recordID,
			ExactlyOneOf: [][]string{{"aliases", "records"}}, AtMostOneOf: [][]string{{"aliases", "ttl"}, routing},
			Enums: map[string][]string{"type": {
				"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB",
				"TLSA", "TXT",
			}},
			Ranges:    map[string]sim.Range{"weightedRoutingPolicies.weight": {Max: 255}, "ttl": {Max: 1<<31 - 1}},
			Checks:    []sim.Check{routingNeedsIdentifier, recordsNeedTTL},
			ReplaceOn: []string{"name", "type", "zoneId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"fqdn": recordName(o, o.In)}
			},
			Refs: []sim.Ref{
				{Path: "zoneId", To: []sim.Target{{Token: token.Route53Zone}}, Missing: "NoSuchHostedZone"},
				{Path: "healthCheckId", To: []sim.Target{{Token: token.Route53HealthCheck}}, Missing: "NoSuchHealthCheck", InUse: "HealthCheckInUse"},
			},
			Rules: sim.Many(sim.Create|sim.Update, recordFree, sameRouting, cnameAlone, recordValues, aliasTarget),
			Quota: &sim.Quota{
				Key: "route53.records-per-zone", Default: 10000, Code: "InvalidChangeBatch",
				Within: func(o *sim.Op) string { return o.In.Str("zoneId") },
			},
		},
		healthCheck(),
		{
			Token: token.Route53ZoneAssociation, Service: "Route 53", API: "VPCWithHostedZone", Noun: "Route53 Zone Association",
			Global: true, Verbs: map[sim.Verb]string{sim.Create: "AssociateVPCWithHostedZone", sim.Delete: "DisassociateVPCFromHostedZone"},
			ID:        func(o *sim.Op) string { return o.In.Str("zoneId") + ":" + o.In.Str("vpcId") },
			ReplaceOn: []string{"vpcId", "vpcRegion", "zoneId"},
			Outputs:   func(o *sim.Op) sim.Props { return sim.Props{"owningAccount": o.Account, "vpcRegion": o.Region} },
			Refs: []sim.Ref{
				{Path: "zoneId", To: []sim.Target{{Token: token.Route53Zone}}, Missing: "NoSuchHostedZone"},
				{Path: "vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVPCId", AnyRegion: true},
			},
		},
	}
}

func healthCheck() sim.Kind {
	return sim.Kind{
		Token: token.Route53HealthCheck, Service: "Route 53", API: "HealthCheck", Noun: "Route53 Health Check", Global: true,
		ID: func(o *sim.Op) string { return o.UUID("check") },
		Enums: map[string][]string{"type": {
			"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL",
		}},
		Defaults:  sim.Props{"disabled": false, "measureLatency": false},
		Ranges:    map[string]sim.Range{"failureThreshold": {Min: 1, Max: 10}, "port": {Min: 1, Max: 65535}},
		Checks:    []sim.Check{check.OneOf("requestInterval", 10, 30)},
		ReplaceOn: []string{"measureLatency", "referenceName", "requestInterval", "routingControlArn", "type"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": "arn:" + o.Partition + ":route53:::healthcheck/" + o.ID, "enableSni": strings.HasPrefix(o.In.Str("type"), "HTTPS"),
				"failureThreshold": 3, "requestInterval": 30,
			}
		},
		Rules: sim.Many(sim.Create|sim.Update, checkNeedsTarget),
		Quota: &sim.Quota{Key: "route53.health-checks", Default: 200, Code: "TooManyHealthChecks"},
	}
}

func checkNeedsTarget(o *sim.Op) error {
	kind := o.In.Str("type")
	watches := strings.HasPrefix(kind, "HTTP") || kind == "TCP"
	if !watches || o.In.Has("fqdn") || o.In.Has("ipAddress") {
		return nil
	}
	return sim.Refuse("InvalidInput", "Basic health check must specify at least one of IP address or domain name",
		"Give fqdn or ipAddress.")
}

func zoneName(in sim.Props) []sim.Failure {
	name := dnsname.Bare(in.Str("name"))
	if !in.Known("name") || (len(name) <= 255 && dnsname.Host.MatchString(name)) {
		return nil
	}
	return check.Wrong("name", "got %q, want a domain name such as example.com", in.Str("name"))
}

func zoneOutputs(o *sim.Op) sim.Props {
	n := o.Pick(128, "servers")
	var servers []string
	for i, end := range []string{"co.uk", "com", "net", "org"} {
		servers = append(servers, fmt.Sprintf("ns-%d.awsdns-%02d.%s", 512*(3-i)+n, n%64, end))
	}
	slices.Sort(servers)
	return sim.Props{
		"arn": "arn:" + o.Partition + ":route53:::hostedzone/" + o.ID, "zoneId": o.ID, "nameServers": sim.List(servers...),
		"primaryNameServer": servers[0], "vpcs.vpcRegion": o.Region,
	}
}

// oneZonePerVPC: two private zones of one name cannot both answer in a VPC.
func oneZonePerVPC(o *sim.Op) error {
	for _, other := range o.Others() {
		if !dnsname.Same(other.Props.Str("name"), o.In.Str("name")) {
			continue
		}
		for _, vpc := range o.In.Strs("vpcs.vpcId") {
			if slices.Contains(other.Props.Strs("vpcs.vpcId"), vpc) {
				return sim.Refuse("ConflictingDomainExists",
					fmt.Sprintf("The VPC %s in region %s has already been associated with the hosted zone %s with the same domain "+
						"name",
						vpc, o.Region, other.ID), "Choose another name for the private zone, or another VPC.")
			}
		}
	}
	return nil
}

// zoneEmpty refuses to delete a zone that has more than its own NS and SOA; one
// that may be emptied takes its records along.
func zoneEmpty(o *sim.Op) error {
	for _, record := range o.All(token.Route53Record) {
		switch {
		case record.Props.Str("zoneId") != o.ID:
		case o.In.Bool("forceDestroy"):
			o.Drop(record)
		default:
			return sim.Refuse("HostedZoneNotEmpty",
				"The specified hosted zone contains non-required resource record sets and so cannot be deleted",
				fmt.Sprintf("Delete its records first (%s is one), or set forceDestroy and deploy that before the delete.",
					record.ID))
		}
	}
	return nil
}

// recordName gives a record's full name: the provider adds the zone's name to one
// that does not end in it.
func recordName(o *sim.Op, in sim.Props) string {
	zone, _ := o.Find(token.Route53Zone, in.Str("zoneId"))
	name, parent := dnsname.Bare(in.Str("name")), dnsname.Bare(zone.Str("name"))
	switch {
	case parent == "" || name == parent || strings.HasSuffix(name, "."+parent):
		return name
	case name == "":
		return parent
	}
	return name + "." + parent
}

func recordID(o *sim.Op) string {
	id := o.In.Str("zoneId") + "_" + recordName(o, o.In) + "_" + o.In.Str("type")
	if set := o.In.Str("setIdentifier"); set != "" {
		id += "_" + set
	}
	return id
}

func routingNeedsIdentifier(in sim.Props) []sim.Failure {
	given := ""
	for _, policy := range routing {
		if in.Has(policy) {
			given = policy
		}
	}
	switch {
	case given != "" && !in.Has("setIdentifier"):
		return check.Wrong("setIdentifier", "%s needs a setIdentifier, which tells records of one name apart", given)
	case given == "" && in.Has("setIdentifier"):
		return check.Wrong("setIdentifier", "needs a routing policy: one of %s", strings.Join(routing, ", "))
	}
	return nil
}

func recordsNeedTTL(in sim.Props) []sim.Failure {
	if !in.Has("records") || in.Has("ttl") {
		return nil
	}
	return check.Wrong("ttl", "missing: records need a ttl in seconds")
}
