package hand

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/rung-dev/rung/lab/process"
)

// ownerOf is who has a file: a database runs as whoever has its backup.
func ownerOf(path string) (uid, gid int, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("find who has %s: %w", path, errors.ErrUnsupported)
	}
	return int(stat.Uid), int(stat.Gid), nil
}

// copyAs copies a backup into a fresh directory, with its owner.
func copyAs(from, dir, to string) error {
	uid, gid, err := ownerOf(from)
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Dir(dir), 0o755), os.Mkdir(dir, 0o700),
		os.Lchown(dir, uid, gid)); err != nil {
		return fmt.Errorf("make a directory for the backup: %w", err)
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy the backup: %w: %s", err, out)
	}
	return nil
}

// writeAs writes files for whoever has a path.
func writeAs(path string, files map[string]string) error {
	uid, gid, err := ownerOf(path)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(name, []byte(text), 0o600), os.Lchown(name, uid, gid))
	}
	if err != nil {
		return fmt.Errorf("write what the restored database is told: %w", err)
	}
	return nil
}

// startAs starts a program as whoever has a path. It is killed when this process ends,
// however that is; end is called before.
func startAs(path, log string, program ...string) (end func() error, err error) {
	uid, gid, err := ownerOf(path)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", out, out
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // a file's
	}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the system takes the end of the thread that started it for ours
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is killed
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(program[0]), err)
	}
	id := process.Identify(cmd.Process.Pid)
	return func() error {
		err := id.KillTree(20 * time.Second)
		<-ended
		return err
	}, nil
}
