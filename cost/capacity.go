package cost

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// platforms maps what EC2 calls an operating system of reserved capacity to how the
// catalogue calls it. Others hold a licence besides whose price it has not.
var platforms = map[string]string{
	"": "Linux", "Linux/UNIX": "Linux", "Windows": "Windows",
	"Red Hat Enterprise Linux": "RHEL", "SUSE Linux": "SLES",
}

// priceCapacityReservation prices reserved capacity, used or not. The machines
// that run in it are billed here and nowhere else.
func priceCapacityReservation(s *sheet) {
	typ := s.props.str("instanceType")
	n, ok := s.props.num("instanceCount")
	if typ == "" || !ok {
		s.unpriced("", "instanceType and instanceCount must be known")
		return
	}
	if s.props.str("tenancy") == "dedicated" {
		s.dedicated(typ, exactly(n), Declared)
		return
	}
	sku, ok := reservedCapacity(s.props)
	if !ok {
		s.unpriced("", fmt.Sprintf("machines with %q have a licence in their price, which the catalogue does not hold",
			s.props.str("instancePlatform")))
		return
	}
	item := "reserved capacity hours, " + typ
	if _, system, _ := strings.Cut(strings.TrimSuffix(sku, " on-demand"), " "); system != "Linux" {
		item += " " + system
	}
	s.coveredHours(typ, exactly(n), charge{item: item, service: EC2, sku: sku,
		basis: Declared, note: "paid whether used or not; instances that run in it are not billed again",
	})
}

// reservedCapacity is the SKU of the machines that a reservation holds; false for a
// platform without a price.
func reservedCapacity(p props) (string, bool) {
	system, ok := platforms[p.str("instancePlatform")]
	return p.str("instanceType") + " " + system + " on-demand", ok
}

// heldCapacity is how many machines of a SKU are reserved in the sheet's region. A
// reservation holds those of its own operating system only, and of its own tenancy.
func (s *sheet) heldCapacity(sku string) decimal.Decimal {
	held := zero
	for _, r := range s.byType[token.EC2CapacityReservation] {
		p := props(r.Props)
		own, ok := reservedCapacity(p)
		if ok && own == sku && p.str("tenancy") != "dedicated" && cmp.Or(r.Region, s.opts.Region) == s.region {
			held = held.Add(p.numOr("instanceCount", 0))
		}
	}
	return held
}
