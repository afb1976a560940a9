package queue

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestOnlyTheseTopicsMayDeliver(t *testing.T) {
	rec, _ := run(t, Args{Topics: pulumi.StringArray{pulumi.String("arn:aws:sns:us-east-1:1:posts")}})
	policy := recordtest.JSON(t, recordtest.Named(t, rec, token.SQSQueuePolicy, "jobs-main-policy"), "policy")
	allow := policy["Statement"].([]any)[1].(map[string]any)
	assert.Equal(t, map[string]any{"Service": "sns.amazonaws.com"}, allow["Principal"])
	assert.Equal(t, "sqs:SendMessage", allow["Action"])
	assert.Equal(t, map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": []any{"arn:aws:sns:us-east-1:1:posts"}}},
		allow["Condition"])
	dead := recordtest.Named(t, rec, token.SQSQueuePolicy, "jobs-dead-policy")
	assert.NotContains(t, dead.String("policy"), "Allow", "dead letters come from the queue, never from a topic")
}

func TestQueueIsReadyAfterItsPolicy(t *testing.T) {
	var ready string
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		q, err := New(ctx, "jobs", Args{Topics: pulumi.StringArray{pulumi.String("arn:topic")}})
		if err == nil {
			q.Ready.ApplyT(func(arn string) string { ready = arn; return arn })
		}
		return err
	})
	assert.Equal(t, recordtest.Named(t, rec, token.SQSQueue, "jobs-main").Output("arn"), ready)
}
