package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/config"
)

// forOneRun are the settings that hold for the run that gives them and no longer.
func forOneRun() []string { return []string{config.Namespace + ":" + confirmKey} }

// leaveConfirmation takes a confirmation out of the stored settings and says so:
// stages before this one kept it when a run failed, and it may have been written
// for the stock CLI. One that this run gives counts.
func (s *session) leaveConfirmation(set settings) {
	names, has := s.stored[confirmKey]
	if !has {
		return
	}
	delete(s.stored, confirmKey)
	if given, ok := set[confirmKey]; ok {
		s.wanted[confirmKey] = given
	} else {
		delete(s.wanted, confirmKey)
	}
	s.app.say("The stack's file has rung:%s = %s. A confirmation holds for the run that gives it, by --set;\n"+
		"one in the file counts for nothing here, and `rung up` and `rung destroy` take it out.", confirmKey, names)
}

// protectAgain ends the confirmation with the run: what was confirmed and still
// stands, because it was replaced or because the plan did not touch it, has had
// its protections lifted by the program. One more update puts them back.
func (s *session) protectAgain(ctx context.Context) error {
	if len(s.config.ConfirmDataLoss) == 0 {
		return nil
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	standing := named(resources, s.config.ConfirmDataLoss)
	if len(standing) == 0 {
		return nil
	}
	s.app.say("Protecting what was confirmed and stands: %s", strings.Join(standing, ", "))
	if err := s.unconfirm(); err != nil {
		return err
	}
	if _, err := s.run().Up(ctx); err != nil {
		return fmt.Errorf("put the protection of %s back: %w; `rung up %d` tries again", strings.Join(standing, ", "), err,
			s.config.Stage)
	}
	return nil
}

// unconfirm is the configuration of the run without its confirmations.
func (s *session) unconfirm() error {
	delete(s.wanted, confirmKey)
	return s.parse()
}

// named are the resources among them that were confirmed, by logical name.
func named(resources []apitype.ResourceV3, confirmed []string) []string {
	var names []string
	for _, r := range resources {
		if r.Custom && !r.Delete && guard.Confirmed(confirmed, r.URN.Name(), string(r.URN)) {
			names = append(names, r.URN.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lookWithin is how long the look at what a failed run has left may take.
const lookWithin = 20 * time.Second

// tellLifted says, after a run that failed, what stands without its protection
// and how it gets that back.
func (s *session) tellLifted(ctx context.Context) {
	if len(s.config.ConfirmDataLoss) == 0 {
		return
	}
	if ctx.Err() != nil { // whoever interrupts does not want to wait
		s.app.say("The confirmation ended with the run; what it covered may stand without protection.\n"+
			"`rung up %d` protects it again.", s.config.Stage)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return
	}
	var open []apitype.ResourceV3
	for _, r := range resources {
		if _, holds := guard.HoldsData(string(r.Type)); holds && !r.Protect {
			open = append(open, r)
		}
	}
	if names := named(open, s.config.ConfirmDataLoss); len(names) > 0 {
		s.app.say("The run failed, and with it ended the confirmation. Without protection stand: %s.\n"+
			"`rung up %d` protects them again.", strings.Join(names, ", "), s.config.Stage)
	}
}

// tellProtected says which protections the run has put back, beside an output
// that programs read.
func (s *session) tellProtected(r preview.Report) {
	if len(r.Protections) == 0 {
		return
	}
	all := make([]string, len(r.Protections))
	for i, p := range r.Protections {
		all[i] = p.String()
	}
	s.app.say("Protected again: %s.", strings.Join(all, "; "))
}
