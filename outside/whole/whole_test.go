package whole_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/outside/whole"
)

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "file")
	require.NoError(t, whole.Write(path, []byte("old"), 0o644))
	require.NoError(t, whole.Write(path, []byte("new"), 0o600))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "new", string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Equal(t, []string{"file"}, names(t, filepath.Dir(path)))
}

// A link is replaced; what it leads to is somebody else's.
func TestALinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	theirs, path := filepath.Join(dir, "theirs"), filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(theirs, []byte("theirs"), 0o600))
	require.NoError(t, os.Symlink(theirs, path))
	require.NoError(t, whole.Write(path, []byte("ours"), 0o600))
	text, err := os.ReadFile(theirs)
	require.NoError(t, err)
	assert.Equal(t, "theirs", string(text))
}

func TestNothingIsLeftOfAFailure(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, os.MkdirAll(filepath.Join(path, "inside"), 0o755))
	require.Error(t, whole.Write(path, []byte("text"), 0o600))
	assert.Equal(t, []string{"file"}, names(t, dir))
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
