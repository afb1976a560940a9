//go:build linux

package process

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program whose writes are bounded goes on, as it does on a full disk: the system would
// end it by a signal.
func TestAFullDiskEndsNoProgram(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	h, err := Hold(Spec{Program: []string{"/bin/sh", "-c",
		`ulimit -S -f 0; /bin/echo x >"$0.file"; ulimit -S -f unlimited; echo went on`, log}, Dir: "/", Log: log})
	require.NoError(t, err)
	ended := make(chan error, 1)
	require.NoError(t, h.Release(func(err error) { ended <- err }))
	require.NoError(t, <-ended)
	said, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(said), "went on")
	file, err := os.Stat(log + ".file")
	require.NoError(t, err)
	assert.Zero(t, file.Size())
}
