package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/config"
)

// handoverKey says whether the single server stays beside the fleet.
const handoverKey = "handover"

// serverToken is the type of the component that is the single server.
const serverToken = "rung:components:Server"

// leaveHandover forgets a stored handover on the way down: below rung 3 the
// server is the system, and there is nothing to hand over.
func (s *session) leaveHandover(set settings) {
	_, asked := set[handoverKey]
	if stage := s.wanted["stage"]; !asked && (stage == "1" || stage == "2") {
		delete(s.wanted, handoverKey)
		if _, was := s.stored[handoverKey]; was {
			s.wanted[handoverKey] = string(config.HandoverNone)
		}
	}
}

// heedPast holds what is wanted against what the stack has.
func (s *session) heedPast(ctx context.Context) error {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if err := stacks.Heed(outputsOf(resources), s.config); err != nil {
		return err
	}
	return s.keepServer(resources)
}

// keepServer sets the handover to pending on a climb that would otherwise
// delete the server with the data on it. It says so.
func (s *session) keepServer(resources []apitype.ResourceV3) error {
	if s.config.Stage < 3 || s.config.Handover != config.HandoverNone {
		return nil
	}
	if !hasServer(resources) {
		return nil
	}
	s.app.say("The stack holds a server with data on it, so rung:handover is set to pending: the server and its volume\n" +
		"stay beside the new database, reachable from it. When the data is moved, set rung:handover to done.")
	return s.want(handoverKey, string(config.HandoverPending))
}

// hasServer reports whether the state has the single server of rungs 1 and 2.
func hasServer(resources []apitype.ResourceV3) bool {
	for _, r := range resources {
		if r.Type == serverToken {
			return true
		}
	}
	return false
}
