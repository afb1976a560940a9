// Package open sends requests at times that no answer moves, and counts the
// latency of each from when it was due. [vegeta] sends them, in this process.
//
// A site that stops answering for a second shows that second in every request
// which was due in it, where a closed loop would have waited and hidden it. A
// generator that cannot keep up adds its own lateness: what it measures is never
// too little.
//
// [vegeta]: https://github.com/tsenart/vegeta
package open

import (
	"context"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const (
	// lateness is how long a generator that cannot keep up goes on after the end.
	lateness = time.Second
	// goodbye is how long answers are waited for after an interruption.
	goodbye = 200 * time.Millisecond
	// workers are there from the beginning; more come as requests are due while
	// others wait for their answers.
	workers = 32
	// maxBody is how much is kept of an answer, in bytes.
	maxBody = 1 << 20
)

// Sent is what came of one request.
type Sent struct {
	*vegeta.Result
	// Due is when it was due, after the beginning.
	Due time.Duration
	// FromDue is how long after that its answer was there.
	FromDue time.Duration
}

// Send sends what next makes, which is called from many goroutines, until the
// pace or ctx ends or stop is closed, and tells each of every answer, one after
// the other. After a stop all answers that are under way are waited for; whoever
// ends ctx does not wait for answers that may never come. A nil stop never ends it.
func Send(ctx context.Context, client *http.Client, next vegeta.Targeter, p Pace, stop <-chan struct{},
	each func(Sent)) {
	attacker := vegeta.NewAttacker(vegeta.Client(client), vegeta.Workers(workers), vegeta.MaxBody(maxBody))
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
		case <-stop:
		case <-over:
		}
		attacker.Stop()
	}()
	began := time.Now()
	drain(ctx, attacker.Attack(next, p, p.Over+lateness, ""), func(r *vegeta.Result) {
		due := p.Due(r.Seq)
		each(Sent{Result: r, Due: due, FromDue: max(r.Timestamp.Sub(began)-due, 0) + r.Latency})
	})
}

// drain takes results until there are no more, or shortly after ctx has ended.
func drain(ctx context.Context, results <-chan *vegeta.Result, each func(*vegeta.Result)) {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(goodbye, func() { close(over) }) })
	defer stop()
	for {
		select {
		case r, more := <-results:
			if !more {
				return
			}
			each(r)
		case <-over:
			go func() {
				for range results { // so that nobody waits for ever to tell
				}
			}()
			return
		}
	}
}
