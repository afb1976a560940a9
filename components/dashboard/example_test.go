package dashboard_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A dashboard of one component: every component publishes its own as Widgets.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		waiting := part.Widget{Title: "Waiting jobs", Metrics: []part.Metric{{
			Namespace: "AWS/SQS", Name: "ApproximateNumberOfMessagesVisible", Statistic: "Maximum",
			Dimensions: pulumi.StringMap{"QueueName": pulumi.String("jobs")},
		}}}
		_, err := dashboard.New(ctx, "dashboard", dashboard.Args{
			Region: "us-east-1",
			Groups: []dashboard.Group{{Title: "Jobs", Widgets: []part.Widget{waiting}}},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rec.All(token.CloudWatchDashboard)[0].Value("dashboardName"))
	// Output: rung-dev-dashboard
}
