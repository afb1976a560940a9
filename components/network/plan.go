package network

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rung-dev/rung/region/addresses"
)

// Tier is what a subnet is for.
type Tier = addresses.Tier

const (
	// Public subnets have a route to and from the internet.
	Public = addresses.Public
	// Private subnets reach the internet through NAT only.
	Private = addresses.Private
	// Data subnets have no route to the internet at all.
	Data = addresses.Data
	// Spare is a quarter of the range that no stage uses yet.
	Spare = addresses.Spare
)

// Slots is how many zones a tier has room for in a range of /16 to /23; a /24 has two.
const Slots = addresses.Most

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

// RegionCIDR is the range that the plan gives a region. It fails for a region
// without a slot; such a region needs a CIDR of the caller's choice.
func RegionCIDR(name string) (string, error) {
	p, err := addresses.Of(name)
	if err != nil {
		return "", err
	}
	return p.String(), nil
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
	return addresses.TierRange(vpc, t).String()
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
			list = append(list, subnet{t, slot, zone, addresses.Subnet(vpc, t, slot).String()})
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
	if _, err := addresses.Parse(a.CIDR); err != nil {
		return fmt.Errorf("CIDR: %w", err)
	}
	return nil
}

// room is how many zones the range has slots for.
func (a Args) room() int {
	if p, err := addresses.Parse(a.CIDR); err == nil {
		return addresses.Slots(p)
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
