// Package rehearsal tries a move out on this machine before it is made: two real
// PostgreSQL servers, made rows or those of a dump, a load that remembers every write
// that was acknowledged, and the whole way: there, back, and there again.
//
// The load is the worst kind for a move: it writes all the time, each write in a
// transaction of its own, and each acknowledged one is looked for at the end. It
// keeps the contract PAUSE_WRITES, as an application can.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
)

// Plan is what to try.
type Plan struct {
	// Megabytes are the made rows; zero makes none.
	Megabytes int
	// Dump is a file of pg_dump, plain text, whose rows are moved; empty is none.
	Dump string
	// Writes and Reads are the load's in a second.
	Writes, Reads int
	// Settle is for how long the load runs between two changes; zero means 3 s.
	Settle time.Duration
	// MaxPause is the move's; zero means its default.
	MaxPause time.Duration
	// Tell is called with what begins; nil tells nobody.
	Tell func(string)
}

// Check reports every wrong value at once.
func (p Plan) Check() error {
	var errs []error
	if p.Megabytes < 0 || p.Megabytes > 100_000 {
		errs = append(errs, fmt.Errorf("--size: got %d MB, want 0 to 100000", p.Megabytes))
	}
	for flag, n := range map[string]int{"--writes": p.Writes, "--reads": p.Reads} {
		if n < 1 || n > 5000 {
			errs = append(errs, fmt.Errorf("%s: got %d a second, want 1 to 5000", flag, n))
		}
	}
	if p.Dump != "" {
		if info, err := os.Stat(p.Dump); err != nil || !info.Mode().IsRegular() {
			errs = append(errs, fmt.Errorf("--dump: got %q, want a file of pg_dump in plain text", p.Dump))
		}
	}
	return errors.Join(errs...)
}

// Change is one change of sides.
type Change struct {
	Command string `json:"command"`
	// At is when its pause began, in seconds since the load began.
	At float64 `json:"at_seconds"`
	// PauseMillis is for how long writes were held back.
	PauseMillis int64 `json:"pause_ms"`
	// TookSeconds is with everything before and after, the comparison too.
	TookSeconds float64 `json:"took_seconds"`
	// Compared is what the comparison found.
	Compared string `json:"compared"`
}

// Climb is what a rehearsal on a whole stack measured besides.
type Climb struct {
	// From and To are the stages.
	From int `json:"from"`
	To   int `json:"to"`
	// Seconds is how long the climb took under the load, before any row moved, and Failed
	// are the requests that failed meanwhile.
	Seconds float64 `json:"seconds"`
	Failed  int     `json:"requests_failed"`
	// Failures are those, by what they were.
	Failures map[string]int `json:"failures,omitempty"`
	// Unread are acknowledged writes of which it could not be found out whether they are
	// there, Examples some of those and of the lost ones.
	Unread   int      `json:"writes_unread"`
	Examples []string `json:"examples,omitempty"`
	// SignUps are people who signed up during the move; nil where nobody did.
	SignUps *SignUps `json:"sign_ups,omitempty"`
}

// SignUps are writes to the tables that move, by the site's address.
type SignUps struct {
	Acknowledged int `json:"acknowledged"`
	// Lost are those whom the site did not know at the end.
	Lost int `json:"lost"`
	// Refused are tries that were told to come again, or were not answered, GivenUp people
	// who had tried for a minute.
	Refused int `json:"refused"`
	GivenUp int `json:"given_up"`
	// LongestWait is the longest time until somebody was in, with all tries, in milliseconds.
	LongestWait int64 `json:"longest_wait_ms"`
}

// Result is what was measured.
type Result struct {
	// Climb is nil where two servers alone were rehearsed.
	Climb *Climb `json:"climb,omitempty"`
	// MoveAt is when the move began, in seconds since the load did. What failed before is
	// in Climb alone.
	MoveAt      float64 `json:"move_at_seconds"`
	Bytes       int64   `json:"bytes"`
	CopySeconds float64 `json:"start_seconds"`
	// BytesPerSecond is all of start, the checks and the schema too.
	BytesPerSecond int64    `json:"bytes_per_second"`
	Changes        []Change `json:"changes"`
	// Passed are the files and keys that were copied, Had the files on the old side at the
	// end and Lacking those of them that the new side has not, or not whole.
	hosts.Passed
	FilesHad     int `json:"files_had"`
	FilesLacking int `json:"files_lacking"`
	Load
	// Lost are acknowledged writes that the side which served at the end lacks.
	Lost int `json:"writes_lost"`
	// Failures are the reads and writes that failed since MoveAt, by what they were, where
	// that is known.
	Failures map[string]int `json:"failures,omitempty"`
	// MaxPauseMillis is how long writes might be held back.
	MaxPauseMillis int64    `json:"max_pause_ms"`
	Timeline       []Second `json:"timeline"`
}

// LongestPause is the longest of all changes, in milliseconds.
func (r Result) LongestPause() (longest int64) {
	for _, c := range r.Changes {
		longest = max(longest, c.PauseMillis)
	}
	return longest
}

// Run makes the servers, tries the move, and takes everything away again.
func Run(ctx context.Context, p Plan) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, err
	}
	if p.Settle == 0 {
		p.Settle = 3 * time.Second
	}
	dir, err := os.MkdirTemp("", "rung-rehearsal-")
	if err != nil {
		return Result{}, fmt.Errorf("make a directory for the rehearsal: %w", err)
	}
	defer os.RemoveAll(dir)
	p.tell("Starting two PostgreSQL servers.")
	servers, err := startServers(ctx, dir)
	if err != nil {
		return Result{}, err
	}
	defer servers.stop()
	t := &trial{plan: p, dir: dir, from: servers[0].url(), to: servers[1].url()}
	return t.run(ctx)
}

func (p Plan) tell(format string, args ...any) {
	if p.Tell != nil {
		p.Tell(fmt.Sprintf(format, args...))
	}
}

// trial is a rehearsal that runs.
type trial struct {
	plan          Plan
	dir, from, to string
	load          *load
	result        Result
}

func (t *trial) spec() hosts.Spec {
	where := t.file("where")
	return hosts.Spec{Name: "rehearsal", From: t.from, To: t.to, MaxPause: t.plan.MaxPause,
		Edge: edge.Config{PauseFile: t.file("pause"),
			OnSwitch: fmt.Sprintf(`printf %%s "$RUNG_TO" > '%s.new' && mv '%s.new' '%s'`, where, where, where)}}
}

func (t *trial) file(name string) string { return filepath.Join(t.dir, name) }

func (t *trial) run(ctx context.Context) (Result, error) {
	if err := t.fill(ctx); err != nil {
		return t.result, err
	}
	if err := os.WriteFile(t.file("where"), []byte(t.from), 0o600); err != nil {
		return t.result, err
	}
	var err error
	if t.load, err = begin(ctx, t); err != nil {
		return t.result, err
	}
	defer t.load.end()
	t.plan.tell("Copying %d MB under %d writes and %d reads a second.", t.result.Bytes>>20, t.plan.Writes, t.plan.Reads)
	c := Course{Spec: t.spec(), Journal: t.file("journal"), Settle: t.plan.Settle, Began: t.load.began, Tell: t.plan.Tell}
	if err := c.Run(ctx, &t.result); err != nil {
		return t.result, err
	}
	t.load.end()
	t.result.Load, t.result.Timeline = t.load.measured()
	t.result.Lost, err = t.load.lost(ctx, t.to)
	return t.result, err
}
