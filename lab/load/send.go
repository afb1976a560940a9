package load

import (
	"context"
	"net/url"
	"time"

	"github.com/rung-dev/rung/lab/load/open"
)

// send sends the load until it is over or ctx ends, and collects what came of it.
func send(ctx context.Context, p Plan, s *site, via *clients) *collector {
	pace := open.Pace{From: p.From, To: p.Rate, Over: p.Duration}
	c := newCollector(pace, &s.writes, p.Progress)
	probing, cancel := context.WithCancel(ctx)
	probed := make(chan []queued, 1)
	go func() { probed <- probe(probing, p, s, via) }()
	c.begin()
	if p.Began != nil {
		p.Began()
	}
	open.Send(ctx, via.client, newRequests(p, s).next, pace, p.Stop, c.add)
	c.end()
	cancel()
	c.queued = <-probed
	return c
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

func sentOf(r open.Sent) sent {
	path := r.URL
	if u, err := url.Parse(r.URL); err == nil {
		path = u.RequestURI()
	}
	return sent{at: r.Due, latency: r.FromDue, kind: kindOf(r.Method, path), failure: failureOf(int(r.Code), r.Error),
		bytes: len(r.Body), cache: markOf(r.Headers)}
}
