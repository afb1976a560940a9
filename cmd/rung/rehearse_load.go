package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/load"
)

// climbLoad is the load of people on a site that climbs and moves meanwhile.
type climbLoad struct {
	began time.Time
	stop  chan struct{}
	over  chan loadOutcome
}

type loadOutcome struct {
	result load.Result
	err    error
}

// longestRehearsal bounds the load.
const longestRehearsal = 50 * time.Minute

// beginLoad puts the stage under load, and waits until that has begun.
func (t *stageTrial) beginLoad(ctx context.Context) (*climbLoad, error) {
	door, err := t.door()
	if err != nil {
		return nil, err
	}
	rate := float64(t.flags.writes + t.flags.reads)
	profile := load.DefaultProfile()
	profile.ReadShare = float64(t.flags.reads) / rate
	l := &climbLoad{stop: make(chan struct{}), over: make(chan loadOutcome, 1)}
	begun := make(chan struct{})
	p := load.Plan{Target: door, Rate: rate, From: -1, Duration: longestRehearsal, Profile: profile, Seed: 1,
		Jobs: -1, Stop: l.stop, Began: func() { l.began = time.Now(); close(begun) }}
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

// end ends the load and adds what it has shown. Every acknowledged write is read back.
func (l *climbLoad) end(r *rehearsal.Result) error {
	close(l.stop)
	o := <-l.over
	if o.err != nil || r.Climb == nil {
		return o.err
	}
	r.Acknowledged, r.Lost = o.result.Writes.Acknowledged, o.result.Writes.Lost
	r.Climb.Unread, r.Climb.Examples = o.result.Writes.Unread, o.result.Writes.Examples
	for reason, n := range o.result.Errors {
		r.Climb.Examples = append(r.Climb.Examples, fmt.Sprintf("%d requests: %s", n, reason))
	}
	for _, s := range o.result.Timeline {
		for len(r.Timeline) < s.At {
			r.Timeline = append(r.Timeline, rehearsal.Second{})
		}
		r.Timeline = append(r.Timeline, rehearsal.Second{Written: s.Written, Read: s.Sent - s.Written - s.FailedWrites,
			Failed: s.Failed, LongestWait: int64(s.LongestWrite)})
		if float64(s.At) < r.MoveAt {
			r.Climb.Failed += s.Failed
			continue
		}
		r.Failed += s.FailedWrites
		r.Reads += s.Sent - s.Written - s.FailedWrites
		r.ReadsFailed += s.Failed - s.FailedWrites
		r.LongestWait = max(r.LongestWait, int64(s.LongestWrite))
	}
	return nil
}
