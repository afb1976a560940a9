package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/files"
	"github.com/rung-dev/rung/handover/hosts"
)

// Course is the whole way of a move under a load: there, back, and there again.
type Course struct {
	Spec hosts.Spec
	// Journal is the directory of its journal.
	Journal string
	// Settle is for how long the load runs before and after each change.
	Settle time.Duration
	// Began is when the load began, from which changes are timed.
	Began time.Time
	// Tell is called with what begins; nil tells nobody.
	Tell func(string)
}

// Run moves, and adds what it measured to the result, whose Bytes are known.
func (c Course) Run(ctx context.Context, r *Result) error {
	began := time.Now()
	r.MoveAt = began.Sub(c.Began).Seconds()
	r.MaxPauseMillis = cmp.Or(c.Spec.MaxPause, hosts.DefaultMaxPause).Milliseconds()
	entries, err := c.command(ctx, (*hosts.Move).Start)
	r.Passed = hosts.PassedOf(entries)
	r.CopySeconds = time.Since(began).Seconds()
	r.BytesPerSecond = int64(float64(r.Bytes) / r.CopySeconds)
	if err != nil {
		return err
	}
	for _, command := range []string{hosts.CommandSwitch, hosts.CommandBack, hosts.CommandSwitch} {
		change, passed, err := c.change(ctx, command)
		r.Changes, r.Passed = append(r.Changes, change), r.Passed.And(passed)
		if err != nil {
			return fmt.Errorf("rung handover %s: %w", command, err)
		}
	}
	return nil
}

// change is a switch or a way back, with the load before and after.
func (c Course) change(ctx context.Context, command string) (Change, hosts.Passed, error) {
	do := (*hosts.Move).Switch
	if command == hosts.CommandBack {
		do = (*hosts.Move).Back
	}
	if c.Tell != nil {
		c.Tell("rung handover " + command)
	}
	made := Change{Command: command}
	if err := wait(ctx, c.Settle); err != nil {
		return made, hosts.Passed{}, err
	}
	began := time.Now()
	entries, err := c.command(ctx, do)
	made.TookSeconds, made.PauseMillis = time.Since(began).Seconds(), hosts.LongestPause(entries).Milliseconds()
	for _, e := range entries {
		switch {
		case e.Step == "pause" && e.Event == handover.EventFound:
			made.At = e.At.Sub(c.Began).Seconds()
		case e.Step == "compare" && e.Event == handover.EventProved:
			made.Compared = e.Text
		}
	}
	return made, hosts.PassedOf(entries), errors.Join(err, wait(ctx, c.Settle))
}

// Finish ends the way back, which copies the files that have come since the last pass,
// and counts those that the new side lacks even so. It is for when the load is over.
func (c Course) Finish(ctx context.Context, r *Result) error {
	entries, err := c.command(ctx, (*hosts.Move).Finish)
	r.Passed = r.Passed.And(hosts.PassedOf(entries))
	if err != nil || c.Spec.FromFiles == "" {
		return err
	}
	var lists [2][]files.File
	for i, address := range []string{c.Spec.FromFiles, c.Spec.ToFiles} {
		place, err := files.At(ctx, address)
		if err == nil {
			lists[i], err = place.List(ctx)
		}
		if err != nil {
			return fmt.Errorf("list the files of %s: %w", address, err)
		}
	}
	r.FilesHad, r.FilesLacking = len(lists[0]), len(files.Missing(lists[0], lists[1]))
	return nil
}

// command runs one command of the move and gives what it wrote in the journal.
func (c Course) command(ctx context.Context, do func(*hosts.Move, context.Context) error) ([]handover.Entry, error) {
	m, err := hosts.Open(ctx, c.Spec, c.Journal)
	if err != nil {
		return nil, err
	}
	var entries []handover.Entry
	m.Tell = func(e handover.Entry) { entries = append(entries, e) }
	return entries, errors.Join(do(m, ctx), m.Close())
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
