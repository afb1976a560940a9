package preview

import (
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/shopspring/decimal"
)

// Money is an amount of USD. In JSON it is a string with two places, because a
// JSON number is a float to most readers.
type Money struct{ decimal.Decimal }

// MarshalJSON writes the amount as "1234.50".
func (m Money) MarshalJSON() ([]byte, error) {
	return []byte(`"` + m.StringFixed(2) + `"`), nil
}

// String writes the amount as people do: "$1,234.50".
func (m Money) String() string {
	rounded, sign := m.Round(2), ""
	if rounded.IsNegative() {
		sign = "-"
	}
	_, cents, _ := strings.Cut(rounded.StringFixed(2), ".")
	return sign + "$" + humanize.BigComma(rounded.Abs().BigInt()) + "." + cents
}

// Signed writes the amount with its sign; zero has none.
func (m Money) Signed() string {
	if m.Round(2).IsPositive() {
		return "+" + m.String()
	}
	return m.String()
}

// Free reports whether the amount rounds to nothing.
func (m Money) Free() bool { return m.Round(2).IsZero() }

// USD is an amount in dollars.
func USD(d decimal.Decimal) Money { return Money{d} }

// Plus is the sum of both.
func (m Money) Plus(o Money) Money { return Money{m.Decimal.Add(o.Decimal)} }

// Minus is what is left of m without o.
func (m Money) Minus(o Money) Money { return Money{m.Decimal.Sub(o.Decimal)} }
