package alarms

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func metric(name string) part.Metric {
	return part.Metric{Namespace: "AWS/ApplicationELB", Name: name,
		Dimensions: pulumi.StringMap{"LoadBalancer": pulumi.String("app/x/1")}}
}

func share() Math {
	return Math{Name: "share", Why: "Too many fail.", Expression: "100*bad/all", Threshold: 5,
		Metrics: map[string]part.Metric{"bad": metric("HTTPCode_Target_5XX_Count"), "all": metric("RequestCount")}}
}

func TestMathIsChecked(t *testing.T) {
	tests := map[string]struct {
		change func(*Math)
		want   []string
	}{
		"a share":              {change: func(*Math) {}},
		"a day":                {change: func(m *Math) { m.PeriodSeconds, m.Periods = 86_400, 1 }},
		"two days":             {change: func(m *Math) { m.PeriodSeconds, m.Periods = 86_400, 2 }, want: []string{"PeriodSeconds: got 86400 times 2"}},
		"a metric for nothing": {change: func(m *Math) { m.Metrics["more"] = metric("X") }, want: []string{`does not use "more"`}},
		"everything at once": {change: func(m *Math) { *m = Math{} },
			want: []string{"Name: required", "Why: required", "Expression: required", "Metrics: required"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := share()
			tt.change(&m)
			err := m.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestRule(t *testing.T) {
	for name, tt := range map[string]struct {
		give [][]string
		want string
	}{
		"one":          {give: [][]string{{"a"}}, want: `(ALARM("a"))`},
		"all of one":   {give: [][]string{{"a", "b"}}, want: `(ALARM("a") AND ALARM("b"))`},
		"any of pairs": {give: [][]string{{"a", "b"}, {"c", "d"}}, want: `(ALARM("a") AND ALARM("b")) OR (ALARM("c") AND ALARM("d"))`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, rule(tt.give)) })
	}
}

func TestCompositeSpeaksForItsParts(t *testing.T) {
	common := part.Common{Alerts: pulumi.String("arn:topic")}
	var parts []*cloudwatch.MetricAlarm
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		var parent pulumi.ResourceState
		if err = ctx.RegisterComponentResource("rung:components:Test", "slo", &parent); err != nil {
			return err
		}
		if parts, err = CreateMath(ctx, &parent, "slo", Silent(common, "slo-page"), share()); err != nil {
			return err
		}
		_, err = Compose(ctx, &parent, "slo", common,
			Composite{Name: "page", Why: "Too many fail.", Any: []pulumi.StringArray{{parts[0].Name}}})
		return err
	})
	silent := recordtest.Only(t, rec, token.CloudWatchMetricAlarm)
	assert.False(t, silent.Has("alarmActions"))
	assert.Equal(t, "slo-page", silent.Value("tags").(map[string]any)[TagCompositeOf])
	assert.Equal(t, "100*bad/all", silent.Value("metricQueries[0].expression"))
	assert.Equal(t, "RequestCount", silent.Value("metricQueries[1].metric.metricName"),
		"sorted by id, so that plans are equal")
	assert.EqualValues(t, 60, silent.Number("metricQueries[1].metric.period"))

	page := recordtest.Only(t, rec, token.CloudWatchCompositeAlarm)
	assert.Equal(t, `(ALARM("`+silent.Output("name").(string)+`"))`, page.String("alarmRule"))
	assert.Equal(t, []any{"arn:topic"}, page.Value("alarmActions"))
	assert.Equal(t, "dev-slo-page", page.String("alarmName"))
}

func TestBadMathCreatesNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		var parent pulumi.ResourceState
		_, err := CreateMath(ctx, &parent, "slo", part.Common{}, share(), Math{Name: "bad"})
		return err
	})
	require.ErrorContains(t, err, "alarm slo-bad")
	recordtest.None(t, rec, token.CloudWatchMetricAlarm)
}
