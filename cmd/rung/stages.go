package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

func (a *app) stagesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stages",
		Short: "Show the ladder: what each stage is for, what it carries and what it usually costs",
		Args:  cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			return a.show(view.Ladder{Stages: ladder.Stages(), Built: config.Built})
		}),
	}
}
