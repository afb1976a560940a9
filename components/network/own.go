package network

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Own is a VPC that stands already, with the subnets in it that may be used.
// Nothing of it is made, changed or removed: the component only hands it on, in
// the form in which it hands on a network of its own.
type Own struct {
	// VPCID is the VPC's id.
	VPCID pulumi.StringInput
	// Public, Private and Data are the subnets of each tier, each with ID, Zone and
	// CIDR. Public ones need a route to an internet gateway, Private ones a way out,
	// through NAT say, and Data ones none. A RouteTableID is needed where a way to
	// another network is entered. Empty is a tier that nobody uses.
	Public, Private, Data []part.Subnet
}

// of are the subnets of a tier.
func (o *Own) of(t Tier) []part.Subnet {
	switch t {
	case Public:
		return o.Public
	case Private:
		return o.Private
	case Data:
		return o.Data
	}
	return nil
}

func (a Args) validateOwn() error {
	errs := []error{a.Own.validate(a.Region)}
	if a.Region == "" {
		errs = append(errs, errors.New("Region: required"))
	}
	if len(a.Zones) > 0 || a.Private || a.Data || a.NAT != None || a.FlowLogs {
		errs = append(errs, errors.New("Own: leave Zones, Private, Data, NAT and FlowLogs out: of a VPC that stands "+
			"nothing is made or changed"))
	}
	vpc, err := netip.ParsePrefix(a.CIDR)
	if err != nil || !vpc.Addr().Is4() || vpc != vpc.Masked() {
		return errors.Join(append(errs, fmt.Errorf("CIDR: got %q, want the VPC's IPv4 range, 10.20.0.0/16 say", a.CIDR))...)
	}
	return errors.Join(append(errs, a.Own.lie(vpc))...)
}

func (o *Own) validate(region string) error {
	var errs []error
	if o.VPCID == nil {
		errs = append(errs, errors.New("Own.VPCID: required"))
	}
	if len(o.Public)+len(o.Private)+len(o.Data) == 0 {
		errs = append(errs, errors.New("Own: no subnets, want those that may be used"))
	}
	for t := Public; t <= Data; t++ {
		for i, s := range o.of(t) {
			if s.ID.OutputState == nil {
				errs = append(errs, fmt.Errorf("Own.%s.ID: required", place(t, i)))
			}
			if !isZoneOf(s.Zone, region) {
				errs = append(errs, fmt.Errorf("Own.%s.Zone: got %q, want a standard zone of %s such as %sa", place(t, i), s.Zone,
					region, region))
			}
		}
	}
	return errors.Join(errs...)
}

// lie checks that the subnets lie in the VPC, and none in another: a range that
// was mistyped would let in whom nobody meant.
func (o *Own) lie(vpc netip.Prefix) error {
	var errs []error
	seen := map[string]netip.Prefix{}
	for t := Public; t <= Data; t++ {
		for i, s := range o.of(t) {
			at := place(t, i)
			p, err := netip.ParsePrefix(s.CIDR)
			if err != nil || p != p.Masked() || !vpc.Contains(p.Addr()) || p.Bits() < vpc.Bits() {
				errs = append(errs, fmt.Errorf("Own.%s.CIDR: got %q, want a range within %s", at, s.CIDR, vpc))
				continue
			}
			for other, q := range seen {
				if p.Overlaps(q) {
					errs = append(errs, fmt.Errorf("Own.%s.CIDR: %s overlaps %s of %s", at, p, q, other))
				}
			}
			seen[at] = p
		}
	}
	return errors.Join(errs...)
}

// place names a subnet as the caller writes it: "Private[1]".
func place(t Tier, i int) string {
	name := t.String()
	return fmt.Sprintf("%s[%d]", strings.ToUpper(name[:1])+name[1:], i)
}

// cidrs are the ranges of subnets; what is none was named by validate.
func cidrs(subnets []part.Subnet) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range subnets {
		if p, err := netip.ParsePrefix(s.CIDR); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// covering is the narrowest range that holds all of the ranges, empty for none.
func covering(ranges []netip.Prefix) string {
	if len(ranges) == 0 {
		return ""
	}
	all := ranges[0].Masked()
	for _, p := range ranges[1:] {
		for !all.Contains(p.Addr()) || all.Bits() > p.Bits() {
			all = netip.PrefixFrom(all.Addr(), all.Bits()-1).Masked()
		}
	}
	return all.String()
}

// adopt hands the VPC that stands on, as build does one that it makes.
func (n *Network) adopt(own *Own) {
	n.VPCID = own.VPCID.ToStringOutput()
	n.Public, n.Private, n.Data = own.Public, own.Private, own.Data
	for t := Public; t <= Data; t++ {
		for i, s := range own.of(t) {
			if s.RouteTableID.OutputState != nil {
				n.RouteTables = append(n.RouteTables, part.RouteTable{Name: fmt.Sprintf("%s-%d", t, i), ID: s.RouteTableID})
			}
		}
	}
}
