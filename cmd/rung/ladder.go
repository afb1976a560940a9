package main

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/chart"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// curvePoints is how many points each stage's curve has.
const curvePoints = 24

func (a *app) ladderCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ladder",
		Short: "Draw the whole ladder: how the architecture grows, what it costs by users, what gives way next",
		Long: `Draw the whole ladder from the code: the architecture of each stage with what is
new in it, the month against the number of users, and what gives way next. With
--output ladder.html it is one page that needs nothing else. No stack plays a part.`,
		Example: "  rung ladder --output ladder.html\n  rung ladder --format json",
		Args:    cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			catalogue, err := cost.LoadUser()
			if err != nil {
				return err
			}
			g, err := a.growth(catalogue)
			if err != nil {
				return err
			}
			return a.show(g)
		}),
	}
}

// growth is the ladder with every stage recorded and priced.
func (a *app) growth(catalogue *cost.Catalogue) (view.Growth, error) {
	set, err := parseSet(a.flags.set)
	if err != nil {
		return nil, err
	}
	var g view.Growth
	for _, stage := range ladder.Stages() {
		r, err := a.recordStage(stage.Number, set)
		if err != nil {
			return nil, err
		}
		one := view.Grown{Stage: stage, Bill: r.bill(catalogue, stage)}
		if stage.Number < ladder.Last { // above ten million users there is no end to draw to
			one.Curve = r.curve(catalogue, stage)
		}
		g = append(g, one)
	}
	return g, nil
}

// recorded is a stage as settings make it.
type recorded struct {
	config    config.Config
	resources []resource.Resource
}

// recordStage runs the program of a stage in this process. The stage is the one named,
// whatever the settings say.
func (a *app) recordStage(n ladder.Number, set settings) (recorded, error) {
	set = set.with("stage", fmt.Sprint(n))
	cfg, err := config.Parse(a.secrets.open(set))
	if err != nil {
		return recorded{}, err
	}
	r, err := a.recording(set)
	if err != nil {
		return recorded{}, fmt.Errorf("record stage %d: %w", n, err)
	}
	return recorded{cfg, r.Model()}, nil
}

// under estimates the stage under a load.
func (r recorded) under(c *cost.Catalogue, t ladder.Traffic) cost.Estimate {
	return cost.NewEstimator(c, cost.Options{
		Traffic: t, Region: r.config.Home(), Reserved: r.config.Reserved(), ReservedDiscount: r.config.ReservedDiscount(),
	}).Estimate(r.resources)
}

func (r recorded) bill(c *cost.Catalogue, s ladder.Stage) preview.Bill {
	t := r.config.Traffic()
	return preview.NewBill(fmt.Sprintf("stage %d", s.Number), r.under(c, t), s.Number, t, decimal.Zero).
		InRegions(r.config.Regions)
}

// curve is the month from the users of the stage below to those of the stage.
func (r recorded) curve(c *cost.Catalogue, s ladder.Stage) []chart.Point {
	from := 0
	if below, err := ladder.Get(s.Number - 1); err == nil {
		from = below.Users
	}
	var list []chart.Point
	for _, users := range chart.Samples(from, s.Users, curvePoints) {
		e := r.under(c, s.AtUsers(users))
		list = append(list, chart.Point{Users: users, Low: e.Low.InexactFloat64(), Expected: e.Expected.InexactFloat64(),
			High: e.High.InexactFloat64()})
	}
	return list
}
