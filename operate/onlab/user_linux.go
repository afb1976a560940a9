package onlab

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// asUserOf lets a command run as whom a process runs.
func asUserOf(cmd *exec.Cmd, proc string) error {
	info, err := os.Stat(proc)
	if err != nil {
		return fmt.Errorf("find whose the app is: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if ok && int(owner.Uid) != os.Getuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	return nil
}
