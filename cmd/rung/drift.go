package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) driftCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "drift",
		Short: "Compare the stack with its cloud and say what `rung up` would bring back; changes nothing",
		Long: `Compare the stack with its cloud. For each difference it says whether ` + "`rung up`" + `
at the same stage would bring it back. What the cloud is meant to change by itself,
as scaling does, is told and is no drift. What a killed run left open is drift, too.
Nothing is changed, and nothing is noted in the state.

Exit code 0: no drift; 6: there is drift.`,
		Example: "  rung drift --format json",
		Args:    cobra.NoArgs,
		RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.drift(ctx) }),
	}
}

func (a *app) drift(ctx context.Context) (err error) {
	s, err := a.openExisting(ctx, view.Drifts(preview.FindDrift(nil)))
	if err != nil || s == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.sameAccount(ctx); err != nil {
		return err
	}
	found, err := s.drift(ctx)
	if err != nil {
		return err
	}
	pending, err := s.stack.Pending(ctx)
	if err != nil {
		return err
	}
	found = found.Pending(pending)
	if err := a.show(view.Drifts(found)); err != nil {
		return err
	}
	if found.Any() {
		return errDrift
	}
	return nil
}
