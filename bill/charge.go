package bill

import (
	"time"

	"github.com/shopspring/decimal"
)

// Kind is what a charge is for.
type Kind string

// The kinds of charges.
const (
	// Usage is something used, whichever way it is paid: on demand, reserved, by a plan.
	Usage Kind = "usage"
	// Discount is a credit, a refund or a discount that stands on a line of its own.
	Discount Kind = "discount"
	// Tax is what the state takes.
	Tax Kind = "tax"
	// Fee is what is paid once or for a commitment; what of it is used stands in the
	// cost of the usage already.
	Fee Kind = "fee"
)

// Charge is everything of one kind that was billed for one resource and meter in a
// month.
type Charge struct {
	Kind Kind
	// Product is AWS's code of the service, such as AmazonEC2; or the service's name in
	// a bill that has no codes.
	Product string
	// Resource is the id or ARN of what was used; empty where the bill names none.
	Resource string
	// Meter is AWS's usage type, such as EUC1-BoxUsage:t3.large, and Operation what was
	// done; empty in a bill that has none.
	Meter, Operation string
	// Region is AWS's name of it; empty where the bill names none.
	Region string
	// Text describes it, for people.
	Text string
	// Quantity is how much, in the unit of the meter.
	Quantity decimal.Decimal
	// Cost is what it costs after discounts and commitments, List what it would cost
	// on demand; List is zero where the bill does not say.
	Cost, List decimal.Decimal
}

// Statement is the bill of one month.
type Statement struct {
	// Month is its first day.
	Month time.Time
	// From and To are the first and the last hour that it covers.
	From, To time.Time
	// Currency is ISO's code, USD where the bill names none.
	Currency string
	// Form is "FOCUS" or "CUR".
	Form string
	// Rows is how many rows of the file were of the month.
	Rows int
	// Charges are in no order.
	Charges []Charge
}

// Hours is how many hours of the month the statement covers.
func (s Statement) Hours() decimal.Decimal {
	if !s.To.After(s.From) {
		return decimal.Zero
	}
	return decimal.NewFromFloat(s.To.Sub(s.From).Hours()).Round(2)
}
