//go:build !windows

package engine

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup keeps a terminal's Ctrl-C from reaching the CLI beside our own signal.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) } // gone is as good

// kill ends a process at once.
func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) } // gone is as good

// interrupt asks a process to end, as Ctrl-C does.
func interrupt(pid int) { _ = syscall.Kill(pid, syscall.SIGINT) } // gone is as good

// exists reports whether a process has the number, another user's included.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// outputIsRead reports whether somebody can still read what this process writes to
// its standard output and standard error.
func outputIsRead() bool {
	out := []unix.PollFd{{Fd: 1, Events: unix.POLLOUT}, {Fd: 2, Events: unix.POLLOUT}}
	if _, err := unix.Poll(out, 0); err != nil {
		return true // not known: what fails to be written says so itself
	}
	for _, o := range out {
		if o.Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
			return false
		}
	}
	return true
}
