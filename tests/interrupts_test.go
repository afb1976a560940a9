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

// interrupted runs a command and presses Ctrl-C after each of the moments, until it is
// caught before its own end.
func (u *user) interrupted(moments []time.Duration, args ...string) (code int, said string, took time.Duration) {
	u.t.Helper()
	for _, after := range moments {
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
		<-ended
		if code := cmd.ProcessState.ExitCode(); code == done || code < 0 {
			continue // it was at its end, or so early that it did not hear signals yet
		}
		left, err := os.ReadDir(tmp)
		require.NoError(u.t, err)
		assert.Empty(u.t, left, "%v tidies up", args)
		return cmd.ProcessState.ExitCode(), errs.String(), time.Since(begin)
	}
	require.Fail(u.t, "it was never caught", "%v after %v", args, moments)
	return 0, "", 0
}

// within are moments of a command that changes nothing, by how long it takes when nobody
// presses anything.
func (u *user) within(args ...string) (moments []time.Duration) {
	u.t.Helper()
	begin := time.Now()
	u.does(args...)
	whole := time.Since(begin)
	for _, percent := range []time.Duration{50, 35, 65, 25, 45, 55, 75, 30, 40, 60} {
		moments = append(moments, whole*percent/100)
	}
	return moments
}

// Every command that takes a while ends at Ctrl-C, says so, and leaves the stack such that
// the same command, run again, comes to its end. TestInterrupt does it to `up`, lab/tests
// to those that need servers.
func TestLongCommandsEndAtCtrlC(t *testing.T) {
	t.Parallel()
	// looks change nothing, and end at once; quick is the time for that on a busy machine.
	const quick = 30 * time.Second
	// begun are when a change is under way and far from its end.
	begun := []time.Duration{1200 * time.Millisecond, 600 * time.Millisecond, 300 * time.Millisecond}
	u := newUser(t)
	u.does("up", "3")
	before := u.cloud().urns()
	for _, looks := range [][]string{{"preview", "6"}, {"diff", "1", "6"}, {"drift"}, {"status"}} {
		code, said, took := u.interrupted(u.within(looks...), looks...)
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
