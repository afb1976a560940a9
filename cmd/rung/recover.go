package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/orphans"
	"github.com/rung-dev/rung/stacks"
)

// recover settles what runs that were broken off left open, before this one
// makes or deletes anything: a resource may exist that the stack does not know of,
// and making it again would leave the first one behind, unseen and paid for.
func (s *session) recover(ctx context.Context) error {
	found, err := s.lookAround(ctx)
	if err != nil || found.nothing() {
		return err
	}
	if !s.app.flags.offline() && len(found.pending) > 0 {
		s.tellTakenUp(found, unplaced(found.unknown))
		return fmt.Errorf("%s", askAboutPending(s.stack, urnsOf(found.pending)))
	}
	places, err := s.places(ctx, found)
	if err != nil {
		return err
	}
	if len(places.Adopt)+len(found.pending)+len(found.suspects) > 0 {
		if err := s.stack.TakeUp(ctx, places.Adopt, found.suspects); err != nil {
			return fmt.Errorf("take up what the last run left open: %w", err)
		}
	}
	s.tellTakenUp(found, places)
	return nil
}

// astray is what a stack's state and its cloud may disagree about because of a
// run that was broken off.
type astray struct {
	state []apitype.ResourceV3
	// unknown is what the cloud holds and the state does not.
	unknown []orphans.Thing
	// pending are the creations that the engine never saw the end of.
	pending []apitype.ResourceV3
	// suspects are resources of the state that may be changed or gone.
	suspects []string
}

func (a astray) nothing() bool { return len(a.unknown)+len(a.pending)+len(a.suspects) == 0 }

// lookAround compares the stack with its cloud. It changes nothing.
func (s *session) lookAround(ctx context.Context) (astray, error) {
	state, err := s.stack.Snapshot(ctx)
	if err != nil {
		return astray{}, err
	}
	found := astray{state: state.Resources}
	if s.app.flags.offline() || s.unended != nil || len(state.PendingOperations) > 0 { // AWS is asked only with a reason
		things, err := s.held(ctx, state.Resources)
		if err != nil {
			return astray{}, err
		}
		found.unknown = orphans.Unknown(things, state.Resources)
	}
	for _, op := range state.PendingOperations {
		if op.Type == apitype.OperationTypeCreating {
			found.pending = append(found.pending, op.Resource)
		}
	}
	found.suspects = suspects(state, s.stack.Open())
	return found, nil
}

// suspects are the resources of a state whose last operation may have happened
// although nobody saw it. What holds data is suspected only of being deleted, as
// somebody had confirmed: else a stack that looks into the wrong account would
// forget its data.
func suspects(state apitype.DeploymentV3, begun map[string]apitype.OpType) []string {
	open := map[string]bool{} // true for a deletion
	for _, op := range state.PendingOperations {
		if op.Type == apitype.OperationTypeUpdating || op.Type == apitype.OperationTypeDeleting {
			open[string(op.Resource.URN)] = op.Type == apitype.OperationTypeDeleting
		}
	}
	for urn, op := range begun {
		open[urn] = open[urn] || op == apitype.OpDelete || op == apitype.OpDeleteReplaced
	}
	urns := orphans.Unread(state.Resources)
	for _, r := range state.Resources {
		deleted, begun := open[string(r.URN)]
		if _, holds := guard.HoldsData(string(r.Type)); begun && r.Custom && !r.External && (deleted || !holds) {
			urns = append(urns, string(r.URN))
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns)
}

// places finds the place in the stack of what it does not know. The program is
// asked for it: what it would create is already there.
func (s *session) places(ctx context.Context, found astray) (orphans.Adoption, error) {
	if len(found.unknown) == 0 || !s.app.flags.offline() {
		return unplaced(found.unknown), nil
	}
	s.app.log("looking for the place of what the last run left in the cloud")
	planned, err := s.run().Preview(ctx)
	if err != nil && ctx.Err() != nil {
		return orphans.Adoption{}, err
	}
	var steps []apitype.StepEventMetadata
	for _, e := range planned.Events { // those of a preview that failed in the end tell as well
		if e.ResourcePreEvent != nil {
			steps = append(steps, e.ResourcePreEvent.Metadata)
		}
	}
	return orphans.Plan(found.unknown, orphans.Sources{
		State: found.state, Pending: found.pending, Steps: steps, Stays: stacks.Stays, HoldsData: s.mayHoldData, Hook: guard.HookName,
	}), nil
}

// unplaced leaves things where they are. That is what is done on AWS: a tag says the
// stack's name, and another stack of the account may have the same.
func unplaced(things []orphans.Thing) (a orphans.Adoption) {
	for _, t := range things {
		a.Left = append(a.Left, orphans.Left{Thing: t, Why: "the last run broke off, or another stack has its name"})
	}
	return a
}

// mayHoldData reports whether a resource may hold data that the user did not
// confirm may go.
func (s *session) mayHoldData(typ, name, urn string) bool {
	_, holds := guard.HoldsData(typ)
	return holds && !guard.Confirmed(s.config.ConfirmDataLoss, name, urn)
}

// tellTakenUp says what is in the stack now, and what is not.
func (s *session) tellTakenUp(found astray, places orphans.Adoption) {
	var taken []string
	for _, r := range places.Adopt {
		if r.Custom && len(r.Outputs) == 0 {
			taken = append(taken, r.URN.Name())
		}
	}
	if len(taken) > 0 {
		s.app.say("An earlier run was broken off: the cloud held what the stack did not know of, and the stack has it now: "+
			"%s.",
			strings.Join(taken, ", "))
	}
	if forgotten := len(found.pending) - len(taken); len(taken) == 0 && forgotten > 0 {
		s.app.say("An earlier run was broken off while it made %s; nothing of that exists.",
			strings.Join(namesOf(urnsOf(found.pending)), ", "))
	}
	for _, l := range places.Left {
		s.app.say("The cloud holds %s, which is not in the stack: %s. %s", l.Thing, l.Why, s.howToRemove(l.Thing))
	}
}

// askAboutPending tells what the user of a real account has to look for.
func askAboutPending(stack *engine.Stack, pending []string) string {
	var b strings.Builder
	b.WriteString("the last run was broken off while it made these resources, and nobody knows whether they exist:\n")
	for _, urn := range pending {
		fmt.Fprintf(&b, "  %s\n", urn)
	}
	fmt.Fprintf(&b, "look for them on AWS by the tag rung:stack = %s, then take each into the stack with\n"+
		"  pulumi refresh --stack %s --import-pending-creates URN --import-pending-creates ID\n"+
		"and, where there are none, forget them with\n"+
		"  pulumi refresh --stack %s --clear-pending-creates\n"+
		"nothing was changed", stack.Name(), stack.Name(), stack.Name())
	return b.String()
}

func urnsOf(resources []apitype.ResourceV3) []string {
	urns := make([]string, len(resources))
	for i, r := range resources {
		urns[i] = string(r.URN)
	}
	return urns
}

// namesOf are the logical names of resources.
func namesOf(urns []string) []string {
	names := make([]string, len(urns))
	for i, urn := range urns {
		names[i] = urn[strings.LastIndex(urn, ":")+1:]
	}
	return names
}
