package queue

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Queue", Token)
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string // parts of the message; none means that it passes
	}{
		"the zero value is a good queue": {},
		"too few attempts":               {give: Args{Attempts: 2}, want: []string{"Attempts: got 2, want 3 to 10"}},
		"a job of a day":                 {give: Args{JobSeconds: 86_400}, want: []string{"JobSeconds: got 86400, want 1 to 7200"}},
		"dead letters go first": {
			give: Args{RetentionDays: 10, DeadRetentionDays: 7},
			want: []string{"DeadRetentionDays: got 7, want at least RetentionDays, which is 10"},
		},
		"all problems at once": {
			give: Args{Attempts: 11, RetentionDays: 15, AlarmDepth: -1, AlarmAgeSeconds: 5},
			want: []string{"Attempts: got 11", "RetentionDays: got 15", "AlarmDepth: got -1", "AlarmAgeSeconds: got 5"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestVisibilityOutlastsAJob(t *testing.T) {
	for name, tt := range map[string]struct{ give, want int }{
		"the app's own jobs": {0, 6 * contract.JobSeconds},
		"short jobs":         {10, 60},
		"the longest job":    {7_200, 43_200},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, Args{JobSeconds: tt.give}.withDefaults().visibilitySeconds())
		})
	}
}

// run records a program with one queue.
func run(t *testing.T, args Args) (*record.Recording, *Queue) {
	t.Helper()
	var made *Queue
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "jobs", args)
		return err
	})
	return rec, made
}

func TestQueueAndDeadLetters(t *testing.T) {
	rec, _ := run(t, Args{})
	main := recordtest.Named(t, rec, token.SQSQueue, "jobs-main")
	dead := recordtest.Named(t, rec, token.SQSQueue, "jobs-dead")

	assert.EqualValues(t, 360, main.Number("visibilityTimeoutSeconds"))
	assert.EqualValues(t, 345_600, main.Number("messageRetentionSeconds"))
	assert.EqualValues(t, 1_209_600, dead.Number("messageRetentionSeconds"))
	assert.EqualValues(t, 20, main.Number("receiveWaitTimeSeconds"))

	redrive := recordtest.JSON(t, main, "redrivePolicy")
	assert.Equal(t, dead.Output("arn"), redrive["deadLetterTargetArn"])
	assert.EqualValues(t, 3, redrive["maxReceiveCount"])

	allow := recordtest.JSON(t, recordtest.Only(t, rec, token.SQSRedriveAllowPolicy),
		"redriveAllowPolicy")
	assert.Equal(t, "byQueue", allow["redrivePermission"])
	assert.Equal(t, []any{main.Output("arn")}, allow["sourceQueueArns"])
}

func TestBothQueuesAreSafe(t *testing.T) {
	rec, _ := run(t, Args{})
	for _, name := range []string{"jobs-main", "jobs-dead"} {
		q := recordtest.Named(t, rec, token.SQSQueue, name)
		assert.True(t, q.Protect, name)
		assert.True(t, q.Bool("sqsManagedSseEnabled"), name)
		assert.False(t, q.Has("name"), "%s: a fixed name cannot be used again for a minute after a deletion", name)
		assert.Equal(t, "jobs", q.Value("tags").(map[string]any)["rung:component"], name)

		policy := recordtest.Named(t, rec, token.SQSQueuePolicy, name+"-policy")
		assert.Equal(t, q.Output("url"), policy.Value("queueUrl"))
		assert.Contains(t, policy.String("policy"), `"aws:SecureTransport":"false"`)
		assert.NotContains(t, policy.String("policy"), `"Allow"`)
	}
}

func TestAlarms(t *testing.T) {
	rec, _ := run(t, Args{AlarmDepth: 50})
	want := map[string]float64{"jobs-age": 600, "jobs-depth": 50, "jobs-dead": 0}
	for name, threshold := range want {
		alarm := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, name)
		assert.EqualValues(t, threshold, alarm.Number("threshold"), name)
		assert.Equal(t, "notBreaching", alarm.Value("treatMissingData"), name)
	}
	assert.Len(t, rec.All(token.CloudWatchMetricAlarm), len(want))
}

func TestPermissionsAreNarrow(t *testing.T) {
	_, q := run(t, Args{})
	assert.NotContains(t, q.Producer()[0].Actions, "sqs:ReceiveMessage")
	assert.NotContains(t, q.Consumer()[0].Actions, "sqs:SendMessage")
	for _, p := range append(q.Producer(), q.Consumer()...) {
		assert.Len(t, p.Resources, 1, p.Name)
		assert.NotContains(t, p.Actions, "sqs:*", p.Name)
	}
	assert.Len(t, q.Widgets(), 2)
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "jobs", Args{Attempts: 1})
		return err
	})
	require.ErrorContains(t, err, "queue jobs: Attempts: got 1")
	assert.Empty(t, rec.All(Token))
}
