package bill

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
)

// cellKey is one thing of one resource.
type cellKey struct{ urn, thing string }

// matching puts charges to lines.
type matching struct {
	statement Statement
	options   Options
	index     index
	cells     map[cellKey]*Row
	// order is that of the estimate, so that the outcome does not hang on a map.
	order     []cellKey
	account   []Charge
	elsewhere []Charge
}

// expect lays the lines of the estimate out, for as long as the bill covers.
func (m *matching) expect(e cost.Estimate) {
	part := m.statement.part()
	for _, l := range e.Lines {
		thing, ok := measuredBy(l.Priced())
		if !ok {
			thing = l.Item
		}
		of := part
		if strings.Contains(l.Unit, "hour") {
			of = m.statement.Hours().Div(hoursOfEstimate)
		}
		r := m.cell(cellKey{l.URN, thing}, l.Component, l.Name)
		r.Expected = r.Expected.Add(l.Single().Mul(of))
		r.Estimated = r.Estimated.Add(l.Monthly.Mul(of).Mul(m.options.Rate))
	}
}

// hoursOfEstimate is the month of every estimate.
var hoursOfEstimate = decimal.NewFromInt(730)

// part is how much of its month a statement covers.
func (s Statement) part() decimal.Decimal {
	whole := decimal.NewFromFloat(s.Month.AddDate(0, 1, 0).Sub(s.Month).Hours())
	if s.Hours().IsZero() || s.Hours().GreaterThan(whole) {
		return decimal.NewFromInt(1)
	}
	return s.Hours().Div(whole)
}

func (m *matching) cell(k cellKey, component, name string) *Row {
	r := m.cells[k]
	if r == nil {
		r = &Row{Component: component, Names: []string{name}, Thing: k.thing, urns: []string{k.urn}}
		m.cells[k] = r
		m.order = append(m.order, k)
	}
	return r
}

// charge puts every charge to its cell: first by the resource that it names, then by
// what it measures.
func (m *matching) charge() {
	direct := map[cellKey]bool{}
	var rest []Charge
	for _, c := range m.statement.Charges {
		k, known := m.named(c)
		switch {
		case c.Kind == Fee && c.Cost.IsZero():
		case c.Kind == Tax || c.Kind == Fee || c.Kind == Discount && !known:
			m.account = append(m.account, c)
		case known:
			m.cells[k].bill(c)
			direct[k] = true
		default:
			rest = append(rest, c)
		}
	}
	pools := m.pools(direct)
	for _, c := range rest {
		m.byMeter(c, pools)
	}
}

// named is the cell of a charge that names a resource of the stack with a line for
// what it measures. A discount goes to the first line of its resource.
func (m *matching) named(c Charge) (cellKey, bool) {
	r := m.index.find(c.Resource)
	if r == nil {
		return cellKey{}, false
	}
	if c.Kind == Discount {
		for _, k := range m.order {
			if k.urn == r.URN {
				return k, true
			}
		}
		return cellKey{}, false
	}
	thing, _, _ := c.measured()
	k := cellKey{r.URN, thing}
	_, has := m.cells[k]
	return k, has
}

// pools puts the cells together that nothing is billed for by name, per thing.
func (m *matching) pools(direct map[cellKey]bool) map[string]*Row {
	pools := map[string]*Row{}
	var order []cellKey
	for _, k := range m.order {
		r := m.cells[k]
		if direct[k] {
			order = append(order, k)
			continue
		}
		p := pools[k.thing]
		if p == nil {
			pools[k.thing] = r
			order = append(order, k)
			continue
		}
		p.Names, p.urns = append(p.Names, r.Names...), append(p.urns, r.urns...)
		p.Expected, p.Estimated = p.Expected.Add(r.Expected), p.Estimated.Add(r.Estimated)
		if p.Component != r.Component {
			p.Component = several
		}
		delete(m.cells, k)
	}
	m.order = order
	return pools
}

// several stands for the component of what is of more than one.
const several = "(several components)"

// byMeter puts a charge to the lines of what it measures; else it is not modelled, or
// of somebody else's resource.
func (m *matching) byMeter(c Charge, pools map[string]*Row) {
	thing, _, ok := c.measured()
	if p := pools[thing]; ok && p != nil {
		p.bill(c)
		p.ByMeter = true
		return
	}
	r := m.index.find(c.Resource)
	if r == nil && c.Resource != "" && !m.options.OfStack {
		m.elsewhere = append(m.elsewhere, c)
		return
	}
	if r == nil && !m.options.OfStack {
		m.account = append(m.account, c)
		return
	}
	if !ok {
		thing = cmp.Or(c.Meter, c.Text, c.Product)
	}
	k := cellKey{"", thing}
	name, component := cmp.Or(c.Resource, c.Product), ""
	if r != nil {
		k.urn, name, component = r.URN, r.Name, r.Component
	}
	m.cell(k, component, name).bill(c)
}

// bill adds a charge to a row.
func (r *Row) bill(c Charge) {
	if c.Kind == Discount { // it lowers the cost of what is on other lines
		r.Billed = r.Billed.Add(c.Cost)
		return
	}
	_, quantity, _ := c.measured()
	r.Used, r.Billed = r.Used.Add(quantity), r.Billed.Add(c.Cost)
	if c.List.IsZero() {
		c.List = c.Cost
	}
	r.list = r.list.Add(c.List)
}

// explain splits the deviation of a row into its causes. All amounts are rounded to
// cents, and the last part takes what rounding leaves, so that they add up.
func (r *Row) explain() {
	r.Estimated, r.Billed, r.list = r.Estimated.Round(2), r.Billed.Round(2), r.list.Round(2)
	deviation := r.Deviation()
	switch {
	case r.Expected.IsZero():
		r.NotModelled = deviation
		return
	case r.Used.IsZero():
		r.Usage = deviation
		return
	}
	asExpected := r.Used.Mul(r.Estimated).Div(r.Expected)
	r.Usage = asExpected.Sub(r.Estimated).Round(2)
	r.Discount = r.Billed.Sub(r.list)
	r.Price = deviation.Sub(r.Usage).Sub(r.Discount)
}

// comparison sums everything up.
func (m *matching) comparison() Comparison {
	c := Comparison{Month: m.statement.Month.Format("2006-01"), Form: m.statement.Form, Currency: m.statement.Currency,
		Hours: m.statement.Hours(), Rows: []Row{}, Account: gathered(m.account), Elsewhere: gathered(m.elsewhere)}
	for _, k := range m.order {
		r := m.cells[k]
		r.explain()
		slices.Sort(r.Names)
		r.Names = slices.Compact(r.Names)
		c.Estimated, c.Billed = c.Estimated.Add(r.Estimated), c.Billed.Add(r.Billed)
		c.Rows = append(c.Rows, *r)
	}
	slices.SortStableFunc(c.Rows, func(a, b Row) int { return b.Deviation().Abs().Cmp(a.Deviation().Abs()) })
	return c
}

// gathered sums charges up per kind and product, the most first.
func gathered(all []Charge) []Other {
	type of struct {
		kind    Kind
		product string
	}
	at := map[of]int{}
	out := []Other{}
	for _, c := range all {
		i, has := at[of{c.Kind, c.Product}]
		if !has {
			i = len(out)
			at[of{c.Kind, c.Product}] = i
			out = append(out, Other{Kind: c.Kind, Product: c.Product})
		}
		out[i].Billed = out[i].Billed.Add(c.Cost)
	}
	for i := range out {
		out[i].Billed = out[i].Billed.Round(2)
	}
	slices.SortStableFunc(out, func(a, b Other) int {
		return cmp.Or(b.Billed.Abs().Cmp(a.Billed.Abs()), cmp.Compare(a.Product, b.Product))
	})
	return out
}
