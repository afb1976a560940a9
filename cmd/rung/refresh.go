package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
)

func (a *app) refreshCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Compare the stack with its cloud, show what was changed by other means, and note it in the state",
		Args:  cobra.NoArgs,
		RunE:  a.runs(func(ctx context.Context, _ []string) error { return a.refresh(ctx) }),
	}
}

func (a *app) refresh(ctx context.Context) (err error) {
	s, err := a.openExisting(ctx, preview.FindDrift(nil))
	if err != nil || s == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.hold(ctx, "refresh"); err != nil {
		return err
	}
	result, err := s.run().Refresh(ctx)
	if err != nil {
		return fmt.Errorf("refresh stack %s: %w", s.stack.Name(), err)
	}
	return a.show(preview.FindDrift(result.Events))
}

// openExisting opens the stack on the rung it stands on. It returns nil, after
// showing nothing in the words of the command, when there is no such stack or
// it is empty; none is made.
func (a *app) openExisting(ctx context.Context, nothing document) (*session, error) {
	if _, err := parseSet(a.flags.set); err != nil {
		return nil, err
	}
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	if stored["stage"] == "" {
		a.announce()
		return nil, a.showEmpty(nothing)
	}
	s, err := a.open(ctx, "", appAsItStands)
	if err != nil {
		return nil, err
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil || len(resources) > 0 {
		return s, err
	}
	if left, err := s.abandoned(ctx); err != nil || left {
		return s, err
	}
	return nil, errors.Join(s.close(), a.showEmpty(nothing))
}

// showEmpty says that there is nothing to do, to people and to programs.
func (a *app) showEmpty(nothing document) error {
	a.say("Stack %s holds no resources: there is nothing to do. `rung up 1` begins.", a.flags.stack)
	if a.flags.whole() {
		return a.show(nothing)
	}
	return nil
}
