package tests

import (
	"bytes"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// interrupted runs a command and presses Ctrl-C when it has run for a while, each time it
// is tried for half as long, until it is caught before its own end.
func (u *user) interrupted(after time.Duration, args ...string) (code int, said string, took time.Duration) {
	u.t.Helper()
	// Before a fifth of a second a process may not hear signals yet, and just ends.
	for ; after >= 200*time.Millisecond; after /= 2 {
		cmd, errs := u.command(args...), &bytes.Buffer{}
		tmp := u.t.TempDir()
		cmd.Env = append(cmd.Env, "TMPDIR="+tmp)
		cmd.Stderr = errs
		require.NoError(u.t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended: // before anybody pressed anything
			continue
		case <-time.After(after):
		}
		begin := time.Now()
		require.NoError(u.t, cmd.Process.Signal(syscall.SIGINT))
		if <-ended; cmd.ProcessState.ExitCode() == done {
			continue // it was at its end
		}
		left, err := os.ReadDir(tmp)
		require.NoError(u.t, err)
		assert.Empty(u.t, left, "%v tidies up", args)
		return cmd.ProcessState.ExitCode(), errs.String(), time.Since(begin)
	}
	require.Fail(u.t, "it was never caught", "%v", args)
	return 0, "", 0
}

// Every command that takes a while ends at Ctrl-C, says so, and leaves the stack such that
// the same command, run again, comes to its end. TestInterrupt does it to `up`, lab/tests
// to those that need servers.
func TestLongCommandsEndAtCtrlC(t *testing.T) {
	t.Parallel()
	// looks change nothing, and end at once; quick is the time for that on a busy machine.
	const quick = 30 * time.Second
	// begun is when a change is under way and far from its end.
	const begun = 1200 * time.Millisecond
	u := newUser(t)
	u.does("up", "3")
	before := u.cloud().urns()
	for _, looks := range [][]string{{"preview", "6"}, {"diff", "1", "6"}, {"cost", "6"}, {"drift"}, {"access", "6"},
		{"status"}} {
		code, said, took := u.interrupted(4*time.Second, looks...)
		assert.Equal(t, failed, code, "%v: %s", looks, said)
		assert.Contains(t, said, "interrupted", "%v", looks)
		assert.Less(t, took, quick, "%v", looks)
		assert.Equal(t, before, u.cloud().urns(), "%v", looks)
		assert.Empty(t, u.locks(), "%v", looks)
	}
	u.settled("3")
	for _, changes := range [][]string{{"refresh"}, {"maintenance", "on"}, {"up", "4"}} {
		code, said, _ := u.interrupted(begun, changes...)
		assert.Equal(t, failed, code, "%v: %s", changes, said)
		assert.Contains(t, said, "interrupted", "%v", changes)
		assert.Empty(t, u.locks(), "%v", changes)
	}
	u.does("up", "4")
	u.consistent()
	destroy := u.advised(u.rung("destroy"))
	code, said, _ := u.interrupted(begun, destroy...)
	assert.Equal(t, failed, code, said)
	assert.Contains(t, said, "interrupted")
	assert.Empty(t, u.locks())
	again := u.rung(u.advised(u.rung("destroy"))...)
	require.Equal(t, done, again.code, again.all())
	assert.Empty(t, u.state())
}
