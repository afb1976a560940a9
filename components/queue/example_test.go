package queue_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/queue"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A queue whose jobs take up to two minutes.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		jobs, err := queue.New(ctx, "jobs", queue.Args{JobSeconds: 120})
		if err != nil {
			return err
		}
		ctx.Export("queue", jobs.URL)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range rec.All(token.SQSQueue) {
		fmt.Println(q.Name, "hides a job for", q.Value("visibilityTimeoutSeconds"), "s")
	}
	// Output:
	// jobs-dead hides a job for 720 s
	// jobs-main hides a job for 720 s
}
