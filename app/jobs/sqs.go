package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
)

// SQS carries jobs over a queue whose redrive policy moves a message to the
// queue of dead letters after as many deliveries as a job has attempts.
type SQS struct {
	client    *sqs.Client
	url, dead string
	store     *store.Store
	config    Config
	// visible is how long a message is hidden before it is extended; a worker
	// that dies lets go of its messages after that.
	visible time.Duration
}

// NewSQS uses queues that exist.
func NewSQS(config aws.Config, url, dead string, s *store.Store, c Config) *SQS {
	return &SQS{client: sqs.NewFromConfig(config), url: url, dead: dead, store: s, config: c.withDefaults(),
		visible: 30 * time.Second}
}

// WithVisible sets how long a message stays hidden after its worker has died,
// in whole seconds.
func (q *SQS) WithVisible(d time.Duration) *SQS {
	q.visible = d
	return q
}

type sqsBody struct {
	Job   uuid.UUID `json:"job"`
	Trace string    `json:"trace,omitempty"`
}

// sendTimeout is how long who asks for a job waits for the queue to take it.
const sendTimeout = 3 * time.Second

// Enqueue is as the interface says. The job is noted first: a worker may get
// the message before this returns. While the queue takes nothing the job waits
// where it is noted, and is sent by [SQS.Sweep] once it does.
func (q *SQS) Enqueue(ctx context.Context, j store.Job) error {
	err := pgx.BeginFunc(ctx, q.store.Pools().Primary(), func(tx pgx.Tx) error { return store.CreateJob(ctx, tx, j) })
	if exists(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	bounded, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	sent := q.send(bounded, q.url, j.ID)
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if sent != nil {
		err = q.store.FinishJob(noting, j.ID, store.JobQueued, "", store.JobWaits)
	} else {
		err = q.store.MarkSent(noting, j.ID)
	}
	if err := errors.Join(sent, err); err != nil { // it is sent once more
		q.config.Log.WarnContext(ctx, "send a job: it is sent later", "job", j.ID, "err", err)
	}
	return nil
}

const (
	// unsentAfter is how long a job may be noted and not sent: longer than it
	// takes to send it, and than a worker of another queue may be at it.
	unsentAfter = 2 * contract.JobSeconds * time.Second
	sweepEvery  = 5 * time.Second
	sweepBatch  = 100
)

// Sweep sends what was noted but not sent, because its server crashed between
// the two, because it was noted when the queue was still the database, or because
// the queue was away: of the last it need not be as old as after. It returns how many.
func (q *SQS) Sweep(ctx context.Context, after time.Duration) (n int, err error) {
	err = q.store.Unsent(ctx, after, sweepBatch, func(job uuid.UUID) error {
		err := q.send(ctx, q.url, job)
		if err == nil {
			n++
		}
		return err
	})
	if err != nil {
		return n, fmt.Errorf("send jobs that were not sent: %w", err)
	}
	return n, nil
}

// sweep does so until ctx ends.
func (q *SQS) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := q.Sweep(ctx, unsentAfter)
		if n > 0 || err != nil && ctx.Err() == nil {
			q.config.Log.WarnContext(ctx, "sent jobs that were not sent", "jobs", n, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(sweepEvery):
		}
	}
}

func (q *SQS) send(ctx context.Context, url string, job uuid.UUID) error {
	body, err := json.Marshal(sqsBody{Job: job, Trace: tracing.Of(ctx)})
	if err != nil {
		return err
	}
	_, err = q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String(string(body))})
	return err
}

// Work is as the interface says.
func (q *SQS) Work(ctx context.Context, run Run, grace time.Duration) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	slots := make(chan struct{}, q.config.Concurrency)
	var under sync.WaitGroup
	under.Go(func() { q.sweep(ctx) })
	for ctx.Err() == nil {
		for _, m := range q.receive(ctx, slots) {
			under.Go(func() {
				defer func() { <-slots }()
				q.do(working, run, m)
			})
		}
	}
	finished := make(chan struct{})
	go func() { under.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(grace):
		cancel()
		<-finished
	}
	return nil
}

// receive waits for a free slot and then for messages, one slot for each.
func (q *SQS) receive(ctx context.Context, slots chan struct{}) []types.Message {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	free := 1
	for free < min(cap(slots), 10) {
		select {
		case slots <- struct{}{}:
			free++
			continue
		default:
		}
		break
	}
	out, err := q.client.ReceiveMessage(ctx,
		&sqs.ReceiveMessageInput{QueueUrl: &q.url, MaxNumberOfMessages: int32(free), WaitTimeSeconds: 20,
			VisibilityTimeout: int32(q.visible / time.Second), MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount}})
	if err != nil {
		out = &sqs.ReceiveMessageOutput{}
		if ctx.Err() == nil {
			q.config.Log.WarnContext(ctx, "receive jobs", "err", err)
			time.Sleep(time.Second)
		}
	}
	for range free - len(out.Messages) {
		<-slots
	}
	return out.Messages
}

// do makes one attempt, hides the message while it lasts, and deletes it or
// lets it come again.
func (q *SQS) do(ctx context.Context, run Run, m types.Message) {
	// 0 is a first attempt as well
	number, _ := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	number = max(number, 1)
	jobCtx, cancel := context.WithTimeout(ctx, q.config.Longest)
	defer cancel()
	extended := make(chan struct{})
	go func() { defer close(extended); q.extend(jobCtx, m) }()
	var body sqsBody
	err := json.Unmarshal([]byte(aws.ToString(m.Body)), &body)
	if err != nil {
		err = fmt.Errorf("read the message: %w", err)
	} else {
		err = run(jobCtx, Attempt{Job: body.Job, Number: number, Last: number >= q.config.Attempts, Trace: body.Trace})
	}
	cancel()
	<-extended
	after, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	if err == nil {
		_, err = q.client.DeleteMessage(after, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle})
	} else {
		wait := q.config.pause(number)
		if interrupted(ctx) { // by the worker's own end
			wait = 0
		}
		_, err = q.client.ChangeMessageVisibility(after,
			&sqs.ChangeMessageVisibilityInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle,
				VisibilityTimeout: int32(wait / time.Second)})
	}
	if err != nil {
		q.config.Log.WarnContext(ctx, "settle a job's message: it will come again", "err", err)
	}
}

// extend keeps the message hidden while its job is being done.
func (q *SQS) extend(ctx context.Context, m types.Message) {
	tick := time.NewTicker(max(q.visible/3, 100*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, err := q.client.ChangeMessageVisibility(ctx,
			&sqs.ChangeMessageVisibilityInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle,
				VisibilityTimeout: int32(q.visible / time.Second)})
		if err != nil && ctx.Err() == nil {
			q.config.Log.WarnContext(ctx, "extend a job's message", "err", err)
		}
	}
}

// Length is SQS' own estimate of what waits.
func (q *SQS) Length(ctx context.Context) (int, error) {
	name := types.QueueAttributeNameApproximateNumberOfMessages
	out, err := q.client.GetQueueAttributes(ctx,
		&sqs.GetQueueAttributesInput{QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{name}})
	if err != nil {
		return 0, fmt.Errorf("ask the queue's length: %w", err)
	}
	return strconv.Atoi(out.Attributes[string(name)])
}
