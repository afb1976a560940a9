// Package addresses is the address plan: which range each region's network has
// unless a stack names another, and how a network's range is divided among tiers
// and zones.
//
// What stands follows from it and cannot move, so all of it is frozen. Whoever needs
// a fact of the plan, the network that is built as well as the settings that are
// judged before, reads it here.
package addresses

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/rung-dev/rung/region"
)

// Tier is what a subnet is for. The numbers are part of the plan.
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

// Most is how many zones a tier has room for in a range of /16 to /23. Most
// regions have three zones; the fourth slot is there for those that have more.
const Most = 4

const (
	// Widest and Narrowest bound the range of a network, in bits.
	Widest, Narrowest = 16, 24
	// tiers is how many tiers share a range alike, in bits.
	tiers = 2
	// finest is the narrowest subnet, in bits: a load balancer needs a /27.
	finest = 27
	// kept is how many addresses of a subnet AWS keeps for itself.
	// Source: Amazon VPC user guide, "Subnet sizing for IPv4".
	kept = 5
)

// Planned holds the ranges of all regions that the plan has, and of those that AWS
// may add.
var Planned = netip.MustParsePrefix("10.0.0.0/11")

// Of is the range that the plan gives a region: slot n is 10.n.0.0/16. It fails for
// a region without a slot; such a region needs a range of the caller's choice.
func Of(name string) (netip.Prefix, error) {
	slot, ok := region.Slot(name)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("region %q has no slot in the address plan: give a range of your own", name)
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(slot)}), Widest), nil
}

// Parse reads the range of a network: a private IPv4 one of /16 to /24 that begins
// at its first address.
func Parse(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil || !p.Addr().Is4() || p.Bits() < Widest || p.Bits() > Narrowest || p != p.Masked() ||
		!p.Addr().IsPrivate() {
		return netip.Prefix{}, fmt.Errorf("got %q, want a private IPv4 range of /%d to /%d such as 10.0.0.0/16, "+
			"172.16.0.0/20 or 192.168.0.0/24", text, Widest, Narrowest)
	}
	return p, nil
}

// subnetBits is the length of a subnet's prefix: a quarter of its tier, but no
// less than a load balancer takes. A /16 holds sixteen /20 with 4,091 usable
// addresses in each; a /24 eight /27 with 27.
func subnetBits(network netip.Prefix) int { return min(network.Bits()+tiers+2, finest) }

// Slots is how many zones a tier of a network has room for: Most, and two of a /24.
func Slots(network netip.Prefix) int { return 1 << (subnetBits(network) - network.Bits() - tiers) }

// Subnet is the range of one subnet. Nothing but the network's range, the tier
// and the slot goes into it, so that no growth ever moves a subnet.
func Subnet(network netip.Prefix, t Tier, slot int) netip.Prefix {
	first := network.Masked().Addr().As4()
	index := uint32(int(t)*Slots(network) + slot)
	address := binary.BigEndian.Uint32(first[:]) + index<<(32-subnetBits(network))
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(a), subnetBits(network))
}

// TierRange is a tier's whole range, a quarter of the network's.
func TierRange(network netip.Prefix, t Tier) netip.Prefix {
	return netip.PrefixFrom(Subnet(network, t, 0).Addr(), network.Bits()+tiers)
}

// Usable is how many addresses each subnet of a network has for what stands in it.
func Usable(network netip.Prefix) int { return 1<<(32-subnetBits(network)) - kept }
