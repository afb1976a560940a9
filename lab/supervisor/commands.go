//go:build linux

package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/unit"
)

// preparing ends the names of commands that run to their end for a unit.
const preparing = "#command"

// command runs a command of a unit to its end.
func (s *Supervisor) command(u unit.Unit, c unit.Command) error {
	if c.Mark != "" {
		if _, err := os.Stat(c.Mark); err == nil {
			return nil
		}
	}
	if c.Into != "" {
		if err := s.empty(u, c.Into); err != nil {
			return err
		}
	}
	if err := s.run(u, c); err != nil {
		return err
	}
	if c.Mark == "" {
		return nil
	}
	return write(c.Mark, []byte(time.Now().Format(time.RFC3339)+"\n"), s.owner(u))
}

// empty makes a directory anew.
func (s *Supervisor) empty(u unit.Unit, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty %s: %w", dir, err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	return give(dir, s.owner(u))
}

// patience is how long a command may take.
const patience = 10 * time.Minute

func (s *Supervisor) run(u unit.Unit, c unit.Command) error {
	name := u.Name + preparing
	ended, err := s.begin(u, ledger.Process{What: u.What, After: u.After},
		process.Spec{Program: c.Program, Environment: s.environment(u, c.Environment), Input: c.Input}, name)
	if err == nil {
		select {
		case err = <-ended:
		case <-time.After(patience):
			err = fmt.Errorf("it takes longer than %v", patience)
		}
	}
	s.mu.Lock()
	p := s.led.Processes[name]
	delete(s.led.Processes, name)
	s.mu.Unlock()
	if err == nil {
		return nil
	}
	_ = p.Kill() // it may have ended
	return fmt.Errorf("run %s: %w: %s", filepath.Base(c.Program[0]), err, s.lastLine(u.Name))
}

// lastLine is the end of a unit's log, which says what was wrong.
func (s *Supervisor) lastLine(name string) string {
	const most = 4096
	f, err := os.Open(s.at.Log(name))
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	text := make([]byte, min(info.Size(), most))
	n, _ := f.ReadAt(text, info.Size()-int64(len(text)))
	lines := bytes.Split(bytes.TrimSpace(text[:n]), []byte("\n"))
	return strings.TrimSpace(string(lines[len(lines)-1]))
}

// environment is what a program of a unit reads: nothing of the lab's own.
func (s *Supervisor) environment(u unit.Unit, more []string) []string {
	home := u.Dir
	if home == "" {
		home = "/"
	}
	path := "PATH=" + container.Containers{Dir: s.at.Dir}.Programs() + ":/usr/local/bin:/usr/bin:/bin"
	return slices.Concat([]string{path, "LANG=C.UTF-8", "HOME=" + home}, u.Environment, more)
}
