//go:build linux

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/balancer"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/probe"
	"github.com/rung-dev/rung/lab/unit"
)

// askEvery is how often a server is asked that was well the last time.
const askEvery = 4 * time.Second

// look asks the units that run how they are, all at once.
func (s *Supervisor) look(ctx context.Context) {
	s.mu.Lock()
	processes, asked := s.led.Copy().Processes, map[string]health{}
	for name, h := range s.health {
		asked[name] = h
	}
	s.mu.Unlock()
	var wait sync.WaitGroup
	for _, u := range s.want.Units {
		p, before := processes[u.Name], asked[u.Name]
		fresh := before.of == p.Identity && before.err == nil && before.lacks == nil && time.Since(before.when) < askEvery
		if p.PID == 0 || p.Done || fresh || !p.Alive() {
			continue
		}
		wait.Go(func() {
			err := probe.Ask(ctx, u.Address, u.Health)
			missing := lacks(u, err)
			s.mu.Lock()
			defer s.mu.Unlock()
			now := health{err: err, lacks: missing, when: time.Now(), of: p.Identity}
			if err != nil {
				if now.bad = before.bad; now.bad.IsZero() || before.of != p.Identity {
					now.bad = now.when
				}
			}
			s.health[u.Name] = now
			if err == nil && time.Since(time.Unix(p.Since, 0)) > longest {
				delete(s.failures, u.Name)
			}
		})
	}
	wait.Wait()
}

// lacks is what a load balancer that answers does not do yet: to pass on to each of its
// machines, which it does once they have passed its checks.
func lacks(u unit.Unit, err error) error {
	if err != nil || !u.Balances {
		return nil
	}
	seen, err := balancer.StatisticsOf(u.Dir)
	if err == nil && len(seen.Down) > 0 {
		err = errors.New(strings.Join(seen.Down, "; "))
	}
	return err
}

// has is what is known of all that was started. A unit that ended by itself is a
// failure, so that it is not started again and again without a pause. busy are those
// that were worked on at that very moment: what is known of them is half a truth.
func (s *Supervisor) has() (has map[string]have, busy map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]have{}
	for name, p := range s.led.Processes {
		if strings.HasSuffix(name, preparing) {
			continue // whoever runs it waits for it
		}
		h := have{alive: p.Alive(), done: p.Done, starting: p.Starting, loaded: p.Loaded, readied: p.Readied, after: p.After,
			since: time.Unix(p.Since, 0)}
		asked := s.health[name]
		h.well = asked.of == p.Identity && asked.err == nil && !asked.when.IsZero()
		if h.well {
			h.lacks = asked.lacks
		}
		if !h.alive && !h.done && p.PID != 0 && !s.busy[name] {
			s.died(name, p)
		}
		h.notBefore = s.failures[name].until
		out[name] = h
	}
	for name, f := range s.failures {
		if _, known := out[name]; !known {
			if _, wanted := s.wanted(name); wanted {
				out[name] = have{notBefore: f.until}
			}
		}
	}
	return out, maps.Clone(s.busy)
}

// died notes that a unit has ended by itself; once for each process.
func (s *Supervisor) died(name string, p ledger.Process) {
	s.fail(name, fmt.Errorf("it ended by itself: %s", s.lastLine(name)))
	s.log("%s: process %d ended by itself: %s", name, p.PID, s.lastLine(name))
	p.PID = 0
	s.led.Processes[name] = p
	_ = s.led.Write(s.at.Ledger()) // the next note writes it
}

// settled reports whether everything is as it is wanted.
func (s *Supervisor) settled(has map[string]have) bool {
	s.mu.Lock()
	busy := len(s.busy) > 0
	s.mu.Unlock()
	if busy || s.want.Under {
		return false
	}
	wanted := map[string]bool{}
	for _, u := range s.want.Units {
		wanted[u.Name] = true
		if !settled(u, has[u.Name]) {
			return false
		}
	}
	for name := range has {
		if !wanted[name] {
			return false
		}
	}
	return true
}

// keepMachines notes the machines of groups as they were decided, and what groups launch no
// more.
func (s *Supervisor) keepMachines(machines map[string]ledger.Machine, refused map[string]ledger.Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := len(machines) == len(s.led.Machines) && maps.Equal(refused, s.led.Refused)
	for id, m := range machines {
		same = same && s.led.Machines[id] == m
	}
	if same {
		return nil
	}
	s.led.Machines, s.led.Refused = machines, refused
	return s.led.Write(s.at.Ledger())
}

// mostLog is how large a log may grow, in bytes; the one before it stays beside it.
const mostLog = 16 << 20

// rotate keeps logs from filling the disk. Whoever writes goes on at the beginning.
func (s *Supervisor) rotate() {
	files, _ := filepath.Glob(filepath.Join(s.at.Logs(), "*.log")) // the pattern is well-formed
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || info.Size() < mostLog {
			continue
		}
		if text, err := os.ReadFile(path); err == nil {
			_ = os.WriteFile(path+".1", text, 0o600) // one that cannot be kept is no reason to fill the disk
		}
		_ = os.Truncate(path, 0)
	}
}
