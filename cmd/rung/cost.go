package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/ladder"
)

func (a *app) costCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "cost [STAGE]",
		Short: "Price a rung, or any Pulumi stack from a file, line by line",
		Long: `Price a rung, line by line, without the engine and in under a second.
With --file, price any Pulumi stack, rung's or not: give it what
"pulumi stack export" or "pulumi preview --json" printed.`,
		Example: `  rung cost 3
  pulumi stack export > stack.json && rung cost --file stack.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			switch {
			case file != "" && len(args) > 0:
				return usageError{"cost: want a STAGE or --file, not both"}
			case file != "":
				return a.costOfFile(file)
			case len(args) == 0:
				return usageError{"cost: want a STAGE, 1 to 6, or --file FILE"}
			}
			return a.costOfStage(args[0])
		}),
	}
	c.Flags().StringVar(&file, "file", "",
		`price the stack in this file: a "pulumi stack export" or a "pulumi preview --json"`)
	return c
}

// costOfStage runs the program in this process and prices what it registers.
func (a *app) costOfStage(stage string) error {
	s, err := a.read(stage)
	if err != nil {
		return err
	}
	if err := s.checkNamed(); err != nil {
		return err
	}
	recording, err := a.recording(s.wanted)
	if err != nil {
		return err
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return err
	}
	e := estimator(catalogue, s.config).Estimate(recording.Model())
	b := preview.NewBill(fmt.Sprintf("stage %d", s.config.Stage), e, s.config.Stage, s.config.Traffic(), s.config.Budget)
	return a.bill(b.InRegions(s.config.Regions))
}

// recording runs the program in this process. No price depends on the app, so
// any file stands in for it.
func (a *app) recording(set settings, opts ...record.Option) (*record.Recording, error) {
	standIn := artifact.Artifact{Path: os.Args[0], SHA256: strings.Repeat("0", 64)}
	return record.Run(a.program(standIn),
		append(opts, record.Stack(a.flags.stack), record.Config(a.secrets.open(set).engine()))...)
}

func (a *app) bill(b preview.Bill) error {
	if err := a.show(view.Bill(b)); err != nil {
		return err
	}
	if b.OverBudget() {
		return errOverBudget
	}
	return nil
}

// costOfFile prices a stack that need not be rung's. One that is carries the
// load of its stage; of any other the load is not known.
func (a *app) costOfFile(path string) error {
	resources, err := cost.ReadFile(path)
	if err != nil {
		return usageError{err.Error()}
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return err
	}
	stage := stageOf(resources)
	var traffic ladder.Traffic
	if found, err := ladder.Get(stage); err == nil {
		traffic = found.Traffic
	}
	e := cost.NewEstimator(catalogue, cost.Options{Traffic: traffic}).Estimate(resources)
	return a.bill(preview.NewBill(path, e, stage, traffic, decimal.Zero))
}

// stageOf is the stage that the resources are tagged with, 0 for none.
func stageOf(resources []cost.Resource) ladder.Number {
	highest := ladder.Number(0)
	for _, r := range resources {
		highest = max(highest, preview.StageOf(r.Props))
	}
	return highest
}
