package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestTopicSettles(t *testing.T) {
	c := cloud(t, "eu-west-1")
	tp := c.Settled(token.SNSTopic, "alerts", sim.Props{})
	assert.Regexp(t, `^arn:aws:sns:eu-west-1:123456789012:alerts-[0-9a-f]{7}$`, tp.ID)
	assert.Equal(t, tp.ID, tp.Str("arn"))
	c.Settled(token.SNSTopicPolicy, "alerts",
		sim.Props{"arn": tp.ID, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"Service":["cloudwatch.amazonaws.com","budgets.amazonaws.com"]},"Action":"sns:Publish","Resource":"` +
			tp.ID + `"}]}`})
	mail := c.Settled(token.SNSTopicSubscription, "mail",
		sim.Props{"topic": tp.ID, "protocol": "email", "endpoint": "ops@example.com"})
	assert.Equal(t, true, mail.Get("pendingConfirmation"))
	assert.Contains(t, mail.ID, tp.ID+":")
	fifo := c.Settled(token.SNSTopic, "ordered", sim.Props{"fifoTopic": true})
	assert.Regexp(t, `\.fifo$`, fifo.ID)
	require.NoError(t, c.Delete(tp))
	gone, err := c.Read(mail)
	require.NoError(t, err)
	assert.Nil(t, gone, "a topic takes its subscriptions with it")
}

// A queue may be in another region than its topic; the subscription may not.
func TestSubscriptionIsMadeWhereTheTopicIs(t *testing.T) {
	c := cloud(t, "us-east-1")
	west, _ := region(t, c, "eu-west-1", "west")
	tp := c.Must(token.SNSTopic, "told", sim.Props{})
	heard := west.Must(token.SQSQueue, "heard", sim.Props{})
	west.Must(token.SQSQueuePolicy, "heard", sim.Props{
		"queueUrl": heard.ID, "policy": lets("Allow", service("sns.amazonaws.com"), "sqs:SendMessage", heard.Str("arn"), ""),
	})
	sub := sim.Props{"topic": tp.ID, "protocol": "sqs", "endpoint": heard.Str("arn")}
	c.Settled(token.SNSTopicSubscription, "heard", sub)
	_, err := west.Create(token.SNSTopicSubscription, "heard", sub)
	require.ErrorContains(t, err, "NotFound")
}

func TestTopicReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "a"}
	tp := c.Must(token.SNSTopic, "a", in)
	replacedBy(t, c, tp, in, map[string]sim.Props{"name": {"name": "b"}, "display": {"displayName": "b"}},
		map[string]bool{"name": true})
	sub := sim.Props{"topic": tp.ID, "protocol": "email", "endpoint": "a@example.com"}
	replacedBy(t, c, c.Must(token.SNSTopicSubscription, "a", sub), sub, map[string]sim.Props{
		"endpoint": {"endpoint": "b@example.com"}, "protocol": {"protocol": "email-json"}, "raw": {"rawMessageDelivery": true},
	}, map[string]bool{"endpoint": true, "protocol": true})
}

func TestTopicRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	arn := c.Must(token.SNSTopic, "taken", sim.Props{"name": "taken"}).ID
	sub := func(protocol, endpoint string) sim.Props {
		return sim.Props{"topic": arn, "protocol": protocol, "endpoint": endpoint}
	}
	policy := func(action string) sim.Props {
		return sim.Props{"arn": arn,
			"policy": `{"Statement":{"Effect":"Allow","Principal":"*","Action":"` + action + `","Resource":"` + arn + `"}}`}
	}
	allRefused(t, c, map[string]mistake{
		"taken":        {token.SNSTopic, sim.Props{"name": "taken"}, []string{"InvalidParameter", "already exists"}},
		"characters":   {token.SNSTopic, sim.Props{"name": "a b"}, []string{"letters"}},
		"fifo name":    {token.SNSTopic, sim.Props{"name": "a", "fifoTopic": true}, []string{".fifo"}},
		"no fifo":      {token.SNSTopic, sim.Props{"name": "a.fifo"}, []string{"fifoTopic"}},
		"dedup":        {token.SNSTopic, sim.Props{"contentBasedDeduplication": true}, []string{"fifoTopic"}},
		"policy JSON":  {token.SNSTopicPolicy, sim.Props{"arn": arn, "policy": "{"}, []string{"InvalidParameter", "Policy Error"}},
		"policy scope": {token.SNSTopicPolicy, policy("s3:GetObject"), []string{"out of service scope"}},
		"policy topic": {token.SNSTopicPolicy, sim.Props{"arn": arn + "x", "policy": readAll}, []string{"NotFound"}},
		"topic":        {token.SNSTopicSubscription, with(sub("email", "a@example.com"), sim.Props{"topic": arn + "x"}), []string{"NotFound"}},
		"protocol":     {token.SNSTopicSubscription, sub("pigeon", "x"), []string{"pigeon", "email"}},
		"email":        {token.SNSTopicSubscription, sub("email", "ops"), []string{"InvalidParameter", "Email address"}},
		"http":         {token.SNSTopicSubscription, sub("https", "http://example.com"), []string{"specified protocol"}},
		"sqs":          {token.SNSTopicSubscription, sub("sqs", "queue"), []string{"SQS endpoint ARN"}},
		"sms":          {token.SNSTopicSubscription, sub("sms", "123"), []string{"SMS"}},
		"fifo queue":   {token.SNSTopicSubscription, sub("sqs", "arn:aws:sqs:us-east-1:123456789012:a.fifo"), []string{"FIFO"}},
	})
}
