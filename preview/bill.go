package preview

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Bill is what a stack costs, line by line, without a comparison. Its JSON has
// the cost of a Report, where "from" is nothing.
type Bill struct {
	// Of says what was priced: "stage 3", or the name of a file.
	Of string `json:"of"`
	// Stage is nil for a stack that is not rung's.
	Stage  *int    `json:"stage"`
	Cost   Cost    `json:"cost"`
	Budget *Budget `json:"budget"`
	// Compared is true where there is a month before: the bill is of a change.
	Compared bool `json:"compared"`
	// Changes are the resources whose month changes, those that change most first.
	Changes []Delta `json:"changes,omitempty"`
	// Converted is the month in another currency; nil where none was asked for.
	Converted *Converted `json:"converted,omitempty"`
	// Tagged is the month by the value of a tag; nil where none was asked for.
	Tagged *Tagged `json:"byTag,omitempty"`
	// Stopped says by how much more than allowed a change raises the month; empty where
	// it does not.
	Stopped string `json:"stopped,omitempty"`
	// Partial says why the bill is not of the whole stack; empty for a whole one.
	Partial string `json:"partial,omitempty"`
}

// NewBill makes a bill of an estimate. Stage 0 is a stack that is not rung's; a
// budget of zero is no limit.
func NewBill(of string, e cost.Estimate, stage ladder.Number, t ladder.Traffic, budget decimal.Decimal) Bill {
	return Bill{
		Of: of, Stage: number(stage),
		Cost:   newCost(cost.Estimate{}, e, stage, t),
		Budget: newBudget(budget, e.Expected),
	}
}

// Since returns the bill with the month before it.
func (b Bill) Since(before, after cost.Estimate) Bill {
	b.Compared, b.Changes = true, Deltas(before, after)
	b.Cost.From, b.Cost.Delta = USD(before.Expected), USD(after.Expected.Sub(before.Expected))
	return b
}

// InRegions returns the bill with its regions drawn in the order given, home first.
func (b Bill) InRegions(names []string) Bill {
	b.Cost.Regions = names
	return b
}

// OverBudget reports whether the expected month is over the limit.
func (b Bill) OverBudget() bool { return b.Budget != nil && b.Budget.Over }
