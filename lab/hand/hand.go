package hand

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/state"
)

// Hand is breaks.Hand for the lab of a directory.
type Hand struct {
	at place.Place

	mu    sync.Mutex
	holds map[string]hold
}

// hold is what is done to a unit until it is taken back.
type hold struct {
	note fault
	// stop ends what is done again and again, and returns when that is over.
	stop func()
}

var _ breaks.Hand = (*Hand)(nil)

// Of is the hand for the lab in a place. It takes back what one before it has left,
// that was killed; what one does that still works is left to it.
func Of(at place.Place) (*Hand, error) {
	h := &Hand{at: at, holds: map[string]hold{}}
	left, err := readFaults(at)
	if err != nil {
		return nil, err
	}
	for unit, s := range left {
		if s.others() {
			continue
		}
		err = errors.Join(err, undo(s))
		delete(left, unit)
	}
	if err != nil {
		return nil, fmt.Errorf("take back what an earlier drill has left: %w", err)
	}
	return h, writeFaults(at, left)
}

// look is what the lab says of itself, with its record and the cloud that it goes by.
func (h *Hand) look() (cloud.Cloud, *ledger.Ledger, state.State, error) {
	s, err := state.Read(h.at.Status())
	if err != nil {
		return cloud.Cloud{}, nil, s, err
	}
	led, err := ledger.Read(h.at.Ledger())
	if err != nil {
		return cloud.Cloud{}, nil, s, err
	}
	c, err := cloud.Read(h.at.Cloud())
	return c, led, s, err
}

// Units lists what runs.
func (h *Hand) Units(context.Context) ([]breaks.Unit, error) {
	c, led, s, err := h.look()
	if err != nil {
		return nil, err
	}
	if !s.Runs() {
		return nil, errors.New("the lab's supervisor has ended: `rung lab start` starts it")
	}
	return unitsOf(c, led, s), nil
}

// process is what stands in the lab's record of a unit.
func (h *Hand) process(unit string) (ledger.Process, error) {
	led, err := ledger.Read(h.at.Ledger())
	if err != nil {
		return ledger.Process{}, err
	}
	p, ok := led.Processes[unit]
	if !ok {
		return p, fmt.Errorf("the lab has no server %s", unit)
	}
	return p, nil
}

// gone is how long a killed server may take to be gone.
const gone = 20 * time.Second

// Kill ends a unit with all that it has started, as a power cut would.
func (h *Hand) Kill(_ context.Context, unit string) error {
	p, err := h.process(unit)
	if err != nil {
		return err
	}
	return p.KillTree(gone)
}

// Pause lets a unit stand still.
func (h *Hand) Pause(_ context.Context, unit string) error {
	return h.hold(unit, fault{Still: true}, nil)
}

// beat is how long a slowed unit works between two pauses.
const beat = 20 * time.Millisecond

// Slow lets a unit stand still again and again, so that an answer takes up to so much
// more. That is what this machine can do without root: a real distance lets no two
// answers wait for one another.
func (h *Hand) Slow(_ context.Context, unit string, by time.Duration) error {
	return h.hold(unit, fault{Still: true}, func(p ledger.Process, over <-chan struct{}) {
		for rests(over, by) {
			_ = resume(p.Identity) // it may have ended
			if !rests(over, beat) {
				return
			}
			_ = pause(p.Identity)
		}
	})
}

// CutOff lets a unit stand still and, where the lab is root's, leads nobody to its
// address any more. It does not work on meanwhile: a packet filter that would let it is
// not everywhere.
func (h *Hand) CutOff(_ context.Context, unit string) error {
	p, err := h.process(unit)
	if err != nil {
		return err
	}
	return h.hold(unit, fault{Still: true, Away: p.Address}, func(p ledger.Process, over <-chan struct{}) {
		for rests(over, watchEvery) {
			if !p.Alive() { // another has its address now, and its own network
				_ = undo(fault{Away: p.Address}) // Heal does it again, and says if it cannot
				return
			}
		}
	})
}

// watchEvery is how often is looked at the processes of a unit that is cut off, or whose
// disk is full: it is, for those that are started anew as well.
const watchEvery = 50 * time.Millisecond

// FillDisk lets whatever a unit writes to a file fail, as on a disk without room. What it
// reads, and what it says to others, goes on.
func (h *Hand) FillDisk(_ context.Context, unit string) error {
	return h.hold(unit, fault{Full: true}, func(_ ledger.Process, over <-chan struct{}) {
		for rests(over, watchEvery) {
			if p, err := h.process(unit); err == nil {
				_ = fill(p.Identity) // it may have ended
			}
		}
	})
}
