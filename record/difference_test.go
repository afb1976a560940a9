package record_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// queues makes one queue per name, with a delay in seconds each.
func queues(delays map[string]int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for name, delay := range delays {
			var r pulumi.CustomResourceState
			in := pulumi.Map{"delaySeconds": pulumi.Int(delay), "policy": pulumi.String(strings.Repeat("long ", 40) + name)}
			if err := ctx.RegisterResource(token.SQSQueue, name, in, &r); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestPlanOver(t *testing.T) {
	base := recordtest.Run(t, queues(map[string]int{"same": 0, "changed": 0, "gone": 0}))
	now := recordtest.Run(t, queues(map[string]int{"same": 0, "changed": 7, "new": 1, "new-euw1": 1, "changed-euw1": 9}))
	got := now.PlanOver(record.Over{Base: base, Twin: strings.NewReplacer("-euw1", "").Replace})

	for _, want := range []string{
		"~ aws:sqs/queue:Queue changed\n  - delaySeconds: 0\n  + delaySeconds: 7\n",
		"+ aws:sqs/queue:Queue new\n  delaySeconds: 1\n",
		"≈ aws:sqs/queue:Queue changed-euw1\n  - delaySeconds: 7\n  + delaySeconds: 9\n",
		"- aws:sqs/queue:Queue gone\n",
		"= 1 resources are as they were\n",
		"= 1 resources in us-east-1 are like their twins at home\n",
	} {
		assert.Contains(t, got, want)
	}
	assert.NotContains(t, got, "Queue same")
	assert.NotContains(t, got, "Queue new-euw1", "a text that differs in the region's code alone is alike, however long")
}

// Without a base a plan is whole.
func TestPlanOverNothing(t *testing.T) {
	rec := recordtest.Run(t, queues(map[string]int{"one": 1, "two": 2}))
	got := rec.PlanOver(record.Over{})
	assert.Equal(t, 2, strings.Count(got, "+ aws:sqs/queue:Queue "), got)
	assert.NotContains(t, got, "=")
}
