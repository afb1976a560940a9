package polyglot

import (
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

// Queue is the outer component of a queue.
type Queue struct {
	pulumi.ResourceState
	URL     pulumi.StringOutput `pulumi:"url"`
	ARN     pulumi.StringOutput `pulumi:"arn"`
	Name    pulumi.StringOutput `pulumi:"queueName"`
	DeadURL pulumi.StringOutput `pulumi:"deadUrl"`
	DeadARN pulumi.StringOutput `pulumi:"deadArn"`
}

func queueComponent() component {
	return component{
		kind: "Queue", folder: "queue", args: QueueArgs{}, outputs: Queue{}, construct: constructs(NewQueue),
		constants: map[string]any{
			"DefaultAttempts":          queue.DefaultAttempts,
			"DefaultRetentionDays":     queue.DefaultRetentionDays,
			"DefaultDeadRetentionDays": queue.DefaultDeadRetentionDays,
			"DefaultAlarmDepth":        queue.DefaultAlarmDepth,
			"DefaultAlarmAgeSeconds":   queue.DefaultAlarmAgeSeconds,
		},
		defaults: map[string]any{
			"attempts":          queue.DefaultAttempts,
			"retentionDays":     queue.DefaultRetentionDays,
			"deadRetentionDays": queue.DefaultDeadRetentionDays,
			"alarmDepth":        queue.DefaultAlarmDepth,
			"alarmAgeSeconds":   queue.DefaultAlarmAgeSeconds,
		},
		says: map[string]string{
			"jobSeconds": "The longest that a job may take, in seconds. At most 7,200: a message can be hidden for 12 hours.",
			"url":        "The queue's URL, to which jobs are sent.",
			"arn":        "The queue's ARN.",
			"deadUrl":    "The URL of the queue of dead letters.",
			"deadArn":    "The ARN of the queue of dead letters.",
		},
	}
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
