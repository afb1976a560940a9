// Package queue builds an SQS queue of jobs with its dead-letter queue.
//
// A system needs it as soon as a request would take longer than a few seconds:
// the web tier enqueues and answers at once, workers do the work. It appears
// on stage 3, together with the workers. It costs $0.40 for a million requests
// (us-east-1, standard queue; the first million a month is free in an account,
// which an estimate does not assume) and nothing while it is idle.
//
// The package refuses a queue without dead letters, a visibility time-out in
// which a job cannot finish, and plain HTTP. It makes standard queues only:
// delivery is at least once and in no strict order, so jobs must be idempotent.
package queue

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Queue"

var _ pulumi.ComponentResource = (*Queue)(nil)

// Args describe a queue. The zero value is a queue for the app's own jobs.
type Args struct {
	part.Common
	// JobSeconds is the longest that a job may take, in seconds. Zero means
	// contract.JobSeconds. At most 7,200: a message can be hidden for 12 hours.
	JobSeconds int
	// Attempts is how often a job is tried before it becomes a dead letter.
	// Zero means DefaultAttempts. 3 to 10.
	Attempts int
	// RetentionDays is how long a job waits before SQS forgets it. Zero means
	// DefaultRetentionDays. 1 to 14, and at most DeadRetentionDays.
	RetentionDays int
	// DeadRetentionDays is the same for dead letters. Zero means
	// DefaultDeadRetentionDays. 1 to 14. SQS counts from when the job was
	// first enqueued.
	DeadRetentionDays int
	// AlarmDepth is how many waiting jobs raise an alarm. Zero means DefaultAlarmDepth.
	AlarmDepth int
	// AlarmAgeSeconds is how long the oldest job may wait, in seconds. Zero
	// means DefaultAlarmAgeSeconds.
	AlarmAgeSeconds int
	// Topics are the ARNs of SNS topics that may deliver into the queue. Nil
	// admits none: only roles with the permission enqueue.
	Topics pulumi.StringArray
}

// Queue is a queue of jobs and its dead letters.
type Queue struct {
	pulumi.ResourceState

	// URL and ARN are the queue's; the app finds the URL in contract.EnvQueueURL.
	URL, ARN pulumi.StringOutput
	// Name is the queue's name, the dimension of its metrics.
	Name pulumi.StringOutput
	// DeadURL, DeadARN and DeadName are the dead-letter queue's.
	DeadURL, DeadARN, DeadName pulumi.StringOutput
	// Ready is the queue's ARN once its policy lets the topics in: what a
	// subscription must name.
	Ready pulumi.StringOutput
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names
}

// New builds the queue. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Queue, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("queue %s: %w", name, err)
	}
	q := &Queue{}
	if err := ctx.RegisterComponentResource(Token, name, q, opts...); err != nil {
		return nil, err
	}
	if err := q.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("queue %s: %w", name, err)
	}
	return q, ctx.RegisterResourceOutputs(q, pulumi.Map{
		"url": q.URL, "arn": q.ARN, "deadUrl": q.DeadURL, "deadArn": q.DeadARN,
	})
}

func (q *Queue) build(ctx *pulumi.Context, name string, args Args) error {
	dead, err := sqs.NewQueue(ctx, name+"-dead", args.deadQueue(ctx, name), args.Data(q, name+"-dead")...)
	if err != nil {
		return err
	}
	main, err := sqs.NewQueue(ctx, name+"-main", args.mainQueue(ctx, name, dead.Arn), args.Data(q, name+"-main")...)
	if err != nil {
		return err
	}
	q.URL, q.ARN, q.Name = main.Url, main.Arn, main.Name
	q.DeadURL, q.DeadARN, q.DeadName = dead.Url, dead.Arn, dead.Name
	if err := q.allowRedrive(ctx, name); err != nil {
		return err
	}
	if err := q.restrict(ctx, name, args); err != nil {
		return err
	}
	return q.watch(ctx, name, args)
}

func (a Args) mainQueue(ctx *pulumi.Context, name string, deadARN pulumi.StringOutput) *sqs.QueueArgs {
	return &sqs.QueueArgs{
		VisibilityTimeoutSeconds: pulumi.Int(a.visibilitySeconds()),
		MessageRetentionSeconds:  pulumi.Int(a.RetentionDays * daySeconds),
		ReceiveWaitTimeSeconds:   pulumi.Int(longPollSeconds),
		SqsManagedSseEnabled:     pulumi.Bool(true),
		RedrivePolicy: pulumi.JSONMarshal(pulumi.Map{
			"deadLetterTargetArn": deadARN,
			"maxReceiveCount":     pulumi.Int(a.Attempts),
		}),
		Tags: a.TagsFor(ctx, name),
	}
}

func (a Args) deadQueue(ctx *pulumi.Context, name string) *sqs.QueueArgs {
	return &sqs.QueueArgs{
		VisibilityTimeoutSeconds: pulumi.Int(a.visibilitySeconds()),
		MessageRetentionSeconds:  pulumi.Int(a.DeadRetentionDays * daySeconds),
		ReceiveWaitTimeSeconds:   pulumi.Int(longPollSeconds),
		SqsManagedSseEnabled:     pulumi.Bool(true),
		Tags:                     a.TagsFor(ctx, name),
	}
}

// allowRedrive lets only this queue's failures into the dead letters. It is a
// resource of its own because the two queues name each other.
func (q *Queue) allowRedrive(ctx *pulumi.Context, name string) error {
	_, err := sqs.NewRedriveAllowPolicy(ctx, name+"-dead-sources", &sqs.RedriveAllowPolicyArgs{
		QueueUrl: q.DeadURL,
		RedriveAllowPolicy: pulumi.JSONMarshal(pulumi.Map{
			"redrivePermission": pulumi.String("byQueue"),
			"sourceQueueArns":   pulumi.StringArray{q.ARN},
		}),
	}, pulumi.Parent(q))
	return err
}

// restrict gives both queues their policies. The queue is published once its
// own is there: before, SNS could not deliver into it.
func (q *Queue) restrict(ctx *pulumi.Context, name string, args Args) error {
	policy, err := q.attach(ctx, name+"-main-policy", q.URL, q.mainPolicy(args.Topics))
	if err != nil {
		return err
	}
	if len(args.Topics) > 0 {
		q.Ready = pulumi.StringArray{q.ARN, policy.QueueUrl}.ToStringArrayOutput().Index(pulumi.Int(0))
	} else {
		q.Ready = q.ARN
	}
	_, err = q.attach(ctx, name+"-dead-policy", q.DeadURL, q.DeadARN.ApplyT(tlsOnly).(pulumi.StringOutput))
	return err
}
