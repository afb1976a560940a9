package cost

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

var dayHours = num(24)

// template is what a group launches, and how sure we are of it.
type template struct {
	props props
	basis Basis
	note  string
	// configuration is true for a launch configuration.
	configuration bool
}

// choice is an instance type that a group may launch, with how much of the
// group's capacity one instance counts for.
type choice struct {
	typ    string
	weight decimal.Decimal
}

// priceGroup prices an autoscaling group: the instances it runs at its lowest,
// expected and highest size, split into on-demand and spot, with their disks,
// addresses and monitoring.
func priceGroup(s *sheet) {
	tmpl := s.groupTemplate()
	choices, why := s.choices(tmpl)
	if why != "" {
		s.unpriced("", why)
		return
	}
	size, basis, note := s.groupSize()
	if size.isZero() && basis == Declared {
		s.free("its size is 0 and nothing raises it")
		return
	}
	basis, note = weaker(basis, tmpl.basis), join(note, tmpl.note)
	first := choices[0]
	if tenancy := tmpl.tenancy(); tenancy == "dedicated" || tenancy == "host" {
		s.dedicated(first.typ, size.per(first.weight), basis)
	} else {
		s.groupHours(size, tmpl, choices, basis, note)
	}
	instances := size.per(first.weight)
	s.templateDisks(tmpl.props, instances)
	s.machineExtras(first.typ, tmpl.props, instances)
	s.detailedMonitoring(tmpl.monitored(), instances)
	if tmpl.props.object("networkInterfaces").flag("associatePublicIpAddress") ||
		tmpl.props.flag("associatePublicIpAddress") {
		s.address("public IPv4 addresses", instances, basis, "")
	}
	s.crossZone()
	s.egress()
}

// groupHours bills a group's machines on demand and at the spot price.
func (s *sheet) groupHours(size span, tmpl template, choices []choice, basis Basis, note string) {
	demand := s.onDemandPart(size, tmpl)
	first := choices[0]
	s.onDemandHours(first.typ, demand.per(first.weight), basis, note)
	spot := span{size.Low.Sub(demand.Low), size.Expected.Sub(demand.Expected), size.High.Sub(demand.High)}
	s.spotHours(first.typ, spot.per(first.weight), s.relativePrices(choices), basis, note)
}

// monitored reports whether AWS measures each machine once a minute, which launch
// configurations ask for unless they say otherwise.
func (t template) monitored() bool {
	if t.configuration && !t.props.mentions("enableMonitoring") {
		return true
	}
	return t.props.object("monitoring").flag("enabled") || t.props.flag("enableMonitoring")
}

// tenancy is whose machine it is: empty and "default" share one with other accounts.
func (t template) tenancy() string {
	return cmp.Or(t.props.object("placement").str("tenancy"), t.props.str("placementTenancy"))
}

// weaker is the less sure of two bases.
func weaker(a, b Basis) Basis {
	for _, x := range []Basis{Assumed, Derived} {
		if a == x || b == x {
			return x
		}
	}
	return Declared
}

// groupTemplate finds what the group launches: the template that it names,
// else, as long as that is not known, the one called after the group or the
// only one that it can be. Without any, the template is empty.
func (s *sheet) groupTemplate() template {
	key, spec := "launchTemplate", s.props.object("launchTemplate")
	if mixed := s.mixed().object("launchTemplate").object("launchTemplateSpecification"); mixed != nil {
		key, spec = "mixedInstancesPolicy", mixed
	}
	found, certain := s.target(s.r, key, token.EC2LaunchTemplate, spec.str("id"), spec.str("launchTemplateId"),
		spec.str("name"),
		spec.str("launchTemplateName"))
	if found == nil {
		found, certain = s.target(s.r, "launchConfiguration", token.EC2LaunchConfiguration)
	}
	if !certain && s.props.anyPending(key) {
		if r := s.named(token.EC2LaunchTemplate, strings.TrimSuffix(s.r.Name, "-group")+"-template"); r != nil {
			found = r
		}
	}
	switch {
	case found == nil:
		return template{}
	case certain:
		return template{props: found.Props, basis: Declared, configuration: found.Type == token.EC2LaunchConfiguration}
	}
	return template{props: found.Props, basis: Derived, note: "launches " + found.Name,
		configuration: found.Type == token.EC2LaunchConfiguration}
}

func (s *sheet) mixed() props { return s.props.object("mixedInstancesPolicy") }

// choices lists the instance types, the group's overrides first. The second
// result says why there are none.
func (s *sheet) choices(t template) ([]choice, string) {
	var out []choice
	for _, o := range s.mixed().object("launchTemplate").objects("overrides") {
		if o.mentions("instanceRequirements") {
			return nil, "its instance types are chosen by attributes, so any of hundreds may run"
		}
		if typ := o.str("instanceType"); typ != "" {
			out = append(out, choice{typ, decimal.Max(o.numOr("weightedCapacity", 1), one)})
		}
	}
	if len(out) > 0 {
		return out, ""
	}
	if typ := t.props.str("instanceType"); typ != "" {
		return []choice{{typ, one}}, ""
	}
	if t.props == nil {
		return nil, "its launch template is not in this stack, so its instance type is not known"
	}
	return nil, "its launch template gives no instance type: " + t.props.notKnown("instanceType")
}

// groupSize is how much capacity runs. Without a policy that scales the group
// it stays where it is put; with one, it follows the load curve between its
// bounds, each machine carrying as much. In a cell that waits for the failure of another one it
// stays at its minimum.
func (s *sheet) groupSize() (span, Basis, string) {
	least, most := s.props.numOr("minSize", 0), s.props.numOr("maxSize", 0)
	desired, hasDesired := s.props.num("desiredCapacity")
	start := least
	if hasDesired {
		start = decimal.Max(desired, least)
	}
	most = decimal.Max(most, start)
	switch {
	case s.props.pending("minSize") || s.props.pending("maxSize"):
		return span{one, one, decimal.Max(one, most)}, Assumed, "its size is not known before the deployment; taken as 1"
	case !s.facts.scaled[s.r]:
		return exactly(start), Declared, "nothing scales it"
	case !s.load.known:
		return span{least, start, most}, Declared, "between its minimum and maximum size; the start size is expected"
	}
	if part, cell := s.cells[s.region]; cell && part.IsZero() {
		return exactly(least), Derived, "stands by for another region"
	}
	return s.curve(least, most), Derived, "as many as the load needs: " + curveNote
}

// onDemandPart is how much of the capacity is on-demand: the base and a share
// of what is above it. Without a mixed policy it is all of it, unless the
// template asks for spot.
func (s *sheet) onDemandPart(size span, t template) span {
	if t.props.object("instanceMarketOptions").str("marketType") == "spot" || t.props.str("spotPrice") != "" {
		return exactly(zero)
	}
	d := s.mixed().object("instancesDistribution")
	base := d.numOr("onDemandBaseCapacity", 0)
	above := d.numOr("onDemandPercentageAboveBaseCapacity", 100).Div(num(100))
	return size.each(func(n decimal.Decimal) decimal.Decimal {
		inBase := decimal.Min(n, base)
		return inBase.Add(n.Sub(inBase).Mul(above))
	})
}

// relativePrices compares the on-demand prices of the choices, per unit of
// capacity, with that of the first: cheapest, mean and dearest.
func (s *sheet) relativePrices(choices []choice) span {
	var out span
	var sum, first decimal.Decimal
	n := 0
	for _, c := range choices {
		p, err := s.lookup(Key{EC2, onDemand(c.typ), s.region})
		if err != nil {
			continue
		}
		each := p.USD.Div(c.weight)
		if n == 0 {
			first, out.Low, out.High = each, each, each
		}
		out.Low, out.High = decimal.Min(out.Low, each), decimal.Max(out.High, each)
		sum = sum.Add(each)
		n++
	}
	if n == 0 || first.IsZero() {
		return exactly(one)
	}
	out.Expected = sum.Div(num(n))
	return out.per(first).each(func(d decimal.Decimal) decimal.Decimal { return d.Round(9) })
}

// crossZone bills what a web fleet exchanges with databases and caches in
// other zones: every byte it serves is read once, from a zone that is another
// one as often as chance has it, and both directions are charged.
func (s *sheet) crossZone() {
	stores := len(s.byType[token.RDSInstance]) + len(s.byType[token.RDSCluster]) +
		len(s.byType[token.ElastiCacheReplicationGroup])
	if stores == 0 || !s.facts.web.in[s.r] {
		return
	}
	if !s.load.known {
		s.usageItem("data between zones", noTraffic)
		return
	}
	zones, _ := s.count("vpcZoneIdentifiers", 2)
	away := one.Sub(one.Div(zones))
	s.bill(charge{
		item: "data between zones", service: DataTransfer, sku: "inter-AZ (each direction)",
		count: s.part(s.load.appGB, s.facts.web).times(away).times(two), basis: Derived,
		note: "every byte served is read once from a store in any zone, in both directions",
	})
}
