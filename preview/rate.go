package preview

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// Rate is what a US dollar is worth in another currency, of a day that somebody names.
// The zero value is no rate.
type Rate struct {
	// Currency is ISO's code.
	Currency string
	// PerDollar is how many of its units a dollar is.
	PerDollar decimal.Decimal
	// AsOf is the day, as YYYY-MM-DD.
	AsOf string
}

var isoCode = regexp.MustCompile(`^[A-Z]{3}$`)

// ParseRate reads a rate as "EUR=0.92@2026-11-27"; empty is none. rung knows no rates:
// the figure and its day are the user's.
func ParseRate(text string) (Rate, error) {
	if text == "" {
		return Rate{}, nil
	}
	code, rest, _ := strings.Cut(text, "=")
	number, day, _ := strings.Cut(rest, "@")
	n, err := figure.Parse(number)
	_, noDay := time.Parse(time.DateOnly, day)
	if !isoCode.MatchString(code) || err != nil || !n.IsPositive() || noDay != nil {
		return Rate{}, fmt.Errorf("got %.60q, want a currency, what a dollar is in it, and the day of that rate, such as "+
			"EUR=0.92@2026-11-27", text)
	}
	return Rate{code, n, day}, nil
}

// Converted is a month in another currency.
type Converted struct {
	Currency string          `json:"currency"`
	Rate     decimal.Decimal `json:"rate"`
	AsOf     string          `json:"asOf"`
	From     Money           `json:"from"`
	To       Money           `json:"to"`
	Delta    Money           `json:"delta"`
	Low      Money           `json:"low"`
	High     Money           `json:"high"`
}

// In returns the bill with its month in another currency besides; all lines stay in
// dollars, in which the provider prices.
func (b Bill) In(r Rate) Bill {
	if r.Currency == "" {
		return b
	}
	at := func(m Money) Money { return USD(m.Mul(r.PerDollar).Round(2)) }
	c := b.Cost
	b.Converted = &Converted{r.Currency, r.PerDollar, r.AsOf, at(c.From), at(c.To), at(c.Delta), at(c.Low), at(c.High)}
	return b
}

// String says it in words: "EUR 92.00 a month, at 0.92 EUR for a dollar, of 2026-11-27".
func (c Converted) String() string {
	return fmt.Sprintf("%s a month, at %s %s for a dollar, of %s", strings.Replace(c.To.String(), "$", c.Currency+" ", 1),
		c.Rate, c.Currency, c.AsOf)
}
