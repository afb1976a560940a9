package apptest

import "syscall"

// attributes make a server end with the tests, even when those are killed.
func attributes(u *syscall.Credential, end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: u, Pdeathsig: end, Setpgid: true}
}
