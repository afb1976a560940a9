// Package servicediscovery simulates Cloud Map: namespaces, services and instances.
package servicediscovery

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	cloudMap            = "ServiceDiscovery"
	cloudMapInvalid     = "InvalidInput"
	aliasAttribute      = "AWS_ALIAS_DNS_NAME"
	aliasNeedsWeighted  = "WEIGHTED"
	longestDiscoveryTTL = 2147483647
)

// Kinds is the table of Cloud Map.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.ServiceDiscoveryPrivateDnsNamespace, Service: cloudMap, API: "PrivateDnsNamespace",
			Name:      &sim.Name{Auto: true, Max: 253, Taken: "NamespaceAlreadyExists", Within: []string{"vpc"}},
			Lengths:   map[string]sim.Range{"description": {Max: 1024}},
			ReplaceOn: []string{"name", "vpc"},
			ID:        func(o *sim.Op) string { return "ns-" + o.Lower(16, "namespace") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("servicediscovery", "namespace/"+o.ID), "hostedZone": "Z" + o.Upper(20, "zone")}
			},
			Refs: []sim.Ref{{Path: "vpc", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: cloudMapInvalid}},
		},
		{
			Token: token.ServiceDiscoveryService, Service: cloudMap, API: "Service",
			Name: &sim.Name{
				Auto: true, Max: 127, Taken: "ServiceAlreadyExists", Within: []string{"dnsConfig.namespaceId"},
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.?)+$`), Want: "a DNS name"},
			},
			Defaults: sim.Props{"forceDestroy": false, "dnsConfig.routingPolicy": "MULTIVALUE"},
			Enums: map[string][]string{
				"dnsConfig.routingPolicy": {"MULTIVALUE", "WEIGHTED"}, "dnsConfig.dnsRecords.type": {"SRV", "A", "AAAA", "CNAME"},
				"healthCheckConfig.type": {"HTTP", "HTTPS", "TCP"}, "type": {"HTTP"},
			},
			Ranges:      map[string]sim.Range{"dnsConfig.dnsRecords.ttl": {Min: 0, Max: longestDiscoveryTTL}, "healthCheckConfig.failureThreshold": {Min: 1, Max: 10}},
			AtMostOneOf: [][]string{{"healthCheckConfig", "healthCheckCustomConfig"}},
			ReplaceOn: []string{
				"dnsConfig.dnsRecords.type", "dnsConfig.namespaceId", "dnsConfig.routingPolicy", "healthCheckConfig.type",
				"healthCheckCustomConfig",
				"name", "namespaceId", "type",
			},
			ID: func(o *sim.Op) string { return "srv-" + o.Lower(16, "service") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("servicediscovery", "service/"+o.ID), "namespaceId": o.In.Str("dnsConfig.namespaceId"), "type": "DNS_HTTP",
				}
			},
			Refs: []sim.Ref{
				{Path: "dnsConfig.namespaceId", To: []sim.Target{{Token: token.ServiceDiscoveryPrivateDnsNamespace}}, Missing: "NamespaceNotFound", InUse: refer.ResourceInUse},
				{Path: "namespaceId", To: []sim.Target{{Token: token.ServiceDiscoveryPrivateDnsNamespace}}, Missing: "NamespaceNotFound", InUse: refer.ResourceInUse},
			},
			Rules: append(sim.Many(sim.Create|sim.Update, recordsFit), sim.Many(sim.Delete, serviceEmpty)...),
		},
		{
			Token: token.ServiceDiscoveryInstance, Service: cloudMap, API: "Instance",
			Verbs:     map[sim.Verb]string{sim.Create: "RegisterInstance", sim.Update: "RegisterInstance", sim.Delete: "DeregisterInstance"},
			Required:  []string{"attributes"},
			Patterns:  map[string]sim.Pattern{"instanceId": {Match: regexp.MustCompile(`^[0-9a-zA-Z_/:.@-]{1,64}$`), Want: "at most 64 letters, digits and _/:.@-"}},
			ReplaceOn: []string{"instanceId", "serviceId"},
			ID:        made.IDWithin("serviceId", func(o *sim.Op) string { return o.In.Str("instanceId") }),
			Refs:      []sim.Ref{{Path: "serviceId", To: []sim.Target{{Token: token.ServiceDiscoveryService}}, Missing: "ServiceNotFound"}},
			Rules:     sim.Many(sim.Create|sim.Update, instanceFitsService),
		},
	}
}

// recordsFit: a CNAME stands alone and needs weights (API, DnsConfig).
func recordsFit(o *sim.Op) error {
	records := o.In.Maps("dnsConfig.dnsRecords")
	for _, r := range records {
		if r.Str("type") == "CNAME" && (len(records) > 1 || o.In.Str("dnsConfig.routingPolicy") != aliasNeedsWeighted) {
			return sim.Refuse(cloudMapInvalid, "A CNAME record must be the only record, and needs the routing policy WEIGHTED",
				"Change dnsConfig.")
		}
	}
	return nil
}

func serviceEmpty(o *sim.Op) error {
	if o.In.Bool("forceDestroy") {
		return nil
	}
	if instance, ok := o.FindBy(token.ServiceDiscoveryInstance, "serviceId", o.ID); ok {
		return sim.Refuse(refer.ResourceInUse,
			fmt.Sprintf("Service contains registered instances; delete the instances before deleting the service %s", o.ID),
			fmt.Sprintf("Deregister %s first, or set forceDestroy.", instance.Str("instanceId")))
	}
	return nil
}

// instanceFitsService: an alias needs weights and A or AAAA records, and no
// health check of the service's own (API, RegisterInstance).
func instanceFitsService(o *sim.Op) error {
	attributes := o.In.Map("attributes")
	service, _ := o.Find(token.ServiceDiscoveryService, o.In.Str("serviceId"))
	alias := attributes.Str(aliasAttribute)
	switch {
	case alias == "" && len(service.Maps("dnsConfig.dnsRecords")) > 0 && attributes.Str("AWS_INSTANCE_IPV4") == "" &&
		attributes.Str("AWS_INSTANCE_IPV6") == "" && attributes.Str("AWS_INSTANCE_CNAME") == "" &&
		attributes.Str("AWS_EC2_INSTANCE_ID") == "":
		return sim.Refuse(cloudMapInvalid, "An instance of a service with DNS records needs an address",
			"Give AWS_INSTANCE_IPV4, or "+aliasAttribute+".")
	case alias == "":
		return nil
	case service.Str("dnsConfig.routingPolicy") != aliasNeedsWeighted:
		return sim.Refuse(cloudMapInvalid, aliasAttribute+" requires a service with the routing policy WEIGHTED",
			"Set dnsConfig.routingPolicy of the service to WEIGHTED.")
	case service.Has("healthCheckCustomConfig") || service.Has("healthCheckConfig"):
		return sim.Refuse(cloudMapInvalid, aliasAttribute+" cannot be used with a service that has a health check",
			"Take the health check away.")
	case !strings.HasSuffix(alias, ".elb.amazonaws.com") && !strings.Contains(alias, ".elb."):
		return sim.Refuse(cloudMapInvalid, fmt.Sprintf("%s %q is no name of a load balancer", aliasAttribute, alias),
			"Give the dnsName of a load balancer.")
	}
	return nil
}
