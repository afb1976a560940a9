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

// leaveHandover forgets a stored handover on the way down: below stage 3 the
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

// checkStanding holds what is wanted against what the stack has.
func (s *session) checkStanding(ctx context.Context) error {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if err := s.sameAccount(ctx); err != nil {
		return err
	}
	s.had = texts(outputsOf(resources)["data"])
	if err := stacks.CheckPrevious(outputsOf(resources), s.config); err != nil {
		return err
	}
	notes, err := stacks.CheckStanding(byName(resources), s.config, s.given())
	if err != nil {
		return err
	}
	for _, note := range notes {
		s.app.say("%s", note)
	}
	return s.keepServer(resources)
}

// byName looks resources up by their type and logical name.
func byName(resources []apitype.ResourceV3) stacks.State {
	return func(typ, name string) (asked, has map[string]any) {
		for _, r := range resources {
			if r.Custom && !r.Delete && string(r.Type) == typ && r.URN.Name() == name {
				return r.Inputs, r.Outputs
			}
		}
		return nil, nil
	}
}

// given are the settings that somebody has made, stored or for this run.
func (s *session) given() map[string]bool {
	keys := map[string]bool{}
	for key := range config.Flat(s.app.secrets.open(s.wanted)) {
		keys[key] = true
	}
	return keys
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
		"stay beside the new database, reachable from it. `rung handover finish` sets rung:handover to done.")
	return s.want(handoverKey, string(config.HandoverPending))
}

// tellHandover says how to go on where the rows are still on the server.
func (s *session) tellHandover() {
	if s.config.Handover == config.HandoverPending {
		s.app.say("The server still has the rows and serves everybody. Move them while people work: "+
			"`rung handover plan --from URL --to URL`\nsays what would move and what stands in the way (docs/handover.md). "+
			"`rung handover finish` at the end sets rung:handover to done, and `rung up %d` leads everybody to the fleet then.",
			s.config.Stage)
	}
}

// hasServer reports whether the state has the single server of stages 1 and 2.
func hasServer(resources []apitype.ResourceV3) bool {
	for _, r := range resources {
		if r.Type == serverToken {
			return true
		}
	}
	return false
}
