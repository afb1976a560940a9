package cost

import (
	"strings"

	"github.com/shopspring/decimal"
)

// machineHours bills n machines of a type for the month. Those that run in
// reserved capacity are billed with it.
func (s *sheet) machineHours(typ string, n span, c charge) {
	if held := s.heldCapacity(c.sku); c.service == EC2 && held.IsPositive() {
		if inside := s.take("capacity/"+s.region+"/"+c.sku, held, n.Expected); inside.IsPositive() {
			n, c.note = n.less(inside), join(c.note, grouped(inside)+" more run in reserved capacity and are billed there")
		}
		if n.isZero() {
			s.usageItem(c.item, "in reserved capacity, where they are billed")
			return
		}
	}
	s.coveredHours(typ, n, c)
}

// coveredHours bills n machines: first those that reservations cover, as long as
// there are any left, then the rest.
func (s *sheet) coveredHours(typ string, n span, c charge) {
	covered := zero
	if total := s.opts.Reserved[typ]; total > 0 {
		covered = s.take("reserved/"+typ, num(total), n.Expected)
	}
	if covered.IsPositive() {
		s.reservedHours(covered, c)
		n = n.less(covered)
	}
	if n.isZero() {
		return
	}
	c.count = n.times(hoursPerMonth)
	s.bill(c)
}

// reservedHours bills machines that reservations cover: at a list price of
// their own where the catalogue holds one, else at the on-demand price less
// the usual discount.
func (s *sheet) reservedHours(n decimal.Decimal, c charge) {
	c.item, c.count = "reserved "+c.item, exactly(n.Mul(hoursPerMonth))
	own := Key{c.service, reservedSKU(c.sku), s.region}
	if _, err := s.catalogue.Lookup(own); err == nil {
		c.sku = own.SKU
	} else {
		c.factor = &factor{
			span: exactly(one.Sub(s.reservedDiscount(c.service))), assumed: true,
			source: "reserved for a year without upfront payment, at the discount of the few reserved prices that are known",
		}
	}
	s.bill(c)
}

// reservedSKU is what the catalogue calls the same machine reserved for a year,
// without payment upfront.
func reservedSKU(onDemand string) string {
	return strings.TrimSuffix(onDemand, "on-demand") + "reserved standard 1yr no-upfront"
}

// reservedDiscount is what a reservation of a service saves.
func (st *stack) reservedDiscount(service Service) decimal.Decimal {
	if st.opts.ReservedDiscount.IsPositive() {
		return st.opts.ReservedDiscount
	}
	return defaultReserved[service]
}
