//go:build linux

package supervisor

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/place"
)

func TestASecondSupervisorIsRefused(t *testing.T) {
	at := place.Of(t.TempDir())
	require.NoError(t, os.MkdirAll(at.Dir, 0o755))
	first := flock.New(at.Lock())
	got, err := first.TryLock()
	require.NoError(t, err)
	require.True(t, got)
	defer first.Unlock() //nolint:errcheck // the test is over
	err = Run(t.Context(), at, io.Discard)
	assert.ErrorIs(t, err, ErrRuns)
	assert.ErrorContains(t, err, at.Dir)
	assert.NoFileExists(t, at.Ledger())
	assert.NoFileExists(t, at.Status())
}

func TestADirectoryThatPostgresMayNotEnter(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "home")
	require.NoError(t, os.Mkdir(closed, 0o700))
	for _, d := range []string{dir, filepath.Dir(dir)} {
		require.NoError(t, os.Chmod(d, 0o755)) //nolint:gosec // the test's own
	}
	stranger := &syscall.Credential{Uid: 54321, Gid: 54321}
	at := filepath.Join(closed, "app", ".rung", "lab") // which is not there yet
	err := reachable(at, stranger)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "may not enter "+closed+";")
	assert.Contains(t, err.Error(), "chmod o+x "+closed)
	require.NoError(t, os.Chmod(closed, 0o711)) //nolint:gosec // see above
	assert.NoError(t, reachable(at, stranger))
	assert.NoError(t, reachable("/nonexistent", nil), "without root it runs as whoever runs the lab")
}
