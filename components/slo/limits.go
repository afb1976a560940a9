package slo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// DefaultNearPercent leaves time to plan the climb.
const DefaultNearPercent = 80

// Limit is a limit of the rung, and what ends it. It is plain data: the
// ladder's figures, or those of a size.
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
	// Next is what the next rung changes about it.
	Next string
}

// nearSeconds and nearPeriods are an hour: a peak of minutes is no reason to climb.
const nearSeconds, nearPeriods = 300, 12

func checkLimits(list []Limit) error {
	var errs []error
	seen := map[string]bool{}
	for i, l := range list {
		at := fmt.Sprintf("Limits[%d]", i)
		if l.Name == "" || seen[l.Name] {
			errs = append(errs, fmt.Errorf("%s.Name: got %q, want a name of its own", at, l.Name))
		}
		seen[l.Name] = true
		if l.What == "" || l.Next == "" || l.Metric.Namespace == "" || l.Metric.Name == "" {
			errs = append(errs, fmt.Errorf("%s: What, Next and a Metric with Namespace and Name are required", at))
		}
		if l.At <= 0 {
			errs = append(errs, fmt.Errorf("%s.At: got %v, want more than 0", at, l.At))
		}
		if l.NearPercent < 0 || l.NearPercent > 100 {
			errs = append(errs, fmt.Errorf("%s.NearPercent: got %d, want 1 to 100", at, l.NearPercent))
		}
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
		Name: "climb-" + l.Name,
		Why: fmt.Sprintf("For an hour, %s have been over %d %% of the %g that this rung is meant for. Time to climb: the next rung %s.",
			l.What, percent, l.At, strings.TrimSuffix(l.Next, ".")),
		Namespace: l.Metric.Namespace, Metric: l.Metric.Name, Dimensions: l.Metric.Dimensions, Statistic: statistic,
		Compare: alarms.AtLeast, Threshold: threshold, PeriodSeconds: nearSeconds, Periods: nearPeriods, Missing: alarms.MissingIsGood,
	}
}

func (b *builder) buildLimits() error {
	list := make([]alarms.Alarm, len(b.args.Limits))
	for i, l := range b.args.Limits {
		list[i] = l.near()
	}
	_, err := alarms.Create(b.ctx, b.slo, b.name, b.args.Common, list...)
	return err
}
