package events

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Events", Token) }

// blog are two kinds of events and two consumers.
func blog() Args {
	return Args{
		Topics: []string{"user.created", "post.created"},
		Consumers: []Consumer{
			{Name: "search", Topics: []string{"user.created", "post.created"}},
			{Name: "mail", Topics: []string{"user.created"}, Filter: map[string][]string{"verified": {"true"}}, JobSeconds: 10},
		},
	}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string
	}{
		"two kinds, two consumers": {give: blog()},
		"nobody listens yet":       {give: Args{Topics: []string{"user.created"}}},
		"no topics":                {want: []string{"Topics: required"}},
		"everything at once": {
			give: Args{Topics: []string{"User", "a.b", "a.b"}, Consumers: []Consumer{
				{Name: "S", Topics: []string{"c.d"}, Filter: map[string][]string{"x": nil}}, {Name: "x"}, {Name: "x", Topics: []string{"a.b", "a.b"}},
			}},
			want: []string{`Topics[0]: got "User"`, `Topics[2]: got "a.b"`, `Consumers[0].Name: got "S"`, `Consumers[0].Topics: got "c.d"`,
				`attribute "x" has no values`, "Consumers[1].Topics: required", `Consumers[2].Name: got "x"`,
				`Consumers[2].Topics: got "a.b"`},
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

func run(t *testing.T, args Args) (*record.Recording, *Events) {
	t.Helper()
	var made *Events
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "events", args)
		return err
	})
	return rec, made
}

func TestEachConsumerHasAQueueOfItsOwn(t *testing.T) {
	rec, _ := run(t, blog())
	for _, name := range []string{"events-search-main", "events-search-dead", "events-mail-main", "events-mail-dead"} {
		q := recordtest.Named(t, rec, token.SQSQueue, name)
		assert.True(t, q.Protect, name)
		assert.True(t, q.Bool("sqsManagedSseEnabled"), name)
	}
	assert.Len(t, rec.All(token.SNSTopicSubscription), 3)
	sub := recordtest.Named(t, rec, token.SNSTopicSubscription, "events-mail-user-created")
	assert.Equal(t, recordtest.Named(t, rec, token.SNSTopic, "events-user-created").Output("arn"), sub.Value("topic"))
	assert.Equal(t, recordtest.Named(t, rec, token.SQSQueue, "events-mail-main").Output("arn"), sub.Value("endpoint"))
	assert.True(t, sub.Bool("rawMessageDelivery"))
	assert.JSONEq(t, `{"verified":["true"]}`, sub.String("filterPolicy"))
	assert.False(t, recordtest.Named(t, rec, token.SNSTopicSubscription, "events-search-user-created").Has("filterPolicy"))
}

func TestQueueTakesOnlyWhatItsConsumerAskedFor(t *testing.T) {
	rec, _ := run(t, blog())
	policy := recordtest.Named(t, rec, token.SQSQueuePolicy, "events-mail-main-policy").String("policy")
	assert.Contains(t, policy, recordtest.Named(t, rec, token.SNSTopic, "events-user-created").Output("arn"))
	assert.NotContains(t, policy, recordtest.Named(t, rec, token.SNSTopic, "events-post-created").Output("arn"))
}

// SNS refuses to deliver into a queue whose policy does not let it yet.
func TestSubscriptionComesAfterThePolicy(t *testing.T) {
	rec, _ := run(t, blog())
	sub := recordtest.Named(t, rec, token.SNSTopicSubscription, "events-mail-user-created")
	assert.Contains(t, sub.Dependencies, recordtest.Named(t, rec, token.SQSQueuePolicy, "events-mail-main-policy").URN)
}

func TestTopicsAreEncryptedAndClosed(t *testing.T) {
	rec, _ := run(t, blog())
	for _, topic := range rec.All(token.SNSTopic) {
		assert.Equal(t, "alias/aws/sns", topic.Value("kmsMasterKeyId"))
		assert.Equal(t, "events", topic.Value("tags").(map[string]any)["rung:component"])
		policy := recordtest.Named(t, rec, token.SNSTopicPolicy, topic.Name+"-policy").String("policy")
		assert.Contains(t, policy, `"aws:SecureTransport":"false"`)
		assert.NotContains(t, policy, "Allow")
	}
}

// A further consumer must leave everything alone that is there.
func TestAConsumerMoreIsCreatesOnly(t *testing.T) {
	before, _ := run(t, blog())
	more := blog()
	more.Consumers = append([]Consumer{{Name: "audit", Topics: []string{"post.created"}}}, more.Consumers...)
	after, _ := run(t, more)
	inputs := map[string]map[string]any{}
	for _, r := range after.Custom() {
		inputs[r.URN] = r.Inputs
	}
	for _, r := range before.Custom() {
		assert.Equal(t, r.Inputs, inputs[r.URN], r.Name)
	}
}

func TestPermissionsAreNarrow(t *testing.T) {
	_, e := run(t, blog())
	produce, err := e.Producer("user.created")
	require.NoError(t, err)
	assert.Equal(t, []string{"sns:Publish"}, produce[0].Actions)
	assert.Len(t, produce[0].Resources, 1)
	consume, err := e.Consumer("search")
	require.NoError(t, err)
	for _, p := range consume {
		assert.Contains(t, p.Name, "events-")
		assert.Len(t, p.Resources, 1)
	}
	_, err = e.Producer("user.deleted")
	require.ErrorContains(t, err, `"user.deleted": unknown topic, want one of [post.created user.created]`)
	_, err = e.Consumer("nobody")
	require.ErrorContains(t, err, "want one of [mail search]")
	assert.Len(t, e.Widgets(), 3)
}

func TestLostEventsRaiseAnAlarm(t *testing.T) {
	rec, _ := run(t, blog())
	alarm := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "events-post-created-undelivered")
	assert.EqualValues(t, 0, alarm.Number("threshold"))
	recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "events-search-depth")
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "events", Args{})
		return err
	})
	require.ErrorContains(t, err, "events events: Topics: required")
	assert.Empty(t, rec.All(Token))
}
