//go:build !linux

package lab

import "syscall"

func detached() *syscall.SysProcAttr { return nil }

// Supervise is for Linux only; see Check.
func Supervise(string) int { return 1 }
