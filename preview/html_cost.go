package preview

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/parts"
)

// htmlCost is the month as the page shows it.
type htmlCost struct {
	// Scale is the total on a line; nil where there is nothing to draw.
	Scale *scale
	// Compare is true where there is a month before.
	Compare bool
	// Components and Regions are the sums, dearest first.
	Components, Regions []costBar
	// Rest are the components that would make the list long.
	Rest []costBar
	// Groups are the lines per component.
	Groups  []htmlGroup
	Sources []string
	Missing []missing
	Outside string
}

// shownBars is how many components are drawn before the rest is folded away.
const shownBars = 20

// htmlGroup is the bill of one component.
type htmlGroup struct {
	Name  string
	Sum   Money
	Lines []htmlLine
}

// htmlLine is one item; Cited is the number of its source, from 1.
type htmlLine struct {
	Name, Item, Note, Quantity, Unit, Price string
	Monthly                                 Money
	AsOf                                    string
	Cited                                   int
}

// group folds a component's lines and cites their sources.
func (h *htmlCost) group(g group) htmlGroup {
	out := htmlGroup{Name: g.component, Sum: g.sum}
	for _, l := range alike(g.lines) {
		out.Lines = append(out.Lines, htmlLine{
			Name: l.Name, Item: l.Item, Note: l.Note, Quantity: shortQuantity(l.Quantity), Unit: l.Unit, Price: l.Price,
			Monthly: l.Monthly, AsOf: l.AsOf, Cited: h.cite(l.Source),
		})
	}
	return out
}

// cite is the number of a source, which is listed once; 0 for none.
func (h *htmlCost) cite(source string) int {
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

// costBar is one sum with a bar as long as its share of the greatest.
type costBar struct {
	Name, Anchor string
	Amounts      amounts
	Range        string
	// NowBar and ThenBar are lengths, in percent; LowBar is where its
	// range begins, RangeBar how long that is.
	NowBar, ThenBar, LowBar, RangeBar string
}

// missing are costs that are not in the total, by their reason.
type missing struct {
	Title   string
	Reasons []reason
}

// reason is why these have no line.
type reason struct {
	Text  string
	Notes []Note
}

// missingOf puts notes of one reason together.
func missingOf(title string, all []Note) missing {
	m := missing{Title: title}
	for _, group := range gather(all, func(n Note) string { return n.Reason }) {
		m.Reasons = append(m.Reasons, reason{Text: group[0].Reason, Notes: group})
	}
	return m
}

func htmlCostOf(c Cost, b *Budget, all []section) *htmlCost {
	h := &htmlCost{
		Scale: scaleOf(c, b, all != nil), Compare: all != nil,
		Outside: outside(c), Components: bars(perComponent(c, all)), Regions: bars(perRegion(c)),
	}
	if len(h.Components) > shownBars+foldFrom {
		h.Components, h.Rest = h.Components[:shownBars], h.Components[shownBars:]
	}
	for _, g := range groups(c.Lines) {
		h.Groups = append(h.Groups, h.group(g))
	}
	for _, m := range []missing{
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
	now, then, low, high Money
}

// perComponent are the sums of what costs anything, now or then.
func perComponent(c Cost, all []section) []sum {
	at := map[string]*sum{}
	get := func(name string) *sum {
		if at[name] == nil {
			at[name] = &sum{name: name}
		}
		return at[name]
	}
	for _, l := range c.Lines {
		s := get(l.Component)
		s.then, s.low, s.high = s.then.add(l.Monthly), s.low.add(l.Low), s.high.add(l.High)
	}
	for _, s := range all {
		if !s.before.free() {
			get(s.component).now = s.before
		}
	}
	var list []sum
	for _, s := range at {
		if !s.now.free() || !s.then.free() {
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
func perRegion(c Cost) []sum {
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

func bars(list []sum) []costBar {
	most := Money{}
	for _, s := range list {
		for _, m := range []Money{s.now, s.then, s.high} {
			most = Money{decimal.Max(most.Decimal, m.Decimal)}
		}
	}
	var out []costBar
	for _, s := range list {
		b := costBar{
			Name: s.name, Anchor: anchor(s.name), Amounts: amountsOf(s.now, s.then, ""),
			NowBar: percent(s.now, most), ThenBar: percent(s.then, most), LowBar: percent(s.low, most), RangeBar: percent(s.high.sub(s.low), most),
		}
		if b.Name == "" {
			b.Name = "(no component)"
		}
		if !s.high.sub(s.low).free() {
			b.Range = s.low.String() + " to " + s.high.String()
		}
		out = append(out, b)
	}
	return out
}

// percent is a part of the whole with two places; 0 of nothing.
func percent(part, whole Money) string {
	if !whole.IsPositive() || part.IsNegative() {
		return "0"
	}
	return part.Mul(decimal.NewFromInt(100)).DivRound(whole.Decimal, 2).String()
}

// scale is the month on a line from nothing to the most that is drawn. Every
// place is a percentage of its length.
type scale struct {
	Now, Then, Low, High, Range string
	Band, BandLow, BandWidth    string
	Limit                       string
	// Words say what is drawn to whom cannot see it.
	Words string
}

func scaleOf(c Cost, b *Budget, compare bool) *scale {
	end := Money{decimal.Max(c.From.Decimal, c.To.Decimal, c.High.Decimal)}
	if c.SeedBand != nil {
		end = Money{decimal.Max(end.Decimal, decimal.NewFromInt(int64(c.SeedBand.High)))}
	}
	if b != nil && b.Limit.LessThan(end.Mul(decimal.NewFromInt(2))) { // one far away would press the rest together
		end = Money{decimal.Max(end.Decimal, b.Limit.Decimal)}
	}
	if !end.IsPositive() {
		return nil
	}
	end = Money{end.Mul(decimal.RequireFromString("1.04"))}
	s := &scale{
		Then: percent(c.To, end), Low: percent(c.Low, end), High: percent(c.High, end), Range: percent(c.High.sub(c.Low), end),
	}
	words := []string{"expected " + c.To.String(), "between " + c.Low.String() + " and " + c.High.String()}
	if compare {
		s.Now = percent(c.From, end)
		words = append(words, "now "+c.From.String())
	}
	if c.SeedBand != nil {
		low, high := dollar(c.SeedBand.Low), dollar(c.SeedBand.High)
		s.Band, s.BandLow, s.BandWidth = c.SeedBand.String(), percent(low, end), percent(high.sub(low), end)
		words = append(words, "usual for this stage "+s.Band)
	}
	if b != nil && b.Limit.LessThanOrEqual(end.Decimal) {
		s.Limit = percent(b.Limit, end)
		words = append(words, "budget "+b.Limit.String())
	}
	s.Words = "The month in " + c.Currency + ": " + strings.Join(words, ", ")
	return s
}

func dollar(n int) Money { return money(decimal.NewFromInt(int64(n))) }
