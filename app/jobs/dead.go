package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/uuid"
)

// Dead looks at dead letters and lets go of them again. It may miss some that
// somebody else looks at.
func (q *SQS) Dead(ctx context.Context, limit int) ([]Dead, error) {
	var out []Dead
	for len(out) < limit {
		messages, err := q.takeDead(ctx, min(limit-len(out), 10))
		if err != nil {
			return nil, err
		}
		if len(messages) == 0 {
			break
		}
		for _, m := range messages {
			out = append(out, q.deadOf(ctx, m))
		}
	}
	for _, d := range out {
		q.release(ctx, d.handle)
	}
	return out, nil
}

func (q *SQS) takeDead(ctx context.Context, n int) ([]types.Message, error) {
	out, err := q.client.ReceiveMessage(ctx,
		&sqs.ReceiveMessageInput{QueueUrl: &q.dead, MaxNumberOfMessages: int32(n), VisibilityTimeout: 60,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp}})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return out.Messages, nil
}

func (q *SQS) deadOf(ctx context.Context, m types.Message) Dead {
	d := Dead{handle: aws.ToString(m.ReceiptHandle), Error: "the message is not one of a job"}
	if ms, err := strconv.ParseInt(m.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10,
		64); err == nil {
		d.At = time.UnixMilli(ms)
	}
	var body sqsBody
	if json.Unmarshal([]byte(aws.ToString(m.Body)), &body) != nil {
		return d
	}
	d.Job, d.Error = body.Job.String(), "the job is not in the database"
	if job, err := q.store.Job(ctx, body.Job); err == nil {
		d.Error = job.Error
	}
	return d
}

func (q *SQS) release(ctx context.Context, handle string) {
	_, err := q.client.ChangeMessageVisibility(ctx,
		&sqs.ChangeMessageVisibilityInput{QueueUrl: &q.dead, ReceiptHandle: &handle})
	if err != nil {
		q.config.Log.WarnContext(ctx, "let go of a dead letter: it comes back by itself", "err", err)
	}
}

// Replay sends dead letters again, each before it is removed from the dead:
// one may be done twice, none is lost.
func (q *SQS) Replay(ctx context.Context, ids ...string) (int, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	n := 0
	var left []string
	defer func() {
		for _, handle := range left {
			q.release(context.WithoutCancel(ctx), handle)
		}
	}()
	for {
		messages, err := q.takeDead(ctx, 10)
		if err != nil || len(messages) == 0 {
			return n, err
		}
		for _, m := range messages {
			d := q.deadOf(ctx, m)
			job, err := uuid.Parse(d.Job)
			if err != nil || len(wanted) > 0 && !wanted[d.Job] {
				left = append(left, d.handle)
				continue
			}
			if err := q.replay(ctx, job, d.handle); err != nil {
				return n, err
			}
			n++
		}
	}
}

func (q *SQS) replay(ctx context.Context, job uuid.UUID, handle string) error {
	if err := q.send(ctx, q.url, job); err != nil {
		return fmt.Errorf("replay %s: %w", job, err)
	}
	if _, err := q.client.DeleteMessage(ctx,
		&sqs.DeleteMessageInput{QueueUrl: &q.dead, ReceiptHandle: &handle}); err != nil {
		return fmt.Errorf("remove the dead letter of %s: %w", job, err)
	}
	return nil
}
