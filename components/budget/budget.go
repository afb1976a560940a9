// Package budget watches what the month costs and tells people before it is
// over.
//
// Every stage needs it: the first bill is the one that nobody expects. A budget
// without actions is free. It tells twice: when 80 % of the amount is spent,
// and when AWS forecasts that all of it will be; AWS needs about five weeks of
// history before it forecasts.
//
// It stops nothing, and it is no estimate: AWS updates its figures up to three
// times a day. It refuses amounts that are not money and more recipients than
// AWS takes.
package budget

import (
	"errors"
	"fmt"
	"net/mail"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It is in every stack's state, so it is frozen.
const Token = "rung:components:Budget"

const (
	// actualPercent and forecastPercent are when people are told, in percent of
	// the amount: with a fifth left there is time to act.
	actualPercent   = 80
	forecastPercent = 100
	// maxEmails is how many addresses AWS takes for one notification.
	maxEmails = 10
)

// Args describe the budget.
type Args struct {
	part.Common
	// Monthly is the amount in USD for a calendar month, above zero, in whole
	// cents. Required.
	Monthly decimal.Decimal
	// Emails are told, at most ten. Common.Alerts is told too; its topic's
	// policy must let budgets.amazonaws.com publish. Without either, the budget
	// stands in the console and tells nobody.
	Emails []string
	// OnlyStack counts only what carries this stack's rung:stack tag, instead of
	// the whole account. It needs that tag to be activated as a cost allocation
	// tag in the billing console: until then such a budget sees nothing.
	OnlyStack bool
}

// Budget is a monthly cost budget.
type Budget struct {
	pulumi.ResourceState

	// Name is the budget's name in the billing console.
	Name pulumi.StringOutput
}

var _ pulumi.ComponentResource = (*Budget)(nil)

// withDefaults has nothing to fill in: an amount cannot be guessed.
func (a Args) withDefaults() Args { return a }

func (a Args) validate() error {
	var errs []error
	if !a.Monthly.IsPositive() {
		errs = append(errs, fmt.Errorf("Monthly: got %s, want more than 0 USD", a.Monthly))
	}
	if !a.Monthly.Equal(a.Monthly.Round(2)) {
		errs = append(errs, fmt.Errorf("Monthly: got %s, want whole cents", a.Monthly))
	}
	if len(a.Emails) > maxEmails {
		errs = append(errs, fmt.Errorf("Emails: got %d, want at most %d", len(a.Emails), maxEmails))
	}
	for i, e := range a.Emails {
		if parsed, err := mail.ParseAddress(e); err != nil || parsed.Address != e {
			errs = append(errs, fmt.Errorf("Emails[%d]: got %q, want an address such as ops@example.com", i, e))
		}
	}
	return errors.Join(errs...)
}

// New builds the budget. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Budget, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("budget %s: %w", name, err)
	}
	b := &Budget{}
	if err := ctx.RegisterComponentResource(Token, name, b, opts...); err != nil {
		return nil, fmt.Errorf("register budget %s: %w", name, err)
	}
	made, err := budgets.NewBudget(ctx, name+"-monthly", args.budget(ctx, name), pulumi.Parent(b))
	if err != nil {
		return nil, fmt.Errorf("budget %s: create it: %w", name, err)
	}
	b.Name = made.Name
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name})
}

func (a Args) budget(ctx *pulumi.Context, name string) *budgets.BudgetArgs {
	args := &budgets.BudgetArgs{
		BudgetType:    pulumi.String("COST"),
		TimeUnit:      pulumi.String("MONTHLY"),
		LimitAmount:   pulumi.String(a.Monthly.String()),
		LimitUnit:     pulumi.String("USD"),
		Notifications: a.notifications(),
		Tags:          a.TagsFor(ctx, name),
	}
	if a.OnlyStack {
		args.CostFilters = budgets.BudgetCostFilterArray{&budgets.BudgetCostFilterArgs{
			Name:   pulumi.String("TagKeyValue"),
			Values: pulumi.StringArray{pulumi.Sprintf("user:%s$%s", part.TagStack, ctx.Stack())},
		}}
	}
	return args
}

// notifications are nil when there is nobody to tell: AWS takes none without a
// recipient.
func (a Args) notifications() budgets.BudgetNotificationArray {
	if len(a.Emails) == 0 && a.Alerts == nil {
		return nil
	}
	return budgets.BudgetNotificationArray{
		a.notification("ACTUAL", actualPercent),
		a.notification("FORECASTED", forecastPercent),
	}
}

func (a Args) notification(kind string, percent float64) budgets.BudgetNotificationInput {
	n := &budgets.BudgetNotificationArgs{
		NotificationType:   pulumi.String(kind),
		ComparisonOperator: pulumi.String("GREATER_THAN"),
		Threshold:          pulumi.Float64(percent),
		ThresholdType:      pulumi.String("PERCENTAGE"),
	}
	if len(a.Emails) > 0 {
		n.SubscriberEmailAddresses = pulumi.ToStringArray(a.Emails)
	}
	if a.Alerts != nil {
		n.SubscriberSnsTopicArns = pulumi.StringArray{a.Alerts.ToStringOutput()}
	}
	return n
}
