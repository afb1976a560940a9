package main

import (
	"context"
	"errors"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	handoverreport "github.com/rung-dev/rung/handover/report"
	"github.com/rung-dev/rung/handover/slots"
)

// slotMove is the move of slots that the flags name, or that was begun in this directory;
// nil is a move of another kind.
func (a *app) slotMove(spec hosts.Spec, given slots.Spec) (*slots.Move, error) {
	dir := hosts.Dir(a.flags.dir, spec.Name)
	if spec.From != "" || spec.To != "" {
		if given != (slots.Spec{}) {
			return nil, usageError{"--shards: the application knows its databases: leave --from and --to out"}
		}
		return nil, nil
	}
	if given == (slots.Spec{}) {
		if !slots.Begun(dir) {
			return nil, nil
		}
		m, err := slots.Open(dir)
		if m != nil {
			m.Tell = a.tellEntry
		}
		return m, err
	}
	if err := given.Check(); err != nil {
		return nil, errors.Join(usageError{"the move of slots cannot be: mend its flags"}, err)
	}
	if _, err := hosts.ReadSpec(dir); err == nil {
		return nil, usageError{"--shards: a move between two databases lies here; give this one another --name"}
	}
	return &slots.Move{Spec: given, Dir: dir, Tell: a.tellEntry}, nil
}

// tellEntry shows what a step found, did and proved.
func (a *app) tellEntry(e handover.Entry) {
	if e.Step != "" && e.Text != "" {
		a.say("%-20s %s: %s", e.Step, e.Event, e.Text)
	}
}

// runSlots runs a command of rung handover on a move of slots, unless it cannot be.
func (a *app) runSlots(ctx context.Context, m *slots.Move, cannot error, command string) error {
	if cannot != nil {
		return cannot
	}
	switch command {
	case hosts.CommandPlan:
		p, err := m.Plan(ctx)
		if err != nil {
			return err
		}
		return a.show(handoverreport.SlotsPlan(p))
	case hosts.CommandStatus:
	default:
		if err := m.Do(ctx, command); err != nil {
			return err
		}
	}
	s, err := m.Status(ctx)
	if err != nil {
		return err
	}
	return a.show(handoverreport.Slots(s))
}
