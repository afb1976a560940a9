package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/stacks/artifact"
)

func (a *app) costCommand() *cobra.Command {
	var f costFile
	measured := ""
	var o billView
	c := &cobra.Command{
		Use:   "cost [STAGE]",
		Short: "Price a stage, or any Pulumi stack from a file, line by line",
		Long: `Price a stage, line by line, without the engine and in under a second.
With --file, price any Pulumi stack, rung's or not: give it what
"pulumi stack export" or "pulumi preview --json" printed, a file of a backend of
your own, or the engine's events; "-" is the standard input. A preview has a cost
before and after; --before compares with another file.

What no property tells is told by --users and --peak, or by a file of usage, which
"rung usage init" writes. Of --set it takes users, peakRequestsPerSecond, budget and
reservedInstances. --discount tells what you pay less than the list, --currency shows
the month in another currency besides, --by-tag sums it up by the values of a tag.

Exit code 3 says that the month is over the budget, or that a change raises it by more
than --max-increase.`,
		Example: `  rung cost 3
  pulumi stack export > stack.json && rung cost --file stack.json
  pulumi preview --json --show-sames | rung cost --file - --users 20000`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			switch {
			case f.path != "" && measured != "":
				return usageError{"--measured belongs to a STAGE: nothing of a stack in a file runs in the lab"}
			case f.path != "" && len(args) > 0:
				return usageError{"want a STAGE or --file, not both"}
			case f.path != "":
				return a.costOfFile(f, o)
			case len(args) == 0:
				return usageError{"want a STAGE, 1 to 6, or --file FILE"}
			case f.given():
				return usageError{"--before, --usage, --users, --peak and --region belong to --file; a stage has --set " +
					"users=…, " +
					"--set peakRequestsPerSecond=… and --set regions=…"}
			}
			if measured != "" {
				return a.costMeasured(args[0], measured, f, o)
			}
			return a.costOfStage(args[0], f, o)
		}),
	}
	f.flags(c.Flags())
	f.discountFlag(c.Flags())
	o.flags(c.Flags())
	c.Flags().StringVar(&measured, "measured", "",
		"`source` of figures: lab prices a STAGE by what the lab's last load has shown, in place of the profile")
	c.Flags().StringVar(&f.before, "before", "", "price what changes since the stack in this `file`")
	return c
}

// billView is how a bill is shown and judged.
type billView struct{ rate, tag, increase string }

func (o *billView) flags(set *pflag.FlagSet) {
	set.StringVar(&o.rate, "currency", "", "show the month in a currency besides, at your `rate` of a day: EUR=0.92@2026-11-27")
	set.StringVar(&o.tag, "by-tag", "", "sum the month up by the values of this `tag`")
	increaseFlag(set, &o.increase)
}

// increaseFlag is the limit on what a change may cost more.
func increaseFlag(set *pflag.FlagSet, into *string) {
	set.StringVar(into, "max-increase", "", "the most by which a change may raise the month, an `amount`: 10% or $200")
}

// of shows a bill as the flags say, and judges what its change costs more.
func (o billView) of(b preview.Bill, resources []cost.Resource) (preview.Bill, error) {
	rate, wrongRate := preview.ParseRate(o.rate)
	limit, wrongLimit := preview.ParseIncrease(o.increase)
	var errs []error
	if wrongRate != nil {
		errs = append(errs, usageError{"--currency: " + wrongRate.Error()})
	}
	if wrongLimit != nil {
		errs = append(errs, usageError{"--max-increase: " + wrongLimit.Error()})
	}
	if o.increase != "" && !b.Compared {
		errs = append(errs, usageError{"--max-increase: there is no month before; give a preview, or the state before " +
			"with --before"})
	}
	b = b.In(rate).ByTag(o.tag, resources)
	b.Stopped = limit.Stops(b.Cost)
	return b, errors.Join(errs...)
}

// costOfStage prices what a stage's program registers.
func (a *app) costOfStage(stage string, f costFile, o billView) error {
	s, e, model, err := a.discountedStage(stage, f)
	if err != nil {
		return err
	}
	b := preview.NewBill(fmt.Sprintf("stage %d", s.config.Stage), e.Estimate(model), s.config.Stage, s.config.Traffic(),
		s.config.Budget)
	if b, err = o.of(b, model); err != nil {
		return err
	}
	return a.bill(b.InRegions(s.config.Regions))
}

// discountedStage is a stage with what prices it as somebody buys.
func (a *app) discountedStage(stage string, f costFile) (*session, *cost.Estimator, []resource.Resource, error) {
	s, e, model, err := a.priceable(stage)
	if err != nil {
		return nil, nil, nil, err
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return nil, nil, nil, err
	}
	e, err = f.discounted(catalogue, e)
	return s, e, model, err
}

// priceable runs a stage's program in this process, and gives what it registers with
// what prices it.
func (a *app) priceable(stage string) (*session, *cost.Estimator, []resource.Resource, error) {
	s, err := a.read(stage)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := s.checkNamed(); err != nil {
		return nil, nil, nil, err
	}
	recording, err := a.recording(s.wanted)
	if err != nil {
		return nil, nil, nil, err
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return nil, nil, nil, err
	}
	return s, estimator(catalogue, s.config), recording.Model(), nil
}

// recording runs the program in this process. No price depends on the app, so
// any file stands in for it.
func (a *app) recording(set settings, opts ...record.Option) (*record.Recording, error) {
	standIn := artifact.Artifact{Path: os.Args[0], SHA256: strings.Repeat("0", 64)}
	return record.Run(a.program(standIn),
		append(opts, record.Stack(a.flags.stack), record.Config(a.secrets.open(set).engine()))...)
}

// errPartial is a bill of a preview that failed.
var errPartial = errors.New("the preview failed, so that the bill is of a part of the stack; mend what it says and " +
	"preview again")

func (a *app) bill(b preview.Bill) error {
	if err := a.show(view.Bill(b)); err != nil {
		return err
	}
	switch {
	case b.Partial != "":
		return errPartial
	case b.OverBudget():
		return errOverBudget
	case b.Stopped != "":
		return errIncrease
	}
	return nil
}

// costOfFile prices a stack that need not be rung's.
func (a *app) costOfFile(f costFile, o billView) error {
	p, err := a.priceFile(f)
	if err != nil {
		return err
	}
	b, err := o.of(p.bill(), p.stack.After)
	if err != nil {
		return err
	}
	return a.bill(b)
}
