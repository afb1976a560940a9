package cost

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// bytesPerEvent is what an event weighs: who, what and when, in JSON. A guess,
// and shown as an assumption.
const bytesPerEvent = 1_000

// gatherEvents tells the queues that topics fill from those of jobs.
func (st *stack) gatherEvents() {
	f := &st.facts
	f.fills = map[*Resource][]*Resource{}
	topics := set{}
	for _, r := range st.byType[token.SNSTopicSubscription] {
		if props(r.Props).str("protocol") != "sqs" {
			continue
		}
		if queue, _ := st.target(r, "endpoint", token.SQSQueue); queue != nil {
			f.fills[queue] = append(f.fills[queue], r)
		}
		if topic, _ := st.target(r, "topic", token.SNSTopic); topic != nil {
			topics[topic] = true
		}
	}
	f.tell = st.sharersOf(topics)
	f.jobs = st.sharersOf(where(st.byType[token.SQSQueue],
		func(r *Resource) bool { return !isDeadLetter(r) && len(f.fills[r]) == 0 }))
}

// told is how many events a topic carries: one for each write, which the topics
// of a cell share alike.
func (st *stack) told(topic *Resource) span {
	writes := st.load.appRequests.times(dec(1 - st.opts.Traffic.ReadShare))
	return writes.times(st.share(st.facts.tell, topic))
}

// delivered is how many events some subscriptions bring.
func (s *sheet) delivered(fills []*Resource) span {
	sum := exactly(zero)
	for _, r := range fills {
		if topic, _ := s.target(r, "topic", token.SNSTopic); topic != nil {
			sum = sum.plus(s.told(topic))
		}
	}
	return sum
}

// priceTopic prices what is published to a topic that fills queues; SNS brings
// it to them for nothing. Other topics carry alarms.
func priceTopic(s *sheet) {
	switch {
	case !s.facts.tell.in[s.r]:
		s.usage("SNS is paid per notification; alarms send few, and the first million requests and 1,000 emails a month " +
			"are free")
		return
	case !s.load.known:
		s.usage("SNS is paid per event published; " + noTraffic)
		return
	}
	count, note := s.allowed(SNS, "API requests", s.told(s.r))
	s.bill(charge{item: "events published", service: SNS, sku: "API requests over 1M", count: count, basis: Assumed,
		note: join("an event per write", note)})
}

// priceSubscription prices what a topic sends to a queue of another region:
// each copy is paid once, by the gigabyte.
func priceSubscription(s *sheet) {
	topic, _ := s.target(s.r, "topic", token.SNSTopic)
	queue, _ := s.target(s.r, "endpoint", token.SQSQueue)
	if topic == nil || queue == nil || s.regionOf(topic) == s.regionOf(queue) {
		s.free("subscriptions cost nothing; notifications are priced at the topic")
		return
	}
	to := s.regionOf(queue)
	if !s.load.known {
		s.usage("data between regions is paid per GB; " + noTraffic)
		return
	}
	s.bill(charge{
		item: "events to " + to, service: DataTransfer, sku: transferSKU(s.regionOf(topic), to), region: s.regionOf(topic),
		count: s.told(topic).times(decimal.NewFromInt(bytesPerEvent)).shift(gbZeros), basis: Assumed, note: "an event per write, of 1 kB",
	})
}
