package preview

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// Increase is how much more a month may cost after a change: a part of what it costs
// before, or an amount. The zero value is no limit.
type Increase struct {
	text  string
	part  decimal.Decimal
	money decimal.Decimal
}

// ParseIncrease reads "10%", "$200" or "200"; empty is no limit.
func ParseIncrease(text string) (Increase, error) {
	if text == "" {
		return Increase{}, nil
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := figure.Parse(strings.TrimPrefix(number, "$"))
	if err != nil || n.IsNegative() {
		return Increase{}, fmt.Errorf("got %.40q, want a percentage or an amount, such as 10%% or $200", text)
	}
	if percent {
		return Increase{text: text, part: n.Shift(-2)}, nil
	}
	return Increase{text: text, money: n}, nil
}

// Exceeded reports whether a change raises the month by more. From nothing, any
// amount is more than a percentage.
func (i Increase) Exceeded(from, to Money) bool {
	if i.text == "" {
		return false
	}
	allowed := i.money
	if allowed.IsZero() {
		allowed = from.Decimal.Mul(i.part)
	}
	return to.Decimal.Sub(from.Decimal).GreaterThan(allowed)
}

// Stops says that a change raises the month by more, for people; empty where it does
// not.
func (i Increase) Stops(c Cost) string {
	if !i.Exceeded(c.From, c.To) {
		return ""
	}
	return fmt.Sprintf("It raises the month by %s; at most %s is allowed.", c.Delta.Signed(), i)
}

// String is the limit as it was given; empty for none.
func (i Increase) String() string { return i.text }
