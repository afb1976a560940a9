package cost

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// Basis says where the quantity of a line comes from.
type Basis string

// The bases, from the surest to the least sure.
const (
	// Declared quantities are read from the properties of the resource.
	Declared Basis = "declared"
	// Derived quantities are computed from the traffic profile or from other
	// resources of the stack.
	Derived Basis = "derived"
	// Assumed quantities are rules of thumb; the note of the line names them.
	Assumed Basis = "assumed"
)

// Line is one item of the bill. Monthly, Low and High are rounded to cents.
type Line struct {
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	Region    string `json:"region"`
	// Item says what is paid for, for example "instance hours, t4g.small".
	Item string `json:"item"`
	// Unit is the provider's unit of sale, in which Quantity is counted.
	Unit string `json:"unit"`
	// Quantity is the expected number of units in a month.
	Quantity decimal.Decimal `json:"quantity"`
	// Price is USD per unit.
	Price decimal.Decimal `json:"price"`
	// Monthly is the expected cost in USD.
	Monthly decimal.Decimal `json:"monthly"`
	Low     decimal.Decimal `json:"low"`
	High    decimal.Decimal `json:"high"`
	// Source and AsOf say where and when the price was read.
	Source string `json:"source"`
	AsOf   string `json:"asOf"`
	// Unverified marks a price that the provider's own list does not confirm.
	Unverified bool `json:"unverified,omitempty"`
	// Fallback marks a price made from that of us-east-1, in a region whose own is
	// not known or for a resource of which nobody knows where it is.
	Fallback bool `json:"fallback,omitempty"`
	// Own marks a price from the user's file, as a refresh writes it.
	Own   bool   `json:"own,omitempty"`
	Basis Basis  `json:"basis"`
	Note  string `json:"note,omitempty"`

	// key is the price of the line in the catalogue, of which savings ask for others.
	key Key
}

// Sourced reports whether the price has a source and a date, is verified and is
// that of the line's own region.
func (l Line) Sourced() bool { return l.Source != "" && l.AsOf != "" && !l.Unverified && !l.Fallback }

// Priced is the price of the line in the catalogue.
func (l Line) Priced() Key { return l.key }

// Single is the quantity in single things, hours, GB or requests, whatever bundles
// of them are sold.
func (l Line) Single() decimal.Decimal {
	times, zeros := bundle(l.Unit)
	return l.Quantity.Mul(times).Shift(zeros)
}

// Note says why a resource has no line.
type Note struct {
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	// Item is set when the note is about this part of a priced resource only;
	// empty means the whole resource.
	Item   string `json:"item,omitempty"`
	Reason string `json:"reason"`
}

// Estimate is the month of one stack, in USD. Every resource has lines, or
// one note in Free, UsageBased or Unpriced; the latter two may besides name
// single items of resources that have lines.
type Estimate struct {
	// Lines are sorted by URN.
	Lines []Line `json:"lines"`
	// Free are the resources that cost nothing.
	Free []Note `json:"free"`
	// UsageBased are the resources that cost only what is used, where the
	// usage is not known.
	UsageBased []Note `json:"usageBased"`
	// Unpriced are the resources and items that cost something unknown.
	Unpriced []Note `json:"unpriced"`
	// Expected, Low and High are the sums of the lines.
	Expected decimal.Decimal `json:"expected"`
	Low      decimal.Decimal `json:"low"`
	High     decimal.Decimal `json:"high"`
}

// add puts a line into the sums.
func (e *Estimate) add(l Line) {
	e.Lines = append(e.Lines, l)
	e.Expected = e.Expected.Add(l.Monthly)
	e.Low = e.Low.Add(l.Low)
	e.High = e.High.Add(l.High)
}

// Subtotal is the cost of a part of the stack.
type Subtotal struct {
	// Key is the component or the region.
	Key      string          `json:"key"`
	Expected decimal.Decimal `json:"expected"`
	Low      decimal.Decimal `json:"low"`
	High     decimal.Decimal `json:"high"`
}

// ByComponent sums the lines per component, dearest first.
func (e Estimate) ByComponent() []Subtotal {
	return e.by(func(l Line) string { return l.Component })
}

// ByRegion sums the lines per region, dearest first. Services without a
// region stand under Global.
func (e Estimate) ByRegion() []Subtotal {
	return e.by(func(l Line) string { return l.Region })
}

func (e Estimate) by(key func(Line) string) []Subtotal {
	at := map[string]int{}
	var out []Subtotal
	for _, l := range e.Lines {
		k := key(l)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Subtotal{Key: k})
		}
		out[i].Expected = out[i].Expected.Add(l.Monthly)
		out[i].Low = out[i].Low.Add(l.Low)
		out[i].High = out[i].High.Add(l.High)
	}
	slices.SortStableFunc(out, func(a, b Subtotal) int {
		return cmp.Or(b.Expected.Cmp(a.Expected), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// SourcedShare is the part of the expected money whose price has a source and
// a date and is verified, 0 to 1. An estimate of nothing is fully sourced.
func (e Estimate) SourcedShare() decimal.Decimal {
	if e.Expected.IsZero() {
		return one
	}
	sourced := zero
	for _, l := range e.Lines {
		if l.Sourced() {
			sourced = sourced.Add(l.Monthly)
		}
	}
	return sourced.Div(e.Expected)
}

// FallbackShare is the part of the expected money at prices of us-east-1 for
// want of the region's own, 0 to 1.
func (e Estimate) FallbackShare() decimal.Decimal {
	if e.Expected.IsZero() {
		return zero
	}
	fallback := zero
	for _, l := range e.Lines {
		if l.Fallback {
			fallback = fallback.Add(l.Monthly)
		}
	}
	return fallback.Div(e.Expected)
}

// PerThousandUsers is the expected cost per 1,000 registered users; zero when
// there are no users.
func (e Estimate) PerThousandUsers(users int) decimal.Decimal {
	if users <= 0 {
		return zero
	}
	return e.Expected.Mul(num(1000)).Div(num(users)).Round(2)
}

// PerMillionRequests is the expected cost per 1,000,000 requests in a month
// of the given number; zero when there are none.
func (e Estimate) PerMillionRequests(requestsPerMonth float64) decimal.Decimal {
	if requestsPerMonth <= 0 {
		return zero
	}
	return e.Expected.Mul(num(1_000_000)).Div(dec(requestsPerMonth)).Round(2)
}
