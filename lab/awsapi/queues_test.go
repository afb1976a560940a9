package awsapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

func receive(t *testing.T, client *sqs.Client, url string, wait int32) []types.Message {
	t.Helper()
	out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: wait,
		MaxNumberOfMessages: 10, VisibilityTimeout: 1, MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}})
	require.NoError(t, err)
	if len(out.Messages) == 0 && wait == 0 { // those of a second ago may be hidden yet
		out, err = client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: 2,
			MaxNumberOfMessages: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}})
		require.NoError(t, err)
	}
	return out.Messages
}

func TestMessagesComeAgainAndThenDie(t *testing.T) {
	cloud := awsapitest.New(t)
	url, dead := cloud.Queue("jobs", 2)
	client := sqs.NewFromConfig(cloud.Config())
	sent, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("work"),
		MessageAttributes: map[string]types.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String("report")}}})
	require.NoError(t, err)
	for try := 1; try <= 2; try++ {
		got := receive(t, client, url, 5)
		require.Len(t, got, 1)
		assert.Equal(t, *sent.MessageId, *got[0].MessageId)
		assert.Equal(t, "report", *got[0].MessageAttributes["kind"].StringValue)
		_, err := client.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: &url,
			ReceiptHandle: got[0].ReceiptHandle})
		require.NoError(t, err, "let go of it")
	}
	assert.Empty(t, receive(t, client, url, 1))
	letters := receive(t, client, dead, 0)
	require.Len(t, letters, 1)
	assert.Equal(t, "1", letters[0].Attributes["ApproximateReceiveCount"])
	assert.Equal(t, "arn:aws:sqs:us-east-1:123456789012:jobs", letters[0].Attributes["DeadLetterQueueSourceArn"])
	_, err = client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &dead,
		ReceiptHandle: letters[0].ReceiptHandle})
	require.NoError(t, err)
	_, err = client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &dead,
		ReceiptHandle: letters[0].ReceiptHandle})
	assert.NoError(t, err, "once more is no failure")
}

// A receiver that waits has the message when it is sent, and when it is visible.
func TestReceiversWait(t *testing.T) {
	cloud := awsapitest.New(t)
	url, _ := cloud.Queue("jobs", 5)
	client := sqs.NewFromConfig(cloud.Config())
	got := make(chan int, 1)
	go func() { got <- len(receive(t, client, url, 20)) }()
	cloud.Send(url, "now")
	select {
	case n := <-got:
		assert.Equal(t, 1, n)
	case <-time.After(15 * time.Second):
		t.Fatal("nobody was told")
	}
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("later"),
		DelaySeconds: 1})
	require.NoError(t, err)
	depth := cloud.AWS.Depths()[0]
	assert.Equal(t, 1, depth.Delayed)
	assert.NotEmpty(t, receive(t, client, url, 20))
}

func TestBatchesAndTheirLimits(t *testing.T) {
	cloud := awsapitest.New(t)
	url, dead := cloud.Queue("jobs", 5)
	client := sqs.NewFromConfig(cloud.Config())
	entry := func(id, body string) types.SendMessageBatchRequestEntry {
		return types.SendMessageBatchRequestEntry{Id: &id, MessageBody: &body}
	}
	out, err := client.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: &url,
		Entries: []types.SendMessageBatchRequestEntry{entry("a", "1"), entry("b", strings.Repeat("x", 300<<10)), entry("c", "3")}})
	require.NoError(t, err)
	assert.Len(t, out.Successful, 2)
	require.Len(t, out.Failed, 1)
	assert.Equal(t, "InvalidParameterValue", *out.Failed[0].Code)

	var again []types.DeleteMessageBatchRequestEntry
	for _, m := range receive(t, client, url, 5) {
		again = append(again, types.DeleteMessageBatchRequestEntry{Id: m.MessageId, ReceiptHandle: m.ReceiptHandle})
	}
	_, err = client.DeleteMessageBatch(t.Context(), &sqs.DeleteMessageBatchInput{QueueUrl: &url, Entries: again})
	require.NoError(t, err)
	attributes, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url,
		AttributeNames: []types.QueueAttributeName{"All"}})
	require.NoError(t, err)
	assert.Equal(t, "0", attributes.Attributes["ApproximateNumberOfMessagesNotVisible"])
	assert.Contains(t, attributes.Attributes["RedrivePolicy"], `"maxReceiveCount":5`)

	_, err = client.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: &url,
		Entries: []types.SendMessageBatchRequestEntry{entry("a", "1"), entry("a", "2")}})
	assert.ErrorAs(t, err, new(*types.BatchEntryIdsNotDistinct))
	_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(url + "-none"),
		MessageBody: aws.String("m")})
	assert.ErrorAs(t, err, new(*types.QueueDoesNotExist))
	_, err = client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &dead, ReceiptHandle: aws.String("x")})
	assert.ErrorAs(t, err, new(*types.ReceiptHandleIsInvalid))
	_, err = client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("mine")})
	assert.Equal(t, "AccessDenied", code(t, err))
}

func TestDeadLettersGoBack(t *testing.T) {
	cloud := awsapitest.New(t)
	url, dead := cloud.Queue("jobs", 1)
	client := sqs.NewFromConfig(cloud.Config())
	cloud.Send(url, "m")
	require.Len(t, receive(t, client, url, 5), 1)
	assert.Empty(t, receive(t, client, url, 2), "it is a dead letter")
	arn := "arn:aws:sqs:us-east-1:123456789012:jobs-dead"
	_, err := client.StartMessageMoveTask(t.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: &arn})
	require.NoError(t, err)
	assert.Empty(t, receive(t, client, dead, 1))
	assert.Len(t, receive(t, client, url, 5), 1)
}

func TestTopicsTellQueues(t *testing.T) {
	cloud := awsapitest.New(t)
	one, _ := cloud.Queue("one", 5)
	two, _ := cloud.Queue("two", 5)
	arn := cloud.Topic("user-created", one, two)
	client, from := sns.NewFromConfig(cloud.Config()), sqs.NewFromConfig(cloud.Config())
	out, err := client.PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: &arn,
		PublishBatchRequestEntries: []snstypes.PublishBatchRequestEntry{
			{Id: aws.String("0"), Message: aws.String("hello"), MessageAttributes: map[string]snstypes.MessageAttributeValue{
				"topic": {DataType: aws.String("String"), StringValue: aws.String("user.created")}}},
			{Id: aws.String("1"), Message: aws.String("")}}})
	require.NoError(t, err)
	assert.Len(t, out.Successful, 1)
	assert.Len(t, out.Failed, 1)
	for _, url := range []string{one, two} {
		got := receive(t, from, url, 5)
		require.Len(t, got, 1)
		assert.Equal(t, "hello", *got[0].Body)
		assert.Equal(t, "user.created", *got[0].MessageAttributes["topic"].StringValue)
	}
	_, err = client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(arn + "-none"), Message: aws.String("m")})
	assert.ErrorAs(t, err, new(*snstypes.NotFoundException))
}

// Another process sees what CloudWatch would.
func TestQueuesAreMeasured(t *testing.T) {
	cloud := awsapitest.New(t)
	url, _ := cloud.Queue("jobs", 5)
	cloud.Send(url, "one")
	cloud.Send(url, "two")
	w := httptest.NewRecorder()
	cloud.AWS.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	const arn = `{arn="arn:aws:sqs:us-east-1:123456789012:jobs"} `
	assert.Contains(t, w.Body.String(), "sqs_approximate_number_of_messages_visible"+arn+"2")
	assert.Contains(t, w.Body.String(), "sqs_number_of_messages_sent_total"+arn+"2")
}
