package hosts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// settle is what comes after the pause: the stream back, the end of the one before,
// the files that came last, and the comparison.
func (t *turn) settle() []handover.Step {
	var steps []handover.Step
	if t.wayBack() {
		steps = append(steps, named("subscription-back", t.m.subscribe(t.back, false)), named("flow-back", t.m.flow(t.back)))
	}
	steps = append(steps, t.dropThere(), t.m.filesPass(t.files[0], t.files[1]), t.compare())
	if t.r == t.m.to && t.m.spec.After != "" {
		steps = append(steps, t.m.after())
	}
	return steps
}

// named is a step under another name.
func named(name string, s handover.Step) handover.Step {
	s.Name = name
	return s
}

// dropThere takes the stream away that has brought everything.
func (t *turn) dropThere() handover.Step {
	return handover.Step{Name: "end-stream", Says: "take the stream away that is not needed any more",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := t.there.Flow(ctx)
			return handover.Found{Done: !f.Subscribed && !f.HasSlot, Text: thereOrNot(f.Subscribed || f.HasSlot)}, err
		},
		Do: func(ctx context.Context) (string, error) { return t.there.Name, t.there.Drop(ctx) }}
}

func (t *turn) compare() handover.Step {
	var result string
	return handover.Step{Name: "compare", Says: "hold every table against the other side's, by a checksum of its rows",
		Find: func(context.Context) (handover.Found, error) {
			done, err := t.m.proved("compare", t.run.Command)
			return handover.Found{Done: done}, err
		},
		Do: func(ctx context.Context) (string, error) {
			if t.snaps[0] == nil {
				if err := t.freeze(ctx); err != nil {
					return "", err
				}
			}
			c, err := postgres.Compare(ctx, t.snaps[0], t.snaps[1])
			if err != nil {
				return "", err
			}
			result = fmt.Sprintf("%d tables with %d rows in %s", c.Tables, c.Rows, c.Took.Round(time.Millisecond))
			return result, differ(c)
		},
		Prove: func(context.Context) (string, error) { return result + ": the same on both sides", nil }}
}

func differ(c postgres.Compared) error {
	if len(c.Differences) == 0 {
		return nil
	}
	var all []string
	for _, d := range c.Differences {
		all = append(all, d.String())
	}
	return fmt.Errorf("the sides are not the same: %s; the side before has all of its own: go back with `rung handover "+
		"back`, or on with `switch` once more to compare again", strings.Join(all, "; "))
}

// proved says whether the journal has a step of a change of sides, such as compare, as
// proved since a side was opened last.
func (m *Move) proved(step, command string) (bool, error) {
	entries, err := m.journal.Entries()
	done := false
	for _, e := range entries {
		switch {
		case e.Step == "ready", e.Step == "open" && e.Event == handover.EventDid: // another change has begun
			done = false
		case e.Step == step && e.Event == handover.EventProved && e.Command == command:
			done = true
		}
	}
	return done, err
}

// freeze holds writes back for a moment, waits until both sides are the same, and
// keeps their state to compare: after a mover was killed that had it.
func (t *turn) freeze(ctx context.Context) error {
	if !t.wayBack() {
		return errors.New("the states to compare went with an earlier run, and without a stream back there are no new ones")
	}
	t.over = false
	if err := t.snapshotsReady(ctx); err != nil {
		return err
	}
	began := time.Now()
	err := errors.Join(t.frozen(ctx), t.thaw(context.WithoutCancel(ctx)))
	t.over = true
	return errors.Join(err, t.m.paused(t.run, time.Since(began)))
}

func (t *turn) frozen(ctx context.Context) error {
	if err := t.m.edge.Pause(ctx); err != nil {
		return err
	}
	if err := t.r.CloseGate(ctx, t.m.spec.MaxPause); err != nil {
		return err
	}
	if _, err := t.back.Await(ctx, t.m.spec.MaxPause); err != nil {
		return err
	}
	return t.takeSnapshots(ctx)
}

func (t *turn) thaw(ctx context.Context) error {
	gate, err := t.r.Gate(ctx)
	if err == nil && !gate.Writes() {
		err = t.r.OpenGate(ctx, t.m.spec.MaxPause)
	}
	return errors.Join(err, t.m.edge.Resume(ctx))
}
