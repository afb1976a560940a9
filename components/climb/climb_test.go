package climb

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

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Climb", Token) }

func requests() Limit {
	return Limit{
		Name: "requests", What: "requests a second at the load balancer", At: 10_000, PerSecond: true,
		Metric: part.Metric{Namespace: "AWS/ApplicationELB", Name: "RequestCount", Dimensions: pulumi.StringMap{"LoadBalancer": pulumi.String("app/x/1")}},
		Next:   "Time to climb: stage 5 adds regions.",
	}
}

func machine() Signal {
	return Signal{
		Name: "machine", Near: "The server's CPU is at its limit, and users wait.", Next: "Time to climb: stage 3 has a fleet.",
		Any: []pulumi.StringArray{{pulumi.String("cpu"), pulumi.String("slow")}, {pulumi.String("memory"), pulumi.String("slow")}},
	}
}

func run(t *testing.T, args Args) *record.Recording {
	t.Helper()
	args.Alerts = pulumi.String("arn:topic")
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "climb", args)
		return err
	})
}

func TestLimitSaysWhatTheNextStageChanges(t *testing.T) {
	rec := run(t, Args{Limits: []Limit{requests()}})
	climb := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "climb-requests")
	assert.EqualValues(t, 2_400_000, climb.Number("threshold"), "80 % of 10,000 a second, over 300 s")
	assert.EqualValues(t, 12, climb.Number("evaluationPeriods"), "for an hour")
	assert.Equal(t, "Sum", climb.Value("statistic"))
	assert.Equal(t, []any{"arn:topic"}, climb.Value("alarmActions"))
	assert.Equal(t, "For an hour, requests a second at the load balancer have been over 80 % of 10000. "+
		"Time to climb: stage 5 adds regions.", climb.String("alarmDescription"))
}

func TestSignalAsksTheAlarmsThatAreThere(t *testing.T) {
	rec := run(t, Args{Signals: []Signal{machine()}})
	recordtest.None(t, rec, token.CloudWatchMetricAlarm)
	climb := recordtest.Named(t, rec, token.CloudWatchCompositeAlarm, "climb-machine")
	assert.Equal(t, `(ALARM("cpu") AND ALARM("slow")) OR (ALARM("memory") AND ALARM("slow"))`, climb.String("alarmRule"))
	assert.Equal(t, []any{"arn:topic"}, climb.Value("alarmActions"))
	assert.Equal(t, "The server's CPU is at its limit, and users wait. Time to climb: stage 3 has a fleet.",
		climb.String("alarmDescription"))
}

func TestValidate(t *testing.T) {
	many := machine()
	many.Any = []pulumi.StringArray{make(pulumi.StringArray, 101)}
	long := machine()
	long.Near = strings.Repeat("x", 1_024)
	tests := map[string]struct {
		give Args
		want []string
	}{
		"both":              {give: Args{Limits: []Limit{requests()}, Signals: []Signal{machine()}}},
		"nothing":           {want: []string{"Signals, Limits: got none"}},
		"a name twice":      {give: Args{Signals: []Signal{machine(), machine()}}, want: []string{`Signals[1].Name: got "machine"`}},
		"always on":         {give: Args{Signals: []Signal{{Name: "a", Near: "b", Next: "c", Any: []pulumi.StringArray{{}}}}}, want: []string{"would always fire", "got 0 alarms"}},
		"more than it asks": {give: Args{Signals: []Signal{many}}, want: []string{"got 101 alarms, want 1 to 100"}},
		"a text too long":   {give: Args{Signals: []Signal{long}}, want: []string{"want at most 1024"}},
		"all at once": {
			give: Args{Limits: []Limit{{NearPercent: 101}}, Signals: []Signal{{}}},
			want: []string{`Limits[0].Name: got ""`, "Limits[0]: What, Next and a Metric", "Limits[0].At: got 0", "Limits[0].NearPercent: got 101",
				`Signals[0].Name: got ""`, "Signals[0]: Near and Next", "Signals[0].Any: got 0 alarms"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "climb", Args{})
		return err
	})
	require.ErrorContains(t, err, "climb climb: Signals, Limits")
	assert.Empty(t, rec.All(Token))
}
