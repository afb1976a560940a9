package scaling

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dop251/goja"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/resource/token"
)

// Errors are the answers of 5xx that the machines behind a target group gave in a minute.
func Errors(targetGroup string) Series {
	return Series{namespaceBalancer, "HTTPCode_Target_5XX_Count", targetGroup}
}

// Slowness is how long machines behind a target group take to answer, in seconds: HAProxy
// knows the average of the last answers, which stands in for every percentile.
func Slowness(targetGroup string) Series {
	return Series{namespaceBalancer, "TargetResponseTime", targetGroup}
}

// Unhealthy is how many machines of a target group do not pass its checks.
func Unhealthy(targetGroup string) Series {
	return Series{namespaceBalancer, "UnHealthyHostCount", targetGroup}
}

// measured are the metrics that the lab has, by their namespace.
var measured = map[string][]string{
	namespaceMachines: {cpu}, namespaceGroups: {inService},
	namespaceBalancer: {"HTTPCode_Target_5XX_Count", "TargetResponseTime", "UnHealthyHostCount", request},
	Queues: {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible",
		"ApproximateAgeOfOldestMessage"},
}

// Alarm is an alarm of one metric that the lab measures, or a rule over others.
type Alarm struct {
	// Name is CloudWatch's, Says what it tells people.
	Name, Says string
	series     Series
	above      func(value, threshold float64) bool
	threshold  float64
	looks      int
	rule       string // of a composite one
}

const (
	minute    = 60    // seconds
	sum       = "Sum" // the statistic that grows with the period
	mostLooks = 5
)

// Alarms are those of a cloud that the lab can tell of; left counts the others, whose
// metrics it does not measure. Periods of AWS's are looks here.
func Alarms(c cloud.Cloud) (all []Alarm, left int) {
	for _, r := range c.All(token.CloudWatchMetricAlarm) {
		a := Alarm{Name: r.Str("name"), Says: r.Str("alarmDescription"), series: seriesOf(r.Props),
			above: comparisons[r.Str("comparisonOperator")], threshold: r.Num("threshold"),
			looks: min(max(1, cmp.Or(r.Int("datapointsToAlarm"), r.Int("evaluationPeriods"))), mostLooks)}
		if period := r.Num("period"); r.Str("statistic") == sum && period > 0 {
			a.threshold *= minute / period
		}
		if a.above == nil || a.series.Of == "" || len(r.Maps("metricQueries")) > 0 ||
			!slices.Contains(measured[a.series.Namespace], a.series.Name) {
			left++
			continue
		}
		all = append(all, a)
	}
	for _, r := range c.All(token.CloudWatchCompositeAlarm) {
		all = append(all, Alarm{Name: r.Str("alarmName"), Says: r.Str("alarmDescription"), rule: r.Str("alarmRule")})
	}
	return all, left
}

// Bells remember how many looks in a row alarms would ring. The zero value has heard
// nothing.
type Bells struct{ looks map[string]int }

// Ring are the alarms that ring, by name, with what they say. One whose metric nobody has
// measured is silent, and counts as silent in rules. The error names rules that cannot be
// worked out; the others count.
func (b *Bells) Ring(all []Alarm, r Readings) (ringing map[string]string, err error) {
	ringing = map[string]string{}
	looks := map[string]int{}
	for _, a := range all {
		if a.rule != "" {
			continue
		}
		if v, known := r[a.series]; known && a.above(v, a.threshold) {
			if looks[a.Name] = b.looks[a.Name] + 1; looks[a.Name] >= a.looks {
				ringing[a.Name] = a.Says
			}
		}
	}
	b.looks = looks
	for _, a := range all {
		if a.rule == "" || len(ringing) == 0 {
			continue
		}
		rings, failed := holds(a.rule, ringing)
		if failed != nil {
			err = fmt.Errorf("the alarm %s: %w", a.Name, failed)
		}
		if rings {
			ringing[a.Name] = a.Says
		}
	}
	return ringing, err
}

// holds reports whether a rule over other alarms is true.
func holds(rule string, ringing map[string]string) (bool, error) {
	vm := goja.New()
	rings := func(name string) bool { _, is := ringing[name]; return is }
	for word, f := range map[string]func(string) bool{"ALARM": rings, "OK": func(n string) bool { return !rings(n) },
		"INSUFFICIENT_DATA": func(string) bool { return false }} {
		if err := vm.Set(word, f); err != nil {
			return false, err
		}
	}
	text := not.ReplaceAllString(or.ReplaceAllString(and.ReplaceAllString(rule, "&&"), "||"), "!")
	got, err := vm.RunString(text)
	if err != nil {
		return false, fmt.Errorf("work out %q: %w", rule, err)
	}
	return got.ToBoolean(), nil
}
