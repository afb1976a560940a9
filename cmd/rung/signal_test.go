package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A command that waits for what never comes ends when it is asked to. None of
// these heeds a context: opening a pipe that nobody writes to, reading one.
func TestEveryCommandEndsWhenItIsAskedTo(t *testing.T) {
	for name, signal := range map[string]os.Signal{"Ctrl-C": os.Interrupt, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			pipe := filepath.Join(dir, "stack.json")
			require.NoError(t, syscall.Mkfifo(pipe, 0o600))
			tmp, cache := t.TempDir(), t.TempDir()
			cmd := exec.Command(os.Args[0], "cost", "--file", pipe)
			cmd.Env = append(os.Environ(), asRung+"=1", "TMPDIR="+tmp, "XDG_CACHE_HOME="+cache)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { // it has begun
				list, _ := os.ReadDir(tmp)
				return len(list) > 0
			}, time.Minute, 10*time.Millisecond)
			time.Sleep(100 * time.Millisecond)
			require.NoError(t, cmd.Process.Signal(signal))
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				require.Error(t, err)
				assert.Equal(t, codeFailed, cmd.ProcessState.ExitCode())
				assert.Contains(t, errs.String(), "interrupted")
			case <-time.After(time.Minute):
				require.NoError(t, cmd.Process.Kill())
				t.Fatal("it did not end within a minute")
			}
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Empty(t, left, "it tidied up")
		})
	}
}
