// Package handover moves what a live system has collected, its rows, files and
// sessions, from one place to another while people use it, and keeps a way back.
//
// A move is a list of steps. Each looks at the world first and says what it found,
// does what is still to do, and proves it; a durable journal keeps all three. The
// world and not the journal decides what is still to be done, so a mover that was
// killed anywhere goes on by being run again.
//
// The package is the engine alone. postgres moves rows, files moves uploads, keys
// moves what is in Redis, edge holds writes back for the moment of the change, and
// hosts makes the moves between two plain hosts of them.
package handover

import (
	"context"
	"fmt"
)

// Step is one thing that a move does. It may be run any number of times.
type Step struct {
	// Name is the step in the journal, such as "copy". Unique in its move.
	Name string
	// Says is what the step does, in a line for people.
	Says string
	// Find looks at the world, changes nothing, and says what it found and whether
	// nothing is left to do. Nil means that the step is always done.
	Find func(context.Context) (Found, error)
	// Do does it and says what it did.
	Do func(context.Context) (string, error)
	// Prove looks whether it holds afterwards and says by what. Nil means that Find
	// does: it must find the step done.
	Prove func(context.Context) (string, error)
}

// Found is what a step found.
type Found struct {
	// Done says that there is nothing left to do.
	Done bool
	// Text is what there is, for people.
	Text string
}

// prove is the step's proof, or what it finds now.
func (s Step) prove(ctx context.Context) (string, error) {
	if s.Prove != nil {
		return s.Prove(ctx)
	}
	if s.Find == nil {
		return "", nil
	}
	found, err := s.Find(ctx)
	if err == nil && !found.Done {
		err = fmt.Errorf("it was done and does not hold: %s", found.Text)
	}
	return found.Text, err
}

// find is what the step finds.
func (s Step) find(ctx context.Context) (Found, error) {
	if s.Find == nil {
		return Found{}, nil
	}
	return s.Find(ctx)
}
