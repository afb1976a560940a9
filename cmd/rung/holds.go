package main

import (
	"context"
	"fmt"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/orphans"
)

// cloud is what can be asked what exists of the stack.
func (s *session) cloud() orphans.Cloud {
	if s.app.flags.offline() {
		return offlineCloud{file: s.stack.StateFile()}
	}
	return unasked{}
}

// offlineCloud is the file of the offline cloud, which knows every URN.
type offlineCloud struct{ file string }

// Holds reads the file.
func (c offlineCloud) Holds(_ context.Context, stack string) ([]orphans.Thing, error) {
	held, err := offline.Holds(c.file, engine.Project, stack)
	things := make([]orphans.Thing, len(held))
	for i, e := range held {
		things[i] = orphans.Thing{
			URN: e.URN, Type: e.Type, Name: e.Name, ID: e.ID, Provider: e.Provider, Region: e.Region, Number: e.Number,
		}
	}
	return things, err
}

// unasked is a cloud that nobody can ask.
type unasked struct{}

// Holds knows of nothing.
func (unasked) Holds(context.Context, string) ([]orphans.Thing, error) { return nil, nil }

// howToRemove says how the user gets rid of a thing that has no place in the stack.
func (s *session) howToRemove(t orphans.Thing) string {
	if s.app.flags.offline() {
		return fmt.Sprintf("To be rid of it, take the entry with the id %q out of %s.", t.ID, s.stack.StateFile())
	}
	return "To be rid of it, delete it in AWS's console or with AWS's command line."
}
