package cost

import (
	"cmp"
	"fmt"
	"regexp"
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
	version := cmp.Or(s.props.str("engineVersion"), s.props.str("elasticsearchVersion"))
	if oldSearch.MatchString(version) {
		s.unpriced("extended support", "AWS asks for versions as old as "+version+
			" by the hour and size of a node, at a price that the catalogue does not hold")
	}
}

// oldSearch are the versions past their standard support (AWS's guide on OpenSearch's
// versions: Elasticsearch to 6.7 and 7.1 to 7.8, OpenSearch 1.0 to 1.2 and 2.3 to 2.9,
// all since November 2025).
var oldSearch = regexp.MustCompile(`^(Elasticsearch_)?([1-5]\..*|6\.[0-7]|7\.[1-8])$|^OpenSearch_(1\.[0-2]|2\.[3-9])$`)

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
	if typ == "" {
		s.unpriced(role+" nodes", "their type is not given")
		return
	}
	typ = strings.Replace(typ, ".elasticsearch", ".search", 1)
	s.machineHours(typ, exactly(n), charge{item: fmt.Sprintf("%s node hours, %s", role, typ), service: OpenSearch,
		sku: typ + " on-demand", basis: Declared})
}
