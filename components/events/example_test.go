package events_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/events"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// The search service hears of every new post and every new user.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		kinds := []string{"user.created", "post.created"}
		_, err := events.New(ctx, "events", events.Args{
			Topics:    kinds,
			Consumers: []events.Consumer{{Name: "search", Topics: kinds}},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range rec.All(token.SNSTopicSubscription) {
		fmt.Println(s.Name, "raw:", s.Bool("rawMessageDelivery"))
	}
	// Output:
	// events-search-post-created raw: true
	// events-search-user-created raw: true
}
