package firewall_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A firewall that only counts at first, before a load balancer behind a CDN.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := firewall.New(ctx, "firewall", firewall.Args{
			Region:          "us-east-1",
			Balancers:       map[string]pulumi.StringInput{"loadbalancer": pulumi.String("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/1")},
			ForwardedHeader: "X-Forwarded-For",
			OnlyCount:       true,
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, acl := range rec.All(token.WAFv2WebAcl) {
		for i := range acl.Value("rules").([]any) {
			fmt.Println(acl.String(fmt.Sprintf("rules[%d].name", i)))
		}
	}
	// Output:
	// rate
	// AWSManagedRulesCommonRuleSet
	// AWSManagedRulesKnownBadInputsRuleSet
}
