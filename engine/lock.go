package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lockedError is an ErrLocked, which is an ErrSetup.
type lockedError struct{ text string }

func (e lockedError) Error() string        { return e.text }
func (e lockedError) Is(target error) bool { return target == ErrLocked || target == ErrSetup }

// holder is what Pulumi's file backend writes into a lock.
type holder struct {
	PID       int       `json:"pid"`
	Username  string    `json:"username"`
	Hostname  string    `json:"hostname"`
	Timestamp time.Time `json:"timestamp"`
	file      string
}

// Locked is an ErrLocked when another run holds the stack, else nil. On AWS the
// backend answers only when a run begins.
func (s *Stack) Locked() error {
	holders := s.holders()
	if len(holders) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "stack %s is locked by another run:", s.opts.Stack)
	for _, h := range holders {
		b.WriteString("\n  " + h.String())
	}
	b.WriteString("\nwait for it to end; when it no longer runs, delete the lock file named above")
	return lockedError{text: b.String()}
}

func (h holder) String() string {
	if h.PID == 0 {
		return h.file
	}
	state := "is running"
	if host, err := os.Hostname(); err != nil || host != h.Hostname {
		state = "runs on another machine"
	} else if !alive(h.PID) {
		state = "no longer runs"
	}
	return fmt.Sprintf("process %d of %s@%s (%s) since %s: %s", h.PID, h.Username, h.Hostname, state, h.Timestamp.Format(time.RFC3339), h.file)
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// holders reads the stack's locks; one that cannot be read still counts.
func (s *Stack) holders() []holder {
	if s.paths.locks == "" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(s.paths.locks, "*.json")) // the pattern is well-formed
	var out []holder
	for _, f := range files {
		h := holder{}
		if text, err := os.ReadFile(f); err == nil {
			_ = json.Unmarshal(text, &h) // a damaged lock is a lock without a name
		}
		h.file = f
		out = append(out, h)
	}
	return out
}

// dropOwnLock removes the lock of our own CLI after it was killed and could not.
func (s *Stack) dropOwnLock() {
	pid := s.command.lastPID()
	for _, h := range s.holders() {
		if h.PID == pid && !alive(pid) {
			_ = os.Remove(h.file)
		}
	}
}
