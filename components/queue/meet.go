package queue

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/SQS"

// Producer is what a role needs that enqueues jobs.
func (q *Queue) Producer() []part.Permission {
	return []part.Permission{{
		Name:      "queue-send",
		Actions:   []string{"sqs:SendMessage", "sqs:GetQueueAttributes"},
		Resources: pulumi.StringArray{q.ARN},
	}}
}

// Consumer is what a role needs that works on jobs: take, prolong and finish
// them, and put one that can never succeed aside at once.
func (q *Queue) Consumer() []part.Permission {
	return []part.Permission{
		{
			Name: "queue-receive",
			Actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage",
				"sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"},
			Resources: pulumi.StringArray{q.ARN},
		},
		{
			Name:      "queue-bury",
			Actions:   []string{"sqs:SendMessage", "sqs:GetQueueAttributes"},
			Resources: pulumi.StringArray{q.DeadARN},
		},
	}
}

// Widgets are the queue's graphs.
func (q *Queue) Widgets() []part.Widget {
	main, dead := pulumi.StringMap{"QueueName": q.Name}, pulumi.StringMap{"QueueName": q.DeadName}
	return []part.Widget{
		{Title: "Jobs", Metrics: []part.Metric{
			{Namespace: namespace, Name: "ApproximateNumberOfMessagesVisible", Dimensions: main, Statistic: "Maximum", Label: "waiting"},
			{Namespace: namespace, Name: "ApproximateNumberOfMessagesNotVisible", Dimensions: main, Statistic: "Maximum", Label: "in work"},
			{Namespace: namespace, Name: "ApproximateNumberOfMessagesVisible", Dimensions: dead, Statistic: "Maximum", Label: "dead letters"},
		}},
		{Title: "Age of the oldest job (s)", Metrics: []part.Metric{
			{Namespace: namespace, Name: "ApproximateAgeOfOldestMessage", Dimensions: main, Statistic: "Maximum", Label: "age"},
		}},
	}
}

func (q *Queue) watch(ctx *pulumi.Context, name string, args Args) error {
	main, dead := pulumi.StringMap{"QueueName": q.Name}, pulumi.StringMap{"QueueName": q.DeadName}
	list := []alarms.Alarm{
		{
			Name: "age", Why: "The oldest job waits too long: workers are missing, stuck or too few. Look at the workers' alarms and logs first.",
			Namespace: namespace, Metric: "ApproximateAgeOfOldestMessage", Dimensions: main, Statistic: "Maximum",
			Threshold: float64(args.AlarmAgeSeconds), Missing: alarms.MissingIsGood,
		},
		{
			Name: "depth", Why: "Jobs arrive faster than the workers finish them. See whether the worker fleet is at its maximum.",
			Namespace: namespace, Metric: "ApproximateNumberOfMessagesVisible", Dimensions: main, Statistic: "Maximum",
			Compare: alarms.AtLeast, Threshold: float64(args.AlarmDepth), Missing: alarms.MissingIsGood,
		},
		{
			Name: "dead", Why: "A job failed on every attempt and is a dead letter. Read it, mend the cause, then redrive the dead-letter queue.",
			Namespace: namespace, Metric: "ApproximateNumberOfMessagesVisible", Dimensions: dead, Statistic: "Maximum",
			Threshold: 0, Periods: 1, Missing: alarms.MissingIsGood,
		},
	}
	made, err := alarms.Create(ctx, q, name, args.Common, list...)
	if err != nil {
		return err
	}
	q.Alarms = alarms.Named(list, made)
	return nil
}
