package scaling

import (
	"math"
	"slices"
	"strconv"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/resource/token"
)

// steps are what a policy does when its alarm rings.
type steps struct {
	kind      string // how a step changes the size
	all       []step
	above     func(value, threshold float64) bool
	threshold float64
	periods   int
}

// step is what to do where the metric lies between two bounds, as seen from the alarm's
// threshold.
type step struct{ from, to, by float64 }

// stepsOf reads a policy with the alarm that calls it.
func stepsOf(c cloud.Cloud, policy cloud.Resource) (s steps, m metric) {
	for _, alarm := range c.All(token.CloudWatchMetricAlarm) {
		if !slices.Contains(alarm.Strs("alarmActions"), policy.Str("arn")) {
			continue
		}
		s.threshold, s.periods = alarm.Num("threshold"), max(1, alarm.Int("evaluationPeriods"))
		s.above = comparisons[alarm.Str("comparisonOperator")]
		if queries := alarm.Maps("metricQueries"); len(queries) > 0 {
			m = queried(queries, "metric")
		} else {
			m = one(seriesOf(alarm.Props))
		}
		break
	}
	if s.above == nil {
		return s, metric{}
	}
	s.kind = policy.Str("adjustmentType")
	for _, a := range policy.Maps("stepAdjustments") {
		s.all = append(s.all, step{bound(a.Str("metricIntervalLowerBound"), math.Inf(-1)),
			bound(a.Str("metricIntervalUpperBound"), math.Inf(1)), a.Num("scalingAdjustment")})
	}
	return s, m
}

var comparisons = map[string]func(value, threshold float64) bool{
	"GreaterThanThreshold":          func(v, t float64) bool { return v > t },
	"GreaterThanOrEqualToThreshold": func(v, t float64) bool { return v >= t },
	"LessThanThreshold":             func(v, t float64) bool { return v < t },
	"LessThanOrEqualToThreshold":    func(v, t float64) bool { return v <= t },
}

func bound(text string, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return otherwise
}

// size is the size that the steps make of one, for a value at which the alarm rings.
func (s steps) size(value float64, now int) int {
	for _, one := range s.all {
		if over := value - s.threshold; over < one.from || over >= one.to {
			continue
		}
		switch s.kind {
		case "ExactCapacity":
			return int(one.by)
		case "PercentChangeInCapacity":
			return now + int(math.Ceil(float64(now)*one.by/100))
		}
		return now + int(one.by)
	}
	return now
}
