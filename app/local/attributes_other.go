//go:build !linux

package local

import "syscall"

// Attributes make a server a group of its own: an interrupt is for this process alone.
func Attributes(u *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: u, Setpgid: true}
}
