package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rung-dev/rung/app/apptest"
)

// onSmallDisk mounts a file system of a few pages and runs the rest there.
const onSmallDisk = `mount -t tmpfs -o size=64k,mode=0777 tmpfs "$1" && shift && exec "$@"`

// startOnSmallDisk runs the app where a directory is a file system of 64 KiB.
// It returns where the test finds that. The mount is the program's own, for
// which the kernel wants no more than a user of one's own; where it does not
// give that, root or sudo without a password do.
func startOnSmallDisk(t *testing.T, env apptest.Env, dir string, args ...string) (p *apptest.Program, outside string) {
	t.Helper()
	binary := apptest.Binary(t)
	var said string
	for _, with := range [][]string{{"unshare", "-Urm"}, {"unshare", "-m"}, {"sudo", "-nE", "unshare", "-m"}} {
		run := append(with, "sh", "-c", onSmallDisk, "sh", dir)
		if out, err := exec.Command(run[0], append(run[1:], "true")...).CombinedOutput(); err != nil {
			said += fmt.Sprintf("%v: %v: %s\n", with, err, out)
			continue
		}
		p = apptest.StartCommand(t, env, append(append(run, binary), args...)...)
		return p, filepath.Join("/proc", fmt.Sprint(p.PID()), "root", dir)
	}
	t.Fatalf("a full disk needs Linux with util-linux (unshare), and users of one's own, root or sudo:\n%s", said)
	return nil, os.DevNull
}
