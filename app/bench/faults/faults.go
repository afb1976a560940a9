// Package faults breaks real servers under the app, one at a time, while people go on
// writing and reading, and says what each fault has cost: which requests failed and for
// how long, when everything was whole again, and whether anything is lost that the app
// had acknowledged.
//
// What is broken and how is a table (Table). The load is open: no answer moves a
// request, and whoever is not answered counts. Every acknowledged post is looked for in
// the database afterwards, every acknowledged job must have been done, and every event
// must have had its effect in the other service's store. It needs no network.
package faults

import (
	"context"
	"fmt"
	"time"
)

// Fault is a row of the table.
type Fault struct {
	// Name says what happens, Heals what ends it.
	Name, Heals string
	// On is what the app runs on.
	On Setup
	// Held is how long the fault lasts until Undo; zero means DefaultHeld.
	Held time.Duration
	// Do breaks, Undo mends; a nil Undo leaves it broken.
	Do, Undo func(*World)
}

// Outcome is what a fault has cost. Times count from when it began.
type Outcome struct {
	Fault string `json:"fault"`
	Heals string `json:"heals"`
	// Sent and Failed count requests, Answers the failed ones by what they were told.
	Sent    int            `json:"sent"`
	Failed  int            `json:"failed"`
	Answers map[string]int `json:"answers,omitempty"`
	// FailedFor is until the last request failed that was due.
	FailedFor time.Duration `json:"failed_for_ns"`
	// Whole is until no request failed any more and nothing that was put off, jobs and
	// events, waited for longer than it does on a good day.
	Whole time.Duration `json:"whole_ns"`
	// Acknowledged are posts, jobs and events, Lost those of them that are not there or
	// were never done.
	Acknowledged int `json:"acknowledged"`
	Lost         int `json:"lost"`
}

// Options are how a fault is tried. The zero value means the defaults.
type Options struct {
	// Rate is how many requests are due in a second.
	Rate float64
	// Before and After are how long the load runs before the fault and after its end.
	Before, After time.Duration
	// Patience is how long work that was put off is waited for after the load.
	Patience time.Duration
}

// Defaults are what the table in the README was made with.
func Defaults() Options {
	return Options{Rate: 100, Before: 3 * time.Second, After: 6 * time.Second, Patience: 4 * time.Minute}
}

// DefaultHeld is how long a fault lasts.
const DefaultHeld = 4 * time.Second

// Try makes the servers of a fault, breaks them under load, and ends them.
func Try(ctx context.Context, f Fault, o Options) (out Outcome, err error) {
	err = attempt(ctx, func(r *run) { out = try(newWorld(r, f.On), f, o) })
	if err != nil {
		return out, fmt.Errorf("try the fault %q: %w", f.Name, err)
	}
	return out, nil
}

func try(w *World, f Fault, o Options) Outcome {
	if f.Held == 0 {
		f.Held = DefaultHeld
	}
	t := newTraffic(w)
	sent := make(chan struct{})
	stop := make(chan struct{})
	go func() { defer close(sent); t.send(w.Context(), o.Rate, stop) }()
	watching, unwatch := context.WithCancel(w.Context())
	watched := make(chan struct{})
	w.pause(o.Before)
	begin := time.Now()
	go func() { defer close(watched); t.watch(watching, w) }()
	f.Do(w)
	w.pause(f.Held)
	if f.Undo != nil {
		f.Undo(w)
	}
	w.pause(o.After)
	close(stop)
	<-sent
	t.settle(w, o.Patience)
	unwatch()
	<-watched
	return t.outcome(w, f, begin)
}
