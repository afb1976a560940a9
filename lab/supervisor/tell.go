//go:build linux

package supervisor

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/state"
)

// tell writes what the lab is like, where that has changed.
func (s *Supervisor) tell(has map[string]have, settled bool) error {
	s.mu.Lock()
	now := state.State{Supervisor: s.led.Supervisor, Seen: s.stamp, Settled: settled, Notes: s.notes(),
		Hosts: s.want.Hosts, Ringing: sentences(s.ringing), Returned: s.want.Returned,
		Doors: s.want.Doors, Units: s.units(has)}
	s.mu.Unlock()
	if s.trouble != nil {
		now.Trouble = s.trouble.Error()
	}
	if text := now.Text(); text != s.told {
		s.told = text
		return now.Write(s.at.Status())
	}
	return nil
}

// units are the servers that are wanted or there, in the order of their names.
func (s *Supervisor) units(has map[string]have) (all []state.Unit) {
	wanted := map[string]bool{}
	for _, u := range s.want.Units {
		wanted[u.Name] = true
		p, h := s.led.Processes[u.Name], has[u.Name]
		one := state.Unit{Name: u.Name, What: u.What, Address: u.Address, Ports: u.Ports, PID: p.PID, Since: since(p.Since)}
		one.State = word(settled(u, h), h, s.busy[u.Name])
		if f, failed := s.failures[u.Name]; failed && one.State != "well" {
			one.Error = f.err.Error()
			if one.State == "waiting" {
				one.State = "failed"
			}
		} else if asked := s.health[u.Name]; one.State == "starting" {
			if why := cmp.Or(asked.err, asked.lacks); why != nil {
				one.Error = why.Error()
			}
		}
		all = append(all, one)
	}
	for name, p := range s.led.Processes {
		if !wanted[name] && !strings.HasSuffix(name, preparing) {
			all = append(all, state.Unit{Name: name, What: p.What, Address: p.Address, Ports: p.Ports, PID: p.PID,
				Since: since(p.Since), State: "ending"})
		}
	}
	slices.SortFunc(all, func(a, b state.Unit) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// sentences are alarms that ring, with what they say, in order.
func sentences(ringing map[string]string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(ringing)) {
		all = append(all, name+": "+ringing[name])
	}
	return all
}

func since(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

func word(settled bool, h have, busy bool) string {
	switch {
	case settled && h.done:
		return "done"
	case settled:
		return "well"
	case h.alive || busy:
		return "starting"
	}
	return "waiting"
}
