package handover

import (
	"context"
	"errors"
	"fmt"
)

// ErrKilled is what a test's Point returns in place of a kill: what would be put
// right after an error is not, as nobody would be there to do it.
var ErrKilled = errors.New("the mover was killed")

// Run is one run of a list of steps.
type Run struct {
	// Journal keeps what each step found, did and proved. Required.
	Journal *Journal
	// Command is the command that runs, such as "start".
	Command string
	// Tell is called with each entry as it is written; nil tells nobody.
	Tell func(Entry)
	// Point is called between what happens, as "copy/did", so that tests can end the
	// mover there; an error ends the run as it stands. Nil does nothing.
	Point func(point string) error
}

// Steps runs the steps in their order and stops at the first that fails. A step
// that finds itself done is not done again.
func (r Run) Steps(ctx context.Context, steps ...Step) error {
	for _, s := range steps {
		if err := r.step(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func (r Run) step(ctx context.Context, s Step) error {
	found, err := s.find(ctx)
	if err != nil {
		return r.failed(s, err)
	}
	if err := r.note(s, EventFound, found.Text); err != nil || found.Done {
		return err
	}
	did, err := s.Do(ctx)
	if err != nil {
		return r.failed(s, err)
	}
	if err := r.note(s, EventDid, did); err != nil {
		return err
	}
	proof, err := s.prove(ctx)
	if err != nil {
		return r.failed(s, err)
	}
	return r.note(s, EventProved, proof)
}

// note writes an entry. The point lies before it: what was done and not written is
// the hardest place to go on from.
func (r Run) note(s Step, event Event, text string) error {
	if err := r.point(s.Name + "/" + string(event)); err != nil {
		return err
	}
	return r.write(Entry{Command: r.Command, Step: s.Name, Event: event, Text: text})
}

func (r Run) point(name string) error {
	if r.Point == nil {
		return nil
	}
	return r.Point(name)
}

func (r Run) failed(s Step, err error) error {
	if errors.Is(err, ErrKilled) {
		return err
	}
	return errors.Join(err, r.write(Entry{Command: r.Command, Step: s.Name, Event: EventFailed, Text: err.Error()}))
}

// Note writes what belongs to the whole run, such as how long a pause was.
func (r Run) Note(event Event, text string) error {
	return r.write(Entry{Command: r.Command, Event: event, Text: text})
}

func (r Run) write(e Entry) error {
	e, err := r.Journal.Append(e)
	if err == nil && r.Tell != nil {
		r.Tell(e)
	}
	return err
}
