//go:build linux

package supervisor

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/plan"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/unit"
)

func supervisorOf(t *testing.T) *Supervisor {
	t.Helper()
	led, err := ledger.Read(filepath.Join(t.TempDir(), "none"))
	require.NoError(t, err)
	return &Supervisor{at: place.Place{Dir: t.TempDir()}, led: led, out: t.Output(), health: map[string]health{}}
}

// A server counts as lost when it ended by itself, or was well and has not answered for
// long: not while it is worked on, starts, or was never started.
func TestWhoIsLost(t *testing.T) {
	s := supervisorOf(t)
	for _, name := range []string{"ended", "stuck", "pausing", "starting", "busy", "new", "well"} {
		s.want.Units = append(s.want.Units, unit.Unit{Name: name})
		s.led.Processes[name] = ledger.Process{What: "a database"}
	}
	delete(s.led.Processes, "new")
	s.health["stuck"] = health{bad: time.Now().Add(-2 * stuckBeside)}
	s.health["starting"] = s.health["stuck"]
	s.health["pausing"] = health{bad: time.Now()}
	whole := unit.Unit{Name: "well"}
	has := map[string]have{"ended": {}, "stuck": {alive: true, readied: "x"}, "pausing": {alive: true, readied: "x"},
		"starting": {alive: true}, "busy": {}, "new": {},
		"well": {alive: true, well: true, starting: whole.Starting(), loaded: whole.Loaded()}}
	settled, lost := s.sight(has, map[string]bool{"busy": true})
	delete(lost, "new") // which is false
	assert.Equal(t, map[string]bool{"ended": true, "stuck": true, "pausing": false}, lost)
	assert.Equal(t, map[string]bool{"well": true}, settled)
}

// Beside servers that start, one may take its time to answer: it has no processor.
func TestWhoIsSlowBesideOthersIsNotLost(t *testing.T) {
	s := supervisorOf(t)
	s.want.Units = []unit.Unit{{Name: "slow"}}
	s.led.Processes["slow"] = ledger.Process{What: "a database"}
	s.health["slow"] = health{bad: time.Now().Add(-2 * stuck)}
	has := map[string]have{"slow": {alive: true, readied: "x"}}
	_, lost := s.sight(has, nil)
	assert.True(t, lost["slow"])
	has["other"] = have{alive: true, since: time.Now()}
	_, lost = s.sight(has, nil)
	assert.False(t, lost["slow"])
}

// Who has lost a place is gone, with all sessions, before it is noted who has it; and
// where that cannot be, nothing is noted.
func TestAPlaceIsFreeBeforeItIsTaken(t *testing.T) {
	s := supervisorOf(t)
	cmd := exec.Command("/bin/sh", "-c", "sleep 60 & sleep 60")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	require.NoError(t, cmd.Start())
	go cmd.Wait() //nolint:errcheck // it is killed
	id := process.Identify(cmd.Process.Pid)
	require.Eventually(t, func() bool { return len(id.Tree()) >= 2 }, 10*time.Second, 10*time.Millisecond)
	tree := id.Tree()
	s.led.Processes["first"] = ledger.Process{Identity: id}
	pairs := map[string]ledger.Pair{"db": {Second: true, Epoch: 1}}
	require.NoError(t, s.places(plan.Output{Fence: []string{"first"}, Pairs: pairs}))
	for _, p := range tree {
		assert.False(t, p.Alive())
	}
	again, err := ledger.Read(s.at.Ledger())
	require.NoError(t, err)
	assert.Equal(t, pairs, again.Pairs, "it is on the disk")

	s.at.Dir = "/nonexistent" // where nothing can be written
	require.Error(t, s.places(plan.Output{Pairs: map[string]ledger.Pair{"db": {Epoch: 2}}}))
	assert.Equal(t, pairs, s.pairs(), "what could not be written down is not so")
}
