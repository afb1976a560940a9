package bill

import (
	"cmp"

	"github.com/shopspring/decimal"
)

var zero = decimal.Zero

// compareCharges puts charges in an order that does not hang on the file's.
func compareCharges(a, b Charge) int {
	return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Meter, b.Meter), cmp.Compare(a.Resource, b.Resource),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Kind, b.Kind))
}
