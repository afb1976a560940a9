package cost

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// found is a price for a region: the region's own, or that of us-east-1 in its stead.
type found struct {
	Price
	// spread is what the region's own price may be, as a multiple of Price.
	spread span
	// note says that the price is another region's; empty for the region's own.
	note string
}

// lookup finds a price, in us-east-1 where the region has none and the options
// allow it.
func (st *stack) lookup(k Key) (found, error) {
	p, err := st.catalogue.Lookup(k)
	if err == nil || st.opts.Fallback == FallbackNone || k.Region == HomeRegion || k.Region == Global {
		return found{Price: p, spread: exactly(one)}, err
	}
	home, ok := st.catalogue.At(Key{k.Service, k.SKU, HomeRegion})
	if !ok {
		return found{}, err
	}
	note := fmt.Sprintf("fallback: %s price, none known for %s", HomeRegion, k.Region)
	if st.catalogue.sameEverywhere(k.Service, k.SKU) {
		return found{home, exactly(one), note + "; the regions that are known cost the same"}, nil
	}
	dearer := st.catalogue.dearer(k.Region)
	if dearer.Equal(one) {
		return found{home, span{one, one, decimal.New(11, -1)}, note}, nil
	}
	home.USD = home.USD.Mul(dearer).Round(9)
	note = fmt.Sprintf("%s; times %s, as machines cost there", note, dearer)
	return found{home, around(dearer), note}, nil
}

// around is what a price may be that was scaled as machines cost elsewhere: as at
// home, or twice as far from it.
func around(dearer decimal.Decimal) span {
	return inOrder(one.Div(dearer).Round(9), one, two.Sub(one.Div(dearer)).Round(9))
}

// nowhere is what a price may be where nobody knows the region: the dearest ask for
// two thirds more than us-east-1.
var nowhere = span{one, one, decimal.New(165, -2)}

// yardsticks are machines that nearly every region rents, the commonest first.
var yardsticks = []string{"m5.large", "t3.medium", "m6g.large", "c6g.large"}

// dearer is how many times what us-east-1 asks a region asks for a machine; 1
// where that is not known.
func (c *Catalogue) dearer(region string) decimal.Decimal {
	for _, typ := range yardsticks {
		here, ok := c.At(Key{EC2, onDemand(typ), region})
		home, atHome := c.At(Key{EC2, onDemand(typ), HomeRegion})
		if ok && atHome && home.USD.IsPositive() {
			return here.USD.Div(home.USD).Round(2)
		}
	}
	return one
}

// sameEverywhere reports whether a price is known in several regions and the same
// in all of them.
func (c *Catalogue) sameEverywhere(service Service, sku string) bool {
	home, ok := c.prices[Key{service, sku, HomeRegion}]
	if !ok {
		return false
	}
	others := 0
	for _, region := range c.regions {
		p, ok := c.prices[Key{service, sku, region}]
		switch {
		case !ok || region == HomeRegion:
		case !p.USD.Equal(home.USD):
			return false
		default:
			others++
		}
	}
	return others > 0
}
