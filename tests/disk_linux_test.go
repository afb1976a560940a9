package tests

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A disk that is full in the middle of a run: whatever of it was written is whole,
// and with room again the next run ends where an undisturbed one ends.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 200, 300, 450, 600, 800} {
		t.Run(fmt.Sprintf("%d kB", size), func(t *testing.T) {
			u := newUser(t)
			small(t, u.dir, size)
			got := u.rung("up", "2")
			t.Logf("ended with %d, %d resources were made", got.code, u.made())
			if got.code != done {
				assert.Contains(t, []int{failed, usage}, got.code, got.all())
				assert.Contains(t, got.err, "no space left on device")
			}
			u.wholeFiles()
			roomier(t, u.dir)
			u.converges(2)
			u.wholeFiles()
		})
	}
}

// small lays a file system of that many kB over a directory.
func small(t *testing.T, dir string, size int) {
	t.Helper()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk,mode=755", size))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("only root can make a small file system")
	}
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
}

func roomier(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m,mode=755"))
}

// wholeFiles demands that no file of the stack's is cut off, but for the last line of
// a journal, which says that by itself.
func (u *user) wholeFiles() {
	u.t.Helper()
	require.NoError(u.t, filepath.WalkDir(u.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		assert.NotContains(u.t, d.Name(), "tmp", "a temporary file is left")
		if name := strings.TrimSuffix(d.Name(), ".bak"); filepath.Ext(name) == ".json" && !strings.Contains(path, "/runs/") {
			text, err := os.ReadFile(path)
			require.NoError(u.t, err)
			assert.True(u.t, json.Valid(text), "%s is cut off", path)
		}
		return nil
	}))
}
