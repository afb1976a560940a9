// Package pack runs the rules inside the Pulumi engine, as a policy pack for
// any `pulumi preview` or `pulumi up` with --policy-pack.
//
// The engine starts the executable, asks for the policies of the stack and
// shows each of them every resource; stack rules see all of them at the end.
// The pack adds three policies of its own: the month's estimate, what could
// not be decided in a preview, and exceptions that have expired. It costs less
// than a second in a preview of a hundred resources. It refuses to start with
// settings that it does not understand, naming every wrong key.
package pack

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
)

// Name is the pack's name in all output.
const Name = "rung-policies"

// Version is the pack's own version.
var Version = semver.MustParse("1.0.0")

// The policies that are not rules.
const (
	// EstimateID prints the month's estimate; always advisory.
	EstimateID = "month-estimate"
	// UndecidedID names what a preview could not decide; always advisory.
	UndecidedID = "undecided-until-up"
	// ExpiredID reports exceptions whose last day is over; always mandatory.
	ExpiredID = "exception-expired"
)

// Main serves the pack to the engine that started this process, until the
// engine goes away, also when it was killed.
func Main() error {
	if err := leaveWith(os.Args[1:], engineCheck, func() { os.Exit(0) }); err != nil {
		return err
	}
	return policyx.Main(factory)
}

// factory builds the pack for one run. Its error reaches the user.
func factory(ctx *pulumi.Context) (policyx.PolicyPack, error) {
	c := config.New(ctx, "rung")
	s, err := Settings(c.Get, time.Now())
	if err != nil {
		return nil, fmt.Errorf("read the stack's policy settings:\n%w", err)
	}
	return New(s)
}

// New builds the pack for settings.
func New(s rule.Settings) (policyx.PolicyPack, error) {
	r := newRun(s)
	return policyx.NewPolicyPack(Name, Version, policyx.EnforcementLevelAdvisory, r.policies())
}

// policies are the rules that are not disabled, and the pack's own policies
// last: they report what the others left.
func (r *run) policies() []policyx.Policy {
	var all []policyx.Policy
	for _, each := range rules.All() {
		if p := r.policy(each); p != nil {
			all = append(all, p)
		}
	}
	return append(all, r.companions()...)
}

// policy is the rule as the engine wants it; nil for one that does not run.
func (r *run) policy(of rule.Rule) policyx.Policy {
	level, on := enforcement(of.LevelFor(r.settings))
	if !on || of.Kind == rule.OnPlan {
		return nil
	}
	description := Description(of)
	if of.Kind == rule.OnResource {
		return policyx.NewResourceValidationPolicy(of.ID, policyx.ResourceValidationPolicyArgs{
			Description: description, EnforcementLevel: level,
			ValidateResource: func(_ context.Context, a policyx.ResourceValidationArgs) error {
				r.resource(&of, a)
				return nil
			},
		})
	}
	return policyx.NewStackValidationPolicy(of.ID, policyx.StackValidationPolicyArgs{
		Description: description, EnforcementLevel: level,
		ValidateStack: func(_ context.Context, a policyx.StackValidationArgs) error {
			r.stack(&of, a)
			return nil
		},
	})
}

// Description is the rule's first line in all output, with its severity.
func Description(r rule.Rule) string { return fmt.Sprintf("[%s] %s.", r.Severity, r.Title) }

func enforcement(l rule.Level) (policyx.EnforcementLevel, bool) {
	switch l {
	case rule.Mandatory:
		return policyx.EnforcementLevelMandatory, true
	case rule.Disabled:
		return policyx.EnforcementLevelDisabled, false
	}
	return policyx.EnforcementLevelAdvisory, true
}

// resource shows one resource to one rule.
func (r *run) resource(of *rule.Rule, a policyx.ResourceValidationArgs) {
	r.keep(a.Resource)
	typ := rule.Canonical(a.Resource.Type)
	if !slices.Contains(of.Types, typ) {
		return
	}
	res := convert(a.Resource)
	r.report(of, a.Manager, func() rule.Report { return of.OnOne(&res, r.settings) })
}

// stack shows the whole stack to one rule.
func (r *run) stack(of *rule.Rule, a policyx.StackValidationArgs) {
	st := r.index(a.Resources)
	r.report(of, a.Manager, func() rule.Report { return of.On(st, r.settings) })
}

// report runs a check and passes on what it says. A check that panics is a
// fault of rung: it must not end the user's run, nor pass in silence.
func (r *run) report(of *rule.Rule, m policyx.PolicyManager, check func() rule.Report) {
	defer func() {
		if fault := recover(); fault != nil {
			r.pend(of.ID, rule.Undecided{Property: fmt.Sprintf("a fault of the rule itself (%v)", fault)})
		}
	}()
	got := check()
	for _, u := range got.Undecided {
		r.pend(of.ID, u)
	}
	for _, f := range r.settings.Accept(of.ID, got.Found) {
		m.ReportViolation(f.Message, f.URN)
	}
}
