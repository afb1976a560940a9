// Package accepted lists where rung's own stacks depart from a rule, each with
// its reason. Whoever reads a green run can read here what was let pass.
//
// An entry names one resource by its logical name, and where it holds on some
// configurations only, which. Programs that are no rung stack have none.
package accepted

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/settings"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Entry is one departure from one rule.
type Entry struct {
	// Rule is the rule's id and Resources are logical names.
	Rule      string
	Resources []string
	// Reason says why the rule is not followed.
	Reason string
	// When says on which configurations; empty means on all.
	When string

	holds func(look) bool
}

// look reads a configuration: the stage and the values of keys.
type look struct {
	stage ladder.Number
	get   settings.Get
}

// value is the value of a key, written with dots or as an object.
func (l look) value(key string) string {
	if v := l.get(key); v != "" {
		return v
	}
	parent, child, nested := strings.Cut(key, ".")
	if !nested {
		return ""
	}
	var fields map[string]any
	if json.Unmarshal([]byte(l.get(parent)), &fields) != nil || fields[child] == nil {
		return ""
	}
	return fmt.Sprint(fields[child])
}

func (l look) is(key, value string) bool { return l.value(key) == value }

// noCertificate is a balancer or distribution without a name that a
// certificate could be for, or with a name that is not kept at Route 53.
func noCertificate(l look) bool { return l.is("domain", "") || l.is("cdn", "cloudflare") }

// Entries lists every departure.
func Entries() []Entry {
	return slices.Concat(certificates(), choices(), prices())
}

func certificates() []Entry {
	return []Entry{
		{"alb-http-redirect", []string{"loadbalancer-listener-80"},
			"there is no certificate to redirect to; behind a CDN only the CDN's addresses and the origin's secret get in",
			"without rung:domain, or with rung:cdn cloudflare", noCertificate},
		{"cdn-tls-min", []string{"cdn-distribution"},
			"a name below cloudfront.net has CloudFront's own certificate, whose versions cannot be chosen",
			"without rung:domain", func(l look) bool { return l.is("domain", "") }},
		{"cdn-origin-tls", []string{"cdn-distribution"},
			"the origin has no certificate; it answers only CloudFront's addresses, and only with the origin's secret",
			"without rung:domain, and on stages 1 and 2, whose server has none", func(l look) bool { return l.is("domain", "") || l.stage <= 2 }},
		{"edge-ssl-strict", []string{"cdn-settings"},
			"the origin has no certificate that Cloudflare could check; it answers only Cloudflare's addresses, and only with the origin's secret",
			"with rung:cdn cloudflare", func(l look) bool { return l.is("cdn", "cloudflare") }},
	}
}

// choices are what the configuration says on purpose.
func choices() []Entry {
	oneZone := func(l look) bool { return l.is("database.multiAz", "false") }
	return []Entry{
		{"data-store-multi-az", []string{"server-data"},
			"the data of the single server stays where it is until it has moved to the database",
			"with rung:handover pending", func(l look) bool { return l.is("handover", "pending") }},
		{"data-store-multi-az", []string{"database-primary"}, "rung:database.multiAz says so", "with rung:database.multiAz false", oneZone},
		{"rds-multi-az", []string{"database-primary"}, "rung:database.multiAz says so", "with rung:database.multiAz false", oneZone},
		{"vpc-flow-logs", []string{"network-vpc"}, "recording costs $0.50 per GB and needs a bucket of logs, which stage 3 brings",
			"below stage 3, and with rung:flowLogs false",
			func(l look) bool { return l.is("flowLogs", "false") || l.stage < 3 }},
	}
}

// prices are what would cost more than it is worth before stage 4.
func prices() []Entry {
	early := func(l look) bool { return l.stage < 4 }
	return []Entry{
		{"s3-access-logs", []string{"artifacts-bucket", "assets-bucket", "backups-bucket", "uploads-bucket"},
			"every request would write a line that is stored and paid for; nobody but the stack's own roles and the CDN gets in", "", nil},
		{"cdn-logs-waf", []string{"cdn-distribution"},
			"standard logs need a bucket with ACLs, which every bucket here refuses, and a web ACL costs $5 a month and $1 for each rule; the app limits rates itself",
			"below stage 4", early},
		{"alb-waf", []string{"loadbalancer-alb"}, "a web ACL costs $5 a month and $1 for each rule; the app limits rates itself",
			"below stage 4", early},
		{"edge-rate-limit", []string{"cdn-settings"}, "the app limits rates itself; managed rules need a paid plan of Cloudflare",
			"below stage 4", early},
		{"queue-encrypted", []string{"alerts-topic"}, "alarms tell nothing about users, and a key that CloudWatch may use costs $1 a month", "", nil},
		{"secret-rotation", []string{"origin-store", "database-secret-store", "cache-secret-store"},
			"a timer would change the secret but not what the machines and the CDN hold: requests would fail until both are renewed", "", nil},
		{"dns-hygiene", []string{"dns-zone"}, "query logs show resolvers, not users, and cost $0.50 per GB", "", nil},
	}
}

// Apply adds the departures that hold on a configuration to its settings. It
// adds none for a program that is no rung stack.
func Apply(s *rule.Settings, get settings.Get) {
	if s.Stage == 0 {
		return
	}
	if s.Rules == nil {
		s.Rules = map[string]rule.Own{}
	}
	for _, e := range Entries() {
		if e.holds != nil && !e.holds(look{s.Stage, get}) {
			continue
		}
		own := s.Rules[e.Rule]
		for _, name := range e.Resources {
			own.Exceptions = append(own.Exceptions, rule.Exception{Resource: name, Reason: e.Reason})
		}
		s.Rules[e.Rule] = own
	}
}
