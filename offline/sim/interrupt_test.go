package sim

import (
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever waits for a file that somebody else holds gives up when told to end, and
// does not take the lock later.
func TestAWaitForTheCloudEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	held := flock.New(path + ".lock")
	require.NoError(t, held.Lock())
	s := OpenStore(path)
	ended := make(chan error, 1)
	go func() { ended <- s.locked(func(*Cloud) bool { return true }) }()
	s.Interrupt()
	require.ErrorIs(t, <-ended, errInterrupted)
	require.NoError(t, held.Unlock())
	require.NoError(t, OpenStore(path).locked(func(*Cloud) bool { return true }), "the lock is free")
	assert.NotPanics(t, MemoryStore().Interrupt)
}
