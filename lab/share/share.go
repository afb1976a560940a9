// Package share bounds how much of the processor the programs of a machine take, by
// control groups of Linux: GOMAXPROCS is heard by Go's programs alone.
//
// Only root may make groups, and a container often may not: Of says why, and the lab
// goes on without. Both versions of the interface are spoken; each is three files.
package share

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// root is where systems have their groups.
const root = "/sys/fs/cgroup"

// period is over which the kernel counts, in microseconds: its own default.
const period = 100_000

// Shares are the groups of one lab. Nil bounds nothing.
type Shares struct {
	dir     string
	unified bool // version 2
}

// Of makes the group below which those of a lab's machines are; name tells labs apart. It
// may be there already, with the programs of a supervisor that was killed. The error says
// why no processor can be bounded here.
func Of(name string) (*Shares, error) { return below(root, name) }

func below(root, name string) (*Shares, error) {
	s := &Shares{dir: filepath.Join(root, name)}
	controllers, err := os.ReadFile(filepath.Join(root, "cgroup.controllers"))
	if s.unified = err == nil; s.unified {
		if !slices.Contains(strings.Fields(string(controllers)), "cpu") {
			return nil, fmt.Errorf("bound machines' processors: %s has no controller cpu", root)
		}
		if err := write(root, "cgroup.subtree_control", "+cpu"); err != nil {
			return nil, err
		}
	} else {
		s.dir = filepath.Join(root, "cpu", name)
	}
	if err := os.Mkdir(s.dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("bound machines' processors: %w", err)
	}
	if s.unified {
		return s, write(s.dir, "cgroup.subtree_control", "+cpu")
	}
	return s, nil
}

// Bound lets a process, and all that it starts from now on, take so many processors
// together with what else is of that unit.
func (s *Shares) Bound(unit string, pid, processors int) error {
	if s == nil || processors <= 0 {
		return nil
	}
	group := s.group(unit)
	if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("bound the processor of %s: %w", unit, err)
	}
	quota := strconv.Itoa(processors * period)
	var err error
	if s.unified {
		err = write(group, "cpu.max", quota+" "+strconv.Itoa(period))
	} else {
		err = errors.Join(write(group, "cpu.cfs_period_us", strconv.Itoa(period)), write(group, "cpu.cfs_quota_us", quota))
	}
	return errors.Join(err, write(group, "cgroup.procs", strconv.Itoa(pid)))
}

// Forget removes the group of a unit whose programs have ended. One that has a program
// still stays until Close.
func (s *Shares) Forget(unit string) {
	if s != nil {
		_ = os.Remove(s.group(unit)) // see above
	}
}

// Close removes the lab's groups. It fails where programs of them run.
func (s *Shares) Close() error {
	if s == nil {
		return nil
	}
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return errors.Join(err, os.Remove(s.dir))
}

func (s *Shares) group(unit string) string { return filepath.Join(s.dir, url.PathEscape(unit)) }

func write(dir, file, text string) error {
	if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
		return fmt.Errorf("bound machines' processors: %w", err)
	}
	return nil
}
