package tests

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The machines of docs/bad-days.md on which nothing but rung's files is odd.

// under runs a command by way of a shell that sets something up first.
func (u *user) under(setup string, args ...string) result {
	u.t.Helper()
	cmd := u.command(args...)
	cmd.Args = append([]string{"sh", "-c", setup + `; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	return finish(u.t, cmd)
}

func TestUmask(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	got := u.under("umask 077", "up", "1")
	require.Equal(t, done, got.code, got.all())
	require.NoError(t, filepath.WalkDir(filepath.Join(u.dir, ".rung"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode()&fs.ModeSymlink == 0 {
			assert.Zero(t, info.Mode().Perm()&0o077, "%s is for others, too", path)
		}
		return err
	}))
	got = u.under("umask 077", "up", "1")
	assert.Equal(t, done, got.code, got.all())
}

// No lock and no state is judged by a clock.
func TestFilesOfTheFuture(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.does("up", "1")
	ahead := time.Now().Add(time.Hour)
	require.NoError(t, filepath.WalkDir(u.dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && !strings.Contains(path, "/plugins/") { // links to the command
			err = os.Chtimes(path, ahead, ahead)
		}
		return err
	}))
	u.unchanged("1")
	u.converges(1)
}

func TestNoHome(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	cmd := u.command("up", "1")
	cmd.Env = slices.DeleteFunc(cmd.Env, func(e string) bool {
		return strings.HasPrefix(e, "HOME=") || strings.HasPrefix(e, "XDG_")
	})
	got := finish(t, cmd)
	assert.Equal(t, done, got.code, got.all())
	u.consistent()
}

func TestReadOnlyFileSystem(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	small(t, u.dir, 1000)
	require.NoError(t, syscall.Mount("tmpfs", u.dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=1000k,mode=755"))
	got := u.rung("up", "1")
	assert.Equal(t, usage, got.code, got.all())
	assert.Contains(t, got.err, "read-only file system")
	assert.Contains(t, got.err, u.dir)
	assert.Contains(t, got.err, "--dir")
}

// nobody is a user who owns nothing.
const nobody = 65534

func TestAnothersDirectory(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	u := newUser(t)
	u.does("up", "1")
	before := u.cloud()
	readable(t, u.dir)
	require.NoError(t, os.Chmod(filepath.Join(u.dir, ".rung"), 0o700))
	bin := filepath.Join(t.TempDir(), "rung")
	readable(t, filepath.Dir(bin))
	if err := os.Link(shared.bin, bin); errors.Is(err, syscall.EXDEV) {
		require.NoError(t, exec.Command("cp", shared.bin, bin).Run())
	} else {
		require.NoError(t, err)
	}
	require.NoError(t, os.Chmod(bin, 0o755))
	cmd := u.command("up", "1")
	cmd.Path = bin
	cmd.Dir = "/"
	cmd.Env = append(cmd.Env, "HOME=/nonexistent")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	got := finish(t, cmd)
	assert.Equal(t, usage, got.code, got.all())
	assert.Contains(t, got.err, "permission denied")
	assert.Contains(t, got.err, u.dir)
	assert.Equal(t, before, u.cloud(), "nothing was changed")
}

// readable opens a test's directory for everybody.
func readable(t *testing.T, dir string) {
	t.Helper()
	for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
}
