package alarms

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

const topic = "arn:aws:sns:us-east-1:123456789012:alerts"

func busy() Alarm {
	return Alarm{Name: "cpu-high", Why: "CPU is over 80 %.", Namespace: "AWS/RDS", Metric: "CPUUtilization", Threshold: 80}
}

// create makes one alarm in a component named "store".
func create(c part.Common, list ...Alarm) (*record.Recording, error) {
	return record.Run(func(ctx *pulumi.Context) error {
		var parent pulumi.ResourceState
		if err := ctx.RegisterComponentResource("rung:components:Test", "store", &parent); err != nil {
			return err
		}
		_, err := Create(ctx, &parent, "store", c, list...)
		return err
	})
}

func TestAlarmDefaults(t *testing.T) {
	rec, err := create(part.Common{Alerts: pulumi.String(topic)}, busy())
	require.NoError(t, err)
	a := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "store-cpu-high")
	for key, want := range map[string]any{
		"statistic": "Average", "comparisonOperator": "GreaterThanThreshold", "treatMissingData": "missing",
		"period": 60.0, "evaluationPeriods": 5.0, "threshold": 80.0, "alarmDescription": "CPU is over 80 %.",
	} {
		assert.Equal(t, want, a.Value(key), key)
	}
	assert.Equal(t, []any{topic}, a.Value("alarmActions"))
	assert.Equal(t, []any{topic}, a.Value("okActions"), "who is woken also hears that it is over")
	assert.Equal(t, "store", a.Component)
	assert.Equal(t, "store", a.Inputs["tags"].(map[string]any)[part.TagComponent])
}

func TestAlarmTurns(t *testing.T) {
	tests := map[string]struct {
		change func(*Alarm)
		check  func(*testing.T, record.Resource)
	}{
		"a percentile goes into its own field": {func(a *Alarm) { a.Statistic = "p95" }, func(t *testing.T, r record.Resource) {
			assert.Equal(t, "p95", r.String("extendedStatistic"))
			assert.False(t, r.Has("statistic"))
		}},
		"a word that begins with p is none": {func(a *Alarm) { a.Statistic = "peak" }, func(t *testing.T, r record.Resource) {
			assert.Equal(t, "peak", r.String("statistic"))
		}},
		"AWS helps first": {func(a *Alarm) { a.Recover = pulumi.String("arn:aws:automate:us-east-1:ec2:recover") }, func(t *testing.T, r record.Resource) {
			assert.Equal(t, []any{topic, "arn:aws:automate:us-east-1:ec2:recover"}, r.Value("alarmActions"))
			assert.Equal(t, []any{topic}, r.Value("okActions"))
		}},
		"a heartbeat": {func(a *Alarm) { a.Missing, a.Compare = MissingIsBad, Below }, func(t *testing.T, r record.Resource) {
			assert.Equal(t, "breaching", r.String("treatMissingData"))
			assert.Equal(t, "LessThanThreshold", r.String("comparisonOperator"))
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := busy()
			tt.change(&a)
			rec, err := create(part.Common{Alerts: pulumi.String(topic)}, a)
			require.NoError(t, err)
			tt.check(t, recordtest.Only(t, rec, token.CloudWatchMetricAlarm))
		})
	}
}

func TestAlarmProblems(t *testing.T) {
	tests := map[string]struct {
		change func(*Alarm)
		want   []string
	}{
		"nothing said":        {func(a *Alarm) { *a = Alarm{} }, []string{"Name: required", "Why: required", "Namespace: required", "Metric: required"}},
		"an odd period":       {func(a *Alarm) { a.PeriodSeconds = 45 }, []string{"PeriodSeconds: got 45, want 10, 30 or a multiple of 60"}},
		"longer than a day":   {func(a *Alarm) { a.PeriodSeconds, a.Periods = 3_600, 25 }, []string{"Periods: 25 periods of 3600 s"}},
		"several at one time": {func(a *Alarm) { a.Why, a.PeriodSeconds = "", 7 }, []string{"Why: required", "PeriodSeconds: got 7"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bad := busy()
			tt.change(&bad)
			rec, err := create(part.Common{}, busy(), bad)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
			recordtest.None(t, rec, token.CloudWatchMetricAlarm) // all are checked before one is made
		})
	}
}
