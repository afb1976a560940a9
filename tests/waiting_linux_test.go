package tests

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever waits for the file of the cloud, which somebody else holds for ever, ends
// when it is asked to, and leaves all as it was.
func TestWhoWaitsForTheCloudEnds(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.does("up", "1")
	lock := flock.New(u.path("cloud.json.lock"))
	for _, args := range [][]string{{"up", "2"}} {
		t.Run(args[0], func(t *testing.T) {
			require.NoError(t, lock.Lock())
			defer lock.Unlock() //nolint:errcheck // the test has ended
			cmd, out := u.command(args...), &bytes.Buffer{}
			cmd.Stdout, cmd.Stderr = out, out
			require.NoError(t, cmd.Start())
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			for !waitedFor(t, lock.Path()) {
				select {
				case err := <-ended:
					require.Fail(t, "it waits for nobody", "%v: %s", err, out)
				case <-time.After(20 * time.Millisecond):
				}
			}
			require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
			select {
			case err := <-ended: // while the lock is still held
				require.Error(t, err, "it was broken off: %s", out)
			case <-time.After(time.Minute):
				require.NoError(t, cmd.Process.Kill())
				require.Fail(t, "it waits on although it was told to end", "%v: %s", <-ended, out)
			}
		})
	}
	u.pluginsEnd()
	assert.Empty(t, u.locks())
	u.settled("1")
}

// waitedFor reports whether a process waits for a lock of this file.
func waitedFor(t *testing.T, path string) bool {
	info, err := os.Stat(path)
	require.NoError(t, err)
	locks, err := os.ReadFile("/proc/locks")
	require.NoError(t, err)
	inode := fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(locks)) {
		if strings.Contains(line, "-> FLOCK") && strings.Contains(line, inode) {
			return true
		}
	}
	return false
}
