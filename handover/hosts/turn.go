package hosts

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// turn is the change of the side that takes writes, from w to r. The way back is the
// same with the sides exchanged.
type turn struct {
	m    *Move
	w, r *postgres.Side
	// there brings what is written on w to r, back what is written on r to w.
	there, back postgres.Stream
	files       [2]string
	redis       [2]string
	// over says that r has the writes already, or had them: an earlier run has come
	// that far.
	over  bool
	snaps [2]*postgres.Snapshot
	// end is when the pause has taken as long as it may.
	end time.Time
	run handover.Run
}

// Switch gives the writes to the new side, and makes the stream back.
func (m *Move) Switch(ctx context.Context) error {
	run, f, err := m.begin(ctx, CommandSwitch)
	if err != nil {
		return err
	}
	s := m.spec
	t := &turn{m: m, run: run, w: m.from, r: m.to, there: m.there, back: m.back, files: [2]string{s.FromFiles, s.ToFiles},
		redis: [2]string{s.FromRedis, s.ToRedis}, over: f.changed()}
	return m.ended(run, t.take(ctx), "next: "+Switched.Next()+", or rung handover back")
}

// Back gives the writes to the old side again; what was written on the new one in the
// meantime is there.
func (m *Move) Back(ctx context.Context) error {
	run, f, err := m.begin(ctx, CommandBack)
	if err != nil {
		return err
	}
	if m.spec.NoWayBack {
		return fmt.Errorf("handover back: the move was begun with --no-way-back: there is no stream back")
	}
	s := m.spec
	t := &turn{m: m, run: run, w: m.to, r: m.from, there: m.back, back: m.there, files: [2]string{s.ToFiles, s.FromFiles},
		redis: s.redisBack(), over: f.turned().changed()}
	return m.ended(run, t.take(ctx), "next: "+Following.Next())
}

func (t *turn) take(ctx context.Context) error {
	defer t.letGo()
	if !t.over {
		if err := t.prepare(ctx); err != nil {
			return err
		}
	}
	if err := t.change(ctx); err != nil {
		return err
	}
	return t.run.Steps(ctx, t.settle()...)
}

func (t *turn) letGo() {
	for _, s := range t.snaps {
		s.Close()
	}
}

// prepare does all that needs no pause, and ends where the switch could not succeed.
func (t *turn) prepare(ctx context.Context) error {
	steps := []handover.Step{t.ready()}
	if t.wayBack() {
		steps = append(steps, t.m.publish(t.back))
	}
	steps = append(steps, t.m.filesPass(t.files[0], t.files[1]), t.keysPass(stepSessions, true))
	return t.run.Steps(ctx, steps...)
}

// wayBack says whether r gets a stream to w: going back, it is the stream of before.
func (t *turn) wayBack() bool { return !t.m.spec.NoWayBack || t.r == t.m.from }

func (t *turn) ready() handover.Step {
	return handover.Step{Name: "ready", Says: "look whether everything is on the other side",
		Do: func(ctx context.Context) (string, error) {
			if err := postgres.CheckShape(ctx, t.m.from, t.m.to); err != nil {
				return "", err
			}
			gate, err := t.w.Gate(ctx)
			if err != nil {
				return "", err
			}
			if !gate.Writes() { // an earlier run was ended in the pause
				return "writes are held back since an earlier run", t.there.Go(ctx)
			}
			if f, err := t.there.Flow(ctx); err != nil {
				return "", err
			} else if f.Subscribed && !f.Enabled { // an abort was ended early
				if err := t.there.Go(ctx); err != nil {
					return "", err
				}
			}
			took, err := t.there.Await(ctx, catchUp)
			return "a write arrives after " + took.Round(time.Millisecond).String(), err
		}}
}

// change is the pause. Where it fails the old state is made again.
func (t *turn) change(ctx context.Context) error {
	if err := t.snapshotsReady(ctx); err != nil {
		return err
	}
	began := time.Now()
	t.end = began.Add(t.m.spec.MaxPause)
	t.m.journal.Quick = true
	err := t.run.Steps(ctx, t.pauses()...)
	if err != nil && !errors.Is(err, handover.ErrKilled) {
		err = t.undo(context.WithoutCancel(ctx), err)
	}
	t.m.journal.Quick = false
	took := time.Since(began)
	if t.over {
		return err
	}
	return errors.Join(err, t.m.paused(t.run, took))
}

// paused writes down how long writes were held back.
func (m *Move) paused(run handover.Run, took time.Duration) error {
	m.longest = max(m.longest, took)
	return run.Note(handover.EventPaused, strconv.FormatInt(took.Milliseconds(), 10))
}

func (t *turn) snapshotsReady(ctx context.Context) (err error) {
	if t.over {
		return nil
	}
	for i, s := range []*postgres.Side{t.m.from, t.m.to} {
		if t.snaps[i], err = s.Ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pauses are the steps from the first write that waits to the last.
func (t *turn) pauses() []handover.Step {
	steps := []handover.Step{
		t.inPause("pause", "hold writes back: "+t.m.edge.Says(), nil, t.m.edge.Pause),
		t.inPause("close", "close the side that had the writes", t.w, func(ctx context.Context) error {
			return t.w.CloseGate(ctx, t.m.spec.MaxPause)
		}),
		t.inPause("arrive", "wait until all that was written has arrived", nil, func(ctx context.Context) error {
			_, err := t.there.Await(ctx, t.m.spec.MaxPause)
			return err
		}),
		t.keysPass(stepSessionsAgain, false),
		t.inPause("sequences", "set the sequences ahead", nil, func(ctx context.Context) error {
			_, err := postgres.Sequences(ctx, t.w, t.r, t.m.spec.Margin)
			return err
		}),
		t.inPause("snapshots", "keep the state of both sides to compare", nil, t.takeSnapshots),
		t.inPause("halt", "halt the stream", nil, t.there.Halt),
	}
	if t.wayBack() {
		steps = append(steps, t.inPause("slot-back", "keep the log for the way back from here on", nil, t.back.KeepFromNow))
	}
	return append(steps, t.point(), t.open(), t.resume())
}

// inPause is a step of the pause, which is not done again once the other side has
// the writes. It proves that a side is closed where one is given.
func (t *turn) inPause(name, says string, closed *postgres.Side, do func(context.Context) error) handover.Step {
	return handover.Step{Name: name, Says: says,
		Find: func(context.Context) (handover.Found, error) { return handover.Found{Done: t.over}, nil },
		Do: func(ctx context.Context) (string, error) {
			if err := t.inTime(); err != nil {
				return "", err
			}
			return "", do(ctx)
		},
		Prove: func(ctx context.Context) (string, error) {
			if closed == nil {
				return "", nil
			}
			return proveGate(ctx, closed, postgres.Closed)
		}}
}

// inTime ends a pause that takes too long; once a side was opened, there is nothing
// to gain by that.
func (t *turn) inTime() error {
	if t.over || time.Now().Before(t.end) {
		return nil
	}
	return fmt.Errorf("writes have been held back for longer than --max-pause, %s; try it when there is less to do, or "+
		"allow more", t.m.spec.MaxPause)
}

func proveGate(ctx context.Context, s *postgres.Side, want postgres.Gate) (string, error) {
	gate, err := s.Gate(ctx)
	if err == nil && gate != want {
		err = fmt.Errorf("the side %q is %s", s.Name, gate)
	}
	return fmt.Sprintf("the side %q is %s", s.Name, gate), err
}

func (t *turn) takeSnapshots(ctx context.Context) error {
	for _, s := range t.snaps {
		if err := s.Take(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) point() handover.Step {
	return handover.Step{Name: "point", Says: "lead the application to the other side",
		Do: func(ctx context.Context) (string, error) {
			return t.r.Shown(), t.m.edge.Point(ctx, t.r.URL)
		}}
}

// open gives the writes to r. The one before has its fence closed: that is looked at
// once more, for here both could come to take writes.
func (t *turn) open() handover.Step {
	return handover.Step{Name: "open", Says: "open the side that has the writes from now on",
		Find: func(ctx context.Context) (handover.Found, error) {
			gate, err := t.r.Gate(ctx)
			return handover.Found{Done: gate == postgres.Open, Text: fmt.Sprintf("it is %s", gate)}, err
		},
		Do: func(ctx context.Context) (string, error) {
			if err := t.inTime(); err != nil {
				return "", err
			}
			if _, err := proveGate(ctx, t.w, postgres.Closed); err != nil {
				return "", err
			}
			return "", t.r.OpenGate(ctx, t.m.spec.MaxPause)
		}}
}

func (t *turn) resume() handover.Step {
	return handover.Step{Name: "resume", Says: "let writes go on",
		Do: func(ctx context.Context) (string, error) { return "", t.m.edge.Resume(ctx) }}
}

// undo lets the side that had the writes go on, where the other has not begun.
func (t *turn) undo(ctx context.Context, why error) error {
	gate, err := t.r.Gate(ctx)
	if err != nil || gate.Writes() {
		return errors.Join(why, err, t.m.edge.Resume(ctx))
	}
	errs := []error{why, t.m.edge.Point(ctx, t.w.URL)}
	if gate, err = t.w.Gate(ctx); err == nil && !gate.Writes() {
		errs = append(errs, t.w.OpenGate(ctx, t.m.spec.MaxPause))
	}
	errs = append(errs, err, t.m.edge.Resume(ctx), t.there.Go(ctx))
	if t.wayBack() {
		errs = append(errs, t.back.LetGo(ctx))
	}
	if err := errors.Join(errs[1:]...); err != nil {
		return fmt.Errorf("%w; and letting the old side go on failed: run the command again", errors.Join(errs...))
	}
	return fmt.Errorf("%w; the side %q takes writes as before", why, t.w.Name)
}
