package queue

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mainPolicy is the queue's policy: no plain HTTP, and, where there are
// topics, those and no other may put messages into it.
func (q *Queue) mainPolicy(topics pulumi.StringArray) pulumi.StringOutput {
	if len(topics) == 0 {
		return q.ARN.ApplyT(tlsOnly).(pulumi.StringOutput)
	}
	return pulumi.All(q.ARN, topics).ApplyT(func(v []any) (string, error) {
		return fromTopics(v[0].(string), v[1].([]string))
	}).(pulumi.StringOutput)
}

// fromTopics lets SNS deliver what these topics publish.
func fromTopics(arn string, topics []string) (string, error) {
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{
			denyPlainHTTP(arn),
			map[string]any{
				"Sid": "AllowTopics", "Effect": "Allow", "Principal": map[string]any{"Service": "sns.amazonaws.com"},
				"Action": "sqs:SendMessage", "Resource": arn,
				"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": topics}},
			},
		},
	})
	return string(policy), err
}

// attach makes the policy of one of the two queues.
func (q *Queue) attach(ctx *pulumi.Context, name string, url, policy pulumi.StringOutput) (*sqs.QueuePolicy, error) {
	return sqs.NewQueuePolicy(ctx, name, &sqs.QueuePolicyArgs{QueueUrl: url, Policy: policy}, pulumi.Parent(q))
}
