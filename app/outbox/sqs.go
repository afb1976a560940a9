package outbox

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// SQS takes events from a service's queue. The queue's redrive policy makes
// an event a dead letter after as many deliveries as it allows.
type SQS struct {
	Config aws.Config
	URL    string
	Taker  Taker
	Log    *slog.Logger
	// Pause is how long an event waits after it was refused for the first
	// time; it doubles. Zero means 2 s.
	Pause time.Duration
}

const (
	// hidden is how long a delivery is nobody else's, and what a consumer that was killed
	// costs the events that it had; one takes less than the statements of a transaction may.
	hidden = 20 * time.Second
	// settleTimeout bounds the note to SQS that an event is in.
	settleTimeout = 5 * time.Second
)

// Run takes events until ctx ends; those under way are finished.
func (q *SQS) Run(ctx context.Context) {
	q.Log = cmp.Or(q.Log, slog.New(slog.DiscardHandler))
	client := sqs.NewFromConfig(q.Config)
	for ctx.Err() == nil {
		out, err := client.ReceiveMessage(ctx,
			&sqs.ReceiveMessageInput{QueueUrl: &q.URL, MaxNumberOfMessages: 10, WaitTimeSeconds: 20,
				VisibilityTimeout: int32(hidden / time.Second), MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount}})
		if err != nil {
			if ctx.Err() == nil {
				q.Log.WarnContext(ctx, "receive events: trying again", "err", err)
				sleep(ctx, time.Second)
			}
			continue
		}
		var under sync.WaitGroup
		for _, m := range out.Messages {
			under.Go(func() { q.take(context.WithoutCancel(ctx), client, m) })
		}
		under.Wait()
	}
}

func (q *SQS) take(ctx context.Context, client *sqs.Client, m types.Message) {
	e, err := Decode([]byte(aws.ToString(m.Body)))
	if err == nil {
		err = q.Taker.Take(ctx, e)
	}
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if err == nil {
		_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle})
	} else {
		q.Log.WarnContext(ctx, "an event comes again", "message", aws.ToString(m.MessageId), "err", err)
		_, err = client.ChangeMessageVisibility(ctx,
			&sqs.ChangeMessageVisibilityInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle,
				VisibilityTimeout: int32(q.pause(m) / time.Second)})
	}
	if err != nil {
		q.Log.WarnContext(ctx, "settle an event: it comes again", "message", aws.ToString(m.MessageId), "err", err)
	}
}

func (q *SQS) pause(m types.Message) time.Duration {
	first := cmp.Or(q.Pause, 2*time.Second)
	times, err := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	if err != nil {
		times = 1
	}
	return min(first<<min(max(times-1, 0), 10), 15*time.Minute)
}
