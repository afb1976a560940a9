package cost

import (
	"slices"
	"strings"
)

// priceHost prices a dedicated host, by its family or by that of its type.
func priceHost(s *sheet) {
	family := s.props.str("instanceFamily")
	if family == "" {
		family, _, _ = strings.Cut(s.props.str("instanceType"), ".")
	}
	if family == "" {
		s.unpriced("", s.props.notKnown("instanceFamily"))
		return
	}
	s.hours("host hours, "+family, EC2, family+" dedicated host", one, Declared, "its instances cost nothing more")
}

// paidOptimized are the machines whose connection to EBS of their own is asked for and
// paid; all later ones have it for nothing (AWS's guide on EBS-optimized instances).
var paidOptimized = strings.Fields("c1.xlarge c3.xlarge c3.2xlarge c3.4xlarge g2.2xlarge i2.xlarge i2.2xlarge " +
	"i2.4xlarge m1.large m1.xlarge m2.2xlarge m2.4xlarge m3.xlarge m3.2xlarge r3.xlarge r3.2xlarge r3.4xlarge")

// machineExtras bills what n machines are given besides, by the properties of an
// instance, a launch configuration or a launch template.
func (s *sheet) machineExtras(typ string, p props, n span) {
	if p.flag("ebsOptimized") && slices.Contains(paidOptimized, typ) {
		s.bill(charge{item: "connection to EBS of its own, " + typ, service: EC2, sku: typ + " EBS-optimized",
			count: n.times(hoursPerMonth), basis: Declared})
	}
	s.accelerator(p.object("elasticInferenceAccelerator").str("type"), n, Declared)
}

// accelerator bills n accelerators of inference, empty is none. AWS gives no new ones.
func (s *sheet) accelerator(typ string, n span, basis Basis) {
	if typ == "" {
		return
	}
	s.bill(charge{item: "inference accelerator hours, " + typ, service: EC2, sku: typ + " accelerator",
		count: n.times(hoursPerMonth), basis: basis, note: "AWS no longer gives new ones"})
}

// dedicated bills hours on hardware of one's own, which are dearer than the list's and
// seldom known.
func (s *sheet) dedicated(typ string, n span, basis Basis) {
	c := charge{item: "instance hours, " + typ + " dedicated", service: EC2, sku: typ + " Linux dedicated on-demand",
		count: n.times(hoursPerMonth), basis: basis}
	if _, err := s.lookup(Key{c.service, c.sku, s.region}); err != nil {
		s.unpriced("instance hours, "+typ, "tenancy dedicated has prices of its own, which the catalogue does not hold")
		return
	}
	s.bill(c)
}

// priceLightsail prices a server of Lightsail, whose plan holds disk, address and transfer.
func priceLightsail(s *sheet) {
	plan := s.props.str("bundleId")
	if plan == "" {
		s.unpriced("", s.props.notKnown("bundleId"))
		return
	}
	s.hours("plan hours, "+plan, Lightsail, plan+" plan", one, Declared, "disk, address and transfer are in the plan")
}
