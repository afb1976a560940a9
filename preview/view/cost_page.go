package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/stacks/parts"
)

// shownBars is how many components are drawn before the rest is folded away.
const shownBars = 20

// billOf folds a component's lines and cites their sources.
func billOf(h *page.Cost, g group) page.Group {
	out := page.Group{Name: g.component, Sum: g.sum}
	for _, l := range alike(g.lines) {
		out.Lines = append(out.Lines, page.Line{
			Name: l.Name, Item: l.Item, Note: l.Note, Quantity: shortQuantity(l.Quantity), Unit: l.Unit, Price: l.Price.String(),
			Monthly: l.Monthly, AsOf: l.AsOf, Cited: cite(h, l.Source),
		})
	}
	return out
}

// cite is the number of a source, which is listed once; 0 for none.
func cite(h *page.Cost, source string) int {
	if source == "" {
		return 0
	}
	i := slices.Index(h.Sources, source)
	if i < 0 {
		h.Sources = append(h.Sources, source)
		i = len(h.Sources) - 1
	}
	return i + 1
}

// missingOf puts notes of one reason together.
func missingOf(title string, all []preview.Note) page.Missing {
	m := page.Missing{Title: title}
	for _, group := range gather(all, func(n preview.Note) string { return n.Reason }) {
		m.Reasons = append(m.Reasons, page.Reason{Text: group[0].Reason, Notes: group})
	}
	return m
}

func costOf(c preview.Cost, b *preview.Budget, all []section) *page.Cost {
	h := &page.Cost{
		Scale: scaleOf(c, b, all != nil), Compare: all != nil,
		Outside: outside(c), Components: bars(perComponent(c, all)), Regions: bars(perRegion(c)),
	}
	if len(h.Components) > shownBars+drawing.FoldFrom {
		h.Components, h.Rest = h.Components[:shownBars], h.Components[shownBars:]
	}
	for _, g := range groups(c.Lines) {
		h.Groups = append(h.Groups, billOf(h, g))
	}
	for _, m := range []page.Missing{
		missingOf("No price, not in the total", c.Unpriced),
		missingOf("By a usage that is not known, not in the total", c.UsageBased),
	} {
		if len(m.Reasons) > 0 {
			h.Missing = append(h.Missing, m)
		}
	}
	return h
}

// sum is the month of one component or region.
type sum struct {
	name                 string
	now, then, low, high preview.Money
}

// perComponent are the sums of what costs anything, now or then.
func perComponent(c preview.Cost, all []section) []sum {
	at := map[string]*sum{}
	get := func(name string) *sum {
		if at[name] == nil {
			at[name] = &sum{name: name}
		}
		return at[name]
	}
	for _, l := range c.Lines {
		s := get(l.Component)
		s.then, s.low, s.high = s.then.Plus(l.Monthly), s.low.Plus(l.Low), s.high.Plus(l.High)
	}
	for _, s := range all {
		if !s.before.Free() {
			get(s.component).now = s.before
		}
	}
	var list []sum
	for _, s := range at {
		if !s.now.Free() || !s.then.Free() {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list, func(a, b sum) int {
		return cmp.Or(b.then.Cmp(a.then.Decimal), b.now.Cmp(a.now.Decimal), parts.Compare(a.name, b.name))
	})
	return list
}

// perRegion are the sums of the regions; what belongs to none is one of them.
// The report knows the month before in total only.
func perRegion(c preview.Cost) []sum {
	var list []sum
	for _, s := range c.ByRegion {
		name := s.Region
		if name == cost.Global {
			name = "no region"
		}
		list = append(list, sum{name: name, then: s.Monthly, low: s.Low, high: s.High})
	}
	return list
}

func bars(list []sum) []page.Bar {
	most := preview.Money{}
	for _, s := range list {
		for _, m := range []preview.Money{s.now, s.then, s.high} {
			most = preview.Money{Decimal: decimal.Max(most.Decimal, m.Decimal)}
		}
	}
	var out []page.Bar
	for _, s := range list {
		b := page.Bar{
			Name: s.name, Anchor: page.Anchor(s.name), Amounts: amountsOf(s.now, s.then, ""),
			NowBar: percent(s.now, most), ThenBar: percent(s.then, most), LowBar: percent(s.low,
				most), RangeBar: percent(s.high.Minus(s.low), most),
		}
		if b.Name == "" {
			b.Name = "(no component)"
		}
		if !s.high.Minus(s.low).Free() {
			b.Range = s.low.String() + " to " + s.high.String()
		}
		out = append(out, b)
	}
	return out
}

// percent is a part of the whole with two places; 0 of nothing.
func percent(part, whole preview.Money) string {
	if !whole.IsPositive() || part.IsNegative() {
		return "0"
	}
	return part.Mul(decimal.NewFromInt(100)).DivRound(whole.Decimal, 2).String()
}

func scaleOf(c preview.Cost, b *preview.Budget, compare bool) *page.Scale {
	end := preview.Money{Decimal: decimal.Max(c.From.Decimal, c.To.Decimal, c.High.Decimal)}
	if c.SeedBand != nil {
		end = preview.Money{Decimal: decimal.Max(end.Decimal, decimal.NewFromInt(int64(c.SeedBand.High)))}
	}
	if b != nil && b.Limit.LessThan(end.Mul(decimal.NewFromInt(2))) { // one far away would press the rest together
		end = preview.Money{Decimal: decimal.Max(end.Decimal, b.Limit.Decimal)}
	}
	if !end.IsPositive() {
		return nil
	}
	end = preview.Money{Decimal: end.Mul(decimal.RequireFromString("1.04"))}
	s := &page.Scale{
		Then: percent(c.To, end), Low: percent(c.Low, end), High: percent(c.High, end), Range: percent(c.High.Minus(c.Low),
			end),
	}
	words := []string{"expected " + c.Headline()}
	if span := c.Span(); span != "" {
		words = append(words, span)
	}
	if compare {
		s.Now = percent(c.From, end)
		words = append(words, "now "+c.From.String())
	}
	if c.SeedBand != nil {
		low, high := dollar(c.SeedBand.Low), dollar(c.SeedBand.High)
		s.Band, s.BandLow, s.BandWidth = c.SeedBand.String(), percent(low, end), percent(high.Minus(low), end)
		words = append(words, "usual for this stage "+s.Band)
	}
	if b != nil && b.Limit.LessThanOrEqual(end.Decimal) {
		s.Limit = percent(b.Limit, end)
		words = append(words, "budget "+b.Limit.String())
	}
	s.Words = "The month in " + c.Currency + ": " + strings.Join(words, ", ")
	return s
}

func dollar(n int) preview.Money { return preview.USD(decimal.NewFromInt(int64(n))) }
