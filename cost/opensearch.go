package cost

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// priceSearch prices an OpenSearch or Elasticsearch domain: data, master and warm
// nodes, and the disks of the data nodes.
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
	s.searchDisks(nodes)
}

// searchDisks bills the disks of n data nodes.
func (s *sheet) searchDisks(nodes decimal.Decimal) {
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
	iops, _ := ebs.num("iops")
	flow, _ := ebs.num("throughput")
	switch kind {
	case "io1":
		if iops.IsPositive() {
			s.monthly("provisioned IOPS", OpenSearch, "EBS io1 IOPS", iops.Mul(nodes))
		}
	case "gp3":
		if extra := iops.Sub(num(gp3IOPS)); extra.IsPositive() {
			s.monthly("IOPS above 3,000", OpenSearch, "EBS gp3 IOPS above baseline", extra.Mul(nodes))
		}
		if extra := flow.Sub(num(gp3Throughput)); extra.IsPositive() {
			s.monthly("throughput above 125 MB/s", OpenSearch, "EBS gp3 throughput above baseline", extra.Mul(nodes))
		}
	}
}

// searchNodes bills n nodes. Elasticsearch's types have another ending and the
// same price.
func (s *sheet) searchNodes(role, typ string, n decimal.Decimal) {
	typ = strings.Replace(typ, ".elasticsearch", ".search", 1)
	s.machineHours(typ, exactly(n), charge{item: fmt.Sprintf("%s node hours, %s", role, typ), service: OpenSearch,
		sku: typ + " on-demand", basis: Declared})
}
