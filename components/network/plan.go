package network

import (
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

// Slots is how many zones a tier has room for. Most regions have three zones;
// the fourth slot is there for those that have more.
const Slots = 4

// subnetBits is the length of a subnet's prefix: a /16 holds sixteen /20, four
// tiers of four slots, with 4,091 usable addresses in each.
const subnetBits = 20

// tierBits is the length of a tier's prefix: its four slots together.
const tierBits = 18

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

// subnetCIDR is the range of one subnet. Nothing else goes into it, so that no
// growth ever moves a subnet.
func subnetCIDR(vpc netip.Prefix, t Tier, slot int) netip.Prefix {
	a := vpc.Masked().Addr().As4()
	index := int(t)*Slots + slot
	a[2] = byte(index << (24 - subnetBits))
	return netip.PrefixFrom(netip.AddrFrom4(a), subnetBits)
}

// rangeOf is a tier's whole range, a quarter of the VPC's.
func (a Args) rangeOf(t Tier) string {
	vpc, err := netip.ParsePrefix(a.CIDR)
	if err != nil { // validate has named it
		return ""
	}
	return netip.PrefixFrom(subnetCIDR(vpc, t, 0).Addr(), tierBits).String()
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
	if a.CIDR == "" {
		a.CIDR, _ = RegionCIDR(a.Region) // validate names a region without a slot
	}
	if a.NAT == "" {
		a.NAT = None
	}
	return a
}

func (a Args) validate() error {
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
	if err != nil || !p.Addr().Is4() || p.Bits() != 16 || p != p.Masked() || !p.Addr().IsPrivate() {
		return fmt.Errorf("CIDR: got %q, want a private IPv4 /16 such as 10.0.0.0/16, 172.16.0.0/16 or 192.168.0.0/16",
			a.CIDR)
	}
	return nil
}

func (a Args) validateZones() error {
	var errs []error
	if len(a.Zones) == 0 || len(a.Zones) > Slots {
		errs = append(errs, fmt.Errorf("Zones: got %d, want 1 to %d", len(a.Zones), Slots))
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
