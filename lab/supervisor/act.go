//go:build linux

package supervisor

import (
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/unit"
)

// act begins a step; it is carried out beside the loop.
func (s *Supervisor) act(a action) {
	u, _ := s.wanted(a.unit)
	s.mu.Lock()
	s.busy[a.unit] = true
	p := s.led.Processes[a.unit]
	s.mu.Unlock()
	linger := s.linger(a, p)
	s.tasks.Go(func() {
		time.Sleep(linger)
		err := s.carryOut(a.do, a.unit, u, p)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, a.unit)
		s.fail(a.unit, err)
		if err != nil {
			s.log("%s: %s: %v", a.unit, a.do, err)
		}
	})
}

// linger is how long a step waits: that which ends what nothing wants any more, but for
// when the lab ends with it.
func (s *Supervisor) linger(a action, p ledger.Process) time.Duration {
	if a.do != end || s.ending {
		return 0
	}
	return time.Duration(p.Stop.Linger) * time.Second
}

func (s *Supervisor) wanted(name string) (unit.Unit, bool) {
	for _, u := range s.want.Units {
		if u.Name == name {
			return u, true
		}
	}
	return unit.Unit{}, false
}

func (s *Supervisor) carryOut(do verb, name string, u unit.Unit, p ledger.Process) error {
	switch do {
	case start:
		return s.start(u)
	case again:
		s.log("%s: starts anew, for it is wanted otherwise", name)
		if err := s.end(name, p); err != nil {
			return err
		}
		return s.start(u)
	case end:
		s.log("%s: ends", name)
		return errors.Join(s.end(name, p), s.forget(name))
	case forget:
		return s.forget(name)
	case reload:
		return s.reload(u, p)
	case ready:
		return s.ready(u)
	}
	return nil
}

// Failures are tried again after half a second, then twice as long each time.
const (
	firstPause = 500 * time.Millisecond
	longest    = 30 * time.Second
)

// fail notes how a step ended. It is called under the lock.
func (s *Supervisor) fail(name string, err error) {
	if err == nil {
		return
	}
	f := s.failures[name]
	f.err = err
	f.until = time.Now().Add(min(firstPause<<min(f.times, 10), longest))
	f.times++
	s.failures[name] = f
}

// start makes what a unit stands on, prepares it and lets it begin.
func (s *Supervisor) start(u unit.Unit) error {
	if len(u.Program) == 0 || u.Program[0] == "" {
		return errors.New("its program is not installed")
	}
	if err := s.lay(u); err != nil {
		return err
	}
	for _, c := range u.Prepare {
		if err := s.command(u, c); err != nil {
			return err
		}
	}
	if u.Once {
		return s.once(u)
	}
	_, err := s.begin(u, s.record(u), process.Spec{Program: u.Program, Environment: s.environment(u, nil)}, u.Name)
	if err == nil {
		s.log("%s: started (%s at %s)", u.Name, u.What, u.Address)
	}
	return err
}

// once runs a unit to its end.
func (s *Supervisor) once(u unit.Unit) error {
	if err := s.command(u, unit.Command{Program: u.Program}); err != nil {
		return err
	}
	p := s.record(u)
	p.Done = true
	s.mu.Lock()
	s.led.Processes[u.Name] = p
	s.mu.Unlock()
	s.log("%s: done (%s)", u.Name, u.What)
	return s.note()
}

// record is what is noted of a unit when it starts.
func (s *Supervisor) record(u unit.Unit) ledger.Process {
	return ledger.Process{What: u.What, Address: u.Address, Ports: u.Ports, Dir: u.Dir, Starting: u.Starting(),
		Loaded: u.Loaded(), Since: time.Now().Unix(), After: u.After, Stop: u.Stop.WithDefaults()}
}

// begin makes a process, writes it down, and only then lets it begin.
func (s *Supervisor) begin(u unit.Unit, p ledger.Process, spec process.Spec, name string) (<-chan error, error) {
	spec.User, spec.Log, spec.Dir = s.owner(u), s.at.Log(u.Name), "/"
	if u.Dir != "" {
		spec.Dir = u.Dir
	}
	s.mu.Lock()
	before := s.led.Processes[name]
	s.mu.Unlock()
	if before.Alive() { // nobody would know of it afterwards
		return nil, fmt.Errorf("start %s: it runs as process %d", name, before.PID)
	}
	held, err := process.Hold(spec)
	if err != nil {
		return nil, err
	}
	p.Identity = held.Identity
	if err := s.shares.Bound(u.Name, held.PID, u.Processors); err != nil {
		s.log("%v", err) // it runs without
	}
	s.mu.Lock()
	s.led.Processes[name] = p
	err = s.led.Write(s.at.Ledger())
	s.mu.Unlock()
	if err != nil {
		return nil, errors.Join(err, held.Kill())
	}
	ended := make(chan error, 1)
	return ended, held.Release(func(err error) {
		ended <- err
		select {
		case s.wake <- struct{}{}:
		default: // it turns anyway
		}
	})
}

// end ends the process of a unit.
func (s *Supervisor) end(name string, p ledger.Process) error {
	signal := p.Stop.WithDefaults()
	if err := p.End(signal.Signal, time.Duration(signal.Seconds)*time.Second); err != nil {
		return fmt.Errorf("end %s: %w", name, err)
	}
	return nil
}

func (s *Supervisor) forget(name string) error {
	s.shares.Forget(name)
	s.mu.Lock()
	delete(s.led.Processes, name)
	delete(s.failures, name)
	s.mu.Unlock()
	return s.note()
}

// reload writes a unit's files and tells it.
func (s *Supervisor) reload(u unit.Unit, p ledger.Process) error {
	if err := s.check(u); err != nil {
		return err
	}
	if err := s.lay(u); err != nil {
		return err
	}
	if u.Reload != 0 {
		if err := p.Signal(u.Reload); err != nil {
			return err
		}
	}
	s.log("%s: told of its new files", u.Name)
	return s.change(u.Name, func(p *ledger.Process) { p.Loaded, p.What, p.After = u.Loaded(), u.What, u.After })
}

// check asks the program whether it will take its new files: one that would end
// because of them keeps the old ones.
func (s *Supervisor) check(u unit.Unit) error {
	if len(u.Check) == 0 {
		return nil
	}
	for _, f := range u.Files {
		if err := write(f.Path+unit.Fresh, []byte(f.Content), s.owner(u)); err != nil {
			return fmt.Errorf("write a file of %s: %w", u.Name, err)
		}
	}
	return s.run(u, unit.Command{Program: u.Check})
}

// ready runs what a unit wants once it is well.
func (s *Supervisor) ready(u unit.Unit) error {
	for _, c := range u.Ready {
		if err := s.command(u, c); err != nil {
			return err
		}
	}
	return s.change(u.Name, func(p *ledger.Process) { p.Readied = u.Readied() })
}

// change notes something about a unit that was started.
func (s *Supervisor) change(name string, how func(*ledger.Process)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.led.Processes[name]
	if !ok {
		return nil
	}
	how(&p)
	s.led.Processes[name] = p
	return s.led.Write(s.at.Ledger())
}
