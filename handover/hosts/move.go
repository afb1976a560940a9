package hosts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/postgres"
)

// Move is one move, open for one command.
type Move struct {
	spec        Spec
	from, to    *postgres.Side
	there, back postgres.Stream
	edge        edge.Edge
	journal     *handover.Journal
	// Tell is called with each entry of the journal; nil tells nobody.
	Tell func(handover.Entry)
	// Watch is called with how far the copy is, about once a second; nil tells nobody.
	Watch func(Progress)
	// Point ends the mover at a point, for tests.
	Point func(string) error
	// longest is the longest time for which this command held writes back.
	longest time.Duration
}

// Open connects to both sides. Dir is where the journal lies; empty means none, for
// commands that only look.
func Open(ctx context.Context, spec Spec, dir string) (*Move, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	spec = spec.withDefaults()
	only, err := postgres.TableNames(spec.Tables)
	if err != nil {
		return nil, err
	}
	m := &Move{spec: spec, edge: spec.Edge.Edge(),
		from: &postgres.Side{Name: "from", URL: spec.From, Seen: spec.FromSeen, Only: only},
		to:   &postgres.Side{Name: "to", URL: spec.To, Seen: spec.ToSeen, Only: only}}
	m.there = postgres.Stream{Pub: m.from, Sub: m.to, Name: "rung_" + spec.Name + "_there"}
	m.back = postgres.Stream{Pub: m.to, Sub: m.from, Name: "rung_" + spec.Name + "_back"}
	if err := errors.Join(m.from.Open(ctx), m.to.Open(ctx)); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if dir == "" {
		return m, nil
	}
	journal, err := handover.OpenJournal(dir)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	m.journal = journal
	return m, nil
}

// Close ends the connections and gives the journal back.
func (m *Move) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := errors.Join(m.from.Close(ctx), m.to.Close(ctx))
	if m.journal != nil {
		err = errors.Join(err, m.journal.Close())
	}
	return err
}

// Facts reads how far the move is.
func (m *Move) Facts(ctx context.Context) (Facts, error) {
	var f Facts
	owner, err := m.to.Claimed(ctx)
	if err != nil {
		return f, err
	}
	f.Claimed = owner == m.spec.Name
	if f.From, err = m.from.Gate(ctx); err != nil {
		return f, err
	}
	if f.To, err = m.to.Gate(ctx); err != nil {
		return f, err
	}
	if f.There, err = m.there.Flow(ctx); err != nil {
		return f, err
	}
	f.Back, err = m.back.Flow(ctx)
	return f, err
}

// begin looks whether a command fits and gives what runs its steps.
func (m *Move) begin(ctx context.Context, command string) (handover.Run, Facts, error) {
	run := handover.Run{Journal: m.journal, Command: command, Tell: m.Tell, Point: m.Point}
	f, err := m.Facts(ctx)
	if err != nil {
		return run, f, err
	}
	if f.Phase() == Nothing && slices.Contains([]string{CommandFinish, CommandAbort}, command) {
		entries, err := m.journal.Entries()
		if n := len(entries); err != nil || n > 0 && entries[n-1].Command == command && !isOver(entries) {
			return run, f, err // it has done everything but say so
		}
	}
	return run, f, f.Phase().fits(command)
}

// Longest is the longest time for which this command has held writes back; zero
// means that it did not.
func (m *Move) Longest() time.Duration { return m.longest }

// ended writes the end of a command.
func (m *Move) ended(run handover.Run, err error, text string) error {
	if err != nil {
		return fmt.Errorf("handover %s: %w", run.Command, err)
	}
	return run.Note(handover.EventEnded, text)
}
