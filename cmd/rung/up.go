package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) upCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "up STAGE",
		Short: "Bring the stack to a stage, after showing what changes and what it costs",
		Example: `  rung up 1
  rung up 3 --set domain=example.com
  rung up 3 --cloud aws --yes`,
		Args: wants("STAGE, 1 to 6"),
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.up(ctx, args[0]) }),
	}
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before changing anything on AWS")
	return a.policyFlag(c)
}

func (a *app) up(ctx context.Context, stage string) (err error) {
	if err := a.checkLab(stage); err != nil {
		return err
	}
	s, err := a.openToChange(ctx, stage, "up", appToDeploy)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.checkStanding(ctx); err != nil {
		return err
	}
	if err := s.recover(ctx); err != nil {
		return err
	}
	if err := s.askAccount(ctx); err != nil {
		return err
	}
	if err := s.delegate(ctx); err != nil {
		return err
	}
	report, steps, err := s.planToChange(ctx)
	if err != nil {
		return err
	}
	if err := s.before(report); err != nil {
		return err
	}
	if err := s.bring(ctx, steps); err != nil {
		return err
	}
	s.noteRelease(ctx)
	s.tellProtected(report)
	s.tellHandover()
	if s.config.Maintenance {
		s.tellMaintenance()
	}
	return s.finish(ctx, report)
}

// planToChange plans over what the run before this one has left.
func (s *session) planToChange(ctx context.Context) (preview.Report, []preview.Step, error) {
	if err := s.readUnended(ctx); err != nil {
		return preview.Report{}, nil, err
	}
	report, steps, err := s.plan(ctx)
	if err != nil {
		return report, steps, err
	}
	if anew, err := s.makeAnew(steps); err != nil || !anew {
		return report, steps, err
	}
	return s.plan(ctx)
}

// before shows the plan and asks for consent. A plan that is stopped is always
// shown; one that is carried out appears in JSON and HTML together with its
// outputs, and until then in the output file, for whoever is asked.
func (s *session) before(r preview.Report) error {
	stop := verdict(r)
	if stop != nil || !s.app.flags.whole() || s.app.flags.output != "" {
		if err := s.app.show(view.Report(r)); err != nil {
			return err
		}
	}
	if stop != nil {
		s.advise(r)
		return stop
	}
	return s.app.consent("Change this on AWS?")
}

// bring carries a plan out to its end, with what the lab's machines need laid ready before.
func (s *session) bring(ctx context.Context, steps []preview.Step) error {
	if err := s.deployToLab(ctx); err != nil {
		return err
	}
	if err := s.carryOut(ctx, steps); err != nil {
		return err
	}
	return s.stack.Ended()
}

// carryOut lifts protections where that was confirmed, then brings the stack
// to the wanted configuration, by the plan that was shown: a step that was not is
// not done, and a plan without any runs no engine.
func (s *session) carryOut(ctx context.Context, steps []preview.Step) error {
	if err := s.lift(ctx, steps); err != nil {
		return err
	}
	stack, err := s.watched(s.run().Following(s.shown))
	if err != nil {
		return err
	}
	if _, err := stack.Up(ctx); err != nil {
		s.tellLifted(ctx)
		return fmt.Errorf("bring stack %s to stage %d: %w", s.stack.Name(), s.config.Stage, err)
	}
	return s.protectAgain(ctx)
}

// finish ends with what the user wants to know: where the site is.
func (s *session) finish(ctx context.Context, r preview.Report) error {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	outputs, err := s.inLab(ctx, outputsOf(resources))
	if err := errors.Join(err, s.stayed()); err != nil {
		return err
	}
	if s.app.flags.whole() {
		r.Outputs = outputs
		return s.app.show(view.Report(r))
	}
	return s.app.show(view.Outputs{Stack: s.stack.Name(), Stage: int(s.config.Stage), Values: outputs})
}
