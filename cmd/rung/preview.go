package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) previewCommand() *cobra.Command {
	return a.policyFlag(&cobra.Command{
		Use:   "preview STAGE",
		Short: "Show what bringing the stack to a stage would change and cost; changes nothing",
		Example: `  rung preview 3
  rung preview 3 --set database.replicas=2 --format markdown
  rung preview 5 --output report.html`,
		Args: wants("STAGE, 1 to 6"),
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.preview(ctx, args[0]) }),
	})
}

func (a *app) preview(ctx context.Context, stage string) (err error) {
	s, err := a.open(ctx, stage, appToShow)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	report, err := s.showPlan(ctx)
	if err != nil {
		return err
	}
	s.advise(report)
	return errors.Join(verdict(report), s.tellAging(ctx))
}

// advise shows the way past the data guard, where it stopped the plan.
func (s *session) advise(r preview.Report) {
	if len(r.Blocked) > 0 {
		s.app.say("%s", s.howToConfirm(r, "up", fmt.Sprint(s.config.Stage)))
	}
}

// showPlan previews the run on a stack whose standing allows it, and shows what it would do.
func (s *session) showPlan(ctx context.Context) (preview.Report, error) {
	if err := s.checkStanding(ctx); err != nil {
		return preview.Report{}, err
	}
	report, _, err := s.plan(ctx)
	if err != nil {
		return preview.Report{}, err
	}
	return report, s.app.show(view.Report(report))
}
