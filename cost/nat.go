package cost

import (
	"fmt"

	"github.com/rung-dev/rung/resource/token"
)

// priceNAT prices a NAT gateway: hours, the data it passes on, and its public
// address unless that is an elastic IP of the same stack.
func priceNAT(s *sheet) {
	if s.props.str("availabilityMode") == "regional" {
		s.regionalNAT()
	} else {
		s.hours("NAT gateway hours", NATGateway, "NAT gateway hour", one, Declared, "")
		s.addressesOfNAT()
	}
	if !s.load.known {
		s.usageItem("data through the NAT gateway", noTraffic)
		return
	}
	s.bill(charge{
		item: "data through the NAT gateway", service: NATGateway, sku: "data processed",
		count: s.part(s.load.logGB, s.sharers(token.EC2NatGateway)), basis: Derived,
		note: "application logs only; calls to other systems are not in the traffic profile",
	})
}

// regionalNAT bills a NAT gateway of a whole network, which is paid like one of a zone in
// each zone that it serves: those that it names, else two.
func (s *sheet) regionalNAT() {
	zones, basis := s.count("availabilityZoneAddresses", 2)
	note := "regional: one in each zone"
	if basis == Assumed {
		note = "regional: it follows the zones in use; taken as two"
	}
	s.hours("NAT gateway hours", NATGateway, "NAT gateway hour", zones, basis, note)
	s.address("public IPv4 addresses (NAT gateway)", exactly(zones), basis, "one in each zone at least")
}

// addressesOfNAT bills the addresses of a NAT gateway of a zone that are no elastic IPs of
// this stack: the first, and those that it has besides.
func (s *sheet) addressesOfNAT() {
	if s.props.str("connectivityType") == "private" {
		return
	}
	n := zero
	if !s.hasOwnAddress() {
		n = one
	}
	for _, id := range s.props.list("secondaryAllocationIds") {
		if s.find(token.EC2Eip, fmt.Sprint(id)) == nil && !isUnknown(id) {
			n = n.Add(one)
		}
	}
	switch {
	case n.Equal(one):
		s.address("public IPv4 address (NAT gateway)", exactly(n), Declared, "its elastic IP is not of this stack")
	case n.IsPositive():
		s.address("public IPv4 addresses (NAT gateway)", exactly(n), Declared, "its elastic IPs are not of this stack")
	}
}

// hasOwnAddress reports whether the address of a NAT gateway is an elastic IP
// of this stack, where it is paid for.
func (s *sheet) hasOwnAddress() bool {
	if s.props.pending("allocationId") {
		return len(s.byType[token.EC2Eip]) > 0
	}
	return s.find(token.EC2Eip, s.props.str("allocationId")) != nil
}

// priceEndpoint prices a VPC endpoint: gateway endpoints are free, interface
// endpoints cost per zone and GB.
func priceEndpoint(s *sheet) {
	sku := "interface endpoint (per AZ)"
	switch s.props.str("vpcEndpointType") {
	case "", "Gateway":
		s.free("gateway endpoints cost nothing")
		return
	case "GatewayLoadBalancer":
		sku = "gateway load balancer endpoint"
	case "Resource", "ServiceNetwork":
		s.unpriced("", "an endpoint of the type "+s.props.str("vpcEndpointType")+
			" has a price by the hour of its own, which the catalogue does not hold")
		return
	}
	zones, basis := s.count("subnetIds", 1)
	s.hours("endpoint hours, one per zone", VPCEndpoint, sku, zones, basis, "without the data that passes through")
}
