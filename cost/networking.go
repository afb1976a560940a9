package cost

import "strings"

// priceFirewall prices a network firewall: an endpoint in each of its subnets.
func priceFirewall(s *sheet) {
	endpoints := max(len(s.props.objects("subnetMappings")), 1)
	s.hours("endpoint hours, one per zone", NetworkFirewall, "endpoint hour", num(endpoints),
		basisOf(s.props.has("subnetMappings")), "")
	s.besides("data processed")
}

// priceVPN prices a site-to-site connection, and its place at a transit gateway.
func priceVPN(s *sheet) {
	s.hours("connection hours", VPN, "connection hour", one, Declared, "")
	if s.props.mentions("transitGatewayId") {
		s.hours("attachment hours", TransitGateway, "attachment", one, Declared, "")
	}
}

// priceLine prices a port of Direct Connect by its bandwidth.
func priceLine(s *sheet) {
	width := s.props.str("bandwidth")
	s.hours("port hours, "+width, DirectConnect, width+" port hour", one, Declared, "")
	s.besides("data transferred out")
}

// priceResolver prices an endpoint of the resolver by its addresses.
func priceResolver(s *sheet) {
	n := max(len(s.props.objects("ipAddresses")), 2) // AWS demands two
	s.hours("endpoint hours, one per address", Route53, "resolver endpoint address hour", num(n),
		basisOf(s.props.has("ipAddresses")), "")
	s.besides("queries")
}

// priceLineAtHub prices the place of a Direct Connect gateway at a transit gateway;
// at a VPN gateway it has none.
func priceLineAtHub(s *sheet) {
	hub := s.props.str("associatedGatewayType") == "transitGateway" ||
		strings.HasPrefix(s.props.str("associatedGatewayId"), "tgw-")
	if !hub {
		s.free("part of the connection, where the cost is")
		return
	}
	s.attachment()
	s.besides("data processed")
}
