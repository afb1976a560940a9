package cost

import (
	"strings"
)

// priceWarehouse prices the nodes of a Redshift cluster.
func priceWarehouse(s *sheet) {
	typ := s.props.str("nodeType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("nodeType"))
		return
	}
	nodes, note := s.props.numOr("numberOfNodes", 1), ""
	if s.props.flag("multiAz") {
		nodes, note = nodes.Mul(two), "as many in each of two zones"
	}
	s.machineHours(typ, exactly(nodes), charge{item: "node hours, " + typ, service: Redshift, sku: typ + " node",
		basis: basisOf(s.props.has("numberOfNodes")), note: note})
	if strings.HasPrefix(typ, "ra3") {
		s.besides("managed storage")
	}
}

// clusterNode is the model of an instance of DocumentDB and Neptune, which is dearer
// where its cluster pays nothing for I/O.
func clusterNode(service Service, cluster string) pricer {
	return func(s *sheet) {
		class := s.props.str("instanceClass")
		if class == "" {
			s.unpriced("", s.props.notKnown("instanceClass"))
			return
		}
		c := charge{item: class + " hours", service: service, sku: class + " instance", basis: Declared}
		if of, _ := s.target(s.r, "clusterIdentifier", cluster); of != nil && props(of.Props).str("storageType") == "iopt1" {
			c.item, c.sku = c.item+", I/O-Optimized", class+" I/O-Optimized instance"
		}
		s.machineHours(class, exactly(one), c)
	}
}

// dmsFreeGB comes with a replication instance.
const dmsFreeGB = 50

// priceReplicator prices a DMS replication instance and its disk.
func priceReplicator(s *sheet) {
	class := s.props.str("replicationInstanceClass")
	if class == "" {
		s.unpriced("", s.props.notKnown("replicationInstanceClass"))
		return
	}
	zones := "Single-AZ"
	if s.props.flag("multiAz") {
		zones = "Multi-AZ"
	}
	s.machineHours(class, exactly(one), charge{item: class + " hours, " + zones, service: DMS, sku: class + " " + zones,
		basis: Declared})
	if extra := s.props.numOr("allocatedStorage", dmsFreeGB).Sub(num(dmsFreeGB)); extra.IsPositive() {
		s.monthly("storage above 50 GB", DMS, "storage "+zones, extra)
	}
}
