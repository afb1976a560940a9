package climb_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/climb"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A fleet at its maximum whose machines are busy: more load finds no machine.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := climb.New(ctx, "climb", climb.Args{Signals: []climb.Signal{{
			Name: "fleet",
			Near: "The web fleet is at its maximum, and its machines are busy.",
			Next: "Time to climb: stage 4 takes services out of the one app.",
			Any:  []pulumi.StringArray{{pulumi.String("web-at-max"), pulumi.String("web-cpu-high")}},
		}}})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rec.All(token.CloudWatchCompositeAlarm)[0].Value("alarmRule"))
	// Output: (ALARM("web-at-max") AND ALARM("web-cpu-high"))
}
