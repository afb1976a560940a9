// Package alarms creates CloudWatch metric alarms from plain data.
//
// Every component ships the alarms of its own symptoms through it, so that a
// stack is watched from the first deployment on. An alarm costs $0.10 a month
// (standard resolution); the first ten are free in an account, which an
// estimate does not assume. The package refuses an alarm without a reason: who
// is woken at night must read why.
package alarms

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Missing says what an alarm makes of periods without data.
type Missing string

const (
	// MissingIsGood is for metrics that only exist while something is wrong.
	MissingIsGood Missing = "notBreaching"
	// MissingIsBad is for heartbeats.
	MissingIsBad Missing = "breaching"
	// MissingIsUnknown leaves the alarm in its state: CloudWatch's default.
	MissingIsUnknown Missing = "missing"
)

// Comparison is how a value is held against the threshold.
type Comparison string

const (
	Above   Comparison = "GreaterThanThreshold"
	AtLeast Comparison = "GreaterThanOrEqualToThreshold"
	Below   Comparison = "LessThanThreshold"
)

// Alarm is one alarm as data. Name, Why, Namespace and Metric are required.
type Alarm struct {
	// Name is the alarm's part of the logical name: "cpu-high" say.
	Name string
	// Why is what the reader of the alarm learns: the symptom and the first
	// thing to do.
	Why string
	// Namespace, Metric and Dimensions pick the metric.
	Namespace, Metric string
	Dimensions        pulumi.StringMap
	// Statistic is "Average", "Sum", "Maximum", … or a percentile, "p95".
	// Empty means Average.
	Statistic string
	// Compare holds the value against Threshold. Empty means Above.
	Compare   Comparison
	Threshold float64
	// PeriodSeconds is the length of a period, in seconds. Zero means 60.
	PeriodSeconds int
	// Periods is how many periods in a row must breach. Zero means 5.
	Periods int
	// Missing says what periods without data mean. Empty means MissingIsUnknown.
	Missing Missing
	// Recover adds the action that AWS takes by itself,
	// "arn:aws:automate:us-east-1:ec2:recover" say. Nil adds none.
	Recover pulumi.StringInput
}

func (a Alarm) withDefaults() Alarm {
	a.Statistic = cmp.Or(a.Statistic, "Average")
	a.Compare = cmp.Or(a.Compare, Above)
	a.Missing = cmp.Or(a.Missing, MissingIsUnknown)
	a.PeriodSeconds = cmp.Or(a.PeriodSeconds, 60)
	a.Periods = cmp.Or(a.Periods, 5)
	return a
}

func (a Alarm) validate() error {
	var errs []error
	for field, value := range map[string]string{"Name": a.Name, "Why": a.Why, "Namespace": a.Namespace,
		"Metric": a.Metric} {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s: required", field))
		}
	}
	if p := a.PeriodSeconds; p != 10 && p != 30 && p%60 != 0 {
		errs = append(errs, fmt.Errorf("PeriodSeconds: got %d, want 10, 30 or a multiple of 60", p))
	}
	if a.PeriodSeconds*a.Periods > 86_400 {
		errs = append(errs, fmt.Errorf("Periods: %d periods of %d s are longer than a day, the most that CloudWatch takes",
			a.Periods, a.PeriodSeconds))
	}
	return errors.Join(errs...)
}

// Create makes the alarms as children of parent, named "<name>-<alarm>".
// component is the value of the component tag. It fails before creating
// anything when an alarm is inconsistent.
func Create(ctx *pulumi.Context, parent pulumi.Resource, name string, c part.Common,
	list ...Alarm) ([]*cloudwatch.MetricAlarm, error) {
	made := make([]*cloudwatch.MetricAlarm, 0, len(list))
	for i, a := range list {
		list[i] = a.withDefaults()
		if err := list[i].validate(); err != nil {
			return nil, fmt.Errorf("alarm %s-%s: %w", name, a.Name, err)
		}
	}
	for _, a := range list {
		alarm, err := cloudwatch.NewMetricAlarm(ctx, name+"-"+a.Name, a.args(ctx, name, c), pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("create alarm %s-%s: %w", name, a.Name, err)
		}
		made = append(made, alarm)
	}
	return made, nil
}

// Names are the physical names of a component's alarms, by the names that they
// have in it: "cpu-high" say. Composite alarms and rollouts refer to them.
type Names map[string]pulumi.StringOutput

// Named are the names of the alarms that Create made of list.
func Named(list []Alarm, made []*cloudwatch.MetricAlarm) Names {
	names := Names{}
	for i, a := range list {
		names[a.Name] = made[i].Name
	}
	return names
}

func (a Alarm) args(ctx *pulumi.Context, component string, c part.Common) *cloudwatch.MetricAlarmArgs {
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.Why),
		Namespace:          pulumi.String(a.Namespace),
		MetricName:         pulumi.String(a.Metric),
		Dimensions:         a.Dimensions,
		ComparisonOperator: pulumi.String(string(a.Compare)),
		Threshold:          pulumi.Float64(a.Threshold),
		Period:             pulumi.Int(a.PeriodSeconds),
		EvaluationPeriods:  pulumi.Int(a.Periods),
		TreatMissingData:   pulumi.String(string(a.Missing)),
		AlarmActions:       c.AlertActions(),
		OkActions:          c.AlertActions(),
		Tags:               c.TagsFor(ctx, component),
	}
	if a.Recover != nil {
		args.AlarmActions = append(c.AlertActions(), a.Recover.ToStringOutput())
	}
	if isPercentile(a.Statistic) {
		args.ExtendedStatistic = pulumi.String(a.Statistic)
	} else {
		args.Statistic = pulumi.String(a.Statistic)
	}
	return args
}

// isPercentile tells "p95" from "Average": CloudWatch takes them in different fields.
func isPercentile(statistic string) bool {
	return len(statistic) > 1 && statistic[0] == 'p' && statistic[1] >= '0' && statistic[1] <= '9'
}
