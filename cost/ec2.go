package cost

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/resource/token"
)

// detailedMetrics is how many metrics detailed monitoring adds per instance.
const detailedMetrics = 7

// notKnown says why a property cannot be used.
func (p props) notKnown(key string) string {
	switch {
	case p[key] == Secret:
		return key + " is encrypted: pulumi stack export --show-secrets tells it"
	case figure.Absurd(p[key]):
		return key + " is a number beyond all bounds"
	case p.pending(key):
		return key + " is not known before the deployment"
	}
	return key + " is not given"
}

// priceInstance prices an EC2 instance: hours, disks, public address,
// detailed monitoring, and what it sends to the internet.
func priceInstance(s *sheet) {
	if found, _ := s.instanceTemplate(s.r); found != nil {
		s.props = s.props.over(machineOf(found.Props))
	}
	typ := s.props.str("instanceType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("instanceType"))
		return
	}
	off := isOff(s.props) || s.facts.stopped[s.r]
	if !off {
		s.instanceHours(typ)
		s.detailedMonitoring(s.props.flag("monitoring"), exactly(one))
		s.machineExtras(typ, s.props, exactly(one))
	}
	s.instanceDisks(s.props, exactly(one))
	if public, basis := s.instanceIsPublic(s.r); public && !off && !s.facts.holders[s.r] {
		s.address("public IPv4 address", exactly(one), basis, "")
	}
	s.egress()
}

// instanceHours bills an instance by how it is rented.
func (s *sheet) instanceHours(typ string) {
	switch t := s.props.str("tenancy"); {
	case t == "host":
		s.usageItem("instance hours, "+typ, "paid with its dedicated host")
	case t == "dedicated":
		s.dedicated(typ, exactly(one), Declared)
	case s.props.object("instanceMarketOptions").str("marketType") == "spot":
		s.spotHours(typ, exactly(one), exactly(one), Declared, "")
	case isWindows(s.props):
		s.machineHours(typ, exactly(one), charge{item: "instance hours, " + typ + " Windows", service: EC2,
			sku: typ + " Windows on-demand", basis: Derived, note: "it has a password for Windows' administrator"})
	default:
		s.onDemandHours(typ, exactly(one), Declared, "")
	}
	if s.props.object("creditSpecification").str("cpuCredits") == "unlimited" {
		s.usageItem("CPU credits", "unlimited: what it computes beyond its share is paid by the vCPU-hour")
	}
}

// isOff reports whether a machine stands in the state without running, which costs
// its disks only.
func isOff(p props) bool {
	return slices.Contains([]string{"stopped", "stopping", "terminated", "shutting-down"}, p.str("instanceState"))
}

// isWindows reports whether a machine runs Windows, which its password tells; of
// its image, only the id is known. A preview does not know yet whether it has one.
func isWindows(p props) bool { return p.flag("getPasswordData") || p.str("passwordData") != "" }

// instanceTemplate is the launch template that an instance names.
func (st *stack) instanceTemplate(r *Resource) (found *Resource, certain bool) {
	spec := props(r.Props).object("launchTemplate")
	if spec == nil {
		return nil, false
	}
	return st.target(r, "launchTemplate", token.EC2LaunchTemplate, spec.str("id"), spec.str("name"))
}

// machineOf is a launch template in the words of an instance.
func machineOf(t props) props {
	out := props{"instanceType": t["instanceType"], "instanceMarketOptions": t["instanceMarketOptions"],
		"creditSpecification": t["creditSpecification"], "monitoring": t.object("monitoring")["enabled"],
		"ebsOptimized":             t["ebsOptimized"],
		"tenancy":                  t.object("placement")["tenancy"],
		"associatePublicIpAddress": t.object("networkInterfaces")["associatePublicIpAddress"]}
	for i, m := range t.objects("blockDeviceMappings") {
		if isRoot(i, m) {
			out["rootBlockDevice"] = map[string]any(m.object("ebs"))
			continue
		}
		further, _ := out["ebsBlockDevices"].([]any)
		out["ebsBlockDevices"] = append(further, map[string]any(m.object("ebs")))
	}
	return out
}

// over lays properties over others: what is not given is taken from below.
func (p props) over(below props) props {
	out := make(props, len(p)+len(below))
	for k, v := range below {
		out[k] = v
	}
	for k, v := range p {
		if given(v) || !given(out[k]) {
			out[k] = v
		}
	}
	return out
}

// onDemandHours bills n instances for the month.
func (s *sheet) onDemandHours(typ string, n span, basis Basis, note string) {
	s.machineHours(typ, n,
		charge{item: "instance hours, " + typ, service: EC2, sku: onDemand(typ), basis: basis, note: note})
}

// onDemand is the SKU of an instance type; Linux, shared tenancy.
func onDemand(typ string) string { return typ + " Linux on-demand" }

// spotHours bills n spot instances. The span of prices says how the list
// price of the types that may be launched compares with that of typ.
func (s *sheet) spotHours(typ string, n, prices span, basis Basis, note string) {
	if n.isZero() {
		return
	}
	d := s.opts.Spot
	share := span{one.Sub(d.Most), one.Sub(d.Expected), one.Sub(d.Least)}
	s.bill(charge{
		item: "spot instance hours, " + typ, service: EC2, sku: onDemand(typ), count: n.times(hoursPerMonth), basis: basis, note: note,
		factor: &factor{span: share.by(prices), source: spotSource, assumed: true},
	})
}

// detailedMonitoring bills the metrics that detailed monitoring adds.
func (s *sheet) detailedMonitoring(on bool, instances span) {
	if !on {
		return
	}
	s.bill(charge{
		item: "detailed monitoring", service: CloudWatch, sku: "EC2 detailed monitoring (7 metrics per instance)",
		count: instances.times(num(detailedMetrics)), basis: Declared,
	})
}

// address bills public IPv4 addresses for the month.
func (s *sheet) address(item string, n span, basis Basis, note string) {
	s.bill(charge{item: item, service: PublicIPv4, sku: "in-use public IPv4 address", count: n.times(hoursPerMonth),
		basis: basis, note: note})
}

// instanceIsPublic reports whether AWS gives an instance a public IPv4
// address of its own accord, and how sure that is.
func (st *stack) instanceIsPublic(r *Resource) (bool, Basis) {
	p := props(r.Props)
	if t, _ := st.instanceTemplate(r); t != nil && !p.has("associatePublicIpAddress") {
		p = p.over(machineOf(t.Props))
	}
	switch {
	case isOff(p) || st.facts.stopped[r]:
		return false, Declared
	case p.str("publicIp") != "":
		return true, Declared
	case p.has("associatePublicIpAddress"):
		return p.flag("associatePublicIpAddress"), Declared
	case p.object("networkInterfaces").mentions("networkInterfaceId"):
		return false, Declared // its first interface is one of the stack's, which has an address only by an elastic IP
	case p.has("launchTemplate") && p.object("launchTemplate").has("id"):
		return false, Assumed // it stands, and its state has no public address
	case p.has("subnetId") || p.pending("subnetId"):
		if subnet, _ := st.target(r, "subnetId", token.EC2Subnet); subnet != nil {
			return props(subnet.Props).flag("mapPublicIpOnLaunch"), Derived
		}
		return p.pending("subnetId") && st.facts.publicSubnets, Assumed
	}
	return true, Assumed // the default VPC's subnets are public
}

// priceEIP prices an elastic IP; attached or idle, it costs the same.
func priceEIP(s *sheet) {
	if pool := s.props.str("publicIpv4Pool"); pool != "" && pool != "amazon" {
		s.free("an address of one's own, which was brought to AWS, costs nothing")
		return
	}
	s.address("public IPv4 address (elastic IP)", exactly(one), Declared, "")
}

// count is how long a list is, and how sure that is. A list that is not known
// yet counts as def.
func (s *sheet) count(key string, def int) (decimal.Decimal, Basis) {
	if l := s.props.list(key); len(l) > 0 {
		return num(len(l)), Declared
	}
	return num(def), Assumed
}

// priceSpotRequest prices an instance that is asked for at the spot price.
func priceSpotRequest(s *sheet) {
	typ := s.props.str("instanceType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("instanceType"))
		return
	}
	s.spotHours(typ, exactly(one), exactly(one), Declared, "")
	s.instanceDisks(s.props, exactly(one))
}
