package preview_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

func TestIncrease(t *testing.T) {
	money := func(s string) preview.Money { return preview.USD(decimal.RequireFromString(s)) }
	for name, tt := range map[string]struct {
		limit, from, to string
		over            bool
	}{
		"no limit": {"", "1", "1000", false}, "just a tenth more": {"10%", "100", "110", false}, "more than a tenth": {"10%", "100", "110.01", true},
		"an amount": {"$200", "100", "300.01", true}, "up to the amount": {"200", "100", "300", false}, "less": {"0%", "100", "90", false},
		"from nothing": {"10%", "0", "0.01", true}, "no more at all": {"0", "5", "5.01", true},
	} {
		limit, err := preview.ParseIncrease(tt.limit)
		require.NoError(t, err, name)
		assert.Equal(t, tt.over, limit.Exceeded(money(tt.from), money(tt.to)), name)
	}
	for _, bad := range []string{"-5%", "much", "%", "$", "1e99999999"} {
		_, err := preview.ParseIncrease(bad)
		assert.ErrorContains(t, err, "want a percentage or an amount", bad)
	}
}
