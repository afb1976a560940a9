// Package budgets simulates AWS Budgets.
package budgets

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// badBudget is the Budgets service's refusal of a parameter.
const badBudget = "InvalidParameterException"

// Limits of one budget (AWS Billing user guide, "Budgets quotas" and "Creating a
// budget").
const (
	maxNotifications = 10
	maxBudgetEmails  = 10
	maxBudgetTopics  = 1
)

// Kinds is the table of cost budgets.
func Kinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.BudgetsBudget, Service: "Budgets", API: "Budget", Noun: "Budget", Global: true,
		Verbs: map[sim.Verb]string{sim.Update: "UpdateBudget"},
		ID:    func(o *sim.Op) string { return o.Account + ":" + o.NameOf() },
		Name: &sim.Name{Prefix: "namePrefix", Auto: true, Max: 100, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[^:\\]+$`), Want: "no colon and no backslash",
		}},
		AtMostOneOf: [][]string{{"name", "namePrefix"}, {"limitAmount", "plannedLimits"}, {"limitUnit", "plannedLimits"}},
		Defaults:    sim.Props{"timePeriodEnd": "2087-06-15_00:00"},
		Enums: map[string][]string{
			"budgetType":                       {"COST", "USAGE", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"},
			"timeUnit":                         {"DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"},
			"notifications.comparisonOperator": {"GREATER_THAN", "LESS_THAN", "EQUAL_TO"},
			"notifications.notificationType":   {"ACTUAL", "FORECASTED"}, "notifications.thresholdType": {"PERCENTAGE", "ABSOLUTE_VALUE"},
		},
		Sets:      []string{"notifications", "costFilters", "plannedLimits"},
		ReplaceOn: []string{"accountId", "name", "namePrefix"},
		Ignore:    sameAmount,
		Outputs:   budgetOutputs,
		Refs:      []sim.Ref{refer.Topic("notifications.subscriberSnsTopicArns", badBudget)},
		Rules:     append(sim.Many(sim.Create, refer.TakenID("DuplicateRecordException")), sim.Many(sim.Create|sim.Update, budgetLimit, budgetNotifications)...),
		Quota:     &sim.Quota{Key: "budgets.budgets", Default: 20000, Code: "CreationLimitExceededException"},
	}}
}

func budgetOutputs(o *sim.Op) sim.Props {
	return sim.Props{
		"arn": o.GlobalARN("budgets", "budget/"+o.NameOf()), "accountId": o.Account, "namePrefix": "", "timePeriodStart": "2026-01-01_00:00",
		"limitAmount": "0", "limitUnit": "USD", "costFilters": []any{},
		"costTypes": map[string]any{
			"includeCredit": true, "includeDiscount": true, "includeOtherSubscription": true, "includeRecurring": true, "includeRefund": true,
			"includeSubscription": true, "includeSupport": true, "includeTax": true, "includeUpfront": true, "useAmortized": false, "useBlended": false,
		},
	}
}

// sameAmount: "100" and "100.0" are the same limit.
func sameAmount(old, next sim.Props) []string {
	a, err := strconv.ParseFloat(old.Str("limitAmount"), 64)
	b, err2 := strconv.ParseFloat(next.Str("limitAmount"), 64)
	if err == nil && err2 == nil && a == b {
		return []string{"limitAmount"}
	}
	return nil
}

func budgetLimit(o *sim.Op) error {
	if o.In.Has("plannedLimits") || o.In.Has("autoAdjustData") {
		return nil
	}
	amount, err := strconv.ParseFloat(o.In.Str("limitAmount"), 64)
	switch {
	case err != nil || amount <= 0:
		return sim.Refuse(badBudget,
			fmt.Sprintf("Budget limit amount must be a number greater than 0, got %q",
				o.In.Str("limitAmount")), "Give limitAmount.")
	case o.In.Str("budgetType") == "COST" && o.In.Str("limitUnit") != "USD":
		return sim.Refuse(badBudget, fmt.Sprintf("Cost budgets have the unit USD, got %q", o.In.Str("limitUnit")),
			"Set limitUnit to USD.")
	}
	return nil
}

func budgetNotifications(o *sim.Op) error {
	all := o.In.Maps("notifications")
	if len(all) > maxNotifications {
		return sim.Refuse("CreationLimitExceededException",
			fmt.Sprintf("A budget has at most %d notifications, got %d", maxNotifications, len(all)), "Drop some thresholds.")
	}
	seen := map[string]bool{}
	for _, n := range all {
		emails, topics := len(n.Strs("subscriberEmailAddresses")), len(n.Strs("subscriberSnsTopicArns"))
		what := fmt.Sprintf("%s %s %v %s", n.Str("notificationType"), n.Str("comparisonOperator"), n.Num("threshold"),
			n.Str("thresholdType"))
		switch {
		case emails+topics == 0:
			return sim.Refuse(badBudget, "A notification must have at least one subscriber",
				"Give "+what+" an email address or a topic.")
		case emails > maxBudgetEmails || topics > maxBudgetTopics:
			return sim.Refuse("CreationLimitExceededException",
				fmt.Sprintf("A notification has at most %d email and %d SNS subscribers", maxBudgetEmails, maxBudgetTopics),
				"Subscribe further people to the topic.")
		case n.Str("notificationType") == "FORECASTED" && o.In.Str("timeUnit") == "DAILY":
			return sim.Refuse(badBudget, "Daily budgets don't support forecasted notifications",
				"Use ACTUAL, or a longer timeUnit.")
		case n.Num("threshold") <= 0:
			return sim.Refuse(badBudget, "The threshold must be greater than 0", "Give "+what+" a threshold.")
		case seen[what]:
			return sim.Refuse("DuplicateRecordException", "Duplicate notification: "+what, "Join their subscribers.")
		}
		seen[what] = true
	}
	return nil
}
