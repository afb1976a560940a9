package cost

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// What one LCU of an application load balancer holds. AWS bills the dimension
// that needs the most, for every hour.
const (
	lcuNewConnections    = 25 // per second
	lcuActiveConnections = 3000
	lcuRules             = 1000 // evaluations per second, the first 10 rules free
	freeRules            = 10
	// idleSeconds is how long a connection stays open after its last request:
	// the load balancer's default.
	idleSeconds = 60
)

// priceLoadBalancer prices an application or network load balancer: hours,
// capacity units, and a public address per zone.
func priceLoadBalancer(s *sheet) {
	switch kind := s.props.str("loadBalancerType"); kind {
	case "", "application":
		s.hours("load balancer hours", ALB, "ALB hour", one, Declared, "")
		s.capacityUnits(ALB, "LCU", s.lcu)
	case "network":
		s.hours("load balancer hours", NLB, "NLB hour", one, Declared, "")
		s.capacityUnits(NLB, "NLCU", nlcu)
	case "gateway":
		s.hours("gateway load balancer hours", GWLB, "GWLB hour", one, Declared, "")
		s.usageItem("capacity units", "the traffic profile does not tell what goes through a gateway load balancer")
		return // it is reached by endpoints, never from the internet
	default:
		s.unpriced("", fmt.Sprintf("no price for a load balancer of type %q", kind))
		return
	}
	if !s.props.flag("internal") {
		s.loadBalancerAddresses()
	}
	s.egress()
}

// priceClassicBalancer prices a load balancer of the first generation: hours, a
// public address per zone, and what passes through.
func priceClassicBalancer(s *sheet) {
	s.hours("load balancer hours", ELB, "classic load balancer hour", one, Declared, "")
	if !s.props.flag("internal") {
		zones, basis := s.count("subnets", 0)
		if zones.IsZero() {
			zones, basis = s.count("availabilityZones", 2)
		}
		s.address("public IPv4 addresses (load balancer)", exactly(zones), basis, "one per zone")
	}
	share := s.frontShare(s.r)
	if share.IsZero() || !s.load.known {
		s.usageItem("data through the load balancer", noTraffic)
		return
	}
	s.bill(charge{item: "data through the load balancer", service: ELB, sku: "classic load balancer data",
		count: s.load.appGB.times(share), basis: Derived})
	s.egress()
}

// loadBalancerAddresses bills the public addresses that AWS takes for a load
// balancer. Addresses that the stack brings itself are paid where declared.
func (s *sheet) loadBalancerAddresses() {
	if s.props.str("ipAddressType") == "dualstack-without-public-ipv4" {
		return
	}
	zones, own := zero, zero
	for _, m := range s.props.objects("subnetMappings") {
		zones = zones.Add(one)
		if m.mentions("allocationId") {
			own = own.Add(one)
		}
	}
	basis, note := Declared, ""
	if zones.IsZero() {
		zones, basis = s.count("subnets", 2)
		note = "one per zone"
	}
	if n := zones.Sub(own); n.IsPositive() {
		s.address("public IPv4 addresses (load balancer)", exactly(n), basis, note)
	}
}

// capacityUnits bills the units that the load needs, averaged over the day.
func (s *sheet) capacityUnits(service Service, sku string,
	units func(rate, gbPerHour decimal.Decimal) decimal.Decimal) {
	share, known := s.through()
	reserved := s.props.object("minimumLoadBalancerCapacity").numOr("capacityUnits", 0)
	switch {
	case reserved.IsPositive() && (!known || !s.load.known):
		s.bill(charge{item: "capacity units", service: service, sku: sku, count: exactly(reserved.Mul(hoursPerMonth)),
			basis: Declared, note: "those that it keeps ready, at the price of used ones; what is used beyond them depends on the traffic"})
		return
	case !known:
		s.usageItem("capacity units", "the traffic profile does not tell what goes through an internal load balancer")
		return
	case !s.load.known:
		s.usageItem("capacity units", noTraffic)
		return
	}
	gbPerRate := zero // GB an hour for each request per second
	if s.load.appAverage.IsPositive() {
		gbPerRate = s.load.appGB.Expected.Div(hoursPerMonth).Div(s.load.appAverage)
	}
	mean := s.overDays(share, func(rate decimal.Decimal) decimal.Decimal {
		return decimal.Max(reserved, units(rate, rate.Mul(gbPerRate)))
	})
	s.bill(charge{
		item: "capacity units", service: service, sku: sku, count: mean.times(hoursPerMonth), basis: Derived,
		note: curveNote,
	})
}

// through is the part of what reaches the app that a load balancer passes on:
// of what users send what no API gateway beside it takes in, and inside the
// network what one does. What services ask of one another is not known.
func (s *sheet) through() (share decimal.Decimal, known bool) {
	gateways, balancers, inside := s.doorsNear(s.r)
	if s.facts.fronts.in[s.r] {
		byGateway := num(gateways).Div(num(gateways + balancers)).Mul(s.load.apiPart)
		return s.frontShare(s.r).Mul(one.Sub(byGateway)), true
	}
	if gateways == 0 || inside == 0 {
		return zero, false
	}
	return s.shareIn(s.facts.doors, s.region).Mul(num(gateways)).Mul(s.load.apiPart).Div(num(inside)), true
}

// doorsNear counts the API gateways, the load balancers for users and those
// inside the network, of a resource's region.
func (st *stack) doorsNear(r *Resource) (gateways, balancers, inside int) {
	region := st.regionOf(r)
	gateways = st.sharers(token.APIGatewayV2Api).per[region]
	balancers = st.facts.doors.per[region] - gateways
	return gateways, balancers, st.sharers(token.LBLoadBalancer).per[region] - balancers
}

// lcu is how many units an application load balancer needs at a rate of
// requests per second, each on a connection of its own.
func (s *sheet) lcu(rate, gbPerHour decimal.Decimal) decimal.Decimal {
	rules := atLeastZero(num(s.rules()).Sub(num(freeRules)))
	return decimal.Max(
		rate.Div(num(lcuNewConnections)),
		rate.Mul(num(idleSeconds)).Div(num(lcuActiveConnections)),
		gbPerHour,
		rate.Mul(rules).Div(num(lcuRules)),
	)
}

// rules counts the rules of a load balancer: those of its component, else those
// of its region.
func (s *sheet) rules() int {
	s.only(token.LBListenerRule, s.r) // groups them by component
	if own := len(s.groups[token.LBListenerRule][s.r.Component]); s.r.Component != "" && own > 0 {
		return own
	}
	return s.sharers(token.LBListenerRule).per[s.region]
}

// nlcu is the same for TCP through a network load balancer, whose unit holds
// 800 new and 100,000 active connections and 1 GB per hour.
func nlcu(rate, gbPerHour decimal.Decimal) decimal.Decimal {
	return decimal.Max(rate.Div(num(800)), rate.Mul(num(idleSeconds)).Div(num(100_000)), gbPerHour)
}
