// Package cloudwatch simulates CloudWatch: alarms on metrics and on other alarms, and dashboards.
package cloudwatch

import (
	"regexp"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// cloudwatchInvalid is the code of CloudWatch for a request it does not take.
	cloudwatchInvalid = "ValidationError"
)

var statistics = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}

// comparisons are the operators; the last three are for anomaly detection.
var comparisons = []string{
	"GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
	"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold",
}

// extendedStatistic is a percentile or another statistic with bounds:
// "p99.9", "tm90", "TM(10%:90%)".
var extendedStatistic = sim.Pattern{
	Match: regexp.MustCompile(`^(?:(?:p|tm|tc|ts|wm)(?:100|\d{1,2})(?:\.\d{1,10})?|IQM|(?:PR|TM|TC|TS|WM)\(.*:.*\))$`),
	Want:  "a percentile such as p95 or another statistic such as tm90 or PR(0:100)",
}

// Kinds is the table of alarms and dashboards. CloudWatch overwrites
// an alarm or dashboard of the same name without a word, so that two resources
// would fight; the offline cloud refuses the second.
func Kinds() []sim.Kind {
	putAlarm := map[sim.Verb]string{sim.Create: "PutMetricAlarm", sim.Update: "PutMetricAlarm", sim.Delete: "DeleteAlarms"}
	return []sim.Kind{
		{
			Token: token.CloudWatchMetricAlarm, Service: "CloudWatch", API: "MetricAlarm", Verbs: putAlarm,
			Name: &sim.Name{Auto: true, Max: 255},
			Defaults: sim.Props{
				"actionsEnabled": true, "treatMissingData": "missing",
			},
			ExactlyOneOf: [][]string{{"metricName", "metricQueries"}},
			AtMostOneOf: [][]string{
				{"statistic", "extendedStatistic"}, {"threshold", "thresholdMetricId"}, {"metricQueries", "namespace"},
				{"metricQueries", "dimensions"}, {"metricQueries", "period"}, {"metricQueries", "statistic"}, {"metricQueries", "extendedStatistic"},
			},
			Enums: map[string][]string{
				"comparisonOperator": comparisons, "statistic": statistics,
				"treatMissingData":                  {"breaching", "notBreaching", "ignore", "missing"},
				"evaluateLowSampleCountPercentiles": {"evaluate", "ignore"},
			},
			Patterns: map[string]sim.Pattern{
				"extendedStatistic": extendedStatistic,
				"metricQueries.id":  {Match: QueryID, Want: "a small letter, then letters, digits and underscores"},
			},
			Ranges:    map[string]sim.Range{"evaluationPeriods": {Min: 1, Max: 604800}, "datapointsToAlarm": {Min: 1, Max: 604800}},
			Lengths:   map[string]sim.Range{"alarmDescription": {Max: 1024}, "metricName": {Min: 1, Max: 255}, "namespace": {Min: 1, Max: 255}},
			Checks:    []sim.Check{alarmPeriods("period", "metricQueries.period", "metricQueries.metric.period"), fiveActions},
			Sets:      []string{"metricQueries"},
			ReplaceOn: []string{"name"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("cloudwatch", "alarm:"+o.NameOf()), "evaluateLowSampleCountPercentiles": ""}
			},
			Rules: sim.Many(sim.Create|sim.Update, alarmMetric, alarmThreshold, alarmSpan, alarmDatapoints, alarmDimensions, alarmQueries, alarmTargets),
		},
		{
			Token: token.CloudWatchCompositeAlarm, Service: "CloudWatch", API: "CompositeAlarm",
			Verbs:     map[sim.Verb]string{sim.Create: "PutCompositeAlarm", sim.Update: "PutCompositeAlarm", sim.Delete: "DeleteAlarms"},
			Name:      &sim.Name{Property: "alarmName", Max: 255},
			Defaults:  sim.Props{"actionsEnabled": true},
			Lengths:   map[string]sim.Range{"alarmRule": {Min: 1, Max: 10240}, "alarmDescription": {Max: 1024}},
			Checks:    []sim.Check{fiveActions},
			ReplaceOn: []string{"actionsEnabled", "alarmName"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("cloudwatch", "alarm:"+o.NameOf())}
			},
			Rules: append(sim.Many(sim.Create|sim.Update, alarmsExist, alarmTargets), sim.Many(sim.Delete, notInComposite)...),
		},
		{
			Token: token.CloudWatchDashboard, Service: "CloudWatch", API: "Dashboard",
			Verbs: map[sim.Verb]string{sim.Create: "PutDashboard", sim.Update: "PutDashboard", sim.Delete: "DeleteDashboards"},
			Name: &sim.Name{Property: "dashboardName", Max: 255, Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^[A-Za-z0-9_-]+$`), Want: "letters, digits, hyphens and underscores",
			}},
			JSON: []string{"dashboardBody"}, ReplaceOn: []string{"dashboardName"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"dashboardArn": o.GlobalARN("cloudwatch", "dashboard/"+o.NameOf())}
			},
			Rules: sim.Many(sim.Create|sim.Update, dashboardGood),
		},
	}
}
