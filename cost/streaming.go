package cost

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
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
	if strings.HasPrefix(typ, "express.") {
		s.besides("data written and kept")
		return
	}
	gb := info.object("storageInfo").object("ebsStorageInfo").numOr("volumeSize", 0)
	if gb.IsZero() {
		gb = info.numOr("ebsVolumeSize", 0)
	}
	if gb.IsPositive() {
		s.monthly("storage", EBS, "gp2", gb.Mul(brokers))
	}
	s.fasterDisks(info.object("storageInfo").object("ebsStorageInfo").object("provisionedThroughput"), brokers)
}

// fasterDisks prices the throughput that the disks of brokers are given.
func (s *sheet) fasterDisks(p props, brokers decimal.Decimal) {
	if !p.flag("enabled") {
		return
	}
	flow, ok := p.num("volumeThroughput")
	if !ok {
		s.unpriced("storage throughput", p.notKnown("volumeThroughput"))
		return
	}
	s.monthly("storage throughput", MSK, "provisioned storage throughput", flow.Mul(brokers))
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
	if s.onDemandStream() {
		s.hours("stream hours", Kinesis, "on-demand stream hour", one, Declared, "")
	} else {
		s.hours("shard hours", Kinesis, "shard hour", s.props.numOr("shardCount", 1), basisOf(s.props.has("shardCount")), "")
	}
	if hours, _ := s.props.num("retentionPeriod"); hours.GreaterThan(num(freeRetention)) {
		s.keptLonger()
	}
	s.besides("records put and kept")
}

// freeRetention is for how many hours a stream keeps its records for nothing.
const freeRetention = 24

// keptLonger says what records cost that stay beyond the first day: those of a stream that
// scales by itself by the GB, and those of shards by the hour for a week, then by the GB.
func (s *sheet) keptLonger() {
	if s.onDemandStream() {
		s.usageItem("records kept beyond 24 hours", "paid per GB")
		return
	}
	s.unpriced("records kept beyond 24 hours", "paid by the shard and hour, at a price that the catalogue does not hold")
}

func (s *sheet) onDemandStream() bool {
	return s.props.object("streamModeDetails").str("streamMode") == "ON_DEMAND"
}

// priceFanOut prices a consumer that is sent the records of a stream by itself: by each
// shard and hour, which streams that scale by themselves do not ask for.
func priceFanOut(s *sheet) {
	stream, _ := s.target(s.r, "streamArn", token.KinesisStream)
	if stream == nil {
		s.unpriced("", "paid by the shard and hour; its stream is not of this stack, so its shards are not known")
		return
	}
	p := props(stream.Props)
	if p.object("streamModeDetails").str("streamMode") == "ON_DEMAND" {
		s.usage("paid per GB that it is sent")
		return
	}
	s.hours("consumer shard hours", Kinesis, "fan-out shard hour", p.numOr("shardCount", 1), Derived, "")
	s.besides("data sent")
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
