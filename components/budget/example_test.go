package budget_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/components/budget"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// Fifty dollars a month for the whole account.
func ExampleNew() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := budget.New(ctx, "budget", budget.Args{
			Monthly: decimal.NewFromInt(50),
			Emails:  []string{"ops@example.com"},
		})
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range rec.All(token.BudgetsBudget) {
		fmt.Println(b.String("limitAmount"), b.String("limitUnit"), b.String("timeUnit"))
	}
	// Output: 50 USD MONTHLY
}
