package advise

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// Month is what a stage costs in a month, in USD: as expected, and between which bounds.
type Month struct{ Low, Expected, High decimal.Decimal }

// MarshalJSON writes the amounts as text with two places, as all of rung's money is.
func (m Month) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{
		"low": m.Low.StringFixed(2), "expected": m.Expected.StringFixed(2), "high": m.High.StringFixed(2),
	})
}

// cheaper reports whether a month is known to cost less than another.
func (m *Month) cheaper(than *Month) bool {
	return m != nil && than != nil && m.Expected.LessThan(than.Expected)
}
