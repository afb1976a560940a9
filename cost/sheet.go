package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// sheet is what a pricer writes the cost of one resource on.
type sheet struct {
	*stack
	r      *Resource
	props  props
	region string
	// unplaced is true for a resource of which nobody knows where it is.
	unplaced bool

	lines       []Line
	missing     []Note
	usages      []Note
	freeBecause string
	usedBecause string
}

// charge is one thing to be paid for.
type charge struct {
	item    string
	service Service
	sku     string
	// region of the price; empty means the resource's own.
	region string
	// count is how many single things are used in a month: hours, GB,
	// requests. The unit of sale is the catalogue's.
	count span
	basis Basis
	note  string
	// factor scales the list price: a spot or reservation discount. The zero
	// value leaves it as it is.
	factor *factor
}

// factor is a discounted part of the list price with its reason.
type factor struct {
	span
	source string
	// assumed marks a discount that no price list confirms.
	assumed bool
}

// bill writes one charge on the sheet. Without a price the item becomes
// unpriced; bill then returns false.
func (s *sheet) bill(c charge) bool {
	if c.count.Low.IsNegative() || c.count.Expected.IsNegative() {
		s.unpriced(c.item, "a negative quantity, which no provider takes")
		return false
	}
	if c.count.Expected.GreaterThan(most) {
		s.unpriced(c.item, "a quantity beyond all bounds")
		return false
	}
	region := c.region
	if region == "" {
		region = s.region
	}
	price, err := s.lookup(Key{c.service, c.sku, region})
	if err != nil {
		s.unpriced(c.item, err.Error())
		return false
	}
	if s.unplaced && c.region == "" && price.note == "" {
		price.note, price.spread = "its region is not known: "+region+"'s price", nowhere
	}
	quantity := c.count.per(price.times).shift(price.zeros)
	l := Line{
		URN: s.r.URN, Type: s.r.Type, Name: s.r.Name, Component: s.r.Component, Region: displayRegion(region),
		Item: c.item, Unit: price.Unit, Quantity: shown(quantity.Expected), Price: price.USD,
		Source: price.Source, AsOf: price.AsOf, Unverified: price.Unverified,
		Fallback: price.note != "", Own: s.catalogue.own.keys[price.Key],
		key:   price.Key,
		Basis: c.basis, Note: join(join(c.note, price.Rule), price.note),
	}
	usd, less := s.discounted(c.service, price.spread.times(price.USD))
	if less != "" {
		l.Price, l.Note = usd.Expected.Round(9), join(l.Note, less)
	}
	if c.factor != nil {
		usd = c.factor.span.by(usd)
		l.Price = usd.Expected.Round(6)
		l.Source = c.factor.source + "; list price: " + price.Source
		l.Unverified = l.Unverified || c.factor.assumed
	}
	l.Monthly = cents(quantity.Expected, usd.Expected)
	l.Low, l.High = l.Monthly, l.Monthly
	if !quantity.exact() || !usd.exact() {
		l.Low, l.High = cents(quantity.Low, usd.Low), cents(quantity.High, usd.High)
	}
	s.lines = append(s.lines, l)
	return true
}

// most is more of anything than any account has in a month: requests are counted in
// trillions at most.
var most = decimal.New(1, 16)

// displayRegion is where a line stands: edge areas are no regions.
func displayRegion(region string) string {
	if strings.HasPrefix(region, edgePrefix) {
		return Global
	}
	return region
}

// hours bills n of something by the hour for the whole month.
func (s *sheet) hours(item string, service Service, sku string, n decimal.Decimal, basis Basis, note string) bool {
	return s.bill(charge{item: item, service: service, sku: sku, count: exactly(n.Mul(hoursPerMonth)), basis: basis,
		note: note})
}

// monthly bills n of something by the month, as the properties declare it.
func (s *sheet) monthly(item string, service Service, sku string, n decimal.Decimal) bool {
	return s.bill(charge{item: item, service: service, sku: sku, count: exactly(n), basis: Declared})
}

// tier is one step of a price that falls with quantity.
type tier struct {
	// upTo is where the step ends, counted from nothing; negative for the last.
	upTo decimal.Decimal
	// name tells the steps apart on the bill.
	name string
	sku  string
}

// tiered bills a count by the steps that it reaches. The first step is always
// shown, so that nothing used is told apart from nothing known.
func (s *sheet) tiered(c charge, tiers []tier) {
	lower := zero
	for i, t := range tiers {
		part := c.count.between(lower, t.upTo)
		if i > 0 && part.isZero() {
			return
		}
		step := c
		step.item, step.sku, step.count = c.item+", "+t.name, t.sku, part
		s.bill(step)
		lower = t.upTo
	}
}

// allowed takes what the account has free each month off a count, and returns
// the rest and a note about it.
func (s *sheet) allowed(service Service, item string, count span) (span, string) {
	a, ok := s.catalogue.Allowance(service, item)
	if !ok {
		return count, ""
	}
	name := string(service) + "/" + item
	left := atLeastZero(a.Quantity.Sub(s.used[name]))
	s.take(name, a.Quantity, count.Expected)
	if left.IsZero() {
		return count, ""
	}
	return count.less(left), "the first " + grouped(a.Quantity) + " " + a.Unit + " a month are free"
}

// free settles the resource as costing nothing.
func (s *sheet) free(reason string) { s.freeBecause = reason }

// usage settles the resource as costing only what is used.
func (s *sheet) usage(reason string) { s.usedBecause = reason }

// noTraffic is why usage cannot be priced when no traffic is given.
const noTraffic = "give a traffic profile to estimate it"

// usageItem records an item of a priced resource that costs what is used.
func (s *sheet) usageItem(item, reason string) {
	s.usages = append(s.usages, s.note(item, reason))
}

// unpriced records an item without a price; an empty item means the resource.
func (s *sheet) unpriced(item, reason string) {
	s.missing = append(s.missing, s.note(item, reason))
}

func (s *sheet) note(item, reason string) Note {
	return Note{URN: s.r.URN, Type: s.r.Type, Name: s.r.Name, Component: s.r.Component, Item: item, Reason: reason}
}

// settle moves the sheet into the estimate. Whatever a pricer did, the
// resource ends in exactly one state.
func (s *sheet) settle(e *Estimate) {
	for _, l := range s.lines {
		e.add(l)
	}
	switch {
	case len(s.lines) > 0:
		e.Unpriced = append(e.Unpriced, s.missing...)
		e.UsageBased = append(e.UsageBased, s.usages...)
	case len(s.missing) > 0:
		e.Unpriced = append(e.Unpriced, s.note("", reasons(s.missing)))
	case len(s.usages) > 0:
		e.UsageBased = append(e.UsageBased, s.note("", reasons(s.usages)))
	case s.usedBecause != "":
		e.UsageBased = append(e.UsageBased, s.note("", s.usedBecause))
	case s.freeBecause != "":
		e.Free = append(e.Free, s.note("", s.freeBecause))
	default:
		e.Unpriced = append(e.Unpriced, s.note("", "its price model found nothing to charge"))
	}
}

// reasons joins why several items of one resource have no price.
func reasons(notes []Note) string {
	out := ""
	for _, n := range notes {
		out = join(out, n.Reason)
	}
	return out
}

// join puts two notes together, either of which may be empty.
func join(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}
