package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/config"
)

func (a *app) diffCommand() *cobra.Command {
	var increase string
	c := a.policyFlag(&cobra.Command{
		Use:   "diff FROM TO",
		Short: "Show what a climb from one stage to another changes and costs, on a scratch stack",
		Long: `Show what a climb from one stage to another changes and costs. It deploys the
first stage to a scratch offline cloud, previews the second one there, and throws
both away; no stack of yours plays a part.`,
		Example: "  rung diff 2 3 --format markdown",
		Args:    wants("FROM", "TO"),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			limit, err := preview.ParseIncrease(increase)
			if err != nil {
				return usageError{"--max-increase: " + err.Error()}
			}
			return a.diff(ctx, args[0], args[1], limit)
		}),
	})
	increaseFlag(c.Flags(), &increase)
	return c
}

func (a *app) diff(ctx context.Context, from, to string, limit preview.Increase) (err error) {
	if !a.flags.offline() {
		return usageError{"--cloud: diff works on the offline cloud only; `rung preview STAGE --cloud aws` compares with " +
			"your account"}
	}
	a.announce()
	set, err := parseSet(a.flags.set)
	if err != nil {
		return err
	}
	s, err := a.twoStages(set, from, to)
	if err != nil {
		return err
	}
	if err := s.checkNamed(); err != nil {
		return err
	}
	if err := s.checkPolicy(); err != nil {
		return err
	}
	if s.stack, err = engine.Open(ctx, a.options(s.source, true)); err != nil {
		return fmt.Errorf("open a scratch stack: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.settleApp(ctx); err != nil {
		return err
	}
	if _, err := s.stack.With(s.stored.engine()).Up(ctx); err != nil {
		return fmt.Errorf("deploy stage %s to a scratch cloud: %w", from, err)
	}
	report, err := s.showPlan(ctx)
	if err != nil {
		return err
	}
	if stop := limit.Stops(report.Cost); stop != "" {
		a.say("%s", stop)
		return errors.Join(verdict(report), errIncrease)
	}
	return verdict(report)
}

// twoStages reads both configurations and reports the problems of both. What
// --set gives is meant for the second stage; the first one takes what it can.
func (a *app) twoStages(set settings, from, to string) (*session, error) {
	s := &session{app: a, stored: set.with("stage", from), wanted: set.with("stage", to)}
	var errTo error
	s.config, errTo = config.Parse(s.wanted)
	_, errFrom := config.Parse(s.stored)
	var problems config.Problems
	if errTo == nil && errors.As(errFrom, &problems) {
		for _, p := range problems {
			if p.Key != "stage" {
				delete(s.stored, p.Key)
			}
		}
		_, errFrom = config.Parse(s.stored)
	}
	return s, errors.Join(errFrom, errTo)
}
