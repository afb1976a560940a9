package slots

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
)

// Phase is how far a move of slots is.
type Phase string

const (
	// Nothing is a move that has not begun, or that has gone all the way back.
	Nothing Phase = "nothing"
	// Moving is one of whose slots some are where they are to be.
	Moving Phase = "moving"
	// Moved is one that has all of them there.
	Moved Phase = "moved"
	// Finished is one that is over.
	Finished Phase = "finished"
)

// Move is a move of slots.
type Move struct {
	Spec Spec
	// Dir is where its journal lies.
	Dir string
	// Tell is called with each entry of the journal; nil tells nobody.
	Tell func(handover.Entry)
	// Point ends the mover at a point, for tests.
	Point func(string) error
}

// Open is the move that lies in dir.
func Open(dir string) (*Move, error) {
	k, err := read(dir)
	return &Move{Spec: k.Spec, Dir: dir}, err
}

// Plan is what would move.
type Plan struct {
	Shards int `json:"shards"`
	Slots  int `json:"slots"`
	// Move is how many slots go to another database, in so many Steps.
	Move  int `json:"slots_to_move"`
	Steps int `json:"steps"`
	// Held are the slots of each database now, Then those afterwards.
	Held []int  `json:"held"`
	Then []int  `json:"then"`
	Next string `json:"next"`
}

// Plan asks the application, and changes nothing.
func (m *Move) Plan(ctx context.Context) (p Plan, err error) {
	if err := m.Spec.Check(); err != nil {
		return p, err
	}
	now, err := application{m.Spec.Command}.slots(ctx)
	if err != nil {
		return p, err
	}
	steps := pieces(now.Owners, now.Balanced, m.step())
	p = Plan{Shards: now.Shards, Slots: len(now.Owners), Steps: len(steps), Held: held(now.Owners, now.Shards),
		Then: held(now.Balanced, now.Shards), Next: "rung handover start"}
	for _, one := range steps {
		p.Move += one.last - one.first + 1
	}
	if p.Move == 0 {
		p.Next = "nothing: every database has as many as the others"
	}
	return p, nil
}

func (m *Move) step() int {
	if m.Spec.Step == 0 {
		return DefaultStep
	}
	return m.Spec.Step
}

// Do runs a command of rung handover.
func (m *Move) Do(ctx context.Context, command string) error {
	if err := m.Spec.Check(); err != nil {
		return err
	}
	journal, err := handover.OpenJournal(m.Dir)
	if err != nil {
		return err
	}
	run := handover.Run{Journal: journal, Command: command, Tell: m.Tell, Point: m.Point}
	if err := m.do(ctx, run); err != nil {
		return errors.Join(fmt.Errorf("handover %s: %w", command, err), journal.Close())
	}
	return journal.Close()
}

func (m *Move) do(ctx context.Context, run handover.Run) error {
	k, err := m.begun(ctx, run.Command)
	if err != nil {
		return err
	}
	switch run.Command {
	case hosts.CommandStart:
		return m.take(ctx, run, k.After, "next: rung handover finish, or rung handover back")
	case hosts.CommandBack, hosts.CommandAbort:
		return m.take(ctx, run, k.Before, "next: rung handover start, or nothing")
	case hosts.CommandFinish:
		return run.Note(handover.EventEnded, "the slots stay where they are")
	}
	return errors.New("each slot changes sides by itself, as soon as its rows are there: there is no switch")
}

// fits are the commands of each phase; the first is the one to go on with.
var fits = map[Phase][]string{
	Nothing:  {hosts.CommandStart},
	Moving:   {hosts.CommandStart, hosts.CommandBack, hosts.CommandAbort},
	Moved:    {hosts.CommandFinish, hosts.CommandBack, hosts.CommandStart},
	Finished: {hosts.CommandStart},
}

// begun is the move as it is kept, which start makes where there is none.
func (m *Move) begun(ctx context.Context, command string) (kept, error) {
	phase, k, now, err := m.phase(ctx)
	if err != nil {
		return k, err
	}
	if command == hosts.CommandSwitch {
		return k, nil
	}
	if !slices.Contains(fits[phase], command) {
		return k, hosts.ErrOrder{Command: command, Phase: hosts.Phase(phase), Fits: fits[phase]}
	}
	if command != hosts.CommandStart || phase == Moving || phase == Moved {
		return k, nil
	}
	if phase == Finished {
		if err := handover.PutAside(m.Dir, time.Now().UTC()); err != nil {
			return k, err
		}
	}
	k = kept{Spec: m.Spec, Before: now.Owners, After: now.Balanced}
	return k, k.save(m.Dir)
}

// phase asks the application, and the journal whether the move is over.
func (m *Move) phase(ctx context.Context) (Phase, kept, Map, error) {
	k, err := read(m.Dir)
	if err != nil {
		return "", k, Map{}, err
	}
	now, err := application{m.Spec.Command}.slots(ctx)
	if err != nil {
		return "", k, now, err
	}
	entries, err := handover.ReadJournal(m.Dir)
	if err != nil {
		return "", k, now, err
	}
	return phaseOf(k, now, entries), k, now, nil
}

// phaseOf is pure.
func phaseOf(k kept, now Map, entries []handover.Entry) Phase {
	var last handover.Entry
	if n := len(entries); n > 0 {
		last = entries[n-1]
	}
	switch {
	case last.Command == hosts.CommandFinish && last.Event == handover.EventEnded:
		return Finished
	case len(k.After) != len(now.Owners):
		return Nothing
	case slices.Equal(now.Owners, k.After):
		return Moved
	case slices.Equal(now.Owners, k.Before):
		return Nothing
	}
	return Moving
}

// take lets slots go to where they are wanted.
func (m *Move) take(ctx context.Context, run handover.Run, want []int, next string) error {
	now, err := application{m.Spec.Command}.slots(ctx)
	if err != nil {
		return err
	}
	if len(now.Owners) != len(want) {
		return fmt.Errorf("the application has %d slots, and had %d when the move began", len(now.Owners), len(want))
	}
	var steps []handover.Step
	for _, p := range pieces(now.Owners, want, m.step()) {
		steps = append(steps, m.piece(p))
	}
	if err := run.Steps(ctx, steps...); err != nil {
		return fmt.Errorf("%w; people are served meanwhile, each from where their slot is: run the command again", err)
	}
	return run.Note(handover.EventEnded, next)
}

func (m *Move) piece(p piece) handover.Step {
	app := application{m.Spec.Command}
	return handover.Step{Name: fmt.Sprintf("slots-%s-to-%d", p, p.to), Says: "take slots to their database",
		Find: func(ctx context.Context) (handover.Found, error) {
			now, err := app.slots(ctx)
			if err != nil || len(now.Owners) <= p.last {
				return handover.Found{}, err
			}
			there := held(now.Owners[p.first:p.last+1], now.Shards)
			n := p.last - p.first + 1
			if p.to > len(there) {
				return handover.Found{}, fmt.Errorf("there is no database %d: the application has %d", p.to, now.Shards)
			}
			return handover.Found{Done: there[p.to-1] == n, Text: fmt.Sprintf("%d of %d are there", there[p.to-1], n)}, nil
		},
		Do: func(ctx context.Context) (string, error) { return app.move(ctx, p) }}
}

// Status is how a move of slots stands.
type Status struct {
	Phase Phase `json:"phase"`
	// Moved are the slots that are where they are to be, of those that Move.
	Moved int `json:"slots_moved"`
	Move  int `json:"slots_to_move"`
	// Held are the slots of each database.
	Held []int `json:"held"`
	// Left is about how long the rest takes, in seconds, at the rate so far; zero means not
	// known, or nothing.
	Left float64          `json:"left_seconds,omitempty"`
	Last []handover.Entry `json:"journal"`
	Next string           `json:"next"`
}

// most is how many entries of the journal are shown.
const most = 8

// Status reads how the move stands, beside a mover that runs.
func (m *Move) Status(ctx context.Context) (s Status, err error) {
	phase, k, now, err := m.phase(ctx)
	if err != nil {
		return s, err
	}
	entries, err := handover.ReadJournal(m.Dir)
	if err != nil {
		return s, err
	}
	s = Status{Phase: phase, Held: held(now.Owners, now.Shards), Last: entries[max(0, len(entries)-most):],
		Next: map[Phase]string{Nothing: "rung handover start", Moving: "rung handover start", Moved: "rung handover finish",
			Finished: "nothing: the move is over"}[phase]}
	if len(k.After) != len(now.Owners) {
		return s, nil
	}
	for slot, owner := range now.Owners {
		if k.Before[slot] != k.After[slot] {
			s.Move++
			if owner == k.After[slot] {
				s.Moved++
			}
		}
	}
	s.Left = left(entries, s.Moved, s.Move)
	return s, nil
}

// left reckons with the time since the newest start, which is what most of them have taken.
func left(entries []handover.Entry, moved, all int) float64 {
	if moved == 0 || moved == all || len(entries) == 0 {
		return 0
	}
	first, last := entries[0].At, entries[len(entries)-1].At
	return last.Sub(first).Seconds() / float64(moved) * float64(all-moved)
}
