//go:build linux

package supervisor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/balancer"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/scaling"
)

// scaler is what the supervisor knows of the sizes of groups.
type scaler struct {
	judge scaling.Judge
	bells scaling.Bells
	last  time.Time
	busy  map[string]time.Duration // processor time by unit, at the last look
	seen  balancer.Statistics      // of all balancers, at the last look
	said  string                   // what could not be worked out
}

// scale lets the policies of the plan choose the sizes of groups, once in a while.
func (s *Supervisor) scale(ctx context.Context, has map[string]have) {
	now := time.Now()
	since := now.Sub(s.scaler.last)
	if s.ending || since < scaling.Look {
		return
	}
	policies := scaling.Policies(s.cloud)
	alarms, _ := scaling.Alarms(s.cloud)
	if len(policies)+len(alarms) == 0 {
		s.ringing = nil
		return
	}
	s.mu.Lock()
	led := s.led.Copy()
	s.mu.Unlock()
	groups := machines.Groups(s.cloud, led.Desired)
	readings := s.readings(ctx, groups, led, since)
	first := s.scaler.last.IsZero() || since > 3*scaling.Look // what was measured before says nothing
	s.scaler.last = now
	if first {
		return
	}
	sizes, err := s.scaler.judge.Sizes(policies, readings, sizesOf(groups, led, has))
	if text := fmt.Sprint(err); err != nil && text != s.scaler.said {
		s.scaler.said = text
		s.log("scale: %v", err)
	}
	s.resize(sizes, groups)
	s.ring(alarms, readings)
}

// ring notes the alarms that ring.
func (s *Supervisor) ring(alarms []scaling.Alarm, readings scaling.Readings) {
	ringing, err := s.scaler.bells.Ring(alarms, readings)
	if text := fmt.Sprint(err); err != nil && text != s.scaler.said {
		s.scaler.said = text
		s.log("alarms: %v", err)
	}
	for _, change := range []struct {
		word    string
		of, not map[string]string
	}{{"rings", ringing, s.ringing}, {"is silent again", s.ringing, ringing}} {
		for _, name := range slices.Sorted(maps.Keys(change.of)) {
			if _, same := change.not[name]; !same {
				s.log("alarm: %s %s", name, change.word)
			}
		}
	}
	s.ringing = ringing
}

// sizesOf are the sizes of groups as they are.
func sizesOf(groups []machines.Group, led *ledger.Ledger, has map[string]have) map[string]scaling.Size {
	all := map[string]scaling.Size{}
	for _, g := range groups {
		size := scaling.Size{Min: g.Min, Max: g.Max, Now: g.Desired}
		for _, m := range led.Machines {
			if m.Group == g.Name && m.State == ledger.InService && has[machines.UnitOf(m)].well {
				size.Serving++
			}
		}
		all[g.Name] = size
	}
	return all
}

// resize notes the sizes that were chosen; those of groups that are gone are forgotten.
func (s *Supervisor) resize(sizes map[string]int, groups []machines.Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := map[string]int{}
	for _, g := range groups {
		if size, ok := s.led.Desired[g.Name]; ok {
			next[g.Name] = size
		}
		if size, ok := sizes[g.Name]; ok {
			s.log("scale: %s goes from %d to %d machines", g.Name, g.Desired, size)
			next[g.Name] = size
		}
	}
	if !maps.Equal(next, s.led.Desired) {
		s.led.Desired = next
		_ = s.led.Write(s.at.Ledger()) // the next note writes it
	}
}
