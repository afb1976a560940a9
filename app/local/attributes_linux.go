package local

import "syscall"

// Attributes make a server end with this process, even when that is killed.
func Attributes(u *syscall.Credential, end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: u, Pdeathsig: end, Setpgid: true}
}
