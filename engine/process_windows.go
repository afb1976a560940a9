package engine

import (
	"os"
	"syscall"
)

// ownGroup keeps a console's Ctrl-C from reaching the CLI beside our own signal.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func killGroup(pid int) { kill(pid) }

// kill ends a process at once.
func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill() // gone is as good
	}
}

// interrupt ends a process: Windows has no way to ask another console's.
func interrupt(pid int) { kill(pid) }

// exists reports whether a process has the number: Windows finds no other.
func exists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release() // only its being there was asked
	return true
}

// outputIsRead is true: Windows sends no SIGPIPE.
func outputIsRead() bool { return true }
