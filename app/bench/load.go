package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/lab/load/open"
)

// hot is how many posts the cacheable reads are about.
const hot = 100

// load is the mixed workload: of ten requests nine read, and of ten reads
// eight are of posts that may come from the cache.
type load struct {
	base  string
	token string
	posts []string
	http  *http.Client
}

// next makes one request of the workload.
func (l *load) next(t *vegeta.Target) error {
	t.Method, t.Header, t.Body = http.MethodGet, nil, nil
	t.URL = l.base + "/api/posts"
	switch n := rand.IntN(100); {
	case n < 72:
		t.URL += "/" + l.posts[rand.IntN(len(l.posts))]
	case n < 90:
		t.URL += "?limit=20&before=" + store.NewID().String()
	default:
		t.Method, t.Body = http.MethodPost, []byte(`{"title":"a title of some words","body":"a body of some more words"}`)
		t.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + l.token}}
	}
	return nil
}

// atRate sends at a fixed rate, whether answers come or not, and measures from
// the moment at which each request was due. It also counts those that failed: a
// machine that is too busy for the rate lets requests wait until they do.
func (l *load) atRate(ctx context.Context, perSecond float64, d time.Duration) (out open.Durations, failed int,
	err error) {
	open.Send(ctx, l.http, l.next, open.Even(perSecond, d), nil, func(s open.Sent) {
		if s.Error != "" {
			failed++
			s.FromDue = time.Minute // whatever it took, nobody was served
		}
		out = append(out, s.FromDue)
	})
	return out, failed, ctx.Err()
}

// clients is how many wait for an answer before they send again, where as much
// is sent as is answered.
const clients = 16

// most sends as much as is answered, and returns how much that is in a second.
func (l *load) most(ctx context.Context, d time.Duration) (perSecond float64, err error) {
	attacker := vegeta.NewAttacker(vegeta.Client(l.http), vegeta.Workers(clients), vegeta.MaxWorkers(clients))
	defer context.AfterFunc(ctx, func() { attacker.Stop() })()
	answered, begin := 0, time.Now()
	for r := range attacker.Attack(l.next, vegeta.Rate{}, d, "") {
		answered++
		if r.Error != "" {
			err = fmt.Errorf("%s %s: %s", r.Method, r.URL, r.Error)
		}
	}
	return float64(answered) / time.Since(begin).Seconds(), err
}

// offered is the rate at which the app is held to its latencies, per second.
const offered = 1000

// turn is what the app or the minimal handler did in one round.
type turn struct {
	perSecond float64
	cpu       time.Duration // of all processes for one request
	p99       time.Duration
}

// turn sends as much as is answered, then a quarter of the rate to which the
// app is held.
func (t *trial) turn(ctx context.Context, l *load, d time.Duration) (out turn) {
	if t.err != nil {
		return turn{}
	}
	var err error
	before, begin := cpuTime(), time.Now()
	if out.perSecond, err = l.most(ctx, d); t.fails(err) {
		return turn{}
	}
	out.cpu = time.Duration(float64(cpuTime()-before) / (out.perSecond * time.Since(begin).Seconds()))
	took, _, err := l.atRate(ctx, offered/4, 2*d)
	t.fails(err)
	out.p99 = took.Percentile(99)
	return out
}

// rounds is how often each takes its turn. What else runs on the machine slows all
// turns of a round about alike, so each round gives ratios, and the median of those is
// what counts.
const rounds = 15

// compare lets loads take turns, each as often first as last.
func (t *trial) compare(ctx context.Context, loads []*load, d time.Duration) (turns map[*load][]turn) {
	turns = map[*load][]turn{}
	order := slices.Clone(loads)
	for range rounds {
		for _, l := range order {
			turns[l] = append(turns[l], t.turn(ctx, l, d))
		}
		slices.Reverse(order)
	}
	return turns
}
