package hosts

import (
	"context"
	"errors"
	"fmt"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// Finish ends the way back. The old side keeps its rows, and stays closed: who still
// reaches it finds out. Nothing is deleted. Files that have come there since, where the
// application still keeps them there, are copied first.
func (m *Move) Finish(ctx context.Context) error {
	run, _, err := m.begin(ctx, CommandFinish)
	if err != nil {
		return err
	}
	if err := m.wasCompared(); err != nil {
		return err
	}
	if err := m.wasDone(); err != nil {
		return err
	}
	steps := []handover.Step{m.filesPass(m.spec.FromFiles, m.spec.ToFiles), m.drop(m.back), m.drop(m.there), m.sweep(m.to)}
	text := "the old side keeps its rows and takes no writes; delete it when you want to"
	if m.spec.FreeOld {
		steps, text = append(steps, m.free()), "the old tables keep their rows and take writes, as copies"
	}
	return m.ended(run, run.Steps(ctx, steps...), text)
}

// wasCompared refuses to end the way back before the contents were compared.
func (m *Move) wasCompared() error {
	done, err := m.proved("compare", CommandSwitch)
	if err == nil && !done {
		err = errors.New("handover finish: the sides were not compared since the switch: run `rung handover switch` again, " +
			"which does what is left")
	}
	return err
}

// Abort takes the move back that has not switched: the old side serves as before.
// dropCopy also drops what was copied; without it the new database must be emptied
// before another start.
func (m *Move) Abort(ctx context.Context, dropCopy bool) error {
	run, f, err := m.begin(ctx, CommandAbort)
	if err != nil {
		return err
	}
	if f.Back.Subscribed {
		return errors.New("handover abort: the new side had the writes: `rung handover back` first")
	}
	steps := []handover.Step{m.reopen(), m.drop(m.there), m.drop(m.back)}
	if dropCopy {
		steps = append(steps, m.empty())
	}
	// The new side's schema is what says that the move is there: it goes last.
	steps = append(steps, m.sweep(m.from), m.sweep(m.to))
	return m.ended(run, run.Steps(ctx, steps...), "the old side serves as before")
}

// reopen lets the old side take writes, and the application go there. The new side
// is closed, or has no fence yet and no stream.
func (m *Move) reopen() handover.Step {
	return handover.Step{Name: "reopen", Says: "let the old side take writes",
		Do: func(ctx context.Context) (string, error) {
			gate, err := m.from.Gate(ctx)
			if err != nil || gate != postgres.Closed {
				return fmt.Sprintf("it is %s", gate), errors.Join(err, m.edge.Resume(ctx))
			}
			if _, err := proveGate(ctx, m.to, postgres.Closed); err != nil {
				return "", err
			}
			return "", errors.Join(m.edge.Point(ctx, m.from.URL), m.from.OpenGate(ctx, m.spec.MaxPause), m.edge.Resume(ctx))
		}}
}

func (m *Move) drop(s postgres.Stream) handover.Step {
	return handover.Step{Name: "drop-" + s.Name, Says: "drop subscription, slot and publication",
		Do: func(ctx context.Context) (string, error) { return "", s.Drop(ctx) },
		Prove: func(ctx context.Context) (string, error) {
			f, err := s.Flow(ctx)
			if err == nil && (f.Subscribed || f.HasSlot) {
				err = fmt.Errorf("%s is still there", s.Name)
			}
			return "no slot keeps a log", err
		}}
}

func (m *Move) empty() handover.Step {
	return handover.Step{Name: "empty", Says: "drop what was copied to the new side",
		Find: func(ctx context.Context) (handover.Found, error) {
			n, err := m.to.Copied(ctx)
			return handover.Found{Done: n == 0, Text: fmt.Sprintf("%d tables", n)}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", m.to.Empty(ctx, m.spec.Name) }}
}

func (m *Move) sweep(s *postgres.Side) handover.Step {
	return handover.Step{Name: "sweep-" + s.Name, Says: "take the fence and the mover's schema away",
		Do: func(ctx context.Context) (string, error) { return "", s.Sweep(ctx) }}
}
