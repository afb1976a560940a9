//go:build linux

package supervisor

import (
	"fmt"
	"maps"
	"time"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/plan"
)

const (
	// stuck is how long a server that was well may not answer before it counts as lost;
	// where others start beside it, which takes the processor, it has stuckBeside.
	stuck       = 5 * time.Second
	stuckBeside = 30 * time.Second
	// fencing is how long a killed server may take to be gone.
	fencing = 20 * time.Second
)

// sight is what the decisions about units stand on: which are as they were wanted last,
// and which are lost. One that is worked on is neither.
func (s *Supervisor) sight(has map[string]have, busy map[string]bool) (settledNow, lost map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	settledNow, lost = map[string]bool{}, map[string]bool{}
	patience := stuck
	if starting(has, busy) > 0 {
		patience = stuckBeside
	}
	for _, u := range s.want.Units {
		h, started := has[u.Name]
		switch {
		case busy[u.Name] || !started || u.Once:
		case settled(u, h):
			settledNow[u.Name] = true
		case !h.alive:
			lost[u.Name] = s.led.Processes[u.Name].What != "" // it was started
		case !h.well && h.readied != "":
			bad := s.health[u.Name].bad
			lost[u.Name] = !bad.IsZero() && time.Since(bad) > patience
		}
	}
	return settledNow, lost
}

// starting is how many units begin just now: those that run for a moment and are not
// ready yet, and those that are worked on.
func starting(has map[string]have, busy map[string]bool) (n int) {
	for name, h := range has {
		if busy[name] || h.alive && h.readied == "" && !h.well && time.Since(h.since) < settling {
			n++
		}
	}
	return n
}

// pairs are the databases with a standby, as they were noted.
func (s *Supervisor) pairs() map[string]ledger.Pair {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.led.Pairs)
}

// places ends who has lost its place, and only then notes who has it.
func (s *Supervisor) places(want plan.Output) error {
	if err := s.fence(want.Fence); err != nil {
		return err
	}
	return s.keepPairs(want.Pairs)
}

// fence ends servers for good before another has their place: with all that they have
// started, and not before none of it runs any more.
func (s *Supervisor) fence(units []string) error {
	for _, name := range units {
		s.mu.Lock()
		p := s.led.Processes[name]
		s.mu.Unlock()
		if err := p.KillTree(fencing); err != nil {
			return fmt.Errorf("fence %s, so that its standby can take over: %w", name, err)
		}
		s.log("%s: lost, and ended for good: its standby takes over", name)
	}
	return nil
}

// keepPairs notes what became of the databases with a standby, before it is acted upon.
func (s *Supervisor) keepPairs(pairs map[string]ledger.Pair) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if maps.Equal(pairs, s.led.Pairs) {
		return nil
	}
	before := s.led.Pairs
	s.led.Pairs = pairs
	if err := s.led.Write(s.at.Ledger()); err != nil {
		s.led.Pairs = before
		return err
	}
	return nil
}
