package cloudwatch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// alarmPeriods checks periods in seconds (CloudWatch API, PutMetricAlarm).
func alarmPeriods(paths ...string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		for _, path := range paths {
			for _, period := range numbersAt(in, path) {
				if period != 10 && period != 20 && period != 30 && (period <= 0 || period%60 != 0) {
					failures = append(failures, check.Wrong(path, "got %d, want 10, 20, 30 or a multiple of 60 seconds", period)...)
				}
			}
		}
		return failures
	}
}

// numbersAt reads the known numbers at a path; lists on the way are walked.
func numbersAt(in sim.Props, path string) []int {
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		if _, ok := in[head].(float64); ok {
			return []int{in.Int(head)}
		}
		return nil
	}
	var out []int
	for _, e := range append(in.Maps(head), in.Map(head)) {
		out = append(out, numbersAt(e, rest)...)
	}
	return out
}

// mostActions is how many actions a state of an alarm may have.
const mostActions = 5

func fiveActions(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, key := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		if list, _ := in[key].([]any); len(list) > mostActions {
			failures = append(failures, check.Wrong(key, "got %d actions, at most %d are allowed", len(list), mostActions)...)
		}
	}
	return failures
}

func alarmInvalid(message, hint string) error { return sim.Refuse(cloudwatchInvalid, message, hint) }

func alarmMetric(o *sim.Op) error {
	if !o.In.Has("metricName") {
		return nil
	}
	for _, key := range []string{"namespace", "period"} {
		if !o.In.Has(key) {
			return alarmInvalid("The parameter "+check.Sentence(key)+" must be set together with MetricName", "Give "+key+".")
		}
	}
	if !o.In.Has("statistic") && !o.In.Has("extendedStatistic") {
		return alarmInvalid("The parameters Statistic and ExtendedStatistic: one of them must be set",
			"Give statistic, or extendedStatistic for a percentile.")
	}
	return nil
}

func alarmThreshold(o *sim.Op) error {
	if o.In.Has("threshold") || o.In.Has("thresholdMetricId") {
		return nil
	}
	return alarmInvalid("Threshold must be specified", "Give threshold, or thresholdMetricId for anomaly detection.")
}

// The longest that an alarm looks back, in seconds: a day, or a week where its
// period is an hour or longer (CloudWatch API, PutMetricAlarm).
const (
	dayOfSeconds  = 86400
	weekOfSeconds = 604800
	hourOfSeconds = 3600
)

func alarmSpan(o *sim.Op) error {
	periods := append([]int{o.In.Int("period")}, numbersAt(o.In, "metricQueries.period")...)
	period := slices.Max(append(periods, numbersAt(o.In, "metricQueries.metric.period")...))
	limit, word := dayOfSeconds, "a day"
	if period >= hourOfSeconds {
		limit, word = weekOfSeconds, "seven days"
	}
	if span := period * o.In.Int("evaluationPeriods"); span > limit {
		return alarmInvalid(fmt.Sprintf("Metrics cannot be checked across more than %s (EvaluationPeriods * Period must be "+
			"<= %d), got %d",
			word, limit, span), "Use fewer or shorter periods.")
	}
	return nil
}

func alarmDatapoints(o *sim.Op) error {
	if n := o.In.Int("datapointsToAlarm"); n > o.In.Int("evaluationPeriods") {
		return alarmInvalid(fmt.Sprintf("DatapointsToAlarm (%d) must be less than or equal to EvaluationPeriods (%d)", n,
			o.In.Int("evaluationPeriods")),
			"Lower datapointsToAlarm.")
	}
	return nil
}

// mostDimensions is how many dimensions a metric may have.
const mostDimensions = 30

func alarmDimensions(o *sim.Op) error {
	if n := len(o.In.Map("dimensions")); n > mostDimensions {
		return alarmInvalid(fmt.Sprintf("A metric has at most %d dimensions, got %d", mostDimensions, n),
			"Take dimensions out.")
	}
	for key := range o.In.Map("dimensions") {
		if o.In.Map("dimensions").Str(key) == "" {
			return alarmInvalid(fmt.Sprintf("The value for dimension %s must not be empty", key),
				"Give the value, or take the dimension out.")
		}
	}
	return nil
}

// alarmTargets checks the ARNs of actions; whether a topic exists is asked only
// when an alarm fires.
func alarmTargets(o *sim.Op) error {
	for _, key := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		for _, arn := range o.In.Strs(key) {
			parts := strings.SplitN(arn, ":", 6)
			if len(parts) < 6 || parts[0] != "arn" {
				return alarmInvalid("Invalid arn syntax: "+arn,
					"Give the ARN of a topic, a scaling policy or another action in "+key+".")
			}
			if parts[3] != "" && parts[3] != o.Region {
				return alarmInvalid(fmt.Sprintf("Invalid region %s specified. Only %s is supported", parts[3], o.Region),
					"Actions must be in the alarm's own region; make a topic there.")
			}
		}
	}
	return nil
}

var ruleAlarm = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?'?([^"')]+?)"?'?\s*\)`)

// namesIn lists the alarms that a composite alarm's rule names, without the
// front of ARNs.
func namesIn(rule string) []string {
	var names []string
	for _, m := range ruleAlarm.FindAllStringSubmatch(rule, -1) {
		name := m[1]
		if i := strings.Index(name, ":alarm:"); i >= 0 {
			name = name[i+len(":alarm:"):]
		}
		names = append(names, name)
	}
	return names
}

func alarmsExist(o *sim.Op) error {
	names := namesIn(o.In.Str("alarmRule"))
	if len(names) == 0 && !strings.Contains(o.In.Str("alarmRule"), "TRUE") &&
		!strings.Contains(o.In.Str("alarmRule"), "FALSE") {
		return alarmInvalid("AlarmRule must contain at least one alarm state function",
			"Write a rule such as ALARM(\"name\").")
	}
	for _, name := range names {
		_, metric := o.Find(token.CloudWatchMetricAlarm, name)
		_, composite := o.Find(token.CloudWatchCompositeAlarm, name)
		if !metric && !composite {
			return alarmInvalid(fmt.Sprintf("Could not save the composite alarm as alarms [%s] in the alarm rule do not exist",
				name),
				"Create the alarm first, and use its name from the resource.")
		}
	}
	return nil
}

// notInComposite keeps a composite alarm that another one names.
func notInComposite(o *sim.Op) error {
	for _, other := range o.Others() {
		if slices.Contains(namesIn(other.Props.Str("alarmRule")), o.ID) {
			return alarmInvalid(fmt.Sprintf("Cannot delete %s as there are composite alarm(s) depending on it", o.ID),
				"Delete or change "+other.ID+" first.")
		}
	}
	return nil
}
