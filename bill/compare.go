package bill

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
)

// Row is one thing of a stack as it was estimated and as it was billed. Amounts are in
// the bill's currency, rounded to cents. Billed less Estimated is the sum of Usage,
// Price, Discount and NotModelled.
type Row struct {
	Component string `json:"component"`
	// Names are the resources that it is of.
	Names []string `json:"names"`
	// Thing is what is measured.
	Thing string `json:"thing"`
	// Expected and Used are how much of it.
	Expected decimal.Decimal `json:"expectedQuantity"`
	Used     decimal.Decimal `json:"usedQuantity"`
	// Estimated and Billed are what it was expected to cost and what it did.
	Estimated decimal.Decimal `json:"estimated"`
	Billed    decimal.Decimal `json:"billed"`
	// Usage is the part of the deviation that comes of using more or less, Price of
	// another price on the list, Discount of paying less than the list, and NotModelled
	// what the estimate has no line for.
	Usage       decimal.Decimal `json:"usage"`
	Price       decimal.Decimal `json:"price"`
	Discount    decimal.Decimal `json:"discount"`
	NotModelled decimal.Decimal `json:"notModelled"`
	// ByMeter is true where the bill names resources that the state does not hold (the
	// machines of a group, the disks of a machine), so that the meter decided.
	ByMeter bool `json:"byMeter,omitempty"`

	urns []string
	list decimal.Decimal
}

// Deviation is what was billed beyond the estimate.
func (r Row) Deviation() decimal.Decimal { return r.Billed.Sub(r.Estimated) }

// Cause is the part of the deviation that is largest: "usage", "price", "discount" or
// "not modelled"; empty for none.
func (r Row) Cause() string {
	cause, most := "", decimal.New(5, -3)
	for _, c := range []struct {
		name  string
		money decimal.Decimal
	}{{"not modelled", r.NotModelled}, {"usage", r.Usage}, {"price", r.Price}, {"discount", r.Discount}} {
		if c.money.Abs().GreaterThan(most) {
			cause, most = c.name, c.money.Abs()
		}
	}
	return cause
}

// Other is a charge that is not of the stack's resources.
type Other struct {
	Kind    Kind            `json:"kind"`
	Product string          `json:"product"`
	Billed  decimal.Decimal `json:"billed"`
}

// Comparison is a month's bill against an estimate.
type Comparison struct {
	Month    string `json:"month"`
	Form     string `json:"form"`
	Currency string `json:"currency"`
	// Hours is how many hours the bill covers; the estimate is of as many.
	Hours     decimal.Decimal `json:"hours"`
	Estimated decimal.Decimal `json:"estimated"`
	Billed    decimal.Decimal `json:"billed"`
	// Rows are those of the stack, the largest deviation first.
	Rows []Row `json:"rows"`
	// Account is what the bill has besides that belongs to no resource: taxes, fees,
	// discounts on lines of their own. Elsewhere is what belongs to resources that the
	// stack does not have. Neither is in Billed.
	Account   []Other `json:"account"`
	Elsewhere []Other `json:"elsewhere"`
}

// Sum is the whole deviation, with its parts, as a row.
func (c Comparison) Sum() Row { return sumOf("", c.Rows) }

// Components sums the rows per component, the dearest first.
func (c Comparison) Components() []Row {
	by := map[string][]Row{}
	for _, r := range c.Rows {
		by[r.Component] = append(by[r.Component], r)
	}
	out := make([]Row, 0, len(by))
	for name, rows := range by {
		out = append(out, sumOf(name, rows))
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(b.Billed.Cmp(a.Billed), cmp.Compare(a.Component, b.Component))
	})
	return out
}

func sumOf(name string, rows []Row) Row {
	out := Row{Component: name}
	for _, r := range rows {
		out.Estimated, out.Billed = out.Estimated.Add(r.Estimated), out.Billed.Add(r.Billed)
		out.Usage, out.Price = out.Usage.Add(r.Usage), out.Price.Add(r.Price)
		out.Discount, out.NotModelled = out.Discount.Add(r.Discount), out.NotModelled.Add(r.NotModelled)
	}
	return out
}

// Options are how a bill is compared.
type Options struct {
	// Rate is how many units of the bill's currency a US dollar is, in which estimates
	// are; zero is one.
	Rate decimal.Decimal
	// OfStack says that every charge is of the stack, as those are that were chosen by
	// a tag: what is of no resource of it is not modelled rather than somebody else's.
	OfStack bool
}

// Compare sets a month's bill against the estimate of the resources that caused it.
func Compare(s Statement, resources []cost.Resource, e cost.Estimate, o Options) Comparison {
	if o.Rate.IsZero() {
		o.Rate = decimal.NewFromInt(1)
	}
	m := &matching{statement: s, options: o, index: indexOf(resources), cells: map[cellKey]*Row{}}
	m.expect(e)
	m.charge()
	return m.comparison()
}
