package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/load"
)

// climbLoad is the load of people on a site that climbs and moves meanwhile.
type climbLoad struct {
	began time.Time
	stop  chan struct{}
	over  chan loadOutcome

	mu      sync.Mutex
	seconds []load.Second // so far
}

type loadOutcome struct {
	result load.Result
	err    error
}

const (
	// longestRehearsal bounds the load.
	longestRehearsal = 50 * time.Minute
	// mostLogIns are the log-ins of a load, in a second: 7,000 people an hour. Each takes a
	// processor 30 ms, of which this machine has no more than for all servers of a stage.
	mostLogIns = 2
	// looks are for how many seconds the load is looked at before the climb.
	looks = 5
	// slowest is what a twentieth of the requests may wait before the climb, in milliseconds:
	// a machine on which they wait for longer has nothing left for a climb.
	slowest = 1000
)

// profile is what the load does.
func (f rehearseFlags) profile() load.Profile {
	p := load.DefaultProfile()
	p.ReadShare = float64(f.reads) / float64(f.writes+f.reads)
	p.LogIns = min(load.DefaultLogIns, mostLogIns/float64(f.writes))
	return p
}

// beginLoad puts the stage under load, and waits until that has begun.
func (t *stageTrial) beginLoad(ctx context.Context) (*climbLoad, error) {
	door, err := t.door()
	if err != nil {
		return nil, err
	}
	rate := float64(t.flags.writes + t.flags.reads)
	l := &climbLoad{stop: make(chan struct{}), over: make(chan loadOutcome, 1)}
	begun := make(chan struct{})
	p := load.Plan{Target: door, Rate: rate, From: -1, Duration: min(longestRehearsal, load.Longest(rate)),
		Profile: t.flags.profile(), Seed: 1, Jobs: -1, AsBrowsers: true, Stop: l.stop, Progress: l.note,
		Began: func() { l.began = time.Now(); close(begun) }}
	go func() {
		result, err := load.Run(ctx, p)
		l.over <- loadOutcome{result, err}
	}()
	select {
	case <-begun:
		return l, nil
	case o := <-l.over:
		return nil, errors.Join(o.err, ctx.Err())
	}
}

func (l *climbLoad) note(s load.Second) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seconds = append(l.seconds, s)
}

// carried waits until the load was looked at, and fails where this machine does not carry it:
// what fails then is nothing that a climb or a move does.
func (l *climbLoad) carried(ctx context.Context, f rehearseFlags) error {
	for {
		l.mu.Lock()
		seen := l.seconds
		l.mu.Unlock()
		if len(seen) >= looks {
			return overloaded(seen[:looks], f.writes, f.reads)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// overloaded says that a load is too much for this machine, and why. The first second does
// not count: nobody has a connection in it.
func overloaded(seen []load.Second, writes, reads int) error {
	failed, waited := 0, 0.0
	for _, s := range seen[1:] {
		failed += s.Failed
		waited += s.Latency.P95 / float64(len(seen)-1)
	}
	if failed == 0 && waited <= slowest {
		return nil
	}
	return fmt.Errorf("rehearse under %d writes and %d reads a second: this machine does not carry them, before anything "+
		"moves: %d requests failed in %d s, and a twentieth waited for %.1f s or more: try --writes %d --reads %d", writes,
		reads, failed, len(seen)-1, waited/1000, max(1, writes/2), max(1, reads/2))
}

// end ends the load and adds what it has shown. Every acknowledged write is read back.
func (l *climbLoad) end(r *rehearsal.Result) error {
	close(l.stop)
	o := <-l.over
	if o.err != nil || r.Climb == nil {
		return o.err
	}
	r.Acknowledged, r.Lost = o.result.Writes.Acknowledged, o.result.Writes.Lost
	r.Climb.Unread, r.Climb.Examples = o.result.Writes.Unread, o.result.Writes.Examples
	for _, s := range o.result.Timeline {
		addSecond(r, s)
	}
	return nil
}

// addSecond adds a second of the load to the climb, or to the move.
func addSecond(r *rehearsal.Result, s load.Second) {
	for len(r.Timeline) < s.At {
		r.Timeline = append(r.Timeline, rehearsal.Second{})
	}
	r.Timeline = append(r.Timeline, rehearsal.Second{Written: s.Written, Read: s.Sent - s.Written - s.FailedWrites,
		Failed: s.Failed, LongestWait: int64(s.LongestWrite)})
	if float64(s.At) < r.MoveAt {
		r.Climb.Failed += s.Failed
		r.Climb.Failures = sum(r.Climb.Failures, s.Errors)
		return
	}
	r.Failures = sum(r.Failures, s.Errors)
	r.Failed += s.FailedWrites
	r.Reads += s.Sent - s.Written - s.FailedWrites
	r.ReadsFailed += s.Failed - s.FailedWrites
	r.LongestWait = max(r.LongestWait, int64(s.LongestWrite))
}

// sum adds counts by what they are of.
func sum(all, more map[string]int) map[string]int {
	for what, n := range more {
		if all == nil {
			all = map[string]int{}
		}
		all[what] += n
	}
	return all
}
