package budget

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func usd(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func run(t *testing.T, args Args) record.Resource {
	t.Helper()
	return recordtest.Only(t, recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "budget", args)
		return err
	}), token.BudgetsBudget)
}

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Budget", Token) }

func TestValidate(t *testing.T) {
	eleven := make([]string, 11)
	for i := range eleven {
		eleven[i] = fmt.Sprintf("ops%d@example.com", i)
	}
	tests := map[string]struct {
		give Args
		want []string // parts of the error; none means valid
	}{
		"whole dollars":      {give: Args{Monthly: usd("50")}},
		"cents":              {give: Args{Monthly: usd("49.90")}},
		"missing":            {Args{}, []string{"Monthly: got 0, want more than 0"}},
		"negative":           {Args{Monthly: usd("-1")}, []string{"Monthly: got -1"}},
		"parts of a cent":    {Args{Monthly: usd("1.005")}, []string{"Monthly: got 1.005, want whole cents"}},
		"eleven people":      {Args{Monthly: usd("1"), Emails: eleven}, []string{"Emails: got 11"}},
		"no address":         {Args{Monthly: usd("1"), Emails: []string{"ops"}}, []string{`Emails[0]: got "ops"`}},
		"a name and address": {Args{Monthly: usd("1"), Emails: []string{"Ops <ops@example.com>"}}, []string{"Emails[0]"}},
		"everything at once": {Args{Emails: []string{"ops"}}, []string{"Monthly", "Emails[0]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestTellsTwice(t *testing.T) {
	args := Args{Monthly: usd("49.90"), Emails: []string{"ops@example.com"}}
	args.Alerts = pulumi.String("arn:topic")
	b := run(t, args)
	assert.Equal(t, "49.9", b.String("limitAmount"))
	assert.Equal(t, "MONTHLY", b.String("timeUnit"))
	for i, want := range []struct {
		kind    string
		percent float64
	}{{"ACTUAL", 80}, {"FORECASTED", 100}} {
		at := fmt.Sprintf("notifications[%d].", i)
		assert.Equal(t, want.kind, b.String(at+"notificationType"))
		assert.Equal(t, want.percent, b.Number(at+"threshold"))
		assert.Equal(t, "ops@example.com", b.String(at+"subscriberEmailAddresses[0]"))
		assert.Equal(t, "arn:topic", b.String(at+"subscriberSnsTopicArns[0]"))
	}
}

func TestWithoutRecipientsThereAreNoNotifications(t *testing.T) {
	assert.False(t, run(t, Args{Monthly: usd("50")}).Has("notifications"))
}

func TestOnlyStackFiltersByTag(t *testing.T) {
	b := run(t, Args{Monthly: usd("50"), OnlyStack: true})
	assert.Equal(t, "user:rung:stack$dev", b.String("costFilters[0].values[0]"))
	assert.False(t, run(t, Args{Monthly: usd("50")}).Has("costFilters"))
}
