package load

import (
	"context"
	"net/url"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// lateness is how long a generator that cannot keep up goes on after the end.
const lateness = time.Second

// send sends the load until it is over or ctx ends, and collects what came of it.
func send(ctx context.Context, p Plan, s *site, via *clients) *collector {
	due := pace{from: p.From, to: p.Rate, over: p.Duration}
	c := newCollector(due, &s.writes, p.Progress)
	attacker := vegeta.NewAttacker(vegeta.Client(via.client), vegeta.Workers(32), vegeta.MaxBody(1<<20))
	stop := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer stop()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-p.Stop:
			attacker.Stop()
		case <-over:
		}
	}()
	probing, cancel := context.WithCancel(ctx)
	probed := make(chan []queued, 1)
	go func() { probed <- probe(probing, p, s, via) }()
	c.begin()
	if p.Began != nil {
		p.Began()
	}
	c.drain(ctx, attacker.Attack(newRequests(p, s).next, due, p.Duration+lateness, ""))
	c.end()
	cancel()
	c.queued = <-probed
	return c
}

// goodbye is how long answers are waited for after an interruption.
const goodbye = 200 * time.Millisecond

// drain takes results until there are no more, or shortly after ctx has ended:
// whoever interrupts a load does not wait for answers that may never come.
func (c *collector) drain(ctx context.Context, results <-chan *vegeta.Result) {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(goodbye, func() { close(over) }) })
	defer stop()
	for {
		select {
		case r, more := <-results:
			if !more {
				return
			}
			c.add(r)
		case <-over:
			go func() {
				for range results { // so that nobody waits for ever to tell
				}
			}()
			return
		}
	}
}

// sent is one request and what came of it.
type sent struct {
	at      time.Duration // when it was due, after the beginning
	latency time.Duration // from then
	kind    string
	failure string // empty for what was answered as it should be
	bytes   int
	cache   cacheMark
}

// sentOf reads a result of vegeta's.
func sentOf(r *vegeta.Result, due time.Duration, began time.Time) sent {
	path := r.URL
	if u, err := url.Parse(r.URL); err == nil {
		path = u.RequestURI()
	}
	late := max(r.Timestamp.Sub(began)-due, 0)
	return sent{at: due, latency: late + r.Latency, kind: kindOf(r.Method, path), failure: failureOf(int(r.Code), r.Error),
		bytes: len(r.Body), cache: markOf(r.Headers)}
}
