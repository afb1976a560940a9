package cost

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// The fast way to cents must agree with decimal's own for any two factors.
func TestCentsAgreesWithDecimal(t *testing.T) {
	factor := func(t *rapid.T, name string) decimal.Decimal {
		digits := rapid.Int64Range(0, 12_000_000_000).Draw(t, name)
		return decimal.New(digits>>rapid.IntRange(0, 33).Draw(t, name+" shorter"),
			rapid.Int32Range(-14, 3).Draw(t, name+" exponent"))
	}
	rapid.Check(t, func(t *rapid.T) {
		quantity, price := factor(t, "quantity"), factor(t, "price")
		want := quantity.Mul(price).Round(2)
		assert.True(t, want.Equal(cents(quantity, price)), "%s × %s: want %s, got %s", quantity, price, want,
			cents(quantity, price))
	})
}

func TestCentsRoundsHalvesUp(t *testing.T) {
	for give, want := range map[string]string{"16.425": "16.43", "16.4249": "16.42", "0.005": "0.01", "0.0049": "0.00",
		"730": "730.00"} {
		assert.Equal(t, want, cents(decimal.RequireFromString(give), one).StringFixed(2))
	}
}
