package engine

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSetup marks errors of what a run stands on: a damaged file, a directory that
// cannot be written, a lock, a CLI that is too old, missing credentials. Nothing
// has been created when a function returns one.
var ErrSetup = errors.New("cannot run")

// ErrLocked marks a stack that another run holds. It is an ErrSetup.
var ErrLocked = errors.New("the stack is locked")

// errHeld is a driver's way to say that another run came first.
var errHeld = errors.New("another run holds the stack")

// setupError is an ErrSetup with a text of its own.
type setupError struct{ err error }

func (e setupError) Error() string        { return e.err.Error() }
func (e setupError) Unwrap() error        { return e.err }
func (e setupError) Is(target error) bool { return target == ErrSetup }

func setupf(format string, args ...any) error { return setupError{fmt.Errorf(format, args...)} }

// RunError is a run that the engine ended with errors.
type RunError struct {
	// Op is what was attempted: "preview", "up", "refresh" or "destroy".
	Op string
	// Diagnostics are the engine's and the providers' error messages, one per
	// problem, each with the resource it belongs to.
	Diagnostics []Diagnostic
	// Canceled is true when the run was interrupted.
	Canceled bool
	// Dead is the plugin that ended before the run did; nil for none. What follows from
	// its end is not among the diagnostics.
	Dead *DeadPlugin
	// Err is what the Automation API returned.
	Err error
}

// Diagnostic is one error message of a run.
type Diagnostic struct {
	URN, Name, Message string
}

// String is the message with the resource in front of it.
func (d Diagnostic) String() string {
	if d.Name == "" {
		return d.Message
	}
	return d.Name + ": " + d.Message
}

// Error lists the diagnostics, one per line.
func (e *RunError) Error() string {
	if e.Canceled {
		return e.Op + " was interrupted; run it again to go on from where it stopped"
	}
	problems := e.problems()
	switch len(problems) {
	case 0:
		return fmt.Sprintf("%s failed: %v", e.Op, e.Err)
	case 1:
		return fmt.Sprintf("%s failed: %s", e.Op, problems[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s failed with %d problems:", e.Op, len(problems))
	for _, p := range problems {
		b.WriteString("\n  - " + strings.ReplaceAll(p, "\n", "\n    "))
	}
	return b.String()
}

// problems are what went wrong, a plugin's end first.
func (e *RunError) problems() []string {
	var out []string
	if e.Dead != nil {
		out = append(out, e.Dead.String())
	}
	for _, d := range e.Diagnostics {
		out = append(out, d.String())
	}
	return out
}

// Unwrap gives the Automation API's error.
func (e *RunError) Unwrap() error { return e.Err }
