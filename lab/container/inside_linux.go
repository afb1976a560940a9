package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	securejoin "github.com/cyphar/filepath-securejoin"
	"golang.org/x/sys/unix"
)

// within makes a container's root in this process' namespaces and becomes its program. It
// returns only with an error.
func within(from *os.File) error {
	var b begun
	text, err := io.ReadAll(from)
	if err := errors.Join(err, from.Close(), json.Unmarshal(text, &b)); err != nil {
		return fmt.Errorf("read what the container is: %w", err)
	}
	if err := b.root(); err != nil {
		return fmt.Errorf("make the container's root: %w", err)
	}
	if err := b.enter(); err != nil {
		return fmt.Errorf("enter the container's root: %w", err)
	}
	program, err := find(b.Argv[0], b.Env)
	if err != nil {
		return fmt.Errorf("find the container's program %s: %w", b.Argv[0], err)
	}
	if err := plainly(); err != nil {
		return fmt.Errorf("give the container's rights up: %w", err)
	}
	return fmt.Errorf("run %s: %w", program, unix.Exec(program, b.Argv, b.Env))
}

// root lays the container's root: the image's files below a layer in memory, with what a
// program finds on every system.
func (b begun) root() error {
	if err := os.Chdir(b.Dir); err != nil { // so that no name of the lab's folder stands in an option
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := b.layer(); err != nil {
		return err
	}
	if err := b.system(); err != nil {
		return err
	}
	for _, m := range append(b.Mounts, mount{"/etc/resolv.conf", true}, mount{"/etc/hosts", true}) {
		if err := b.show(m); err != nil {
			return fmt.Errorf("show it %s: %w", m.Path, err)
		}
	}
	return nil
}

// on is the container's root, from here.
func (b begun) on() string { return filepath.Join(b.At, "root") }

// in is a path of the container, from here: no link of the image's leads out of it.
func (b begun) in(path string) (string, error) { return securejoin.SecureJoin(b.on(), path) }

func (b begun) layer() error {
	if err := unix.Mount("tmpfs", b.At, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return err
	}
	upper, work := filepath.Join(b.At, "upper"), filepath.Join(b.At, "work")
	for _, dir := range []string{upper, work, b.on()} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", b.Root, upper, work)
	if err := unix.Mount("overlay", b.on(), "overlay", unix.MS_NOSUID|unix.MS_NODEV, layers+",userxattr"); err != nil {
		return fmt.Errorf("lay the image's files under a layer in memory (overlay): %w", err)
	}
	return nil
}

// devices are those of the machine that every container has.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// system mounts what programs look for: processes, a few devices, memory.
func (b begun) system() error {
	at, err := b.folders("proc", "dev", "etc")
	if err != nil {
		return err
	}
	if err := unix.Mount("proc", at["proc"], "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", at["dev"], "tmpfs", unix.MS_NOSUID, "mode=755"); err != nil {
		return err
	}
	for _, name := range devices {
		if err := b.show(mount{Path: "/dev/" + name}); err != nil {
			return err
		}
	}
	for name, to := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0",
		"stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(to, filepath.Join(at["dev"], name)); err != nil {
			return err
		}
	}
	shm := filepath.Join(at["dev"], "shm")
	if err := os.Mkdir(shm, 0o755); err != nil {
		return err
	}
	return unix.Mount("shm", shm, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=1777")
}

// folders makes folders of the container, and says where they are from here.
func (b begun) folders(names ...string) (map[string]string, error) {
	at := map[string]string{}
	for _, name := range names {
		path, err := b.in(name)
		if err := errors.Join(err, os.MkdirAll(path, 0o755)); err != nil {
			return nil, err
		}
		at[name] = path
	}
	return at, nil
}

// show mounts a file or a folder of the machine in the same place; nothing for one that is
// not there.
func (b begun) show(m mount) error {
	info, err := os.Stat(m.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := b.in(m.Path)
	if err := errors.Join(err, place(to, info.IsDir())); err != nil {
		return err
	}
	if err := unix.Mount(m.Path, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil || !m.ReadOnly {
		return err
	}
	var has unix.Statfs_t
	if err := unix.Statfs(to, &has); err != nil {
		return err
	}
	const kept = unix.ST_NOSUID | unix.ST_NODEV | unix.ST_NOEXEC | unix.ST_NOATIME | unix.ST_NODIRATIME | unix.ST_RELATIME
	return unix.Mount("", to, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|uintptr(has.Flags&kept), "") //nolint:gosec // bits
}

// place makes what something is mounted on.
func place(path string, folder bool) error {
	if exists(path) { // the image has it, or another mount
		return nil
	}
	if folder {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// enter makes the container's root this process', with no way back.
func (b begun) enter() error {
	if err := os.Chdir(b.on()); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join("/", b.Folder), 0o755); err != nil {
		return err
	}
	return os.Chdir(filepath.Join("/", b.Folder))
}

// find looks for a program as the container's own shell would.
func find(program string, env []string) (string, error) {
	for _, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			if err := os.Setenv("PATH", path); err != nil {
				return "", err
			}
		}
	}
	return exec.LookPath(program)
}

// plainly gives up every right that is more than the user's, for all that follows.
func plainly() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return err
		}
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&head, &none[0])
}
