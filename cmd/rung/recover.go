package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
)

// recover settles what a run that was broken off left open, before this one makes
// anything: a resource may exist that the stack does not know of, and making it
// again would leave the first one behind, unseen and paid for. The offline cloud
// can be asked for it. On AWS that is for the user to see.
func (s *session) recover(ctx context.Context) error {
	pending, err := s.stack.Pending(ctx)
	if err != nil || len(pending) == 0 {
		return err
	}
	if !s.app.flags.offline() {
		return fmt.Errorf("%s", askAboutPending(s.stack, pending))
	}
	made, err := offline.Made(s.stack.StateFile(), pending)
	if err != nil {
		return err
	}
	known, err := s.known(ctx)
	if err != nil {
		return err
	}
	for urn, id := range made {
		if known[urn+" "+id] {
			delete(made, urn)
		}
	}
	if err := s.stack.Settle(ctx, made); err != nil {
		return fmt.Errorf("take up what the last run left open: %w", err)
	}
	s.app.say("The last run was broken off while it made %s; what of that exists is in the stack now.", strings.Join(namesOf(pending), ", "))
	return nil
}

// known are the resources in the stack's state, as "URN ID".
func (s *session) known(ctx context.Context) (map[string]bool, error) {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, r := range resources {
		out[string(r.URN)+" "+string(r.ID)] = true
	}
	return out, nil
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

// namesOf are the logical names of resources.
func namesOf(urns []string) []string {
	names := make([]string, len(urns))
	for i, urn := range urns {
		names[i] = urn[strings.LastIndex(urn, ":")+1:]
	}
	return names
}
