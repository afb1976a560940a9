package cost

import (
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/stacks/ladder"
)

// hoursPerMonth is the month of every estimate.
var hoursPerMonth = decimal.NewFromInt(ladder.HoursPerMonth)

// bundles are the multiples in which providers sell small things: a number
// and the zeros that follow it.
var bundles = []struct {
	prefix string
	times  int64
	zeros  int32
}{
	{"million", 1, 6}, {"500,000 ", 5, 5}, {"100,000 ", 1, 5}, {"10,000 ", 1, 4}, {"1000 ", 1, 3},
}

// bundle is how many single things a unit of sale holds: times with so many
// zeros behind it.
func bundle(unit string) (times decimal.Decimal, zeros int32) {
	for _, b := range bundles {
		if strings.HasPrefix(unit, b.prefix) {
			return decimal.NewFromInt(b.times), b.zeros
		}
	}
	return one, 0
}

// Small decimals that are used everywhere.
var (
	zero = decimal.Zero
	one  = decimal.NewFromInt(1)
	two  = decimal.NewFromInt(2)
)

// num makes a decimal of a whole number.
func num(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

// dec makes a decimal of a measured figure such as a share or a rate, without
// the noise of binary fractions. Money never passes through it.
func dec(f float64) decimal.Decimal { return decimal.NewFromFloat(f).Round(9) }

// atLeastZero is d, or zero when d is negative.
func atLeastZero(d decimal.Decimal) decimal.Decimal {
	if d.IsNegative() {
		return zero
	}
	return d
}

// span is a quantity of which only a range is known.
// Low ≤ Expected ≤ High always holds.
type span struct {
	Low, Expected, High decimal.Decimal
}

// exactly is a quantity that is known.
func exactly(d decimal.Decimal) span { return span{d, d, d} }

// exact reports whether the range is a single figure: mostly the very same one, which need not
// be brought to a common exponent to be compared.
func (s span) exact() bool { return s.Low == s.High || s.Low.Equal(s.High) }

// times multiplies the whole range.
func (s span) times(d decimal.Decimal) span {
	switch {
	case d.Equal(one):
		return s
	case s.exact():
		return exactly(s.Expected.Mul(d))
	}
	return span{s.Low.Mul(d), s.Expected.Mul(d), s.High.Mul(d)}
}

// per divides the whole range by a positive number.
func (s span) per(d decimal.Decimal) span {
	if d.Equal(one) {
		return s
	}
	if s.exact() {
		return exactly(s.Expected.Div(d))
	}
	return span{s.Low.Div(d), s.Expected.Div(d), s.High.Div(d)}
}

// shift divides the whole range by a power of ten, which is much cheaper.
func (s span) shift(zeros int32) span {
	if zeros == 0 {
		return s
	}
	return span{s.Low.Shift(-zeros), s.Expected.Shift(-zeros), s.High.Shift(-zeros)}
}

// by multiplies two ranges end by end.
func (s span) by(o span) span {
	return span{s.Low.Mul(o.Low), s.Expected.Mul(o.Expected), s.High.Mul(o.High)}
}

// plus adds two ranges end by end.
func (s span) plus(o span) span {
	return span{s.Low.Add(o.Low), s.Expected.Add(o.Expected), s.High.Add(o.High)}
}

// less takes away up to d of the range, never below zero.
func (s span) less(d decimal.Decimal) span {
	return s.each(func(v decimal.Decimal) decimal.Decimal { return atLeastZero(v.Sub(d)) })
}

// each applies a monotonous function to the three ends.
func (s span) each(f func(decimal.Decimal) decimal.Decimal) span {
	return span{f(s.Low), f(s.Expected), f(s.High)}
}

// isZero reports whether nothing at all is in the range.
func (s span) isZero() bool { return s.High.IsZero() }

// between cuts out the part of the range that lies from lower to upper, as
// the tiers of a price do. A negative upper has no end.
func (s span) between(lower, upper decimal.Decimal) span {
	return s.each(func(v decimal.Decimal) decimal.Decimal {
		if !upper.IsNegative() && v.GreaterThan(upper) {
			v = upper
		}
		return atLeastZero(v.Sub(lower))
	})
}

// grouped writes a whole number with a comma every three digits.
func grouped(d decimal.Decimal) string { return humanize.Comma(d.Round(0).IntPart()) }
