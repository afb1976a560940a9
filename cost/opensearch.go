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
