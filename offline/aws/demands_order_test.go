package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// CloudWatch, EventBridge and SNS take whatever they are to send to, and whoever lets them
// in may do so afterwards: programs that name no order come up, as on AWS.
func TestWhoSendsMayComeBeforeWhatLetsItIn(t *testing.T) {
	c, pkg := cloud(t, "us-east-1"), awsPackage(t)
	topic := c.Must(token.SNSTopic, "told", sim.Props{"name": "told"})
	queue := c.Must(token.SQSQueue, "heard", sim.Props{"name": "heard"})
	c.Must(token.CloudWatchEventRule, "r", sim.Props{"name": "r", "scheduleExpression": "rate(5 minutes)"})

	alarm := c.Settled(token.CloudWatchMetricAlarm, "late", with(busy(), sim.Props{"alarmActions": sim.List(topic.ID)}))
	c.Settled(token.CloudWatchEventTarget, "ring", sim.Props{"rule": "r", "arn": topic.ID})
	c.Settled(token.SNSTopicSubscription, "ear", sim.Props{"topic": topic.ID, "protocol": "sqs",
		"endpoint": queue.Str("arn")})
	closed := c.Unheard(pkg)
	require.Len(t, closed, 2, "%v: SNS's own policy lets the account's alarms in", closed)
	for _, u := range closed {
		assert.NotEqual(t, string(alarm.URN), u.URN)
		assert.NotEmpty(t, u.Hint)
	}

	c.Must(token.SQSQueuePolicy, "heard", sim.Props{"queueUrl": queue.ID,
		"policy": lets("Allow", service("sns.amazonaws.com"), "sqs:SendMessage", queue.Str("arn"), "")})
	policy := c.Must(token.SNSTopicPolicy, "told", sim.Props{"arn": topic.ID,
		"policy": lets("Allow", service("events.amazonaws.com"), "sns:Publish", topic.ID, "")})
	still := c.Unheard(pkg)
	require.Len(t, still, 1)
	assert.Equal(t, string(alarm.URN), still[0].URN, "a policy of one's own lets nobody else in")
	_, err := c.Update(policy, sim.Props{"arn": topic.ID,
		"policy": lets("Allow", `{"Service":["events.amazonaws.com","cloudwatch.amazonaws.com"]}`, "sns:Publish", topic.ID, "")})
	require.NoError(t, err)
	assert.Empty(t, c.Unheard(pkg))
}
