package rules

import (
	"fmt"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

func observe() []rule.Rule {
	return []rule.Rule{
		{
			ID: "log-retention", Title: "Logs are kept for a time that fits the stage", Severity: rule.Low, Kind: rule.OnResource,
			Why: "Logs without an end are a bill without an end.", Default: mandatory,
			Types: []string{token.CloudWatchLogGroup}, Resource: logRetention,
			Params:      []rule.Param{{Name: "days", Meaning: "most days that logs are kept; 0 means what fits the stage: 90 below stage 3, else 400", Default: 0.0, Low: 0, High: 3653}},
			Equivalents: eq(ids("CloudWatch.16"), ids("CKV_AWS_66", "CKV_AWS_338"), nil, nil),
		},
		{
			ID: "alarm-has-action", Title: "Alarms are on and notify somebody", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "An alarm that nobody hears is a graph.", Default: mandatory,
			Types: []string{token.CloudWatchMetricAlarm, token.CloudWatchCompositeAlarm}, Resource: alarmActs,
			Equivalents: eq(ids("CloudWatch.15", "CloudWatch.17"), ids("CKV_AWS_319"), nil, nil),
		},
		{
			ID: "dns-hygiene", Title: "Public zones log queries or are signed", Severity: rule.Low, Kind: rule.OnStack,
			Why: "Query logs show what is asked for in vain, DNSSEC that answers are ours.", Default: advisory,
			Types: []string{token.Route53Zone, token.Route53QueryLog, token.CloudflareZone, token.CloudflareZoneDnssec}, Stack: dnsHygiene,
			Equivalents: eq(ids("Route53.2"), ids("CKV2_AWS_39", "CKV2_AWS_38"), nil, nil),
		},
	}
}

// tagCompositeOf marks an alarm that only counts within a composite alarm, by
// whose name: components/alarms has the same.
const tagCompositeOf = "rung:composite-of"

func alarmActs(c *rule.Check, r *rule.Resource) {
	c.Require(r.At("actionsEnabled").FlagOr(true), r, "actionsEnabled", "set it to true")
	c.Require(rule.Any(r.At("alarmActions").Given(), r.Tag(tagCompositeOf).Given()), r, "alarmActions",
		"name a topic that somebody reads")
}

// The longest that logs are kept, in days: a stage that fits one machine has
// nobody who reads older ones; from stage 3 on a year and a month allow for a
// comparison with the same month.
const (
	logDaysLow  = 90
	logDaysHigh = 400
)

func logDays(stage ladder.Number) float64 {
	switch {
	case stage == 0:
		return 3653 // the longest that CloudWatch has
	case stage < 3:
		return logDaysLow
	}
	return logDaysHigh
}

func logRetention(c *rule.Check, r *rule.Resource) {
	most := c.Number("days")
	if most == 0 {
		most = logDays(c.Settings.Stage)
	}
	c.Require(r.At("retentionInDays").Between(1, most), r, "retentionInDays",
		fmt.Sprintf("set it to 1 to %g days; 0 keeps logs for ever", most))
}

func dnsHygiene(c *rule.Check, s *rule.Stack) {
	for _, z := range s.Of(token.Route53Zone) {
		if z.At("vpcs").Given() == rule.Yes {
			continue // private
		}
		_, there := s.Pointing(token.Route53QueryLog, "zoneId", z)
		c.Missing(there, z, "query log", "add an aws:route53/queryLog:QueryLog")
	}
	for _, z := range s.Of(token.CloudflareZone) {
		_, there := s.Pointing(token.CloudflareZoneDnssec, "zoneId", z)
		c.Missing(there, z, "DNSSEC", "add a cloudflare:index/zoneDnssec:ZoneDnssec where the registrar takes its record")
	}
}
