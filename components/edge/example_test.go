package edge_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/edge"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A tenth of the visitors see another home page; the cache keeps both.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := edge.New(ctx, "edge", edge.Args{
			Kind:  edge.CloudFront,
			Rules: edge.Rules{Experiment: &edge.Experiment{Name: "home", Percent: 10}, Blocked: []string{"KP"}},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rec.All(token.CloudFrontKeyvaluestoreKey)[0].String("value"))
	for _, f := range rec.All(token.CloudFrontFunction) {
		fmt.Println(f.Name)
	}
	// Output:
	// {"blocked":["KP"],"experiment":{"name":"home","percent":10}}
	// edge-request
	// edge-response
}
