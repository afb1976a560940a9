package climb

import (
	"errors"
	"fmt"
	"math"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// DefaultNearPercent leaves time to plan the climb.
const DefaultNearPercent = 80

// Limit is a limit of which no other alarm tells that it comes near. It is
// plain data: the ladder's figures, or those of a size.
type Limit struct {
	// Name is the limit's part of logical names: "requests" say.
	Name string
	// What is counted, with its unit: "requests a second at the load balancer".
	What string
	// Metric is the metric that comes near the limit.
	Metric part.Metric
	// At is the limit. With PerSecond it is a rate, and Metric a count.
	At        float64
	PerSecond bool
	// NearPercent is when it is near, 1 to 100. Zero means DefaultNearPercent.
	NearPercent int
	// Next is what to do, in a sentence.
	Next string
}

// nearSeconds and nearPeriods are an hour: a peak of minutes is no reason to climb.
const nearSeconds, nearPeriods = 300, 12

func (l Limit) check(at string) error {
	var errs []error
	if l.What == "" || l.Next == "" || l.Metric.Namespace == "" || l.Metric.Name == "" {
		errs = append(errs, fmt.Errorf("%s: What, Next and a Metric with Namespace and Name are required", at))
	}
	if l.At <= 0 {
		errs = append(errs, fmt.Errorf("%s.At: got %v, want more than 0", at, l.At))
	}
	if l.NearPercent < 0 || l.NearPercent > 100 {
		errs = append(errs, fmt.Errorf("%s.NearPercent: got %d, want 1 to 100", at, l.NearPercent))
	}
	return errors.Join(errs...)
}

// near is the alarm of a limit that is near.
func (l Limit) near() alarms.Alarm {
	percent := l.NearPercent
	if percent == 0 {
		percent = DefaultNearPercent
	}
	threshold := l.At * float64(percent) / 100
	statistic := l.Metric.Statistic
	if l.PerSecond {
		threshold *= nearSeconds
		statistic = "Sum"
	}
	return alarms.Alarm{
		Name: l.Name,
		Why:  fmt.Sprintf("For an hour, %s have been over %d %% of %s. %s", l.What, percent, figure(l.At), l.Next),

		Namespace: l.Metric.Namespace, Metric: l.Metric.Name, Dimensions: l.Metric.Dimensions, Statistic: statistic,
		Compare: alarms.AtLeast, Threshold: math.Round(threshold*100) / 100, PeriodSeconds: nearSeconds, Periods: nearPeriods, Missing: alarms.MissingIsGood,
	}
}

// figure writes a limit as people read it: 2450, or 24.5.
func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
