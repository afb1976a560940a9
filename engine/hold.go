package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/outside/place"
)

// Run is what a command that changes a stack writes down before it begins. It
// stays where the command ends without an end: killed, interrupted, failed.
type Run struct {
	// Op is the command: "up", "refresh", "destroy".
	Op string `json:"op"`
	// Confirmed are the resources whose data this run was allowed to lose, and
	// those of the runs before it that did not end.
	Confirmed []string `json:"confirmed,omitempty"`
	// Since is when it began.
	Since time.Time `json:"since"`
	// Open are the steps of the run, and of runs before it that did not end, that
	// began and whose good end nobody saw, by URN.
	Open map[string]apitype.OpType `json:"open,omitempty"`
	// Ended is true for a run that came to its end and succeeded, and for one that
	// has changed nothing.
	Ended bool `json:"ended,omitempty"`

	User string  `json:"user"`
	Host string  `json:"host"`
	Rung process `json:"rung"`
	// Engine is the CLI that the run has started last.
	Engine process `json:"engine,omitzero"`
}

// hold is the lock that a command has on a stack from before it looks at the state
// until it ends, where the engine's own spans one operation only. The system gives
// it back when the process dies, however it dies.
type hold struct {
	lock *flock.Flock
	path string

	// confirmed is what the run may lose, once it begins.
	confirmed []string

	mu  sync.Mutex
	run Run
	// before is the run that held the stack before this one; nil for none.
	before *Run
}

// Hold takes the stack for a run of several operations. It is an ErrLocked while
// another rung of this machine has it. Locks of Pulumi whose process is gone are
// taken over. A run before this one that did not come to its end is returned.
func (s *Stack) Hold(ctx context.Context, op string, confirmed []string) (unended *Run, err error) {
	path := s.paths.runFile(s.opts)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, setupf("make %s: %w; choose a directory that can be written with --dir", filepath.Dir(path), err)
	}
	h := &hold{lock: flock.New(path, flock.SetPermissions(0o644)), path: path}
	ok, err := h.lock.TryLock()
	if err != nil {
		return nil, setupf("lock stack %s: %w%s", s.opts.Stack, err, ownedBy(path))
	}
	h.before = readRun(path)
	if !ok {
		if h.before != nil && !h.before.Rung.runs() { // whoever has it has not written yet
			h.before = nil
		}
		return nil, lockedError{text: fmt.Sprintf("stack %s is locked by another run: %s\nwait for it to end", s.opts.Stack,
			h.before)}
	}
	h.run, h.confirmed = thisRun(op, !h.before.open()), confirmed
	if h.before.open() {
		h.run.Confirmed, h.run.Open = h.before.Confirmed, maps.Clone(h.before.Open)
	}
	s.hold = h
	s.driver.note(h.began)
	if err := errors.Join(s.outlast(ctx), s.takeOver(), h.write()); err != nil {
		return nil, errors.Join(err, s.release())
	}
	if !h.before.open() {
		return nil, nil
	}
	return h.before, nil
}

// open reports whether there was a run and it did not come to its end.
func (r *Run) open() bool { return r != nil && !r.Ended }

// The engine of a run whose rung was killed has lost its program and ends; it
// gets this long to finish the operation it is in.
const outlastWithin = 2 * time.Minute

// outlast waits for the engine of a rung that was killed, after asking it to end:
// it holds Pulumi's lock and may still be writing.
func (s *Stack) outlast(ctx context.Context) error {
	r := s.hold.before
	host, _ := os.Hostname()
	if !r.open() || r.Host != host || r.Rung.runs() || !r.Engine.runs() {
		return nil
	}
	s.opts.Log(fmt.Sprintf("waiting for the engine (process %d) of a rung that was killed to end", r.Engine.PID))
	interrupt(r.Engine.PID)
	for end := time.After(outlastWithin); r.Engine.runs(); {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-end:
			return lockedError{text: fmt.Sprintf("stack %s is locked by the engine (process %d) of a rung that was killed, "+
				"and it does not end: end that process", s.opts.Stack, r.Engine.PID)}
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// outlived reports whether a number was that of the engine before (of a CLI, or of
// rung where the engine is linked) and is another process's now.
func (h *hold) outlived(pid int) bool {
	if h == nil || h.before == nil || pid == 0 {
		return false
	}
	for _, p := range []process{h.before.Engine, h.before.Rung} {
		if p.PID == pid && !p.runs() {
			return true
		}
	}
	return false
}

// Ended says that the run came to its end and succeeded.
func (s *Stack) Ended() error {
	if s.hold == nil {
		return nil
	}
	s.hold.mu.Lock()
	s.hold.run.Ended, s.hold.run.Open = true, nil
	s.hold.mu.Unlock()
	return s.hold.write()
}

// release gives the stack back.
func (s *Stack) release() error {
	if s.hold == nil {
		return nil
	}
	h := s.hold
	s.hold = nil
	s.driver.note(nil)
	return h.lock.Unlock()
}

// begin says that the run changes something from here on.
func (h *hold) begin() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	h.run.Ended = false
	h.run.Confirmed = slices.Compact(slices.Sorted(slices.Values(slices.Concat(h.run.Confirmed, h.confirmed))))
	h.mu.Unlock()
	return h.write()
}

func thisRun(op string, ended bool) Run {
	r := Run{Op: op, Ended: ended, Since: time.Now(), Rung: identify(os.Getpid())}
	r.Host, _ = os.Hostname() // both only tell people
	if u, err := user.Current(); err == nil {
		r.User = u.Username
	}
	return r
}

// String says who runs, for whoever has to wait.
func (r *Run) String() string {
	if r == nil || r.Op == "" {
		return "another rung"
	}
	return fmt.Sprintf("rung %s, process %d of %s@%s since %s", r.Op, r.Rung.PID, r.User, r.Host,
		r.Since.Format(time.RFC3339))
}

// ownedBy names whoever a file belongs to, where that is somebody else.
func ownedBy(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	owner, known := place.OwnerOf(info)
	if !known || owner == os.Geteuid() {
		return ""
	}
	name := fmt.Sprint(owner)
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return "; it belongs to " + name
}

// readRun is nil where nothing was written down. What cannot be read was broken
// off while it was written: a run that did not end.
func readRun(path string) *Run {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return nil
	}
	r := &Run{}
	if json.Unmarshal(text, r) != nil {
		return &Run{}
	}
	return r
}

// began notes the CLI, so that a run after this one knows it.
func (h *hold) began(pid int) {
	h.mu.Lock()
	h.run.Engine = identify(pid)
	h.mu.Unlock()
	_ = h.write() // it helps only those who come after a kill
}

// write replaces the text in the file that is locked: another file in its place
// would be locked by nobody.
func (h *hold) write() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	text, err := json.MarshalIndent(h.run, "", "  ")
	if err != nil {
		return fmt.Errorf("note the run: %w", err)
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY, 0)
	if err == nil {
		text = append(text, '\n')
		_, err = f.Write(text)
		err = errors.Join(err, f.Truncate(int64(len(text))), f.Close())
	}
	if err != nil {
		return setupf("note the run in %s: %w", h.path, err)
	}
	return nil
}
