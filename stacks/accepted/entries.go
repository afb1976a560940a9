package accepted

import "slices"

// Entries lists every departure.
func Entries() []Entry { return slices.Concat(certificates(), choices(), prices()) }

// certificates are the ways that have none.
func certificates() []Entry {
	return []Entry{{
		Rule: "alb-http-redirect", Resources: []string{"loadbalancer*-listener-80"},
		Reason: "there is no name that a certificate could be for; behind a CDN only its addresses and the origin's secret get in, without one the site is plain HTTP until rung:domain is set",
		When:   "without rung:domain", holds: unnamed,
	}, {
		Rule: "alb-http-redirect", Resources: []string{"loadbalancer*-listener-80"},
		Reason: "Cloudflare moves from plain HTTP to TLS: until the move is over requests may come on both ports, and only Cloudflare's addresses and the origin's secret get in",
		When:   "with rung:cdn cloudflare and rung:handover pending", holds: both(cloudflare, pending),
	}, {
		Rule: "alb-http-redirect", Resources: []string{"inner*-listener-80"},
		Reason: "the balancer between the gateway and the services is in private subnets and has no public name that a certificate could be for",
		When:   "without rung:domain, and with rung:cdn cloudflare, whose names are not the balancer's", From: 4, holds: either(unnamed, cloudflare),
	}, {
		Rule: "cdn-tls-min", Resources: []string{"cdn-distribution"},
		Reason: "a name below cloudfront.net has CloudFront's own certificate, whose versions cannot be chosen",
		When:   "without rung:domain", holds: unnamed,
	}, {
		Rule: "cdn-origin-tls", Resources: []string{"cdn-distribution"},
		Reason: "the origin has no certificate; it answers only CloudFront's addresses, and only with the origin's secret",
		When:   "without rung:domain, and on stages 1 and 2, whose one server has none: a public one needs the server open to the authority's questions, which only the CDN may ask",
		holds:  either(unnamed, below(3)),
	}, {
		Rule: "edge-ssl-strict", Resources: []string{"cdn-settings"},
		Reason: "the one server has no certificate that Cloudflare could check: a public one is given to whoever answers under the name, which is Cloudflare, and one of Cloudflare's own needs a private key, which no provider of the stack can make; the server answers only Cloudflare's addresses, and only with the origin's secret",
		When:   "with rung:cdn cloudflare below stage 3", holds: both(cloudflare, below(3)),
	}}
}

// choices are what the configuration says on purpose.
func choices() []Entry {
	return []Entry{{
		Rule: "data-store-multi-az", Resources: []string{"server-data"},
		Reason: "the data of the single server stays where it is until it has moved to the database",
		When:   "with rung:handover pending", holds: pending,
	}, {
		Rule: "data-store-multi-az", Resources: []string{"*database*-primary"},
		Reason: "rung:database.multiAz says so", When: "with rung:database.multiAz false", holds: oneZone,
	}, {
		Rule: "rds-multi-az", Resources: []string{"*database*-primary"},
		Reason: "rung:database.multiAz says so", When: "with rung:database.multiAz false", holds: oneZone,
	}, {
		Rule: "vpc-flow-logs", Resources: []string{"network*-vpc"},
		Reason: "recording costs $0.50 per GB and needs a bucket of logs, which stage 3 brings",
		When:   "below stage 3, and with rung:flowLogs false",
		holds:  either(below(3), func(c Config) bool { return c.is("flowLogs", "false") }),
	}, {
		Rule: "commitment-covers-base", Resources: []string{"*"},
		Reason: "a reservation binds an account for a year or three: whoever knows that the load stays buys it and says so",
		When:   "without rung:reservedInstances", From: 3,
		holds: func(c Config) bool { return c.is("reservedInstances", "") },
	}}
}

// prices are what would cost more than it is worth on some stages.
func prices() []Entry {
	return []Entry{{
		Rule: "s3-access-logs", Resources: []string{"artifacts-bucket", "assets-bucket", "backups-bucket"},
		Reason: "there is no bucket of logs before stage 3; nobody but the stack's own roles and the CDN gets in",
		When:   "below stage 3", holds: below(3),
	}, {
		Rule: "queue-encrypted", Resources: []string{"alerts-topic", "edge-alerts-topic"},
		Reason: "alarms tell nothing about users, and a key that CloudWatch may use costs $1 a month, which buys more elsewhere",
		When:   "below stage 3", holds: below(3),
	}, {
		Rule: "queue-encrypted", Resources: []string{"cache-events-topic", "cache-events-*-topic"}, From: 3,
		Reason: "ElastiCache publishes into no encrypted topic; what it tells are names of nodes and of what happened to them",
	}, {
		Rule: "cdn-logs-waf", Resources: []string{"cdn-distribution"},
		Reason: "a web ACL costs $5 a month and $1 for each rule, and the app limits rates itself; logs are kept from stage 3 on, which brings a bucket for them",
		When:   "below stage 4", holds: below(4),
	}, {
		Rule: "alb-waf", Resources: []string{"loadbalancer-alb"},
		Reason: "a web ACL costs $5 a month and $1 for each rule; the app limits rates itself",
		When:   "below stage 4", holds: below(4),
	}, {
		Rule: "edge-rate-limit", Resources: []string{"cdn-settings"},
		Reason: "Cloudflare's managed rules need a paid plan, which rung cannot see; below stage 4 the app limits rates itself, from there on the load balancer's web ACL does and filters too",
		When:   "with rung:cdn cloudflare", holds: cloudflare,
	}, {
		Rule: "secret-rotation", Resources: []string{"origin-store", "*-secret-store"},
		Reason: "a timer would change the secret but not what the machines and the CDN hold: requests would fail until both are renewed",
	}, {
		Rule: "secret-rotation", Resources: []string{"edge-key-*-store"}, From: 6,
		Reason: "what is made with it is in the hands of programs outside, which a timer would shut out; a key ends by itself, and a second id in rung:edge.apiKeys lets them change over",
	}, {
		Rule: "scaling-signals", Resources: []string{"web*-group", "workers*-group", "*-service*-group"}, From: 3,
		Reason: "somebody's own app publishes none of the bundled app's metrics; machines, load balancer and stores are watched all the same",
		When:   "with an app of your own", holds: yours,
	}, {
		Rule: "dns-hygiene", Resources: []string{"dns-zone"},
		Reason: "query logs show resolvers, not users, and cost $0.50 per GB; DNSSEC must be entered at the registrar by hand, and a mistake there takes the domain away",
	}}
}
