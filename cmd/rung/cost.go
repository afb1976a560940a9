package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

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
	c := &cobra.Command{
		Use:   "cost [STAGE]",
		Short: "Price a rung, or any Pulumi stack from a file, line by line",
		Long: `Price a rung, line by line, without the engine and in under a second.
With --file, price any Pulumi stack, rung's or not: give it what
"pulumi stack export" or "pulumi preview --json" printed, a file of a backend of
your own, or the engine's events; "-" is the standard input. A preview has a cost
before and after; --before compares with another file.

What no property tells is told by --users and --peak, or by a file of usage, which
"rung usage init" writes. Of --set it takes users, peakRequestsPerSecond, budget and
reservedInstances.`,
		Example: `  rung cost 3
  pulumi stack export > stack.json && rung cost --file stack.json
  pulumi preview --json --show-sames | rung cost --file - --users 20000`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			switch {
			case f.path != "" && measured != "":
				return usageError{"cost: --measured belongs to a STAGE: nothing of a stack in a file runs in the lab"}
			case f.path != "" && len(args) > 0:
				return usageError{"cost: want a STAGE or --file, not both"}
			case f.path != "":
				return a.costOfFile(f)
			case len(args) == 0:
				return usageError{"cost: want a STAGE, 1 to 6, or --file FILE"}
			case f.given():
				return usageError{"cost: --before, --usage, --users, --peak and --region belong to --file; a stage has --set " +
					"users=…, " +
					"--set peakRequestsPerSecond=… and --set regions=…"}
			}
			if measured != "" {
				return a.costMeasured(args[0], measured)
			}
			return a.costOfStage(args[0])
		}),
	}
	f.flags(c.Flags())
	c.Flags().StringVar(&measured, "measured", "",
		"lab prices a STAGE by what the lab's last load has shown, in place of the profile")
	c.Flags().StringVar(&f.before, "before", "", "price what changes since the stack in this `file`")
	return c
}

// costOfStage prices what a stage's program registers.
func (a *app) costOfStage(stage string) error {
	s, e, model, err := a.priceable(stage)
	if err != nil {
		return err
	}
	b := preview.NewBill(fmt.Sprintf("stage %d", s.config.Stage), e.Estimate(model), s.config.Stage, s.config.Traffic(),
		s.config.Budget)
	return a.bill(b.InRegions(s.config.Regions))
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
	}
	return nil
}

// costOfFile prices a stack that need not be rung's.
func (a *app) costOfFile(f costFile) error {
	p, err := a.priceFile(f)
	if err != nil {
		return err
	}
	return a.bill(p.bill())
}
