//go:build !linux

package apptest

import "syscall"

func attributes(u *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: u, Setpgid: true}
}
