package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) saveCommand() *cobra.Command {
	var f costFile
	c := &cobra.Command{
		Use:   "save [STAGE]",
		Short: "Rank what a rung, or any stack, would cost bought otherwise",
		Long: `Rank the ways to have the same resources for less, by money: reservations by type and
term for what runs at the quietest, CloudFront's flat-rate plans, Arm, gp3, Valkey,
versions in extended support, a machine as NAT, addresses that nothing holds. Each is
said with what it commits to, its risk, and what to change. Nothing is changed.`,
		Example: `  rung save 4
  pulumi stack export > stack.json && rung save --file stack.json --users 50000`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			switch {
			case f.path != "" && len(args) > 0:
				return usageError{"want a STAGE or --file, not both"}
			case f.path != "":
				return a.saveOnFile(f)
			case len(args) == 0:
				return usageError{"want a STAGE, 1 to 6, or --file FILE"}
			case f.given():
				return usageError{"--usage, --users, --peak and --region belong to --file"}
			}
			return a.saveOnStage(args[0])
		}),
	}
	f.flags(c.Flags())
	return c
}

func (a *app) saveOnFile(f costFile) error {
	p, err := a.priceFile(f)
	if err != nil {
		return err
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return err
	}
	all := cost.NewEstimator(catalogue, p.options).Savings(p.stack.After)
	return a.show(view.Savings{Of: p.name, Month: preview.USD(p.after.Expected), All: all})
}

func (a *app) saveOnStage(stage string) error {
	s, e, model, err := a.priceable(stage)
	if err != nil {
		return err
	}
	return a.show(view.Savings{Of: fmt.Sprintf("stage %d", s.config.Stage), Month: preview.USD(e.Estimate(model).Expected),
		All: e.Savings(model)})
}
