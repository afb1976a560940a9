package alarms

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/names"
)

// TagCompositeOf names the composite alarm that a silent alarm is a part of.
// Such an alarm notifies nobody by design: its composite does.
const TagCompositeOf = "rung:composite-of"

// maxPeriodSeconds is the longest period that an alarm takes: a day.
const maxPeriodSeconds = 86_400

// Math is an alarm on a value that is computed from several metrics, such as
// the share of failed requests. CloudWatch charges it once for each metric.
type Math struct {
	// Name and Why are as in Alarm.
	Name, Why string
	// Expression computes the value from the ids of Metrics: "100*bad/all".
	Expression string
	// Label is the value's name in graphs. Empty means Name.
	Label string
	// Metrics are the metrics by id. An id begins with a lower-case letter.
	Metrics map[string]part.Metric
	// Compare holds the value against Threshold. Empty means Above.
	Compare   Comparison
	Threshold float64
	// PeriodSeconds is the length of a period, in seconds, up to a day. Zero means 60.
	PeriodSeconds int
	// Periods is how many periods in a row must breach. Zero means 5.
	Periods int
	// Missing says what periods without data mean. Empty means MissingIsUnknown.
	Missing Missing
}

func (m Math) withDefaults() Math {
	m.Compare = cmp.Or(m.Compare, Above)
	m.Missing = cmp.Or(m.Missing, MissingIsUnknown)
	m.Label = cmp.Or(m.Label, m.Name)
	m.PeriodSeconds = cmp.Or(m.PeriodSeconds, 60)
	m.Periods = cmp.Or(m.Periods, 5)
	return m
}

func (m Math) validate() error {
	var errs []error
	for field, value := range map[string]string{"Name": m.Name, "Why": m.Why, "Expression": m.Expression} {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s: required", field))
		}
	}
	if len(m.Metrics) == 0 {
		errs = append(errs, errors.New("Metrics: required"))
	}
	for _, id := range slices.Sorted(maps.Keys(m.Metrics)) {
		if id == "" || id[0] < 'a' || id[0] > 'z' {
			errs = append(errs, fmt.Errorf("Metrics: id %q, want one that begins with a lower-case letter", id))
		}
		if !strings.Contains(m.Expression, id) {
			errs = append(errs, fmt.Errorf("Expression: %q does not use %q, which is paid for", m.Expression, id))
		}
	}
	if m.PeriodSeconds%60 != 0 || m.PeriodSeconds*m.Periods > maxPeriodSeconds {
		errs = append(errs, fmt.Errorf("PeriodSeconds: got %d times %d, want a multiple of 60 and at most a day together",
			m.PeriodSeconds, m.Periods))
	}
	return errors.Join(errs...)
}

// CreateMath makes the alarms as children of parent, named "<name>-<alarm>".
// It fails before creating anything when an alarm is inconsistent.
func CreateMath(ctx *pulumi.Context, parent pulumi.Resource, name string, c part.Common,
	list ...Math) ([]*cloudwatch.MetricAlarm, error) {
	made := make([]*cloudwatch.MetricAlarm, 0, len(list))
	complete := make([]Math, 0, len(list))
	for _, m := range list {
		m = m.withDefaults()
		if err := m.validate(); err != nil {
			return nil, fmt.Errorf("alarm %s-%s: %w", name, m.Name, err)
		}
		complete = append(complete, m)
	}
	for _, m := range complete {
		alarm, err := cloudwatch.NewMetricAlarm(ctx, name+"-"+m.Name, m.args(ctx, name, c), pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("create alarm %s-%s: %w", name, m.Name, err)
		}
		made = append(made, alarm)
	}
	return made, nil
}

func (m Math) args(ctx *pulumi.Context, component string, c part.Common) *cloudwatch.MetricAlarmArgs {
	return &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(m.Why),
		MetricQueries:      m.queries(),
		ComparisonOperator: pulumi.String(string(m.Compare)),
		Threshold:          pulumi.Float64(m.Threshold),
		EvaluationPeriods:  pulumi.Int(m.Periods),
		TreatMissingData:   pulumi.String(string(m.Missing)),
		AlarmActions:       c.AlertActions(),
		OkActions:          c.AlertActions(),
		Tags:               c.TagsFor(ctx, component),
	}
}

// queries are the metrics, sorted by id, and the one value that counts.
func (m Math) queries() cloudwatch.MetricAlarmMetricQueryArray {
	list := cloudwatch.MetricAlarmMetricQueryArray{&cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String("value"), Expression: pulumi.String(m.Expression), Label: pulumi.String(m.Label), ReturnData: pulumi.Bool(true),
	}}
	for _, id := range slices.Sorted(maps.Keys(m.Metrics)) {
		metric := m.Metrics[id]
		list = append(list, &cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String(id), ReturnData: pulumi.Bool(false),
			Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace: pulumi.String(metric.Namespace), MetricName: pulumi.String(metric.Name), Dimensions: metric.Dimensions,
				Stat: pulumi.String(cmp.Or(metric.Statistic, "Sum")), Period: pulumi.Int(m.PeriodSeconds),
			},
		})
	}
	return list
}

// Composite is an alarm on the states of other alarms: $0.50 a month.
type Composite struct {
	// Name and Why are as in Alarm.
	Name, Why string
	// Any are groups of alarm names: it fires when, in one group, all fire.
	Any []pulumi.StringArray
}

// Silent is c for the parts of a composite alarm: they notify nobody, and a
// tag names the alarm that does.
func Silent(c part.Common, composite string) part.Common {
	tags := map[string]string{TagCompositeOf: composite}
	maps.Copy(tags, c.Tags)
	c.Tags, c.Alerts = tags, nil
	return c
}

// alarmName is what CloudWatch takes as the name of an alarm.
var alarmName = names.Form{Max: 255}

// Compose makes the composite alarm "<name>-<alarm>" as a child of parent. Its
// physical name carries the stack's: AWS wants one that is unique in a region.
func Compose(ctx *pulumi.Context, parent pulumi.Resource, name string, c part.Common,
	a Composite) (*cloudwatch.CompositeAlarm, error) {
	full := name + "-" + a.Name
	if a.Name == "" || a.Why == "" || len(a.Any) == 0 {
		return nil, fmt.Errorf("composite alarm %s: Name, Why and Any are required", full)
	}
	args := &cloudwatch.CompositeAlarmArgs{
		AlarmName:        pulumi.String(alarmName.Of(ctx.Stack(), full, "")),
		AlarmDescription: pulumi.String(a.Why),
		AlarmRule:        a.rule(),
		Tags:             c.TagsFor(ctx, name),
	}
	if c.Alerts != nil {
		args.AlarmActions = pulumi.StringArray{c.Alerts}
		args.OkActions = pulumi.StringArray{c.Alerts}
	}
	made, err := cloudwatch.NewCompositeAlarm(ctx, full, args, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("create composite alarm %s: %w", full, err)
	}
	return made, nil
}

func (a Composite) rule() pulumi.StringOutput {
	groups := make(pulumi.StringArrayArray, len(a.Any))
	for i, g := range a.Any {
		groups[i] = g
	}
	return groups.ToStringArrayArrayOutput().ApplyT(rule).(pulumi.StringOutput)
}

// rule writes groups of alarm names in CloudWatch's language: all of a group,
// any of the groups.
func rule(groups [][]string) string {
	parts := make([]string, len(groups))
	for i, group := range groups {
		all := make([]string, len(group))
		for j, name := range group {
			all[j] = fmt.Sprintf("ALARM(%q)", name)
		}
		parts[i] = "(" + strings.Join(all, " AND ") + ")"
	}
	return strings.Join(parts, " OR ")
}
