package hand

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/process"
)

// ticker is a program that writes a line to a file, and one to its output, again and
// again, with a child; it stands in a lab's record.
type ticker struct {
	at    place.Place
	lines *bufio.Reader
	id    process.Identity
}

func startTicker(t *testing.T) ticker { return startTickerAs(t, nil) }

func startTickerAs(t *testing.T, user *syscall.Credential) ticker {
	t.Helper()
	at := place.Of(t.TempDir())
	data := filepath.Join(at.Dir, "data", "db")
	require.NoError(t, os.MkdirAll(data, 0o755))
	if user != nil {
		for dir := data; len(dir) >= len(filepath.Dir(at.Dir)); dir = filepath.Dir(dir) {
			require.NoError(t, os.Chmod(dir, 0o755)) //nolint:gosec // the test's own
		}
		require.NoError(t, os.Chown(data, int(user.Uid), int(user.Gid)))
	}
	cmd := exec.Command("/bin/sh", "-c", `trap '' XFSZ; sleep 60 & while :; do
		if echo x >"$1" 2>/dev/null; then echo wrote; else echo full; fi; sleep 0.02; done`, "sh", filepath.Join(data, "file"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: user}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	id := process.Identify(cmd.Process.Pid)
	t.Cleanup(func() {
		assert.NoError(t, id.KillTree(5*time.Second))
		_, _ = io.Copy(io.Discard, out) // until it has ended
		_ = cmd.Wait()                  // it was killed
	})
	led := ledger.Ledger{Version: ledger.Version, Processes: map[string]ledger.Process{
		"db/postgresql": {Identity: id, Dir: data}, "web/app": {Identity: id}}}
	require.NoError(t, led.Write(at.Ledger()))
	return ticker{at, bufio.NewReader(out), id}
}

// says reads lines until one is so.
func (k ticker) says(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		line, err := k.lines.ReadString('\n')
		require.NoError(t, err)
		if strings.TrimSpace(line) == want {
			return
		}
	}
	require.Fail(t, "it never says "+want)
}

func (k ticker) state(t *testing.T) string {
	t.Helper()
	s := stateOf(k.id.PID)
	require.NotEmpty(t, s, "it is gone")
	return s
}

// stateOf is the letter of a process' state; empty where it is gone.
func stateOf(pid int) string {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return ""
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))[0]
}

// stands reports whether it stands still: it was stopped, or it waits for a child that was
// stopped before it had become its program, as a shell does.
func (k ticker) stands(t *testing.T) bool {
	t.Helper()
	stopped := slices.ContainsFunc(k.id.Tree(), func(p process.Identity) bool { return stateOf(p.PID) == "T" })
	return k.state(t) == "T" || k.state(t) == "D" && stopped
}

func handOf(t *testing.T, at place.Place) *Hand {
	t.Helper()
	h, err := Of(at)
	require.NoError(t, err)
	return h
}

func TestAFullDiskTakesNothingUntilItIsHealed(t *testing.T) {
	k := startTicker(t)
	h := handOf(t, k.at)
	k.says(t, "wrote")
	require.NoError(t, h.FillDisk(t.Context(), "db/postgresql"))
	k.says(t, "full")
	assert.Error(t, h.Pause(t.Context(), "db/postgresql"), "one failure at a time")
	require.NoError(t, h.Heal(t.Context(), "db/postgresql"))
	k.says(t, "wrote")
	assert.NoFileExists(t, faultsFile(k.at))
}

// PostgreSQL is another user's where the lab is root's, who may not be let do all.
func TestTheFullDiskOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root starts programs as others")
	}
	for dir := filepath.Dir(t.TempDir()); len(dir) > 1; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		if info.Mode().Perm()&1 == 0 {
			require.NoError(t, os.Chmod(dir, 0o755)) //nolint:gosec // the test's own
		}
	}
	k := startTickerAs(t, &syscall.Credential{Uid: 54321, Gid: 54321})
	h := handOf(t, k.at)
	k.says(t, "wrote")
	require.NoError(t, h.FillDisk(t.Context(), "db/postgresql"))
	k.says(t, "full")
	require.NoError(t, h.Heal(t.Context(), "db/postgresql"))
	k.says(t, "wrote")
}

func TestWhatStandsStillGoesOn(t *testing.T) {
	k := startTicker(t)
	h := handOf(t, k.at)
	require.NoError(t, h.Pause(t.Context(), "db/postgresql"))
	require.Eventually(t, func() bool { return k.stands(t) }, time.Minute, 10*time.Millisecond)
	assert.FileExists(t, faultsFile(k.at))
	require.NoError(t, h.Heal(t.Context(), "db/postgresql"))
	require.Eventually(t, func() bool { return !k.stands(t) }, time.Minute, 10*time.Millisecond)
	require.NoError(t, h.Slow(t.Context(), "db/postgresql", 200*time.Millisecond))
	k.says(t, "wrote")
	require.NoError(t, h.Heal(t.Context(), "db/postgresql"))
	assert.NotEqual(t, "T", k.state(t))
}

// A drill that was killed leaves its faults; the next hand takes it back.
func TestTheNextHandTakesBack(t *testing.T) {
	k := startTicker(t)
	require.NoError(t, handOf(t, k.at).Pause(t.Context(), "db/postgresql"))
	require.Eventually(t, func() bool { return k.stands(t) }, time.Minute, 10*time.Millisecond)
	require.NoError(t, os.Rename(faultsFile(k.at), earlierFile(k.at)), "as a rung of before has called it")
	handOf(t, k.at)
	require.Eventually(t, func() bool { return !k.stands(t) }, time.Minute, 10*time.Millisecond)
	assert.NoFileExists(t, faultsFile(k.at))
	assert.NoFileExists(t, earlierFile(k.at))
}

// What the hand of another process does, it takes back itself; where that was killed, the
// next hand does.
func TestHandsLeaveOneAnotherAlone(t *testing.T) {
	k := startTicker(t)
	other := exec.Command("/bin/sleep", "60")
	require.NoError(t, other.Start())
	id := process.Identify(other.Process.Pid)
	theirs := map[string]fault{"db/postgresql": {Process: k.id, By: id, Still: true}}
	require.NoError(t, do(theirs["db/postgresql"]))
	require.NoError(t, writeFaults(k.at, theirs))
	h := handOf(t, k.at)
	assert.ErrorContains(t, h.Pause(t.Context(), "db/postgresql"), "is broken already")
	require.NoError(t, h.Pause(t.Context(), "web/app"))
	require.NoError(t, h.Heal(t.Context(), "web/app"))
	left, err := readFaults(k.at)
	require.NoError(t, err)
	assert.Equal(t, theirs, left)

	require.NoError(t, do(theirs["db/postgresql"]))
	require.NoError(t, other.Process.Kill())
	_ = other.Wait() // it was killed
	handOf(t, k.at)
	k.says(t, "wrote")
	assert.NoFileExists(t, faultsFile(k.at))
}

func TestAPowerCutTakesAllThatWasStarted(t *testing.T) {
	k := startTicker(t)
	k.says(t, "wrote")
	tree := k.id.Tree()
	require.GreaterOrEqual(t, len(tree), 2, "the program and its child")
	require.NoError(t, handOf(t, k.at).Kill(t.Context(), "db/postgresql"))
	for _, p := range tree {
		assert.False(t, p.Alive())
	}
	assert.ErrorContains(t, handOf(t, k.at).Kill(t.Context(), "nobody"), "no server nobody")
}

func TestANoticeIsForMachinesOfGroups(t *testing.T) {
	at := place.Of(t.TempDir())
	require.NoError(t, os.MkdirAll(at.Dir, 0o755))
	led := ledger.Ledger{Version: ledger.Version, Machines: map[string]ledger.Machine{"i-1": {ID: "i-1"}}}
	require.NoError(t, led.Write(at.Ledger()))
	h := handOf(t, at)
	require.NoError(t, h.Notice(t.Context(), "i-1/app"))
	text, err := os.ReadFile(at.Notices())
	require.NoError(t, err)
	assert.Regexp(t, `^{"i-1":\d+}$`, string(text))
	assert.ErrorContains(t, h.Notice(t.Context(), "db/postgresql"), "no machine of a group")
}
