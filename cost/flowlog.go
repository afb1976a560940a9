package cost

import "github.com/rung-dev/rung/resource/token"

// flowBytes is what flow logs write for a request that reaches the servers: about four
// records, of both directions and both hops, of 120 bytes each.
const flowBytes = 4 * 120

// deliveryTiers are the steps of what services deliver to a bucket or to Firehose, in GB a month.
var deliveryTiers = []tier{
	{num(10 * 1024), "first 10 TB", "Logs delivered to S3 or Firehose, first 10 TB"},
	{num(30 * 1024), "next 20 TB", "Logs delivered to S3 or Firehose, 10 to 30 TB"},
	{num(50 * 1024), "next 20 TB beyond", "Logs delivered to S3 or Firehose, 30 to 50 TB"},
	{num(-1), "over 50 TB", "Logs delivered to S3 or Firehose, over 50 TB"},
}

// toBucket reports whether a flow log is delivered to a bucket or a stream, not to a log group.
func toBucket(p props) bool {
	kind := p.str("logDestinationType")
	return kind == "s3" || kind == "kinesis-data-firehose"
}

// priceFlowLog prices what the flow logs of a network take in, shared alike where there
// are several of them.
func priceFlowLog(s *sheet) {
	if !s.load.known {
		s.usage("paid per GB of log; " + noTraffic)
		return
	}
	of := one.Div(num(len(s.byType[token.EC2FlowLog])))
	log := charge{item: "flow logs taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)",
		count: s.load.appRequests.times(num(flowBytes)).shift(gbZeros).times(of), basis: Assumed,
		note: "about four records of 120 bytes for each request that reaches the servers"}
	if !toBucket(s.props) {
		s.bill(log)
		return
	}
	log.item = "flow logs delivered"
	s.tiered(log, deliveryTiers)
}
