package hand

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rung-dev/rung/lab/process"
)

// do strikes, undo takes it back.
func do(s struck) (err error) {
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

func undo(s struck) (err error) {
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

// limit bounds how far into a file may be written, in bytes.
func limit(p process.Identity, most uint64) (err error) {
	for _, one := range p.Tree() {
		var now unix.Rlimit
		if e := unix.Prlimit(one.PID, unix.RLIMIT_FSIZE, nil, &now); e == nil && now.Cur != most {
			now.Cur = min(most, now.Max)
			err = errors.Join(err, unix.Prlimit(one.PID, unix.RLIMIT_FSIZE, &now, nil))
		}
	}
	if errors.Is(err, syscall.ESRCH) { // one that has ended needs nothing
		return nil
	}
	return err
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
