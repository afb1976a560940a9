package slo

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:SLO", Token) }

// good are args that pass; change makes each case's own.
func good(change func(*Args)) Args {
	a := Args{Common: part.Common{Alerts: pulumi.String("arn:topic")}, LoadBalancerSuffix: pulumi.String("app/x/1")}
	if change != nil {
		change(&a)
	}
	return a
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give func(*Args)
		want []string
	}{
		"defaults":    {},
		"a loose one": {give: func(a *Args) { a.SuccessPercent, a.FastPercent = 95, 95 }},
		"no budget":   {give: func(a *Args) { a.SuccessPercent = 100 }, want: []string{"SuccessPercent: got 100, want 95 to 99.99"}},
		"everything at once": {
			give: func(a *Args) {
				*a = Args{SuccessPercent: 50, FastPercent: 90, FastSeconds: -1, MinRequests: -1}
			},
			want: []string{"LoadBalancerSuffix: required", "SuccessPercent: got 50", "FastPercent: got 90", "FastSeconds: got -1", "MinRequests: got -1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := good(tt.give).withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestBurn(t *testing.T) {
	for name, tt := range map[string]struct {
		burn, promised, failed float64
		percentile             string
	}{
		"three nines, an hour": {burn: 14.4, promised: 99.9, failed: 1.44, percentile: "p98.56"},
		"two nines, an hour":   {burn: 14.4, promised: 99, failed: 14.4, percentile: "p85.6"},
		"two nines, six hours": {burn: 6, promised: 99, failed: 6, percentile: "p94"},
		"the loosest promise":  {burn: 14.4, promised: 95, failed: 72, percentile: "p28"},
		"a day":                {burn: 3, promised: 99.99, failed: 0.03, percentile: "p99.97"},
	} {
		t.Run(name, func(t *testing.T) {
			w := Window{Burn: tt.burn}
			assert.InDelta(t, tt.failed, w.failedPercent(tt.promised), 1e-9)
			assert.Equal(t, tt.percentile, w.percentile(tt.promised))
		})
	}
}

func TestShortWindowsEndLongOnes(t *testing.T) {
	names := map[string]bool{}
	for _, level := range Levels() {
		for _, p := range level.Pairs {
			assert.Equal(t, p.Long.Burn, p.Short.Burn)
			assert.Equal(t, 12, p.Long.Seconds/p.Short.Seconds)
			assert.LessOrEqual(t, p.Long.Seconds, 86_400, "CloudWatch looks back a day")
			for _, w := range []Window{p.Long, p.Short} {
				assert.False(t, names[w.Name], "%s stands twice", w.Name)
				names[w.Name] = true
			}
		}
	}
}

func run(t *testing.T, change func(*Args)) (*record.Recording, *SLO) {
	t.Helper()
	var made *SLO
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "slo", good(change))
		return err
	})
	return rec, made
}

func TestOnlyCompositesSpeak(t *testing.T) {
	rec, s := run(t, nil)
	assert.Len(t, rec.All(token.CloudWatchMetricAlarm), 12)
	for _, alarm := range rec.All(token.CloudWatchMetricAlarm) {
		assert.False(t, alarm.Has("alarmActions"), alarm.Name)
		speaker := alarm.Value("tags").(map[string]any)["rung:composite-of"].(string)
		rule := recordtest.Named(t, rec, token.CloudWatchCompositeAlarm, speaker).String("alarmRule")
		assert.Contains(t, rule, `"`+alarm.Output("name").(string)+`"`)
	}
	assert.Len(t, rec.All(token.CloudWatchCompositeAlarm), 4)
	for _, composite := range rec.All(token.CloudWatchCompositeAlarm) {
		assert.Equal(t, []any{"arn:topic"}, composite.Value("alarmActions"), composite.Name)
	}
	page := recordtest.Named(t, rec, token.CloudWatchCompositeAlarm, "slo-errors-page").String("alarmRule")
	assert.Equal(t, 2, strings.Count(page, " AND "))
	assert.Equal(t, 1, strings.Count(page, " OR "))
	assert.Len(t, s.Pages, 2)
	assert.Len(t, s.Tickets, 2)
	assert.Len(t, s.Widgets(), 2)
}

func TestErrorsOfTheBalancerCountForTheWholeOnly(t *testing.T) {
	rec, _ := run(t, nil)
	whole := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "slo-errors-1h")
	assert.Equal(t, "IF(requests>100,100*(FILL(failed,0)+FILL(refused,0))/requests,0)",
		whole.Value("metricQueries[0].expression"))
	assert.InDelta(t, 1.44, whole.Number("threshold"), 1e-9)
	assert.EqualValues(t, 3600, whole.Number("metricQueries[1].metric.period"))

	rec, _ = run(t, func(a *Args) { a.TargetGroupSuffix = pulumi.String("targetgroup/users/1") })
	service := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "slo-errors-1h")
	assert.Equal(t, "IF(requests>100,100*FILL(failed,0)/requests,0)", service.Value("metricQueries[0].expression"))
	assert.Equal(t, "targetgroup/users/1",
		service.Value("metricQueries[1].metric.dimensions").(map[string]any)["TargetGroup"])
}

func TestSlownessIsAPercentile(t *testing.T) {
	rec, _ := run(t, nil)
	slow := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "slo-slow-6h")
	assert.Equal(t, "p94", slow.Value("extendedStatistic"))
	assert.InDelta(t, 0.5, slow.Number("threshold"), 0)
	assert.EqualValues(t, 21_600, slow.Number("period"))
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "slo", Args{})
		return err
	})
	require.ErrorContains(t, err, "slo slo: LoadBalancerSuffix: required")
	assert.Empty(t, rec.All(Token))
}
