//go:build !windows

package engine

import (
	"errors"
	"syscall"
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
