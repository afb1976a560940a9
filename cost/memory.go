package cost

import "strings"

// priceMemory prices the nodes of a MemoryDB cluster: each shard with its replicas.
func priceMemory(s *sheet) {
	typ := s.props.str("nodeType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("nodeType"))
		return
	}
	engine := " Redis OSS node"
	if strings.EqualFold(s.props.str("engine"), "valkey") {
		engine = " Valkey node"
	}
	nodes := s.props.numOr("numShards", 1).Mul(s.props.numOr("numReplicasPerShard", 1).Add(one))
	s.machineHours(typ, exactly(nodes), charge{item: "node hours, " + typ, service: MemoryDB, sku: typ + engine,
		basis: basisOf(s.props.has("numShards"))})
	s.besides("data written")
}

// priceAccelerated prices the nodes of a cluster of DynamoDB Accelerator (DAX).
func priceAccelerated(s *sheet) {
	typ := s.props.str("nodeType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("nodeType"))
		return
	}
	s.machineHours(typ, exactly(s.props.numOr("replicationFactor", 1)), charge{item: "node hours, " + typ, service: DAX,
		sku: typ + " node", basis: basisOf(s.props.has("replicationFactor"))})
}

// includedIOPS is how many operations a second each GB of an OpenZFS file system brings.
const includedIOPS = 3

// priceOpenZFS prices a file system of FSx for OpenZFS in one zone; others have prices
// of their own.
func priceOpenZFS(s *sheet) {
	if typ := s.props.str("deploymentType"); typ != "" && typ != "SINGLE_AZ_1" {
		s.unpriced("", "an OpenZFS file system of the type "+typ+" has prices of its own, which the catalogue does not hold")
		return
	}
	if flow, ok := s.props.num("throughputCapacity"); ok {
		s.monthly("throughput capacity", FSx, "OpenZFS Single-AZ throughput", flow)
	}
	gb, ok := s.props.num("storageCapacity")
	if !ok {
		s.unpriced("storage", s.props.notKnown("storageCapacity"))
		return
	}
	s.monthly("storage, SSD", FSx, "OpenZFS Single-AZ SSD storage", gb)
	if iops, ok := s.props.object("diskIopsConfiguration").num("iops"); ok {
		if more := iops.Sub(gb.Mul(num(includedIOPS))); more.IsPositive() {
			s.monthly("IOPS beyond 3 per GB", FSx, "OpenZFS Single-AZ SSD IOPS", more)
		}
	}
	s.besides("backups")
}
