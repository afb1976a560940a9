package hand

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
)

// rests waits, and reports whether that was to its end.
func rests(over <-chan struct{}, d time.Duration) bool {
	select {
	case <-over:
		return false
	case <-time.After(d):
		return true
	}
}

// hold does a fault to a unit until Heal, and goes on with what is to be done again and again.
// What was done is noted before.
func (h *Hand) hold(unit string, s fault, again func(ledger.Process, <-chan struct{})) error {
	p, err := h.process(unit)
	if err != nil {
		return err
	}
	s.Process, s.By = p.Identity, process.Identify(os.Getpid())
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.free(unit); err != nil {
		return err
	}
	over, working := make(chan struct{}), sync.WaitGroup{}
	h.holds[unit] = hold{note: s, stop: func() { close(over); working.Wait() }}
	if err := h.note(); err != nil {
		delete(h.holds, unit)
		return err
	}
	if err := do(s); err != nil {
		delete(h.holds, unit)
		return errors.Join(err, undo(s), h.note())
	}
	if again != nil {
		working.Go(func() { again(p, over) })
	}
	return nil
}

// free fails where a unit is broken already, by this hand or another.
func (h *Hand) free(unit string) error {
	all, err := readFaults(h.at)
	if err != nil {
		return err
	}
	if _, held := h.holds[unit]; held || all[unit].others() {
		return fmt.Errorf("%s is broken already", unit)
	}
	return nil
}

// note writes down what is held, beside what other hands hold.
func (h *Hand) note() error {
	all, err := readFaults(h.at)
	if err != nil {
		return err
	}
	maps.DeleteFunc(all, func(_ string, s fault) bool { return !s.others() })
	for unit, one := range h.holds {
		all[unit] = one.note
	}
	return writeFaults(h.at, all)
}

// Heal takes back what was done to a unit.
func (h *Hand) Heal(_ context.Context, unit string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, held := h.holds[unit]
	if !held {
		return nil
	}
	one.stop()
	delete(h.holds, unit)
	s := one.note
	if p, err := h.process(unit); err == nil && s.Full { // one that was started meanwhile has it as well
		s.Process = p.Identity
	}
	return errors.Join(undo(s), h.note())
}
