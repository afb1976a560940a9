package cost

import "github.com/rung-dev/rung/resource/token"

// flowBytes is what flow logs write for a request that reaches the servers: about four
// records, of both directions and both hops, of 120 bytes each.
const flowBytes = 4 * 120

// priceFlowLog prices what the flow logs of a network take in, shared alike where there
// are several of them.
func priceFlowLog(s *sheet) {
	if !s.load.known {
		s.usage("paid per GB of log; " + noTraffic)
		return
	}
	if kind := s.props.str("logDestinationType"); kind != "" && kind != "cloud-watch-logs" {
		s.usage("logs that are delivered to " + kind + " are paid per GB at a price that the catalogue does not hold")
		return
	}
	of := one.Div(num(len(s.byType[token.EC2FlowLog])))
	s.bill(charge{item: "flow logs taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)",
		count: s.load.appRequests.times(num(flowBytes)).shift(gbZeros).times(of), basis: Assumed,
		note: "about four records of 120 bytes for each request that reaches the servers"})
}
