//go:build linux

package supervisor

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/plan"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/stacks/secrets"
)

// restEvery is how long the cloud's file, and machines that come up, are left alone: to
// read a large stage and to decide about it takes a tenth of a second of the processor
// that its servers need to start.
const restEvery = 500 * time.Millisecond

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
	forget := s.notices(led.Machines)
	machines, well, answering := led.Machines, map[string]bool{}, map[string]bool{}
	for name, h := range has {
		if h.alive && h.well {
			well[name], answering[led.Processes[name].Address] = true, true
		}
	}
	now, lost := s.sight(has, busy)
	pairs := s.pairs()
	known := fmt.Sprint(s.stamp, shortly(machines), led.Desired, s.ringing, led.Refused, well, now, lost,
		pairs) // maps print in order
	soon := time.Since(s.decidedAt) < restEvery
	if known == s.decided && s.trouble == nil && (!s.want.Under || soon) {
		return forget() // time alone changes nothing, or little
	}
	s.decidedAt = time.Now()
	want, err := plan.Decide(plan.Input{Cloud: s.cloud, Site: s.site, Executable: s.executable, Secret: s.at.Secret,
		Kept:     s.kept,
		Machines: machines, Desired: led.Desired, Ringing: s.ringing, Refused: led.Refused, Well: well, Answering: answering, Settled: now, Lost: lost, Pairs: pairs,
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
	if err := s.keepMachines(want.Machines, want.Refused); err != nil {
		return err
	}
	return forget()
}

// notices tells machines whose capacity is taken back so, by what was written down about
// them since the last time; forget forgets that, once it stands in the record.
func (s *Supervisor) notices(machines map[string]ledger.Machine) (forget func() error) {
	taken := s.at.Notices() + ".taken"
	_ = os.Rename(s.at.Notices(), taken) // mostly there is none
	text, err := os.ReadFile(taken)
	if err != nil {
		return func() error { return nil }
	}
	var leaves map[string]int64
	if err := json.Unmarshal(text, &leaves); err != nil {
		s.log("read whose capacity is taken back: %v", err)
	}
	for id, at := range leaves {
		if m, ok := machines[id]; ok {
			m.Leaves = at
			machines[id] = m
			s.log("%s: its capacity is taken back at %s", id, time.Unix(at, 0).Format(time.TimeOnly))
		}
	}
	return func() error { return os.Remove(taken) }
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
	if now.Same(s.stamp) || time.Since(s.readAt) < restEvery {
		return nil // while an up runs the file changes all the time
	}
	s.readAt = time.Now()
	c, err := cloud.Read(s.at.Cloud())
	if err != nil {
		return err
	}
	kept, err := keptIn(s.at)
	if err != nil {
		return err
	}
	s.cloud, s.stamp, s.kept = c, now, kept
	return nil
}

// keptIn are the secrets that the user has set. They are read with the cloud: machines
// have a new value when something is started, and `rung secret rotate` sees to that.
func keptIn(at place.Place) (map[string]string, error) {
	all := map[string]string{}
	for _, path := range at.Vaults() {
		values, err := secrets.File(path).Values()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, values)
	}
	return all, nil
}
