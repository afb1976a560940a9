package cloudflare

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// referenced is Cloudflare's refusal to delete what something else names.
const referenced = "1005"

// checkRegions are where pools may be checked from.
// Source: https://developers.cloudflare.com/load-balancing/reference/region-mapping-api/.
var checkRegions = []string{"WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF", "SAF", "SAS", "SEAS",
	"NEAS", "ALL_REGIONS"}

var poolName = sim.Pattern{Match: regexp.MustCompile(`^[A-Za-z0-9_-]+$`),
	Want: "letters, digits, hyphens and underscores"}

// balancerKinds are load balancers with what they are made of.
func balancerKinds() []sim.Kind {
	hexID := func(o *sim.Op) string { return o.Hex(32, "balancing") }
	at := func(*sim.Op) sim.Props { return sim.Props{"createdOn": madeAt, "modifiedOn": madeAt} }
	return []sim.Kind{
		{
			Token: token.CloudflareLoadBalancerMonitor, Service: service, API: "LoadBalancerMonitor", Noun: "load balancer monitor", ID: hexID, Outputs: at,
			Defaults: sim.Props{
				"interval": 60.0, "retries": 2.0, "timeout": 5.0, "type": "http", "consecutiveDown": 0.0, "consecutiveUp": 0.0,
			},
			Enums: map[string][]string{
				"type": {"http", "https", "tcp", "udp_icmp", "icmp_ping", "smtp"}, "method": {"", "GET", "HEAD", "connection_established"},
			},
			Ranges:    map[string]sim.Range{"interval": {Min: 5, Max: 3600}, "retries": {Max: 5}, "timeout": {Min: 1, Max: 10}, "port": {Max: 65535}},
			Checks:    []sim.Check{monitorExpects},
			ReplaceOn: []string{"accountId"}, Sets: []string{"headers"},
		},
		{
			Token: token.CloudflareLoadBalancerPool, Service: service, API: "LoadBalancerPool", Noun: "load balancer pool", ID: hexID, Outputs: at,
			Name:     &sim.Name{Pattern: poolName, Taken: "1002", Within: []string{"accountId"}},
			Defaults: sim.Props{"enabled": true, "minimumOrigins": 1.0}, Required: []string{"origins"},
			Enums:     map[string][]string{"checkRegions": checkRegions},
			Ranges:    map[string]sim.Range{"latitude": {Min: -90, Max: 90}, "longitude": {Min: -180, Max: 180}, "origins.weight": {Max: 1}},
			ReplaceOn: []string{"accountId"}, Sets: []string{"origins"},
			Refs:  []sim.Ref{{Path: "monitor", To: []sim.Target{{Token: token.CloudflareLoadBalancerMonitor}}, Missing: "1002", InUse: referenced}},
			Rules: sim.Many(sim.Create|sim.Update, originsGood),
		},
		{
			Token: token.CloudflareLoadBalancer, Service: service, API: "LoadBalancer", Noun: "load balancer", ID: hexID, Outputs: at,
			Defaults: sim.Props{"enabled": true, "proxied": false, "sessionAffinity": "none"},
			Required: []string{"defaultPoolIds"}, Ordered: []string{"defaultPoolIds"},
			Enums: map[string][]string{
				"steeringPolicy":  {"", "off", "geo", "dynamic_latency", "random", "proximity", "least_outstanding_requests", "least_connections"},
				"sessionAffinity": {"", "none", "cookie", "ip_cookie", "header"},
			},
			ReplaceOn: []string{"zoneId"},
			Refs: []sim.Ref{
				{Path: "defaultPoolIds", To: []sim.Target{{Token: token.CloudflareLoadBalancerPool}}, Missing: "1002", InUse: referenced},
				{Path: "fallbackPoolId", To: []sim.Target{{Token: token.CloudflareLoadBalancerPool}}, Missing: "1002", InUse: referenced},
				zoneRef(),
			},
			Rules: sim.Many(sim.Create|sim.Update, balancedOnce, ttlOfUnproxied),
		},
	}
}

func monitorExpects(in sim.Props) []sim.Failure {
	kind := in.Str("type")
	switch {
	case (kind == "http" || kind == "https") && !in.Has("expectedCodes"):
		return wrong("expectedCodes", "missing: a monitor of type %s needs the codes that it takes for healthy, such as 2xx",
			kind)
	case kind == "tcp" && !in.Has("port"):
		return wrong("port", "missing: a monitor of type tcp needs a port")
	}
	return nil
}

// originsGood: a pool has origins, each under a name and an address of its own.
func originsGood(o *sim.Op) error {
	origins := o.In.Maps("origins")
	if len(origins) == 0 {
		return sim.Refuse("1002", "the origin list length must be in range [1, 0]: validation failed",
			"Give the pool an origin.")
	}
	for _, key := range []string{"origins.name", "origins.address"} {
		values := o.In.Strs(key)
		for i, v := range values {
			if slices.Index(values, v) != i {
				return sim.Refuse("1002", fmt.Sprintf("origin %s must be unique within the pool: validation failed", v),
					"Name each origin once.")
			}
		}
	}
	if least := o.In.Int("minimumOrigins"); least > len(origins) {
		return sim.Refuse("1002",
			fmt.Sprintf("minimum_origins %d is more than the pool's %d origins: validation failed", least,
				len(origins)), "Ask for fewer.")
	}
	return nil
}

// balancedOnce: one load balancer has a host name. A DNS record of the name may
// stand beneath it.
func balancedOnce(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("zoneId") == o.In.Str("zoneId") && other.Props.Str("name") == o.In.Str("name") {
			return sim.Refuse("1002", fmt.Sprintf("a load balancer for %s already exists: validation failed", o.In.Str("name")),
				"Use "+other.ID+".")
		}
	}
	return nil
}

// ttlOfUnproxied is the provider's own check.
func ttlOfUnproxied(o *sim.Op) error {
	if !o.In.Bool("proxied") || !o.In.Has("ttl") {
		return nil
	}
	return fmt.Errorf("ttl cannot be set for the proxied load balancer %s; leave it out", o.In.Str("name"))
}
