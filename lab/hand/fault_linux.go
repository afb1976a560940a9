package hand

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rung-dev/rung/lab/process"
)

// do does a fault, undo takes it back.
func do(s fault) (err error) {
	if s.Full {
		err = fill(s.Process)
	}
	if s.Away != "" {
		err = errors.Join(err, away("add", s.Away))
	}
	if s.Still {
		err = errors.Join(err, pause(s.Process))
	}
	return err
}

func undo(s fault) (err error) {
	if s.Full {
		err = limit(s.Process, unix.RLIM_INFINITY)
	}
	if s.Away != "" {
		err = errors.Join(err, away("del", s.Away))
	}
	if s.Still {
		err = errors.Join(err, resume(s.Process))
	}
	return err
}

// pause lets a process stand still with all that it has started, which it does not
// start more of then.
func pause(p process.Identity) error { return tell(p, syscall.SIGSTOP) }

func resume(p process.Identity) error { return tell(p, syscall.SIGCONT) }

func tell(p process.Identity, signal syscall.Signal) (err error) {
	for _, one := range p.Tree() {
		err = errors.Join(err, one.Signal(signal))
	}
	return err
}

// fill lets every write to a file fail, whatever its place in it.
func fill(p process.Identity) error { return limit(p, 0) }

// limit bounds how far into a file a process may write, with all that it has started,
// in bytes.
func limit(p process.Identity, most uint64) (err error) {
	for _, one := range p.Tree() {
		if bound(one.PID) == most {
			continue
		}
		if e := limitOne(one.PID, most); e != nil && one.Alive() { // one that has ended needs nothing
			err = errors.Join(err, fmt.Errorf("bound the files of process %d: %w", one.PID, e))
		}
	}
	return err
}

// bound is how far into a file a process may write now.
func bound(pid int) uint64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid)) // without it, it is bounded once more
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "Max file size"); ok {
			soft, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if n, err := strconv.ParseUint(soft, 10, 64); err == nil {
				return n
			}
		}
	}
	return unix.RLIM_INFINITY
}

// limitOne bounds one process: itself or, where root may not do that to others'
// processes (it lacks CAP_SYS_RESOURCE in many containers), as their owner.
func limitOne(pid int, most uint64) error {
	var now unix.Rlimit
	err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &now)
	if err == nil {
		now.Cur = min(most, now.Max)
		err = unix.Prlimit(pid, unix.RLIMIT_FSIZE, &now, nil)
	}
	if !errors.Is(err, syscall.EPERM) {
		return err
	}
	uid, gid, err := ownerOf(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		return err
	}
	text := strconv.FormatUint(most, 10)
	if most == unix.RLIM_INFINITY {
		text = "unlimited"
	}
	cmd := exec.Command("prlimit", "--pid", strconv.Itoa(pid), "--fsize="+text+":unlimited")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{
		Uid: uint32(uid), Gid: uint32(gid)}} //nolint:gosec // a process'
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// away adds or takes back that no way leads to an address. Only root may; without it,
// the server stands still, which its clients cannot tell from that.
func away(verb, address string) error {
	if os.Getuid() != 0 {
		return nil
	}
	ip, err := exec.LookPath("ip")
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	out, err := exec.Command(ip, "route", verb, "unreachable", address+"/32", "table", "local").CombinedOutput()
	gone := strings.Contains(string(out), "No such process") // there is no such route any more
	if err != nil && !(verb == "del" && gone) {
		return fmt.Errorf("lead nobody to %s: %w: %s", address, err, strings.TrimSpace(string(out)))
	}
	return nil
}
