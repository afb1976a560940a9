package peering

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rung-dev/rung/components/part"
)

// maxPeers is how many other networks one may be joined with: AWS's default
// quota of active peerings for a VPC, and of peerings for a transit gateway.
const maxPeers = 50

// firstASN is the first of the numbers for private networks, and the default
// of all transit gateways.
const firstASN = 64512

func (a Args) withDefaults() Args {
	if a.Kind == "" {
		a.Kind = VPC
	}
	return a
}

// pairs are the codes of every two sides, each pair and all of them sorted: who
// asks whom must not depend on the order in which regions are listed.
func (a Args) pairs() [][2]string {
	codes := make([]string, len(a.Sides))
	for i, s := range a.Sides {
		codes[i] = s.Code
	}
	slices.Sort(codes)
	var all [][2]string
	for i, first := range codes {
		for _, second := range codes[i+1:] {
			all = append(all, [2]string{first, second})
		}
	}
	return all
}

// asn is the number of a side's transit gateway: another one for each network
// of a range, as AWS advises for gateways that are peered.
func (s Side) asn() int {
	p, err := netip.ParsePrefix(s.CIDR)
	if err != nil { // validate has named it
		return firstASN
	}
	return firstASN + int(p.Addr().As4()[1])
}

// firstOfZones are the first subnet of each zone.
func firstOfZones(subnets []part.Subnet) []part.Subnet {
	var list []part.Subnet
	for _, s := range subnets {
		if !slices.ContainsFunc(list, func(other part.Subnet) bool { return other.Zone == s.Zone }) {
			list = append(list, s)
		}
	}
	return list
}

func (a Args) validate() error {
	var errs []error
	if !slices.Contains(Kinds(), a.Kind) {
		errs = append(errs, fmt.Errorf("Kind: got %q, want one of %v", a.Kind, Kinds()))
	}
	if n := len(a.Sides); n == 0 || n > maxPeers+1 {
		errs = append(errs, fmt.Errorf("Sides: got %d, want 1 to %d", n, maxPeers+1))
	}
	for i, s := range a.Sides {
		for _, err := range append(s.validate(a.Kind), s.clashes(a.Sides[:i])...) {
			errs = append(errs, fmt.Errorf("Sides[%d].%w", i, err))
		}
	}
	return errors.Join(errs...)
}

func (s Side) validate(kind Kind) []error {
	var errs []error
	for field, missing := range map[string]bool{
		"Region": s.Region == "", "Code": s.Code == "", "VPCID": s.VPCID == nil, "Provider": s.Provider == nil, "Tables": len(s.Tables) == 0,
		"Subnets": kind == TransitGateway && len(s.Subnets) == 0,
	} {
		if missing {
			errs = append(errs, fmt.Errorf("%s: required", field))
		}
	}
	if p, err := netip.ParsePrefix(s.CIDR); err != nil || !p.Addr().Is4() || p != p.Masked() {
		errs = append(errs, fmt.Errorf("CIDR: got %q, want the network's IPv4 range, such as 10.0.0.0/16", s.CIDR))
	}
	seen := map[string]bool{}
	for _, t := range s.Tables {
		if t.Name == "" || seen[t.Name] {
			errs = append(errs, fmt.Errorf("Tables: got a table named %q, want each under a name of its own", t.Name))
		}
		seen[t.Name] = true
	}
	slices.SortFunc(errs, func(a, b error) int { return slices.Compare([]byte(a.Error()), []byte(b.Error())) })
	return errs
}

// clashes are what a side shares with the ones before it and must not.
func (s Side) clashes(before []Side) []error {
	var errs []error
	mine, err := netip.ParsePrefix(s.CIDR)
	for _, other := range before {
		if s.Code == other.Code || s.Region == other.Region {
			errs = append(errs, fmt.Errorf("Code: %s (%s) stands twice, want each region once", s.Code, s.Region))
		}
		theirs, err2 := netip.ParsePrefix(other.CIDR)
		if err == nil && err2 == nil && mine.Overlaps(theirs) {
			errs = append(errs, fmt.Errorf("CIDR: %s overlaps %s of %s: networks that overlap cannot be joined, and a range "+
				"cannot be changed later",
				mine, theirs, other.Region))
		}
	}
	return errs
}
