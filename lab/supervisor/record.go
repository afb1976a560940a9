//go:build linux

package supervisor

import (
	"errors"
	"strings"

	"github.com/rung-dev/rung/lab/address"
	"github.com/rung-dev/rung/lab/process"
)

// address is the address of a machine, which it keeps.
func (s *Supervisor) address(machine string, ports ...int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.led.Addresses[machine]; a != "" {
		return a, nil
	}
	taken := map[string]bool{}
	for _, a := range s.led.Addresses {
		taken[a] = true
	}
	a, err := address.Choose(s.at.Dir, machine, taken, func(a string) error { return address.Free(a, ports...) })
	if err != nil {
		return "", err
	}
	s.led.Addresses[machine] = a
	return a, s.led.Write(s.at.Ledger())
}

// endCommands ends what runs to prepare units: nothing waits for it any more.
func (s *Supervisor) endCommands() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, p := range s.led.Processes {
		if strings.HasSuffix(name, preparing) {
			_ = p.Kill() // it may have ended
		}
	}
}

// gone reports whether nothing is left that was started.
func (s *Supervisor) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.led.Processes) == 0 && len(s.busy) == 0
}

// finish writes that nothing runs any more.
func (s *Supervisor) finish() error {
	s.led.Supervisor = process.Identity{}
	s.unbind()
	return errors.Join(s.note(), s.tell(nil, true))
}

// note writes the record.
func (s *Supervisor) note() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.led.Write(s.at.Ledger())
}
