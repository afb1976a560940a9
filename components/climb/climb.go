// Package climb says when a stage is at its end: which limit is near, and what
// the next stage changes about it.
//
// Every stage has it. A single alarm is no reason to climb: a machine that is
// busy for a quarter of an hour is well used. A signal therefore asks several
// of the alarms that the components have anyway, the limit and those who feel
// it say, or waits for an hour where it has to measure by itself. It costs
// $0.50 a month for each signal, a composite alarm, and $0.10 for each limit.
//
// The package refuses a signal that does not say what is near and what to do,
// and one that asks more alarms than CloudWatch takes.
package climb

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Climb"

var _ pulumi.ComponentResource = (*Climb)(nil)

// maxAlarms is how many alarms a composite alarm may ask.
const maxAlarms = 100

// maxText is the longest text that an alarm takes, in characters.
const maxText = 1024

// Signal is a limit that other alarms show together.
type Signal struct {
	// Name is the signal's part of logical names: "machine" say.
	Name string
	// Near says which limit is near, in a sentence.
	Near string
	// Next is what to do, in a sentence.
	Next string
	// Any are groups of alarm names of the region: the limit is near when, in
	// one group, all fire.
	Any []pulumi.StringArray
}

// Args are the signals of a stage: at least one.
type Args struct {
	part.Common
	// Signals are those that other alarms show, and Limits the others. Their
	// names differ.
	Signals []Signal
	Limits  []Limit
}

// Climb are a stage's signals.
type Climb struct {
	pulumi.ResourceState

	// ARNs are those of all alarms, limits first: what a dashboard shows.
	ARNs pulumi.StringArray
}

// New builds the signals. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Climb, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("climb %s: %w", name, err)
	}
	c := &Climb{}
	if err := ctx.RegisterComponentResource(Token, name, c, opts...); err != nil {
		return nil, fmt.Errorf("register climb %s: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context, string, Args) error{c.buildLimits, c.buildSignals} {
		if err := step(ctx, name, args); err != nil {
			return nil, fmt.Errorf("climb %s: %w", name, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arns": c.ARNs})
}

func (a Args) validate() error {
	var errs []error
	if len(a.Signals)+len(a.Limits) == 0 {
		errs = append(errs, errors.New("Signals, Limits: got none, want at least one"))
	}
	seen := map[string]bool{}
	named := func(at, name string) {
		if name == "" || seen[name] {
			errs = append(errs, fmt.Errorf("%s.Name: got %q, want a name of its own", at, name))
		}
		seen[name] = true
	}
	for i, l := range a.Limits {
		at := fmt.Sprintf("Limits[%d]", i)
		named(at, l.Name)
		errs = append(errs, l.check(at))
	}
	for i, s := range a.Signals {
		at := fmt.Sprintf("Signals[%d]", i)
		named(at, s.Name)
		errs = append(errs, s.check(at))
	}
	return errors.Join(errs...)
}

func (s Signal) check(at string) error {
	var errs []error
	if s.Near == "" || s.Next == "" {
		errs = append(errs, fmt.Errorf("%s: Near and Next are required", at))
	}
	if len(s.text()) > maxText {
		errs = append(errs, fmt.Errorf("%s: Near and Next have %d characters, want at most %d together", at, len(s.text()),
			maxText))
	}
	n := 0
	for _, group := range s.Any {
		if len(group) == 0 {
			errs = append(errs, fmt.Errorf("%s.Any: got an empty group, which would always fire", at))
		}
		n += len(group)
	}
	if n == 0 || n > maxAlarms {
		errs = append(errs, fmt.Errorf("%s.Any: got %d alarms, want 1 to %d", at, n, maxAlarms))
	}
	return errors.Join(errs...)
}

func (s Signal) text() string { return s.Near + " " + s.Next }

func (c *Climb) buildLimits(ctx *pulumi.Context, name string, args Args) error {
	list := make([]alarms.Alarm, len(args.Limits))
	for i, l := range args.Limits {
		list[i] = l.near()
	}
	made, err := alarms.Create(ctx, c, name, args.Common, list...)
	for _, alarm := range made {
		c.ARNs = append(c.ARNs, alarm.Arn)
	}
	return err
}

func (c *Climb) buildSignals(ctx *pulumi.Context, name string, args Args) error {
	for _, s := range args.Signals {
		made, err := alarms.Compose(ctx, c, name, args.Common, alarms.Composite{Name: s.Name, Why: s.text(), Any: s.Any})
		if err != nil {
			return err
		}
		c.ARNs = append(c.ARNs, made.Arn)
	}
	return nil
}
