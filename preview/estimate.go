package preview

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/stacks/ladder"
	"github.com/rung-dev/rung/stacks/parts"
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

// InRegions returns the bill with its regions drawn in the order given, home first.
func (b Bill) InRegions(names []string) Bill {
	b.Cost.regions = names
	return b
}

// OverBudget reports whether the expected month is over the limit.
func (b Bill) OverBudget() bool { return b.Budget != nil && b.Budget.Over }

// JSON writes the bill for programs, indented.
func (b Bill) JSON(w io.Writer) error { return writeJSON(w, b) }

// Markdown writes the bill as a table.
func (b Bill) Markdown(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "### %s: %s a month\n", cell(b.Of), b.Cost.To)
	mdBudget(&s, b.Budget)
	mdCost(&s, b.Cost)
	return markdown(w, s.String())
}

// Table writes the bill for a terminal, per component, line by line.
func (b Bill) Table(w io.Writer, style Style) error {
	p := newPage(style)
	p.line(bold, "%s", b.Of)
	for _, g := range groups(b.Cost.Lines) {
		p.blank()
		p.line(bold, "%s%s", left(g.component, p.width-amount), right(g.sum.String(), amount))
		rows := alike(g.lines)
		for i, l := range rows {
			p.billLine(l, i > 0 && rows[i-1].URN == l.URN)
		}
	}
	p.money(b.Cost, false)
	p.budgetLeft(b.Budget)
	p.unpriced(b.Cost)
	p.overBudget(b.Budget)
	return p.flush(w)
}

// billLine shows one item; a resource's name stands on its first line only.
func (p *page) billLine(l Line, again bool) {
	const calculation = 34 // "1,234.567 million requests × $0.0104"
	name := l.Name
	if again {
		name = ""
	}
	rest := p.width - 2 - calculation - amount
	nameWidth := rest * 9 / 20
	p.line(nil, "  %s%s%s%s", left(name, nameWidth), left(l.Item, rest-nameWidth),
		right(text.Snip(shortQuantity(l.Quantity)+" "+l.Unit+" × $"+l.Price, calculation, "…"), calculation),
		right(l.Monthly.String(), amount))
	if l.Note != "" {
		p.wrapped(faint, "      ", l.Note)
	}
}

// alike puts the lines of several resources that differ in nothing but the
// quantity into one, at the end: nobody wants to read each alarm.
func alike(lines []Line) []Line {
	key := func(l Line) string { return strings.Join([]string{l.Type, l.Item, l.Unit, l.Price, l.Note}, "\n") }
	count := map[string]int{}
	for _, l := range lines {
		count[key(l)]++
	}
	var single, folded []Line
	at := map[string]int{}
	for _, l := range lines {
		k := key(l)
		if count[k] < foldFrom {
			single = append(single, l)
			continue
		}
		if i, again := at[k]; again {
			folded[i] = together(folded[i], l)
			continue
		}
		at[k] = len(folded)
		l.URN, l.Name = k, fmt.Sprintf("%d × %s", count[k], shortType(l.Type))
		folded = append(folded, l)
	}
	return append(single, folded...)
}

// together adds the quantity and the money of b to a.
func together(a, b Line) Line {
	x, errX := figure.Parse(a.Quantity)
	y, errY := figure.Parse(b.Quantity)
	if errX == nil && errY == nil { // both were written by lines
		a.Quantity = x.Add(y).String()
	}
	a.Monthly, a.Low, a.High = a.Monthly.add(b.Monthly), a.Low.add(b.Low), a.High.add(b.High)
	return a
}

// group is the lines of one component.
type group struct {
	component string
	sum       Money
	lines     []Line
}

func groups(lines []Line) []group {
	at := map[string]int{}
	var out []group
	for _, l := range lines {
		name := l.Component
		if name == "" {
			name = "(no component)"
		}
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, group{component: name})
		}
		out[i].sum = out[i].sum.add(l.Monthly)
		out[i].lines = append(out[i].lines, l)
	}
	slices.SortFunc(out, func(a, b group) int { return parts.Compare(a.component, b.component) })
	return out
}
