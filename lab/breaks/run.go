package breaks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/load"
)

// Hand is what the lab must be able to do. A name is that of a Unit.
type Hand interface {
	// Units lists what runs. It answers within a second.
	Units(ctx context.Context) ([]Unit, error)
	// Kill ends a unit at once. What keeps the lab as planned brings another.
	Kill(ctx context.Context, unit string) error
	// Pause lets a unit stand still until Heal.
	Pause(ctx context.Context, unit string) error
	// Slow delays each answer of a unit until Heal.
	Slow(ctx context.Context, unit string, by time.Duration) error
	// CutOff lets nothing to or from a unit until Heal.
	CutOff(ctx context.Context, unit string) error
	// FillDisk leaves a unit no room to write until Heal.
	FillDisk(ctx context.Context, unit string) error
	// Notice tells a machine that its capacity is taken back in two minutes.
	Notice(ctx context.Context, unit string) error
	// Heal takes back what was done to a unit. It does nothing to one that is gone.
	Heal(ctx context.Context, unit string) error
}

// Timing is when what happens in a drill.
type Timing struct {
	// Before is how long the load runs before the blow, Held how long it holds
	// until it is healed, After how long the load runs on.
	Before, Held, After time.Duration
	// Every is how often is looked at what runs.
	Every time.Duration
}

// DefaultTiming gives a failure half a minute.
func DefaultTiming() Timing {
	return Timing{Before: 5 * time.Second, Held: 20 * time.Second, After: 35 * time.Second, Every: 100 * time.Millisecond}
}

func (t Timing) all() time.Duration { return t.Before + t.Held + t.After }

// slowBy is how much later answers come of what is slowed down.
const slowBy = time.Second

// healTime bounds healing, which also happens after an interruption.
const healTime = 30 * time.Second

// Run breaks once while a load runs, heals, and says what it cost. plan's
// duration and progress are set here. It fails where nothing was broken; what
// goes wrong later is the outcome's Problem.
func Run(ctx context.Context, hand Hand, b Break, plan load.Plan, t Timing) (Outcome, error) {
	before, err := hand.Units(ctx)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s: look at what runs: %w", b, err)
	}
	faulted, err := Choose(before, b)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Break: b, Detect: never, Recover: never}
	for _, u := range faulted {
		out.Faulted = append(out.Faulted, u.Name)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &watch{hand: hand, began: make(chan time.Time, 1), inVain: cancel}
	plan.Duration = t.all()
	plan.Began = func() { w.began <- time.Now() }
	var watching sync.WaitGroup
	watching.Go(func() { w.run(ctx, b, out.Faulted, t) })
	result, err := load.Run(ctx, plan)
	cancel()
	watching.Wait()
	if w.faulted == 0 && w.err != nil {
		return out, w.err
	}
	if err != nil {
		return out, errors.Join(fmt.Errorf("%s: %w", b, err), w.err)
	}
	out.Writes = result.Writes
	out.Detect, out.Recover = detected(w.looks, out.Faulted, w.blow), recovered(w.looks, before, w.blow)
	out.Sent, out.Failed, out.FailedFor = failing(result, w.blow)
	if w.err != nil {
		out.Problem = w.err.Error()
	}
	return out, nil
}

// watch breaks, looks and heals while the load runs.
type watch struct {
	hand  Hand
	began chan time.Time
	start time.Time
	looks []Look
	blow  time.Duration
	err   error
	// faulted counts the units that were; where none was, inVain ends the load.
	faulted int
	inVain  func()
}

func (w *watch) run(ctx context.Context, b Break, faulted []string, t Timing) {
	select {
	case w.start = <-w.began:
	case <-ctx.Done():
		return
	}
	if !w.until(ctx, t.Before, t.Every) {
		return
	}
	w.breakAll(ctx, b.How, faulted)
	if w.faulted == 0 {
		w.inVain()
		return
	}
	w.until(ctx, t.Before+t.Held, t.Every)
	w.heal(ctx, faulted) // also when it was interrupted
	w.until(ctx, t.all(), t.Every)
}

// breakAll breaks all of them.
func (w *watch) breakAll(ctx context.Context, how How, units []string) {
	w.blow = time.Since(w.start)
	for _, unit := range units {
		if err := w.fail(ctx, how, unit); err != nil {
			w.err = errors.Join(w.err, err)
			continue
		}
		w.faulted++
	}
}

// until looks at what runs until a time after the beginning, and says whether
// that came.
func (w *watch) until(ctx context.Context, end, every time.Duration) bool {
	for time.Since(w.start) < end && ctx.Err() == nil {
		if units, err := w.hand.Units(ctx); err == nil { // one look less is no failure
			w.looks = append(w.looks, Look{At: time.Since(w.start), Units: units})
		}
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
	return ctx.Err() == nil
}

func (w *watch) fail(ctx context.Context, how How, unit string) (err error) {
	switch how {
	case Kill:
		err = w.hand.Kill(ctx, unit)
	case Pause:
		err = w.hand.Pause(ctx, unit)
	case Slow:
		err = w.hand.Slow(ctx, unit, slowBy)
	case CutOff:
		err = w.hand.CutOff(ctx, unit)
	case FillDisk:
		err = w.hand.FillDisk(ctx, unit)
	case Notice:
		err = w.hand.Notice(ctx, unit)
	}
	if err != nil {
		return fmt.Errorf("break %s: %w", unit, err)
	}
	return nil
}

// heal takes everything back.
func (w *watch) heal(ctx context.Context, faulted []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healTime)
	defer cancel()
	for _, unit := range faulted {
		if err := w.hand.Heal(ctx, unit); err != nil {
			w.err = errors.Join(w.err, fmt.Errorf("heal %s: %w", unit, err))
		}
	}
}
