package hosts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/handover"
)

// Driver runs the commands of one move from where both sides are reached: here, or
// inside somebody's network.
type Driver interface {
	// Plan looks at both sides and changes nothing.
	Plan(ctx context.Context) (Plan, error)
	// Do runs a command that changes something, and says for how long writes were held
	// back; zero means that they were not.
	Do(ctx context.Context, o Order) (time.Duration, error)
	// Status reads how the move stands, beside a command that runs.
	Status(ctx context.Context) (Status, error)
}

// Order is a command with what it is given.
type Order struct {
	// Command is one of Commands.
	Command string `json:"command"`
	// DropCopy lets abort take the copy away as well.
	DropCopy bool `json:"drop_copy,omitempty"`
}

// do are the commands that change something.
var do = map[string]func(*Move, context.Context, Order) error{
	CommandStart:  func(m *Move, ctx context.Context, _ Order) error { return m.Start(ctx) },
	CommandSwitch: func(m *Move, ctx context.Context, _ Order) error { return m.Switch(ctx) },
	CommandBack:   func(m *Move, ctx context.Context, _ Order) error { return m.Back(ctx) },
	CommandFinish: func(m *Move, ctx context.Context, _ Order) error { return m.Finish(ctx) },
	CommandAbort:  func(m *Move, ctx context.Context, o Order) error { return m.Abort(ctx, o.DropCopy) },
}

// Here drives a move from this process, which reaches both sides.
type Here struct {
	Spec Spec
	// Dir is where the journal lies.
	Dir string
	// Tell is called with each entry of the journal, Watch with how far the copy is; nil
	// tells nobody.
	Tell  func(handover.Entry)
	Watch func(Progress)
}

// Plan looks at both sides.
func (h Here) Plan(ctx context.Context) (p Plan, err error) {
	m, err := Open(ctx, h.Spec, "")
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	return m.Plan(ctx)
}

// Do runs a command to its end.
func (h Here) Do(ctx context.Context, o Order) (time.Duration, error) {
	run, known := do[o.Command]
	if !known {
		return 0, fmt.Errorf("rung handover %s: there is no such command", o.Command)
	}
	m, err := Open(ctx, h.Spec, h.Dir)
	if err != nil {
		return 0, err
	}
	m.Tell, m.Watch = h.Tell, h.Watch
	err = run(m, ctx, o)
	return m.Longest(), errors.Join(err, m.Close())
}

// Status reads how the move stands.
func (h Here) Status(ctx context.Context) (s Status, err error) {
	m, err := Open(ctx, h.Spec, "")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if s, err = m.Status(ctx, h.Dir); err != nil {
		err = fmt.Errorf("look how the move stands: %w", err)
	}
	return s, err
}
