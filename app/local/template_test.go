package local

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A primary begins with data that was kept: it is the same system then. What was
// there already stays as it is.
func TestPrimariesBeginWithWhatWasKept(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	begin := func() (*Cluster, string) {
		root, err := os.MkdirTemp(Scratch(), "app-local-test-")
		require.NoError(t, err)
		require.NoError(t, os.Chmod(root, 0o755))
		require.NoError(t, Resume(root))
		c, err := StartPrimary(root)
		t.Cleanup(c.Close)
		require.NoError(t, err)
		return c, root
	}
	system := func(dir string) string {
		control, err := os.ReadFile(filepath.Join(dir, "global", "pg_control"))
		require.NoError(t, err)
		return string(control[:8])
	}
	first, root := begin()
	require.NoError(t, first.Keep())
	assert.NoDirExists(t, filepath.Join(root, "template"))
	kept, err := template(first.bin)
	require.NoError(t, err)
	require.NoError(t, first.Keep(), "once is enough")
	assert.NotEqual(t, system(kept), system(filepath.Join(root, primary)))
	_, again := begin()
	assert.Equal(t, system(kept), system(filepath.Join(again, primary)))
	require.NoError(t, Resume(root))
	assert.NotEqual(t, system(kept), system(filepath.Join(root, primary)))
}
