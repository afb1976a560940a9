//go:build linux

package supervisor

import (
	"fmt"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/plan"
	"github.com/rung-dev/rung/lab/state"
)

// decide reads the cloud and decides what ought to run. Where that fails, what ran
// before goes on.
func (s *Supervisor) decide(has map[string]have, busy map[string]bool) error {
	if s.ending {
		s.want = plan.Output{}
		return nil
	}
	if err := s.read(); err != nil {
		return err
	}
	s.mu.Lock()
	led := s.led.Copy()
	s.mu.Unlock()
	machines, well, answering := led.Machines, map[string]bool{}, map[string]bool{}
	for name, h := range has {
		if h.alive && h.well {
			well[name], answering[led.Processes[name].Address] = true, true
		}
	}
	now, lost := s.sight(has, busy)
	pairs := s.pairs()
	known := fmt.Sprint(s.stamp, shortly(machines), well, now, lost, pairs) // maps are printed in the order of their keys
	if known == s.decided && !s.want.Under && s.trouble == nil {
		return nil // time alone changes nothing
	}
	want, err := plan.Decide(plan.Input{Cloud: s.cloud, Site: s.site, Executable: s.executable, Secret: s.at.Secret,
		Machines: machines, Well: well, Answering: answering, Settled: now, Lost: lost, Pairs: pairs,
		Now: time.Now()})
	if err != nil {
		return err
	}
	if err := s.places(want); err != nil {
		return err
	}
	for i, u := range want.Units {
		want.Units[i] = u.Sealed()
	}
	s.want, s.decided = want, known
	return s.keepMachines(want.Machines)
}

// shortly are machines without their scripts, which their launch stands for: what is
// compared every second should be short.
func shortly(machines map[string]ledger.Machine) map[string]ledger.Machine {
	short := make(map[string]ledger.Machine, len(machines))
	for id, m := range machines {
		m.Boot = ""
		short[id] = m
	}
	return short
}

// read reads the cloud where it has changed.
func (s *Supervisor) read() error {
	now := state.StampOf(s.at.Cloud())
	if now == (state.Stamp{}) {
		return fmt.Errorf("%w: what runs stays as it is", cloud.ErrMissing)
	}
	if now.Same(s.stamp) {
		return nil
	}
	c, err := cloud.Read(s.at.Cloud())
	if err != nil {
		return err
	}
	s.cloud, s.stamp = c, now
	return nil
}
