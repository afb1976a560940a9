package preview

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Currency is the currency of every amount.
const Currency = "USD"

// Cost is the month before and after, line by line for the stack as it would be.
type Cost struct {
	// Regions are the stack's, in the order in which they are drawn.
	Regions  []string `json:"-"`
	Currency string   `json:"currency"`
	From     Money    `json:"from"`
	To       Money    `json:"to"`
	Delta    Money    `json:"delta"`
	// NoPrice is how many resources cost something that is not known, so that To is
	// at least what is paid.
	NoPrice int `json:"noPrice"`
	// Low and High bound To: the load is at its peak for none to four hours a
	// day, usage between half and twice the expected.
	Low  Money `json:"low"`
	High Money `json:"high"`
	// Lines add up to To, to the cent.
	Lines []Line `json:"lines"`
	// ByRegion are the sums of Lines per region, dearest first; what belongs to
	// no region stands under "global".
	ByRegion []Subtotal `json:"byRegion"`
	// Unpriced cost something that is not known; UsageBased depend on usage
	// that is not known; Free cost nothing.
	Unpriced   []Note `json:"unpriced"`
	UsageBased []Note `json:"usageBased"`
	Free       []Note `json:"free"`
	// SeedBand is nil where the seeds give none.
	SeedBand *SeedBand `json:"seedBand"`
	// PerThousandUsers and PerMillionRequests divide To; nil without users.
	PerThousandUsers   *Money `json:"perThousandUsers"`
	PerMillionRequests *Money `json:"perMillionRequests"`
	// SourcedPercent is how much of To comes from prices with a source and a date.
	SourcedPercent string `json:"sourcedPercent"`
	// FallbackPercent is how much of To is at prices of us-east-1, because those
	// of its region are not known; empty when nothing is.
	FallbackPercent string `json:"fallbackPercent,omitempty"`
	// OwnPrices is how many of Lines go by prices of the user's own, as
	// `rung prices refresh` writes them, and of which day the youngest is; nil
	// when none does.
	OwnPrices *OwnPrices `json:"ownPrices,omitempty"`
}

// Subtotal is what one region costs.
type Subtotal struct {
	Region  string `json:"region"`
	Monthly Money  `json:"monthly"`
	Low     Money  `json:"low"`
	High    Money  `json:"high"`
}

// Line is an item of the estimate with its amounts as money.
type Line struct {
	cost.Line
	Monthly Money `json:"monthly"`
	Low     Money `json:"low"`
	High    Money `json:"high"`
}

// Note says why a resource, or one item of it, has no line.
type Note = cost.Note

// SeedBand is what the seeds say that the stage costs, and where To lies.
type SeedBand struct {
	Low  int `json:"low"`
	High int `json:"high"`
	// Verdict is "below", "inside" or "above".
	Verdict string `json:"verdict"`
	// Leaves says where the range of the month goes beyond: "below", "above" or
	// "below and above"; empty for nowhere.
	Leaves string `json:"leaves,omitempty"`
}

// OwnPrices are lines at prices of the user's own.
type OwnPrices struct {
	Lines int    `json:"lines"`
	AsOf  string `json:"asOf"`
}

// String says it in words; empty when there are none.
func (o *OwnPrices) String() string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf("%d of its lines at prices of your own, the youngest of %s (see `rung prices`)", o.Lines, o.AsOf)
}

// fallback writes a share as a percentage; empty when it rounds to nothing.
func fallback(share decimal.Decimal) string {
	percent := share.Mul(decimal.NewFromInt(100)).Round(1)
	if percent.IsZero() {
		return ""
	}
	return percent.StringFixed(1)
}

func ownPrices(all []cost.Line) *OwnPrices {
	var own OwnPrices
	for _, l := range all {
		if l.Own {
			own.Lines, own.AsOf = own.Lines+1, max(own.AsOf, l.AsOf)
		}
	}
	if own.Lines == 0 {
		return nil
	}
	return &own
}

// newCost compares two estimates. Stage 0 has no seed band.
func newCost(before, after cost.Estimate, stage ladder.Number, t ladder.Traffic) Cost {
	c := Cost{
		Currency: Currency,
		From:     USD(before.Expected), To: USD(after.Expected),
		Delta:   USD(after.Expected.Sub(before.Expected)),
		NoPrice: withoutPrice(after),
		Low:     USD(after.Low), High: USD(after.High),
		Lines:    lines(after.Lines),
		ByRegion: subtotals(after.ByRegion()),
		Unpriced: notes(after.Unpriced), UsageBased: notes(after.UsageBased), Free: notes(after.Free),
		SeedBand:  bandOf(stage, after),
		OwnPrices: ownPrices(after.Lines), FallbackPercent: fallback(after.FallbackShare()),
		SourcedPercent: after.SourcedShare().Mul(decimal.NewFromInt(100)).StringFixed(1),
	}
	if t.Users > 0 && stage > 0 {
		users, requests := USD(after.PerThousandUsers(t.Users)), USD(after.PerMillionRequests(t.RequestsPerMonth()))
		c.PerThousandUsers, c.PerMillionRequests = &users, &requests
	}
	return c
}

func subtotals(of []cost.Subtotal) []Subtotal {
	list := []Subtotal{}
	for _, s := range of {
		list = append(list, Subtotal{Region: s.Key, Monthly: USD(s.Expected), Low: USD(s.Low), High: USD(s.High)})
	}
	return list
}

// Headline is the month in a few words: "at least $59.90" where something has no
// price.
func (c Cost) Headline() string {
	if c.NoPrice > 0 {
		return "at least " + c.To.String()
	}
	return c.To.String()
}

// Missing says how many resources have no price; empty where all have one.
func (c Cost) Missing() string {
	switch c.NoPrice {
	case 0:
		return ""
	case 1:
		return "1 resource has no price, or a part of it has none, and is not in it"
	}
	return fmt.Sprintf("%d resources have no price, or a part of them has none, and are not in it", c.NoPrice)
}

// Span is the range in words; empty for a single figure.
func (c Cost) Span() string {
	if c.High.Minus(c.Low).Free() {
		return ""
	}
	return "between " + c.Low.String() + " and " + c.High.String()
}

// Regional are the sums to show; none where there is one region, beside what
// belongs to none.
func (c Cost) Regional() []Subtotal {
	regions := 0
	for _, s := range c.ByRegion {
		if s.Region != cost.Global {
			regions++
		}
	}
	if regions < 2 {
		return nil
	}
	return c.ByRegion
}

func bandOf(stage ladder.Number, month cost.Estimate) *SeedBand {
	expected := month.Expected
	s, err := ladder.Get(stage)
	if err != nil || !s.Band.Known() {
		return nil
	}
	verdict := "inside"
	if expected.LessThan(decimal.NewFromInt(int64(s.Band.Low))) {
		verdict = "below"
	}
	if expected.GreaterThan(decimal.NewFromInt(int64(s.Band.High))) {
		verdict = "above"
	}
	return &SeedBand{Low: s.Band.Low, High: s.Band.High, Verdict: verdict, Leaves: leaves(s.Band, month)}
}

// leaves says where a range goes beyond a band.
func leaves(b ladder.Band, month cost.Estimate) string {
	below, above := month.Low.LessThan(decimal.NewFromInt(int64(b.Low))),
		month.High.GreaterThan(decimal.NewFromInt(int64(b.High)))
	switch {
	case below && above:
		return "below and above"
	case below:
		return "below"
	case above:
		return "above"
	}
	return ""
}

func lines(all []cost.Line) []Line {
	out := make([]Line, len(all))
	for i, l := range all {
		out[i] = Line{Line: l, Monthly: USD(l.Monthly), Low: USD(l.Low), High: USD(l.High)}
	}
	return out
}

// notes is never nil, so that JSON has an empty list.
func notes(all []cost.Note) []Note { return append([]Note{}, all...) }

// Pricing says how the cost of a resource is known.
type Pricing string

// The pricings.
const (
	Priced     Pricing = "priced"
	FreeOfCost Pricing = "free"
	UsageBased Pricing = "usage"    // paid by a usage that is not known
	Unpriced   Pricing = "unpriced" // costs something that is not known
)

// pricings says of each resource how its cost is known: as it would be, or for
// one that goes, as it was. The least known part of a resource counts.
func pricings(before, after cost.Estimate) map[string]Pricing {
	out := map[string]Pricing{}
	for _, e := range []cost.Estimate{before, after} {
		for _, n := range e.Free {
			out[n.URN] = FreeOfCost
		}
		for _, l := range e.Lines {
			out[l.URN] = Priced
		}
		for _, n := range e.UsageBased {
			out[n.URN] = UsageBased
		}
		for _, n := range e.Unpriced {
			out[n.URN] = Unpriced
		}
	}
	return out
}

// perURN sums the lines of each resource.
func perURN(e cost.Estimate) map[string]Money {
	sums := map[string]Money{}
	for _, l := range e.Lines {
		sums[l.URN] = sums[l.URN].Plus(USD(l.Monthly))
	}
	return sums
}

// String writes the band as people say it: "$500–1,000".
func (b SeedBand) String() string { return ladder.Band{Low: b.Low, High: b.High}.String() }

// Beyond says in words where the range of the month leaves the band; empty where it
// does not.
func (b SeedBand) Beyond() string {
	if b.Leaves == "" || b.Leaves == b.Verdict {
		return ""
	}
	return "the month may also be " + b.Leaves + " it"
}
