// Package logs simulates CloudWatch Logs: groups, filters, policies, and logs that services deliver
// themselves.
package logs

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// retentions are the days that a log group may keep its events; 0 keeps them
// for ever (CloudWatch Logs API, PutRetentionPolicy).
var retentions = []int{
	0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

const noLogs = "ResourceNotFoundException"

// logKinds is the table of log groups and what reads them.
func logKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudWatchLogGroup, Service: "CloudWatch Logs", API: "LogGroup", Noun: "CloudWatch Logs Log Group",
			Verbs: map[sim.Verb]string{sim.Update: "PutRetentionPolicy"},
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 512, Taken: "ResourceAlreadyExistsException",
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[.\-_/#A-Za-z0-9]+$`), Want: "letters, digits and .-_/#"},
			},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults:    sim.Props{"retentionInDays": 0.0, "skipDestroy": false},
			Enums:       map[string][]string{"logGroupClass": {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"}},
			Checks:      []sim.Check{check.OneOf("retentionInDays", retentions...)},
			ReplaceOn:   []string{"logGroupClass", "name", "namePrefix"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("logs", "log-group:"+o.NameOf()), "namePrefix": "", "logGroupClass": "STANDARD"}
			},
			Refs: []sim.Ref{refer.Key("kmsKeyId", "InvalidParameterException")},
		},
		{
			Token: token.CloudWatchLogMetricFilter, Service: "CloudWatch Logs", API: "MetricFilter",
			Verbs: map[sim.Verb]string{sim.Create: "PutMetricFilter", sim.Update: "PutMetricFilter"},
			Name: &sim.Name{
				Auto: true, Max: 512, Pattern: sim.Pattern{Match: regexp.MustCompile(`^[^:*]+$`), Want: "no colon and no asterisk"},
			},
			Enums:     map[string][]string{"metricTransformation.unit": metricUnits},
			Lengths:   map[string]sim.Range{"pattern": {Max: 1024}, "metricTransformation.name": {Min: 1, Max: 255}},
			Checks:    []sim.Check{transformation},
			ReplaceOn: []string{"logGroupName", "name"},
			Refs:      []sim.Ref{refer.LogGroup("logGroupName", noLogs)},
		},
		{
			Token: token.CloudWatchLogResourcePolicy, Service: "CloudWatch Logs", API: "ResourcePolicy",
			Verbs:    map[sim.Verb]string{sim.Create: "PutResourcePolicy", sim.Update: "PutResourcePolicy"},
			Required: []string{"policyDocument"}, JSON: []string{"policyDocument"}, ReplaceOn: []string{"policyName"},
			ID:    func(o *sim.Op) string { return o.In.Str("policyName") },
			Quota: &sim.Quota{Key: "logs.resource-policies", Default: 10, Code: "LimitExceededException"},
			Rules: sim.Many(sim.Create|sim.Update, policy.Good("policyDocument", "InvalidParameterException", policy.Resource)),
		},
	}
}

// Allow reports whether a policy of the region's logs lets a service write
// to a group. Conditions are not looked at.
func Allow(o *sim.Op, group, service string) bool {
	for _, document := range o.All(token.CloudWatchLogResourcePolicy) {
		statements, err := policy.Statements(policy.Text(document.Props, "policyDocument"))
		if err != nil {
			continue
		}
		for _, s := range statements {
			principals, _ := s.Principal.(map[string]any)
			streams := strings.TrimSuffix(group, ":*") + ":*"
			if s.Effect == "Allow" && slices.Contains(policy.TextList(principals["Service"]), service) &&
				policy.Matches(policy.TextList(s.Action), "logs:PutLogEvents") &&
				policy.Matches(policy.TextList(s.Resource), streams) {
				return true
			}
		}
	}
	return false
}

// metricUnits are the units that a published metric may have.
var metricUnits = []string{
	"Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits",
	"Kilobits", "Megabits",
	"Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second",
	"Terabytes/Second",
	"Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
}

// filterDimensions is how many dimensions a filter may publish.
const filterDimensions = 3

func transformation(in sim.Props) []sim.Failure {
	to := in.Map("metricTransformation")
	var failures []sim.Failure
	if to.Has("defaultValue") && len(to.Map("dimensions")) > 0 {
		failures = append(failures, check.Wrong("metricTransformation.dimensions", "conflicts with defaultValue")...)
	}
	if n := len(to.Map("dimensions")); n > filterDimensions {
		failures = append(failures,
			check.Wrong("metricTransformation.dimensions", "got %d, at most %d are allowed", n, filterDimensions)...)
	}
	return failures
}

// Kinds is the table of what CloudWatch Logs has.
func Kinds() []sim.Kind { return slices.Concat(logKinds(), streamKinds(), logDeliveryKinds()) }
