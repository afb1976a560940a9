package cost

import "github.com/shopspring/decimal"

// smallDigits is how many digits two factors may have so that their product
// fits into 64 bits.
const smallDigits = 9

// powersOfTen are those that fit beside such a product.
var powersOfTen = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
	1e17, 1e18}

// cents multiplies a quantity by a price and rounds to cents, halves away
// from zero. Almost every line has short factors; for them plain integers give
// the same result as the decimals many times faster, which is what lets an
// estimate of 10,000 resources stay a matter of milliseconds.
func cents(quantity, price decimal.Decimal) decimal.Decimal {
	if c, ok := smallCents(quantity, price); ok {
		return decimal.New(c, -2)
	}
	return quantity.Mul(price).Round(2)
}

// smallCents is cents for short factors that are not negative; false for others.
func smallCents(quantity, price decimal.Decimal) (int64, bool) {
	if quantity.NumDigits() > smallDigits || price.NumDigits() > smallDigits || quantity.IsNegative() ||
		price.IsNegative() {
		return 0, false
	}
	product := quantity.CoefficientInt64() * price.CoefficientInt64()
	drop := -2 - quantity.Exponent() - price.Exponent() // digits beyond the cents
	if drop <= 0 || int(drop) >= len(powersOfTen) {
		return product, drop == 0
	}
	unit := powersOfTen[drop]
	whole, rest := product/unit, product%unit
	if rest >= unit-rest {
		whole++
	}
	return whole, true
}

// shown is a quantity as a line shows it: to a millionth.
func shown(quantity decimal.Decimal) decimal.Decimal {
	const places = 6
	if quantity.Exponent() >= -places {
		return quantity
	}
	return quantity.Round(places)
}
