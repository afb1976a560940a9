package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) destroyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "destroy",
		Short: "Delete every resource of the stack; data must be confirmed resource by resource",
		Args:  cobra.NoArgs,
		RunE:  a.runs(func(ctx context.Context, _ []string) error { return a.destroy(ctx) }),
	}
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before deleting anything on AWS")
	return c
}

func (a *app) destroy(ctx context.Context) (err error) {
	s, err := a.openExisting(ctx, view.Report(preview.Nothing()))
	if err != nil || s == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.hold(ctx, "destroy"); err != nil {
		return err
	}
	if err := s.sameAccount(ctx); err != nil {
		return err
	}
	if err := errors.Join(s.recover(ctx), s.readUnended(ctx)); err != nil {
		return err
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	steps := preview.Unmentioned(nil, resources) // all of it goes
	report, err := s.report(0, steps, nil, nil)
	if err != nil {
		return err
	}
	if err := a.show(view.Report(report)); err != nil {
		return err
	}
	if len(report.Blocked) > 0 {
		a.say("%s", s.howToConfirm(report, "destroy"))
		return errGuarded
	}
	if err := a.consent("Delete all of this on AWS?"); err != nil {
		return err
	}
	return s.tearDown(ctx, steps)
}

// tearDown lifts the protections by one update and deletes by the next, then
// looks that nothing is left.
func (s *session) tearDown(ctx context.Context, steps []preview.Step) error {
	if err := s.lift(ctx, steps); err != nil {
		if err := s.liftInState(ctx, steps, err); err != nil {
			return err
		}
	}
	last, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if _, err := s.run().Destroy(ctx); err != nil {
		s.tellLifted(ctx)
		return fmt.Errorf("destroy stack %s: %w", s.stack.Name(), err)
	}
	left, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("destroy stack %s: %d resources are left in its state; run it again", s.stack.Name(), len(left))
	}
	if err := s.proveEmpty(ctx, last); err != nil {
		return err
	}
	if err := s.leaveLab(ctx); err != nil {
		return err
	}
	s.app.say("%s", farewell(s.stack.Name(), last))
	if err := errors.Join(s.forget(handoverKey), s.stack.Ended()); err != nil {
		return err
	}
	return s.clearLab()
}

// farewell says what the account still has of a stack whose state was last
// before the end: AWS deletes some things only hours later or never, and those
// the stack has let go of.
func farewell(stack string, last []apitype.ResourceV3) string {
	var stay []string
	for _, r := range last {
		if r.RetainOnDelete {
			stay = append(stay, fmt.Sprintf("%s (%s)", r.URN.Name(), r.ID))
		}
	}
	if len(stay) == 0 {
		return fmt.Sprintf("Stack %s is gone: nothing is left of it.", stack)
	}
	slices.Sort(stay)
	return fmt.Sprintf("Stack %s is gone. The account keeps, by design and free of charge: %s.", stack,
		strings.Join(stay, ", "))
}
