package polyglot

import (
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/queue"
)

// QueueArgs are the inputs of a queue.
type QueueArgs struct {
	JobSeconds        int                `pulumi:"jobSeconds,optional"`
	Attempts          int                `pulumi:"attempts,optional"`
	RetentionDays     int                `pulumi:"retentionDays,optional"`
	DeadRetentionDays int                `pulumi:"deadRetentionDays,optional"`
	AlarmDepth        int                `pulumi:"alarmDepth,optional"`
	AlarmAgeSeconds   int                `pulumi:"alarmAgeSeconds,optional"`
	Tags              map[string]string  `pulumi:"tags,optional"`
	Alerts            pulumi.StringInput `pulumi:"alerts,optional"`
	ConfirmDataLoss   []string           `pulumi:"confirmDataLoss,optional"`
}

// Annotate describes the inputs and gives their defaults.
func (q *QueueArgs) Annotate(a infer.Annotator) {
	describe(a, q, "queue.Args", map[string]any{
		"DefaultAttempts": queue.DefaultAttempts, "DefaultRetentionDays": queue.DefaultRetentionDays,
		"DefaultDeadRetentionDays": queue.DefaultDeadRetentionDays, "DefaultAlarmDepth": queue.DefaultAlarmDepth,
		"DefaultAlarmAgeSeconds": queue.DefaultAlarmAgeSeconds,
	})
	a.Describe(&q.JobSeconds, "The longest that a job may take, in seconds. At most 7,200: a message can be hidden for "+
		"12 hours.")
	a.SetDefault(&q.Attempts, queue.DefaultAttempts)
	a.SetDefault(&q.RetentionDays, queue.DefaultRetentionDays)
	a.SetDefault(&q.DeadRetentionDays, queue.DefaultDeadRetentionDays)
	a.SetDefault(&q.AlarmDepth, queue.DefaultAlarmDepth)
	a.SetDefault(&q.AlarmAgeSeconds, queue.DefaultAlarmAgeSeconds)
}

// Queue is the outer component of a queue.
type Queue struct {
	pulumi.ResourceState
	URL     pulumi.StringOutput `pulumi:"url"`
	ARN     pulumi.StringOutput `pulumi:"arn"`
	Name    pulumi.StringOutput `pulumi:"queueName"`
	DeadURL pulumi.StringOutput `pulumi:"deadUrl"`
	DeadARN pulumi.StringOutput `pulumi:"deadArn"`
}

// Annotate describes the component and its outputs.
func (q *Queue) Annotate(a infer.Annotator) {
	a.SetToken("index", "Queue")
	a.Describe(&q, docs["queue"])
	describe(a, q, "queue.Queue", nil)
	a.Describe(&q.URL, "The queue's URL, to which jobs are sent.")
	a.Describe(&q.ARN, "The queue's ARN.")
	a.Describe(&q.DeadURL, "The URL of the queue of dead letters.")
	a.Describe(&q.DeadARN, "The ARN of the queue of dead letters.")
}

// NewQueue builds a queue.
func NewQueue(ctx *pulumi.Context, name string, args QueueArgs, opts ...pulumi.ResourceOption) (*Queue, error) {
	q := &Queue{}
	c, err := register(ctx, "Queue", name, q, common{args.Tags, args.Alerts, args.ConfirmDataLoss}, opts)
	if err != nil {
		return nil, err
	}
	made, err := queue.New(ctx, name, queue.Args{
		Common: c, JobSeconds: args.JobSeconds, Attempts: args.Attempts, RetentionDays: args.RetentionDays,
		DeadRetentionDays: args.DeadRetentionDays, AlarmDepth: args.AlarmDepth, AlarmAgeSeconds: args.AlarmAgeSeconds,
	}, pulumi.Parent(q))
	if err != nil {
		return nil, err
	}
	q.URL, q.ARN, q.Name, q.DeadURL, q.DeadARN = made.URL, made.ARN, made.Name, made.DeadURL, made.DeadARN
	return q, nil
}
