package place_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/outside/place"
)

func TestOwned(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "own")
	require.NoError(t, os.Mkdir(own, 0o755))
	require.NoError(t, place.Owned(own))

	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(own, link))
	require.ErrorContains(t, place.Owned(link), "symbolic link")

	open := filepath.Join(dir, "open")
	require.NoError(t, os.Mkdir(open, 0o755))
	require.NoError(t, os.Chmod(open, 0o777))
	require.ErrorContains(t, place.Owned(open), "everybody")

	missing := filepath.Join(dir, "missing")
	require.ErrorIs(t, place.Owned(missing), os.ErrNotExist)
	require.NoError(t, place.OwnedOrMissing(missing))
	require.Error(t, place.OwnedOrMissing(link))
}

func TestWhatIsAnothersIsNotOwned(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "theirs")
	require.NoError(t, os.Mkdir(theirs, 0o755))
	if os.Geteuid() != 0 { // root's directory is another's
		require.ErrorContains(t, place.Owned("/"), "belongs to user 0")
		return
	}
	require.NoError(t, os.Chown(theirs, 4242, 4242))
	require.ErrorContains(t, place.Owned(theirs), "belongs to user 4242, and you are user 0")
}

func TestSearchPathIsAbsolute(t *testing.T) {
	for give, want := range map[string]string{
		"/usr/bin:/bin": "/usr/bin:/bin", ".:/usr/bin": "/usr/bin", ":/bin:": "/bin", "bin:./x:../y:~/z:/bin": "/bin", "": "", ".": "",
	} {
		assert.Equal(t, want, place.SearchPath(give), give)
	}
}

func TestReadTakesFilesAlone(t *testing.T) {
	dir := t.TempDir()
	file, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "pipe")
	require.NoError(t, os.WriteFile(file, []byte("12345"), 0o600))
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	text, err := place.Read(file, 5)
	require.NoError(t, err)
	assert.Equal(t, "12345", string(text))
	_, err = place.Read(file, 4)
	require.ErrorIs(t, err, place.ErrLarge)
	_, err = place.Read(filepath.Join(dir, "none"), 4)
	require.ErrorIs(t, err, os.ErrNotExist)
	for path, what := range map[string]string{pipe: "a pipe", "/dev/zero": "a device", dir: "a directory"} {
		_, err = place.Read(path, 4)
		require.ErrorContains(t, err, what)
	}
}
