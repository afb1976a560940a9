package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/outside/place"
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
	holders := slices.DeleteFunc(s.holders(), func(h holder) bool { return s.gone(h) != "" })
	if len(holders) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "stack %s is locked by another run:", s.opts.Stack)
	for _, h := range holders {
		b.WriteString("\n  " + h.String())
	}
	b.WriteString("\n" + wayPast(holders))
	return lockedError{text: b.String()}
}

// wayPast is what the user can do about locks that are not ours to take over.
func wayPast(holders []holder) string {
	for _, h := range holders {
		if h.PID == 0 || !h.here() {
			return "wait for it to end; only that machine can tell whether it still runs. " +
				"When you are sure that it does not, delete the lock file named above"
		}
	}
	return "wait for it to end, or end that process; a lock whose process is gone is taken over"
}

func (h holder) String() string {
	if h.PID == 0 {
		return h.file
	}
	state := "runs on another machine"
	if h.here() {
		state = "is running"
	}
	return fmt.Sprintf("%s (%s) since %s: %s", h.who(), state, h.Timestamp.Format(time.RFC3339), h.file)
}

func (h holder) who() string {
	return fmt.Sprintf("process %d of %s@%s", h.PID, h.Username, h.Hostname)
}

// here reports whether the lock was taken on this machine.
func (h holder) here() bool {
	host, err := os.Hostname()
	return err == nil && host == h.Hostname
}

// gone says why the lock holds nothing any more; "" for one that holds, and for
// one of which that cannot be told.
func (h holder) gone() string {
	switch {
	case h.PID == 0 || !h.here():
		return ""
	case !alive(h.PID):
		return "it no longer runs"
	}
	if name := programOf(h.PID); name != "" && !locks(name) {
		return fmt.Sprintf("it no longer runs, and its number is now %s's", name)
	}
	return ""
}

// gone is holder.gone, with what the run before this one has written down.
func (s *Stack) gone(h holder) string {
	if why := h.gone(); why != "" || !h.here() || !s.hold.outlived(h.PID) {
		return why
	}
	return "it no longer runs, and its number is another process's now"
}

// locks reports whether a program of that name takes Pulumi's locks: Pulumi
// itself, rung, and whatever this program is called.
func locks(program string) bool {
	own, _ := os.Executable()
	return strings.HasPrefix(program, "pulumi") || strings.HasPrefix(program, "rung") || program == filepath.Base(own)
}

// takeOver removes the locks of processes that are gone, and says so. Each lock is
// a file of its own name, so that one which is taken meanwhile cannot be meant.
func (s *Stack) takeOver() error {
	for _, h := range s.holders() {
		why := s.gone(h)
		if why == "" {
			continue
		}
		if err := os.Remove(h.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return setupf("take over the lock of %s (%s): %w", h.who(), why, err)
		}
		s.opts.Log(fmt.Sprintf("took over the lock of %s: %s", h.who(), why))
	}
	return nil
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
		text, err := place.Read(f, maxLock)
		if errors.Is(err, fs.ErrNotExist) { // given back in this moment
			continue
		}
		if err == nil {
			_ = json.Unmarshal(text, &h) // a damaged lock is a lock without a name
		}
		h.file = f
		out = append(out, h)
	}
	return out
}
