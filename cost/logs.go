package cost

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// forever is how many months logs without a retention are taken to be kept.
const forever = 12

// edgeLogBytes is what Lambda writes of each call by itself: when it began, when it
// ended and what it took, in three events, each counted with 26 bytes more.
const edgeLogBytes = 350

// logVolume is what is written to a log group in a month.
type logVolume struct {
	gb    span
	basis Basis
	note  string
}

// priceLogGroup prices what is logged for requests: read in once, and kept for as long
// as the retention says.
func priceLogGroup(s *sheet) {
	s.agentMetrics()
	if takesMetrics(s.r) {
		s.bill(charge{item: "metrics' events taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)",
			count: exactly(eventGB), basis: Assumed,
			note: "about 1 KB a minute for the app's metrics of one machine"})
		return
	}
	if !s.load.known {
		s.usage("logs are paid per GB; " + noTraffic)
		return
	}
	log, known := s.written()
	if !known {
		s.usage("paid per GB; the traffic profile tells what requests log, not what others do")
		return
	}
	s.bill(charge{item: "logs taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)", count: log.gb,
		basis: log.basis, note: log.note})
	months, basis, note := num(forever), Assumed, "no retention: a year's worth"
	if days, ok := s.props.num("retentionInDays"); ok && days.IsPositive() {
		months, basis, note = days.Mul(dayHours).Div(hoursPerMonth), Derived, "as long as the retention says"
	}
	s.bill(charge{item: "logs kept", service: CloudWatch, sku: "Logs storage (archived)",
		count: log.gb.times(decimal.Max(months, zero)), basis: basis, note: join(note, "not counting that they are compressed")})
}

// written is what requests have written to a log group; known is false where they have nothing.
func (s *sheet) written() (log logVolume, known bool) {
	if api := s.facts.access[s.r]; api != nil {
		calls := s.callsOf(api)
		return logVolume{calls.count.times(num(accessLogBytes)).shift(gbZeros), Assumed,
			join("an access log, 500 bytes a request", calls.unsure)}, true
	}
	switch {
	case s.facts.edgeLogs.in[s.r]:
		calls, _ := s.edgeCalls()
		return logVolume{s.part(calls, s.facts.edgeLogs).times(num(edgeLogBytes)).shift(gbZeros), Assumed,
			"350 bytes for each call of a Lambda@Edge, written in the region nearest to the user"}, true
	case s.facts.logs.in[s.r]:
		return logVolume{s.part(s.load.logGB, s.facts.logs), Derived,
			"what the application logs for the requests that reach it"}, true
	}
	return logVolume{}, false
}

// accessLogs are the log groups to which API gateways write each request, and for which.
func (st *stack) accessLogs() map[*Resource]*Resource {
	out := map[*Resource]*Resource{}
	for _, stage := range st.byType[token.APIGatewayV2Stage] {
		to := props(stage.Props).object("accessLogSettings").str("destinationArn")
		log, _ := st.target(stage, "accessLogSettings", token.CloudWatchLogGroup, strings.TrimSuffix(to, ":*"))
		api, _ := st.target(stage, "apiId", token.APIGatewayV2Api)
		if log != nil && api != nil {
			out[log] = api
		}
	}
	return out
}

// findEdgeLogs finds the log groups that a Lambda@Edge writes to, in whichever region a user is:
// they have the name of the function at home.
func (st *stack) findEdgeLogs() *sharers {
	return st.sharersOf(where(st.byType[token.CloudWatchLogGroup], func(r *Resource) bool {
		name := props(r.Props).str("name")
		if name != "" && !isUnknown(name) {
			return strings.HasPrefix(name, "/aws/lambda/us-east-1.")
		}
		f, certain := st.target(r, "name", token.LambdaFunction)
		return certain && f != nil && props(f.Props).flag("publish") && st.calledAtEdge()
	}))
}
