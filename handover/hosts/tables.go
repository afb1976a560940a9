package hosts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/postgres"
)

// tablesOf says which tables a move carries.
func tablesOf(s Spec) string {
	if len(s.Tables) == 0 {
		return "all tables"
	}
	return "the tables " + strings.Join(s.Tables, ", ")
}

// notBegun fails where the move in dir has changed something already.
func notBegun(dir string) error {
	entries, err := handover.ReadJournal(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Step == "claim" && e.Event == handover.EventDid {
			return errors.New("has begun: leave --tables as it was, or abort it first")
		}
	}
	return nil
}

// after runs the application's command, once for each switch.
func (m *Move) after() handover.Step {
	return handover.Step{Name: "after", Says: "run the command that the application wants after a switch",
		Find: func(context.Context) (handover.Found, error) {
			done, err := m.proved("after", CommandSwitch)
			return handover.Found{Done: done, Text: m.spec.After}, err
		},
		Do: func(ctx context.Context) (string, error) {
			out, err := edge.Shell(ctx, "--after", m.spec.After, "RUNG_TO="+m.spec.To)
			if err != nil {
				err = fmt.Errorf("%w; the new side has the writes, and the contents are the same: mend it, then run `rung "+
					"handover switch` again, which runs it again", err)
			}
			return lastOf(out), err
		},
		Prove: func(context.Context) (string, error) { return "it has ended well", nil }}
}

// lastOf is the end of what a command wrote, for the journal.
func lastOf(out string) string {
	const most = 300 // bytes
	if len(out) <= most {
		return out
	}
	return "…" + strings.ToValidUTF8(out[len(out)-most:], "")
}

// wasDone refuses to end the way back before the application's command has run.
func (m *Move) wasDone() error {
	if m.spec.After == "" {
		return nil
	}
	done, err := m.proved("after", CommandSwitch)
	if err == nil && !done {
		err = errors.New("handover finish: the command of --after has not run since the switch: run `rung handover switch` " +
			"again, which does what is left")
	}
	return err
}

// free lets the old side's tables take writes again, at the end. A run that was killed
// in it finds no claim of this move, or its fence.
func (m *Move) free() handover.Step {
	return handover.Step{Name: "free-" + m.from.Name, Says: "let the old tables take writes again, as copies",
		Find: func(ctx context.Context) (handover.Found, error) {
			gate, err := m.from.Gate(ctx)
			if err != nil {
				return handover.Found{}, err
			}
			owner, err := m.from.Claimed(ctx)
			if err == nil && owner != "" && owner != m.spec.Name {
				err = fmt.Errorf("the side %q belongs to the move %q", m.from.Name, owner)
			}
			return handover.Found{Done: gate == postgres.Bare && owner == "", Text: fmt.Sprintf("it is %s", gate)}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", m.from.Sweep(ctx) }}
}
