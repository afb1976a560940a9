//go:build linux

package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Spec is what to start.
type Spec struct {
	Program     []string
	Environment []string
	// Dir is the working directory; Log takes what the program writes.
	Dir, Log string
	// User is whom it runs as; nil is the caller.
	User *syscall.Credential
	// Input is what it reads.
	Input string
}

// wait holds the place of a program: it reads a line from the third descriptor, and
// becomes the program or, at the end of the file, nothing. A disk without room ends no
// program, and so its stand-in (hand.FillDisk) must not either: the signal that it would send
// is ignored, and the write fails.
const wait = `trap '' XFSZ; read -r go <&3 || exit 1; exec 3<&-; exec "$@"`

// Held is a program that waits to begin.
type Held struct {
	Identity
	cmd  *exec.Cmd
	gate *os.File
}

// Hold makes the process of a program, which waits for Release.
func Hold(s Spec) (*Held, error) {
	log, err := os.OpenFile(s.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	defer log.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	defer read.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", wait, "sh"}, s.Program...)...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = s.Environment, s.Dir, log, log
	cmd.ExtraFiles = []*os.File{read}
	if s.Input != "" {
		cmd.Stdin = strings.NewReader(s.Input)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: s.User}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", filepath.Base(s.Program[0]), err), write.Close())
	}
	return &Held{Identity: Identify(cmd.Process.Pid), cmd: cmd, gate: write}, nil
}

// Release lets the program begin. What it ends with is collected, so that no dead
// process stays behind; exited is called with its error.
func (h *Held) Release(exited func(error)) error {
	_, err := h.gate.WriteString("\n")
	err = errors.Join(err, h.gate.Close())
	go func() { exited(h.cmd.Wait()) }()
	return err
}

// Identify is the process that has a number now.
func Identify(pid int) Identity {
	id := Identity{PID: pid}
	id.Start = startOf(stat(pid))
	return id
}

// boot is this boot of the machine; empty where it cannot be told.
var boot = sync.OnceValue(func() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // without it, nothing is recognised
	return strings.TrimSpace(string(text))
})

// startOf is when a process began, by its fields.
func startOf(fields [][]byte) string {
	const started = 19 // field 22 of the whole file
	if boot() == "" || len(fields) <= started {
		return ""
	}
	return boot() + "/" + string(fields[started])
}

// Alive reports whether it is that very process which runs.
func (i Identity) Alive() bool {
	if i.PID <= 0 || i.Start == "" {
		return false
	}
	fields := stat(i.PID)
	if len(fields) == 0 || string(fields[0]) == "Z" || string(fields[0]) == "X" {
		return false
	}
	return startOf(fields) == i.Start
}

// Signal sends a signal to the process, if it is still that one.
func (i Identity) Signal(s syscall.Signal) error {
	if !i.Alive() {
		return nil
	}
	if err := syscall.Kill(i.PID, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("send %v to process %d: %w", s, i.PID, err)
	}
	return nil
}

// Kill ends the process and its whole session's group at once.
func (i Identity) Kill() error {
	if !i.Alive() {
		return nil
	}
	if err := syscall.Kill(-i.PID, syscall.SIGKILL); err == nil {
		return nil
	}
	return i.Signal(syscall.SIGKILL)
}

// End asks the process to end, and kills it when it has not after the time given.
func (i Identity) End(s syscall.Signal, patience time.Duration) error {
	if err := i.Signal(s); err != nil {
		return err
	}
	if i.gone(patience) {
		return nil
	}
	if err := i.Kill(); err != nil {
		return err
	}
	if !i.gone(afterKill) {
		return fmt.Errorf("end process %d: it runs on after SIGKILL", i.PID)
	}
	return nil
}

// afterKill is how long a killed process may take to be gone, which is more than a
// moment while it waits for a disk.
const afterKill = 20 * time.Second

func (i Identity) gone(within time.Duration) bool {
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		if !i.Alive() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// Memory is what the process holds of the machine's memory for itself, in bytes:
// what it shares with others counts by its share. Zero where it cannot be told.
func (i Identity) Memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", i.PID))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// Busy is the processor time that the process has taken so far; zero where it cannot be
// told.
func (i Identity) Busy() time.Duration {
	const user, system, tick = 11, 12, 10 * time.Millisecond // fields 14 and 15 of the whole file, in Linux' ticks
	fields := stat(i.PID)
	if len(fields) <= system || startOf(fields) != i.Start {
		return 0
	}
	inUser, _ := strconv.ParseInt(string(fields[user]), 10, 64)
	inSystem, _ := strconv.ParseInt(string(fields[system]), 10, 64)
	return time.Duration(inUser+inSystem) * tick
}

// stat are the fields of a process behind its name, the state first; nil where there
// is no such process.
func stat(pid int) [][]byte {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}
