package engine_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// locked leaves a lock of Pulumi's file backend on a stack.
func locked(t *testing.T, s *engine.Stack, host string, pid int) (file string) {
	t.Helper()
	dir := filepath.Join(filepath.Dir(s.StateFile()), "state/.pulumi/locks/organization/rung/dev")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	text, err := json.Marshal(map[string]any{"pid": pid, "username": "ada", "hostname": host, "timestamp": time.Now()})
	require.NoError(t, err)
	file = filepath.Join(dir, "left.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// ended is the number of a process that has ended.
func ended(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	require.NoError(t, cmd.Run())
	return cmd.Process.Pid
}

// unreaped is the number of a process that has ended and that nobody has asked for.
func unreaped(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() })
	require.Eventually(t, func() bool {
		text, err := os.ReadFile("/proc/" + itoa(cmd.Process.Pid) + "/stat")
		return err == nil && strings.Contains(string(text), ") Z ")
	}, time.Minute, 10*time.Millisecond)
	return cmd.Process.Pid
}

// another is the number of a process that has nothing to do with Pulumi.
func another(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestLockOfADeadProcessIsTakenOver(t *testing.T) {
	host, err := os.Hostname()
	require.NoError(t, err)
	dir := t.TempDir()
	up(t, dir, things(thing{name: "a"}))
	for name, tt := range map[string]struct {
		host string
		pid  int
		says string // empty for a lock that holds
	}{
		"it has ended":                 {host, ended(t), "it no longer runs"},
		"nobody has asked for it":      {host, unreaped(t), "it no longer runs"},
		"another has its number":       {host, another(t), "its number is now sleep's"},
		"it runs":                      {host, os.Getpid(), ""},
		"it is on another machine":     {"elsewhere.example", ended(t), ""},
		"a lock that names no process": {host, 0, ""},
		"a number that no process has": {host, -4, "it no longer runs"},
		"no machine is named":          {"", ended(t), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			s := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"}),
				Log: func(text string) { said = append(said, text) }})
			file := locked(t, s, tt.host, tt.pid)
			_, err := s.Up(t.Context())
			if tt.says == "" {
				require.ErrorIs(t, err, engine.ErrLocked)
				assert.FileExists(t, file)
				require.NoError(t, os.Remove(file))
				return
			}
			require.NoError(t, err)
			assert.NoFileExists(t, file)
			assert.Contains(t, strings.Join(said, "\n"), tt.says)
			assert.Contains(t, strings.Join(said, "\n"), "took over the lock of process")
		})
	}
}

func TestAnotherMachinesLockSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir, things(thing{name: "a"}))
	file := locked(t, s, "elsewhere.example", 7)
	_, err := s.Up(t.Context())
	assert.ErrorContains(t, err, "process 7 of ada@elsewhere.example (runs on another machine)")
	assert.ErrorContains(t, err, "only that machine can tell")
	assert.ErrorContains(t, err, file)
}

// A run holds the stack over all its operations, and what it has begun and not
// ended the next one learns.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	first := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})})
	before, err := first.Hold(t.Context(), "up", []string{"a"})
	require.NoError(t, err)
	assert.Nil(t, before)

	second := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})})
	_, err = second.Hold(t.Context(), "destroy", nil)
	require.ErrorIs(t, err, engine.ErrLocked)
	assert.ErrorContains(t, err, "rung up, process "+itoa(os.Getpid()))
	_, err = second.Preview(t.Context())
	require.NoError(t, err, "a preview needs no hold")

	require.NoError(t, first.Close())
	before, err = second.Hold(t.Context(), "destroy", []string{"b"})
	require.NoError(t, err)
	assert.Nil(t, before, "a run that has changed nothing leaves nothing to heed")
	_, err = second.Up(t.Context())
	require.NoError(t, err)
	require.NoError(t, second.Close())

	third := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})})
	before, err = third.Hold(t.Context(), "up", []string{"c"})
	require.NoError(t, err)
	require.NotNil(t, before)
	assert.Equal(t, "destroy", before.Op)
	assert.Equal(t, []string{"b"}, before.Confirmed)
	require.NoError(t, third.Close())

	fourth := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})})
	before, err = fourth.Hold(t.Context(), "up", nil)
	require.NoError(t, err)
	require.NotNil(t, before, "a run that was refused does not end the one before it")
	assert.Equal(t, []string{"b"}, before.Confirmed, "and what it would have confirmed does not count")
	_, err = fourth.Up(t.Context())
	require.NoError(t, err)
	require.NoError(t, fourth.Ended())
	require.NoError(t, fourth.Close())

	before, err = open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})}).Hold(t.Context(), "up", nil)
	require.NoError(t, err)
	assert.Nil(t, before)
}

// A note that was broken off while it was written is a run that did not end.
func TestABrokenNoteIsARunThatDidNotEnd(t *testing.T) {
	dir := t.TempDir()
	s := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"})})
	note := filepath.Join(s.Dir(), "runs", "dev.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(note), 0o755))
	require.NoError(t, os.WriteFile(note, []byte(`{"op": "u`), 0o600))
	before, err := s.Hold(t.Context(), "up", nil)
	require.NoError(t, err)
	assert.NotNil(t, before)
}
