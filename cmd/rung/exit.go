package main

import (
	"errors"
	"fmt"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/guest"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/stacks/config"
)

// The exit codes. They are a public interface: scripts depend on them.
const (
	codeDone    = 0
	codeFailed  = 1
	codeUsage   = 2
	codeBudget  = 3
	codeGuarded = 4
	codePolicy  = 5
	codeDrift   = 6
)

var (
	// errOverBudget is a plan that costs more than rung:budget allows.
	errOverBudget = errors.New("over budget: the month would cost more than rung:budget allows; raise it with --set " +
		"budget=AMOUNT, or choose smaller sizes")
	// errGuarded is a plan that loses data which nobody confirmed may go.
	errGuarded = errors.New("stopped by the data guard: nothing was changed")
	// errPolicy is a plan that a mandatory policy does not let pass.
	errPolicy = errors.New("stopped by the policies: nothing was changed; mend what they name, or grant an exception in " +
		"rung:policy")
	// errForget is a refresh that would forget data which nobody confirmed may go.
	errForget = fmt.Errorf("%w: the state still has what the cloud does not", errGuarded)
	// errDrift is what `rung drift` ends with when there is some.
	errDrift = errors.New("there is drift")
	// errUsage is input that is wrong before anything runs.
	errUsage = errors.New("wrong usage")
)

// runError is what a command returned, as opposed to what cobra found wrong
// with the command line.
type runError struct{ error }

func (e runError) Unwrap() error { return e.error }

func isRun(err error) bool {
	var r runError
	return errors.As(err, &r)
}

// codeOf is the one place where an error becomes an exit code.
func codeOf(err error) int {
	var ended guest.Ended
	var there endedThere
	switch {
	case err == nil:
		return codeDone
	case errors.As(err, &ended):
		return ended.Status
	case errors.As(err, &there):
		return there.code
	case errors.Is(err, errGuarded), isBlocked(err), isLoss(err):
		return codeGuarded
	case errors.Is(err, errOverBudget), errors.Is(err, errIncrease):
		return codeBudget
	case errors.Is(err, errPolicy):
		return codePolicy
	case errors.Is(err, errDrift):
		return codeDrift
	case !isRun(err), errors.Is(err, errUsage), errors.Is(err, engine.ErrSetup), errors.Is(err, lab.ErrSetup),
		errors.Is(err, operate.ErrNotHere),
		errors.Is(err, operate.ErrNoSuchMoment), config.IsProblem(err), isOutOfOrder(err):
		return codeUsage
	}
	return codeFailed
}

// usageError is an errUsage with a text of its own.
type usageError struct{ text string }

func (e usageError) Error() string        { return e.text }
func (e usageError) Is(target error) bool { return target == errUsage }
