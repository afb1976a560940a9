//go:build !windows

package trial

import "syscall"

// ownGroup lets a part and what it starts end together.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func endGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGTERM) } // gone is as good

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) } // gone is as good
