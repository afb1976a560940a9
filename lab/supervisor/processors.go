//go:build linux

package supervisor

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/share"
	"github.com/rung-dev/rung/lab/unit"
)

// bind makes the groups by which machines have a share of the processors, or notes why
// there can be none. Their name is the lab's place: two labs never share one.
func (s *Supervisor) bind() {
	sum := sha256.Sum256([]byte(s.at.Dir))
	s.shares, s.unbound = share.Of(fmt.Sprintf("rung-lab-%x", sum[:6]))
}

// unbindPatience is how long killed programs may take to leave their groups.
const unbindPatience = 5 * time.Second

// unbind removes the groups once all programs have ended.
func (s *Supervisor) unbind() {
	for end := time.Now().Add(unbindPatience); ; time.Sleep(50 * time.Millisecond) {
		err := s.shares.Close()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			s.log("remove the machines' control groups: %v", err)
			return
		}
	}
}

// notes are what the lab says of itself: the plan's, and what this host does not allow.
func (s *Supervisor) notes() []unit.Note {
	shared := func(u unit.Unit) bool { return u.Processors > 0 }
	if s.unbound == nil || !slices.ContainsFunc(s.want.Units, shared) {
		return s.want.Notes
	}
	return append(slices.Clone(s.want.Notes), unit.Note{About: "the processors of machines", Missing: true,
		Text: "bounded by GOMAXPROCS alone, which programs in Go hear: " + s.unbound.Error()})
}
