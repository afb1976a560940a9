package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rung-dev/rung/region"
)

// Tier is what a subnet is for. The numbers are part of the address plan of
// every stack, so they are frozen.
type Tier int

const (
	// Public subnets have a route to and from the internet.
	Public Tier = iota
	// Private subnets reach the internet through NAT only.
	Private
	// Data subnets have no route to the internet at all.
	Data
	// Spare is a quarter of the range that no stage uses yet.
	Spare
)

// String is the tier's name in logical names and tags.
func (t Tier) String() string { return [...]string{"public", "private", "data", "spare"}[t] }

// Slots is how many zones a tier has room for in a range of /16 to /23. Most
// regions have three zones; the fourth slot is there for those that have more.
const Slots = 4

const (
	// widestBits and narrowestBits bound the range of a network.
	widestBits, narrowestBits = 16, 24
	// tiers is how many tiers share a range alike, in bits.
	tiers = 2
	// finestBits is the narrowest subnet: a load balancer needs a /27.
	finestBits = 27
)

// tierBits is the length of a tier's prefix, a quarter of the range.
func tierBits(vpc netip.Prefix) int { return vpc.Bits() + tiers }

// subnetBits is the length of a subnet's prefix: a quarter of its tier, but no
// less than a load balancer takes. A /16 holds sixteen /20 with 4,091 usable
// addresses in each; a /24 eight /27 with 27.
func subnetBits(vpc netip.Prefix) int { return min(tierBits(vpc)+2, finestBits) }

// slots is how many zones a tier has room for: Slots, and two of a /24.
func slots(vpc netip.Prefix) int { return 1 << (subnetBits(vpc) - tierBits(vpc)) }

// NAT is how private subnets reach the internet.
type NAT string

const (
	// None: they do not. Only AWS services with an endpoint are reached.
	None NAT = "none"
	// Instance is one small instance that masquerades: cheap, up to 5 Gbit/s in
	// bursts, and out of service for minutes when its zone or it fails.
	Instance NAT = "instance"
	// Single is one NAT gateway for all zones: no upkeep, but its zone's outage
	// takes the way out from all, and traffic from other zones is billed twice.
	Single NAT = "single"
	// PerZone is a NAT gateway in each zone.
	PerZone NAT = "per-zone"
)

// NATs lists the choices from the cheapest to the most robust.
func NATs() []NAT { return []NAT{None, Instance, Single, PerZone} }

// RegionCIDR is the range that the plan gives a region: slot n is 10.n.0.0/16. It fails for a region
// without a slot; such a region needs a CIDR of the caller's choice.
func RegionCIDR(name string) (string, error) {
	slot, ok := region.Slot(name)
	if !ok {
		return "", fmt.Errorf("region %q has no slot in the address plan: give a range of your own", name)
	}
	return fmt.Sprintf("10.%d.0.0/16", slot), nil
}

// subnetCIDR is the range of one subnet. Nothing but the network's range, the tier
// and the slot goes into it, so that no growth ever moves a subnet.
func subnetCIDR(vpc netip.Prefix, t Tier, slot int) netip.Prefix {
	first := vpc.Masked().Addr().As4()
	index := uint32(int(t)*slots(vpc) + slot)
	address := binary.BigEndian.Uint32(first[:]) + index<<(32-subnetBits(vpc))
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(a), subnetBits(vpc))
}

// rangeOf is a tier's whole range, a quarter of the VPC's; of subnets that stand
// already the narrowest range that holds them.
func (a Args) rangeOf(t Tier) string {
	if a.Own != nil {
		return covering(cidrs(a.Own.of(t)))
	}
	vpc, err := netip.ParsePrefix(a.CIDR)
	if err != nil { // validate has named it
		return ""
	}
	return netip.PrefixFrom(subnetCIDR(vpc, t, 0).Addr(), tierBits(vpc)).String()
}

// subnet is one subnet of the plan.
type subnet struct {
	Tier Tier
	Slot int
	Zone string
	CIDR string
}

// plan lists the subnets of a tier in the order of their slots.
func (a Args) plan(t Tier) []subnet {
	vpc, err := netip.ParsePrefix(a.CIDR)
	if err != nil { // validate has named it
		return nil
	}
	var list []subnet
	for slot, zone := range a.Zones {
		if zone != "" {
			list = append(list, subnet{t, slot, zone, subnetCIDR(vpc, t, slot).String()})
		}
	}
	return list
}

// natSlots are the slots that have a way out of their own.
func (a Args) natSlots() []int {
	var slots []int
	for _, s := range a.plan(Public) {
		if a.NAT == PerZone || a.NAT != None && len(slots) == 0 {
			slots = append(slots, s.Slot)
		}
	}
	return slots
}

// natFor is the slot of the NAT that a private subnet uses: its own zone's, or
// the only one. False when there is none.
func natFor(slots []int, slot int) (int, bool) {
	if slices.Contains(slots, slot) {
		return slot, true
	}
	if len(slots) == 0 {
		return 0, false
	}
	return slots[0], true
}

func (a Args) withDefaults() Args {
	if a.CIDR == "" && a.Own == nil {
		a.CIDR, _ = RegionCIDR(a.Region) // validate names a region without a slot
	}
	if a.NAT == "" {
		a.NAT = None
	}
	return a
}

func (a Args) validate() error {
	if a.Own != nil {
		return a.validateOwn()
	}
	errs := []error{a.validateRange(), a.validateZones()}
	if !slices.Contains(NATs(), a.NAT) {
		errs = append(errs, fmt.Errorf("NAT: got %q, want one of %v", a.NAT, NATs()))
	}
	if a.NAT != None && !a.Private {
		errs = append(errs, fmt.Errorf("NAT: got %q without private subnets, which are all that uses it; set Private or "+
			"leave NAT out", a.NAT))
	}
	if a.NAT == Instance && a.NATImage == nil {
		errs = append(errs, fmt.Errorf("NATImage: required for NAT %q", Instance))
	}
	if a.FlowLogs && a.LogBucketARN == nil {
		errs = append(errs, errors.New("LogBucketARN: required with FlowLogs"))
	}
	return errors.Join(errs...)
}

func (a Args) validateRange() error {
	if a.Region == "" {
		return errors.New("Region: required")
	}
	if a.CIDR == "" {
		_, err := RegionCIDR(a.Region)
		return fmt.Errorf("CIDR: required, since %w", err)
	}
	p, err := netip.ParsePrefix(a.CIDR)
	if err != nil || !p.Addr().Is4() || p.Bits() < widestBits || p.Bits() > narrowestBits || p != p.Masked() ||
		!p.Addr().IsPrivate() {
		return fmt.Errorf("CIDR: got %q, want a private IPv4 range of /%d to /%d such as 10.0.0.0/16, 172.16.0.0/20 or "+
			"192.168.0.0/24", a.CIDR, widestBits, narrowestBits)
	}
	return nil
}

// room is how many zones the range has slots for.
func (a Args) room() int {
	if p, err := netip.ParsePrefix(a.CIDR); err == nil && p.Addr().Is4() {
		return slots(p)
	}
	return Slots
}

func (a Args) validateZones() error {
	var errs []error
	if room := a.room(); len(a.Zones) == 0 || len(a.Zones) > room {
		errs = append(errs, fmt.Errorf("Zones: got %d, want 1 to %d in %s", len(a.Zones), room, a.CIDR))
	}
	seen := map[string]int{}
	for slot, zone := range a.Zones {
		if zone == "" {
			continue
		}
		if !isZoneOf(zone, a.Region) {
			errs = append(errs, fmt.Errorf("Zones[%d]: got %q, want a standard zone of %s such as %sa", slot, zone, a.Region,
				a.Region))
		}
		if first, again := seen[zone]; again {
			errs = append(errs, fmt.Errorf("Zones[%d]: %s has slot %d already; a zone has one slot", slot, zone, first))
		}
		seen[zone] = slot
	}
	if len(a.Zones) > 0 && len(seen) == 0 {
		errs = append(errs, errors.New("Zones: all slots are empty, want at least one zone"))
	}
	return errors.Join(errs...)
}

// isZoneOf tells "us-east-1a" from the local zone "us-east-1-bos-1a", which
// lacks most services.
func isZoneOf(zone, region string) bool {
	return len(zone) == len(region)+1 && zone[:len(region)] == region && zone[len(region)] >= 'a' &&
		zone[len(region)] <= 'z'
}
