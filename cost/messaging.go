package cost

import "strings"

// Requests that one job costs a queue: sent, received and deleted.
const requestsPerJob = 3

// pollSeconds is how long a worker waits for a message: SQS's longest.
const pollSeconds = 20

// priceQueue prices a queue by the jobs that go through it and by the workers
// that wait for them.
func priceQueue(s *sheet) {
	if isDeadLetter(s.r) {
		s.usage("holds only messages that failed; costs nothing as long as none do")
		return
	}
	if !s.load.known {
		s.usage("SQS is paid per request; " + noTraffic)
		return
	}
	sku := "standard requests"
	if s.props.flag("fifoQueue") {
		sku = "FIFO requests"
	}
	polls := exactly(hoursPerMonth.Mul(num(3600 / pollSeconds)))
	if fills := s.facts.fills[s.r]; len(fills) > 0 {
		s.bill(charge{
			item: "requests", service: SQS, sku: sku, count: s.delivered(fills).times(num(requestsPerJob)).plus(polls), basis: Assumed,
			note: "an event per write, three requests for each, and one worker that waits 20 s at a time",
		})
		return
	}
	jobs := s.ranged(dec(s.opts.Traffic.JobsPerMonth())).times(num(requestsPerJob))
	s.bill(charge{
		item: "requests", service: SQS, sku: sku, count: s.part(jobs, s.facts.jobs).plus(polls), basis: Derived,
		note: "three per job, and one worker that waits 20 s at a time",
	})
}

// isDeadLetter goes by the name, because in a preview no queue knows yet which
// others send it their failures.
func isDeadLetter(r *Resource) bool {
	return hasWord(r.Name, "dlq", "dead", "deadletter", "deadletters") || strings.HasSuffix(strings.ToLower(r.Name), "dlq")
}

// priceAPI prices an HTTP or WebSocket API by the requests that reach it: as
// many as the app answers, if all came this way.
func priceAPI(s *sheet) {
	if !s.load.known {
		s.usage("paid per request; " + noTraffic)
		return
	}
	if s.props.str("protocolType") == "WEBSOCKET" {
		s.usage("paid per message and minute of connection; the traffic profile has neither")
		return
	}
	calls := s.callsOf(s.r)
	s.tiered(charge{item: "API requests", service: APIGateway, count: calls.count, basis: calls.basis,
		note: join(calls.unsure, "each of at most 512 KB; files do not come this way")},
		[]tier{{num(300_000_000), "first 300 million", "HTTP API requests, first 300M"},
			{num(-1), "over 300 million", "HTTP API requests, over 300M"}})
}

// apiCalls is how many requests come by an API gateway in a month, and what is unsure of it.
type apiCalls struct {
	count  span
	basis  Basis
	unsure string
}

// callsOf takes an API to get as much as each load balancer beside it.
func (s *sheet) callsOf(api *Resource) apiCalls {
	count := s.partOf(s.load.apiRequests, s.facts.doors, api)
	gateways, balancers, _ := s.doorsNear(api)
	if balancers == 0 {
		return apiCalls{count: count, basis: Derived}
	}
	every := num(gateways + balancers).Div(num(gateways))
	return apiCalls{span{zero, count.Expected, count.High.Mul(every)}, Assumed,
		"taken as many as come by the load balancer; none to all of them may"}
}

// priceEventBus prices custom events as one per job.
func priceEventBus(s *sheet) {
	if !s.load.known {
		s.usage("paid per custom event; " + noTraffic)
		return
	}
	s.bill(charge{item: "custom events", service: EventBridge, sku: "custom events",
		count: s.ranged(dec(s.opts.Traffic.JobsPerMonth())), basis: Assumed, note: "one per job"})
}

// priceStage prices the cache of a stage of a REST API; without one it is part of the API.
func priceStage(s *sheet) {
	if !s.props.flag("cacheClusterEnabled") {
		s.free(partOf("the API"))
		return
	}
	size := s.props.str("cacheClusterSize")
	s.hours("cache of "+size+" GB", APIGateway, "cache "+size+" GB", one, Declared, "")
}
