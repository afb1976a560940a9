package cost

import (
	"fmt"
	"strings"
)

// priceKafka prices the brokers of an MSK cluster and their disks.
func priceKafka(s *sheet) {
	brokers := s.props.numOr("numberOfBrokerNodes", 1)
	info := s.props.object("brokerNodeGroupInfo")
	typ := info.str("instanceType")
	if typ == "" {
		s.unpriced("", "the type of its brokers is not known before the deployment")
		return
	}
	s.machineHours(typ, exactly(brokers), charge{item: "broker hours, " + typ, service: MSK, sku: typ + " broker",
		basis: Declared})
	gb := info.object("storageInfo").object("ebsStorageInfo").numOr("volumeSize", 0)
	if gb.IsZero() {
		gb = info.numOr("ebsVolumeSize", 0)
	}
	if gb.IsPositive() {
		s.monthly("storage", EBS, "gp2", gb.Mul(brokers))
	}
}

// brokerNodes is how many machines a deployment of Amazon MQ has.
var brokerNodes = map[string]int{"": 1, "SINGLE_INSTANCE": 1, "ACTIVE_STANDBY_MULTI_AZ": 2, "CLUSTER_MULTI_AZ": 3}

// priceBroker prices the machines of an Amazon MQ broker.
func priceBroker(s *sheet) {
	typ := s.props.str("hostInstanceType")
	nodes, ok := brokerNodes[s.props.str("deploymentMode")]
	if typ == "" || !ok {
		s.unpriced("", s.props.notKnown("hostInstanceType"))
		return
	}
	s.machineHours(typ, exactly(num(nodes)), charge{item: "broker hours, " + typ, service: MQ, sku: typ + " broker",
		basis: Declared})
	s.besides("storage")
}

// priceStream prices a Kinesis stream by its shards, or by the hour where it scales
// by itself.
func priceStream(s *sheet) {
	if s.props.object("streamModeDetails").str("streamMode") == "ON_DEMAND" {
		s.hours("stream hours", Kinesis, "on-demand stream hour", one, Declared, "")
	} else {
		s.hours("shard hours", Kinesis, "shard hour", s.props.numOr("shardCount", 1), basisOf(s.props.has("shardCount")), "")
	}
	s.besides("records put and kept")
}

// priceAirflow prices an environment of managed Airflow by its class.
func priceAirflow(s *sheet) {
	class := strings.TrimPrefix(s.props.str("environmentClass"), "mw1.")
	if class == "" {
		class = "small" // the provider's default
	}
	s.hours("environment hours, "+class, MWAA, class+" environment", one, basisOf(s.props.has("environmentClass")), "")
	s.besides("workers, schedulers and the meta database beyond the first")
}

// priceFlink prices a managed application of Flink: a unit that leads, and those that
// its parallelism asks for.
func priceFlink(s *sheet) {
	if !strings.HasPrefix(s.props.str("runtimeEnvironment"), "FLINK") {
		s.usage("paid per unit (KPU) and hour of the queries that run")
		return
	}
	const sku = "KPU hour"
	s.hours("leading unit hours", Kinesis, sku, one, Declared, "")
	p := s.props.object("applicationConfiguration").object("flinkApplicationConfiguration").
		object("parallelismConfiguration")
	tasks, ok := p.num("parallelism")
	if !ok {
		s.besides("processing units and their storage")
		return
	}
	each := p.numOr("parallelismPerKpu", 1)
	if !each.IsPositive() {
		each = one
	}
	units := tasks.Div(each).Ceil()
	s.hours("processing unit hours", Kinesis, sku, units, Declared, fmt.Sprintf("%s tasks, %s a unit", tasks, each))
	s.besides("storage of its units")
}
