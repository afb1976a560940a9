package cost

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// priceSearch prices an OpenSearch domain: data, master and warm nodes, and
// the disks of the data nodes.
func priceSearch(s *sheet) {
	c := s.props.object("clusterConfig")
	nodes := c.numOr("instanceCount", 1)
	typ := c.str("instanceType")
	if typ == "" {
		typ = "m4.large.search" // the provider's default
	}
	s.searchNodes("data", typ, nodes)
	if c.flag("dedicatedMasterEnabled") {
		s.searchNodes("master", c.str("dedicatedMasterType"), c.numOr("dedicatedMasterCount", 3))
	}
	if c.flag("warmEnabled") {
		s.searchNodes("warm", c.str("warmType"), c.numOr("warmCount", 2))
	}
	ebs := s.props.object("ebsOptions")
	gb, ok := ebs.num("volumeSize")
	if !ebs.flag("ebsEnabled") || !ok {
		return
	}
	kind := ebs.str("volumeType")
	if kind == "" {
		kind = "gp2"
	}
	s.monthly("storage, "+kind, OpenSearch, "EBS "+kind+" storage", gb.Mul(nodes))
}

func (s *sheet) searchNodes(role, typ string, n decimal.Decimal) {
	s.hours(fmt.Sprintf("%s node hours, %s", role, typ), OpenSearch, typ+" on-demand", n, Declared, "")
}

// priceTable prices provisioned capacity of a DynamoDB table; on-demand tables
// are paid by use.
func priceTable(s *sheet) {
	if s.props.str("billingMode") == "PAY_PER_REQUEST" {
		s.usage("an on-demand table is paid per request and GB")
		return
	}
	read, write := s.props.numOr("readCapacity", 0), s.props.numOr("writeCapacity", 0)
	if read.IsZero() && write.IsZero() {
		s.usage("its capacity is not known; paid per unit and GB")
		return
	}
	s.hours("read capacity", DynamoDB, "provisioned RCU", read, Declared, "")
	s.hours("write capacity", DynamoDB, "provisioned WCU", write, Declared, "without storage beyond 25 GB")
}

// priceAccelerator prices a Global Accelerator and what it carries.
func priceAccelerator(s *sheet) {
	s.bill(charge{item: "accelerator hours", service: GlobalAccelerator, sku: "accelerator", region: Global, count: exactly(hoursPerMonth), basis: Declared})
	if s.load.known {
		s.bill(charge{
			item: "premium data transfer", service: GlobalAccelerator, sku: "DT-Premium, US/Europe clients to us-east-1 (dominant direction)",
			count: s.load.appGB, basis: Derived, note: "as for clients in the US and Europe",
		})
	}
}

// priceCluster prices an EKS control plane.
func priceCluster(s *sheet) { s.hours("cluster hours", EKS, "cluster", one, Declared, "") }

// noPrice settles types that cost something for which no trusted price is known.
func noPrice(what string) pricer {
	return func(s *sheet) { s.unpriced("", what+": no trusted price found yet") }
}
