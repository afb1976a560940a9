//go:build !linux

package lab

import "syscall"

func detached() *syscall.SysProcAttr { return nil }

func alone() {}

// Served is for Linux only; see Check.
func Served([]string) (status int, served bool) { return 0, false }

// Supervise is for Linux only; see Check.
func Supervise(string) int { return 1 }

// roomy is for Linux only.
func roomy(string) error { return nil }
