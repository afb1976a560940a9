package hosts_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
)

// points are all the points that a command comes by, in a world like w.
func points(t *testing.T, w *world, command string) []string {
	t.Helper()
	var all []string
	require.NoError(t, w.attempt(command, func(p string) error {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
		return nil
	}))
	return all
}

// oneSide fails where both sides take writes, by trying as anybody does and as one who says
// that he replicates; what it wrote goes again.
func (w *world) oneSide(at string) {
	w.t.Helper()
	var open []string
	for _, url := range []string{w.spec.From, w.spec.To} {
		trial := "BEGIN; " + w.trial + "; ROLLBACK"
		if w.try(url, trial) == nil || w.try(url, "SET session_replication_role = replica; "+trial) == nil {
			open = append(open, url)
		}
	}
	assert.LessOrEqual(w.t, len(open), 1, "killed at %s, both sides take writes", at)
}

// killedAt runs a command that is killed at a point, and says whether it came by.
func (w *world) killedAt(command, at string) bool {
	w.t.Helper()
	err := w.attempt(command, func(p string) error {
		if p == at {
			return handover.ErrKilled
		}
		return nil
	})
	if err != nil {
		require.ErrorIs(w.t, err, handover.ErrKilled, "killed at %s of %s", at, command)
	}
	return err != nil
}

// One mover after the other is killed while the copy is made, each a point further
// than the one before: the copy comes to the same end all the same. Day by day these
// are the hardest; RUNG_HANDOVER=full takes all.
func TestAStartThatIsKilledAtEachPointComesToTheSameEnd(t *testing.T) {
	w := newWorld(t, schema)
	at := []string{"claim/did", "schema/did", "fences/did", "slot/did", "subscription/did"}
	if full {
		at = points(t, newWorld(t, schema), hosts.CommandStart)
	}
	for _, at := range at {
		w.killedAt(hosts.CommandStart, at)
		w.exec(w.spec.From, "UPDATE totals SET n = n + 1") // the old side serves throughout
	}
	w.do(hosts.CommandStart)
	assert.Equal(t, hosts.Following, w.phase())
	w.do(hosts.CommandSwitch) // which compares
	assert.Equal(t, hosts.Switched, w.phase())
}

// A switch and a way back are killed at each point, and the command run again: the
// move comes to the same end, nothing is lost, and never do both sides take writes.
// Day by day the hardest points are taken once, by turns in a switch and in a way back,
// which are the same change; RUNG_HANDOVER=full takes every point in both.
func TestAChangeThatIsKilledAtEachPointComesToTheSameEnd(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	there, back := points(t, w, hosts.CommandSwitch), points(t, w, hosts.CommandBack)
	require.Equal(t, there, back, "the way back is the same change")
	changes := changesOf(w)
	n := 0
	for _, at := range killPoints(there) {
		c := changes[n%2]
		assert.True(t, w.killedAt(c.command, at), "%s does not come by %s", c.command, at)
		w.oneSide(at)
		w.do(c.command)
		assert.Equal(t, c.phase, w.phase(), "%s killed at %s", c.command, at)
		w.exec(c.side, "UPDATE totals SET n = n + 1")
		n++
	}
	assert.Equal(t, n, w.count(changes[(n+1)%2].side, "SELECT n FROM totals"))
}

// killPoints are the points to be killed at, all of them twice in a row, or those
// between which the world differs most.
func killPoints(all []string) (points []string) {
	for _, at := range all {
		switch {
		case full:
			points = append(points, at, at)
		case slices.Contains(hardest, at):
			points = append(points, at)
		}
	}
	return points
}

// hardest are both sides closed, the log kept for the way back, the application led
// over to a closed side, the new side open, and both streams there.
var hardest = []string{"close/did", "slot-back/did", "point/did", "open/did", "subscription-back/did"}

// A mover that is killed in the pause has left both sides closed; abort brings the
// old one back.
func TestAKilledSwitchCanBeAborted(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	for _, at := range daily(2, "close/did", "point/did", "close/found", "slot-back/did") {
		err := w.attempt(hosts.CommandSwitch, func(p string) error {
			if p == at {
				return handover.ErrKilled
			}
			return nil
		})
		require.ErrorIs(t, err, handover.ErrKilled, at)
	}
	assert.Equal(t, hosts.Changing, w.phase())
	require.Error(t, w.try(w.spec.From, "INSERT INTO totals VALUES (2, 2)"))
	w.do(hosts.CommandAbort)
	assert.Equal(t, hosts.Nothing, w.phase())
	require.NoError(t, w.try(w.spec.From, "INSERT INTO totals VALUES (2, 2)"))
	where, err := os.ReadFile(w.where)
	require.NoError(t, err)
	assert.Equal(t, w.spec.From, string(where))
	assert.NoFileExists(t, w.spec.Edge.PauseFile)
}

// A switch that fails, other than by a kill, lets the old side go on by itself.
func TestASwitchThatFailsLetsTheOldSideGoOn(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	wrong := errors.New("the plug was pulled")
	points := daily(3, "close/did", "slot-back/did", "open/found", "pause/did", "halt/did", "point/did")
	for _, at := range points {
		err := w.attempt(hosts.CommandSwitch, func(p string) error {
			if p == at {
				return wrong
			}
			return nil
		})
		require.ErrorIs(t, err, wrong, at)
		require.ErrorContains(t, err, `the side "from" takes writes as before`, at)
		assert.Equal(t, hosts.Following, w.phase(), at)
		w.exec(w.spec.From, "UPDATE totals SET n = n + 1")
		assert.NoFileExists(t, w.spec.Edge.PauseFile)
	}
	w.do(hosts.CommandSwitch)
	assert.Equal(t, len(points), w.count(w.spec.To, "SELECT n FROM totals"))
}

// The same with real processes and SIGKILL, at the hardest points.
func TestAMoverKilledBySignal(t *testing.T) {
	w := newWorld(t, schema)
	for _, kill := range []struct{ command, at string }{
		{hosts.CommandStart, "subscription/did"}, {hosts.CommandStart, ""},
		{hosts.CommandSwitch, "slot-back/did"}, {hosts.CommandSwitch, "open/did"}, {hosts.CommandSwitch, ""},
	} {
		killed := w.child(kill.command, kill.at)
		assert.Equal(t, kill.at != "", killed, "%s at %s", kill.command, kill.at)
		if kill.command != hosts.CommandStart {
			w.oneSide(kill.at)
		}
	}
	assert.Equal(t, hosts.Switched, w.phase())
}

// child runs a command in a process of its own and says whether it was killed.
func (w *world) child(command, at string) (killed bool) {
	w.t.Helper()
	text, err := json.Marshal(order{Spec: w.spec, Dir: w.dir, Command: command, Kill: at})
	require.NoError(w.t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	status, isStatus := cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(w.t, isStatus && status.Signaled() && status.Signal() == syscall.SIGKILL, "%s: %v: %s", command, err, out)
	return true
}
