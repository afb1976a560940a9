package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	handoverreport "github.com/rung-dev/rung/handover/report"
)

func (a *app) handoverCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "handover",
		Short: "Move a live PostgreSQL, its files and its Redis to another place while people use it, with a way back",
		Long: `Moves rows by logical replication, files by checksum and what is in Redis with its time
to live. Only one side takes writes at any time. Each command can be run again after
whatever has ended it, and names the next one; the journal lies in .rung/handover.

Exit codes: 0 done; 1 failed, run it again; 2 wrong usage, or a command whose time has
not come; 4 something stands in the way, and nothing was changed.`,
		Example: "  rung handover plan --from postgres://app@old/shop --to postgres://app@new/shop",
		Args:    cobra.NoArgs,
	}
	c.AddCommand(a.handoverPlan(), a.handoverStart(), a.handoverStatus(), a.handoverAbort(), a.handoverRehearse(),
		a.handoverStep("switch", "Give the writes to the new side; those of the moment wait", (*hosts.Move).Switch),
		a.handoverStep("back", "Give the writes to the old side again, with all that was written since", (*hosts.Move).Back),
		a.handoverStep("finish", "End the way back; the old side keeps its rows, closed", (*hosts.Move).Finish))
	return c
}

func (a *app) handoverPlan() *cobra.Command {
	var f moveFlags
	c := &cobra.Command{
		Use: "plan", Short: "Show what would move, how long it takes, and what stands in the way; changes nothing",
		Args:    cobra.NoArgs,
		Example: "  rung handover plan --from postgres://app@old/shop --to postgres://app@new/shop",
	}
	c.RunE = a.runs(func(ctx context.Context, _ []string) error { return a.planMove(ctx, f) })
	f.register(c)
	return c
}

func (a *app) planMove(ctx context.Context, f moveFlags) error {
	spec, err := f.read(a.flags.dir)
	if err != nil {
		return err
	}
	m, err := hosts.Open(ctx, spec, "")
	if err != nil {
		return err
	}
	defer m.Close()
	p, err := m.Plan(ctx)
	if err != nil {
		return err
	}
	if err := a.show(handoverreport.Plan(p)); err != nil {
		return err
	}
	if p.Stopped() {
		return hosts.ErrBlocked{Findings: p.Findings}
	}
	return nil
}

func (a *app) handoverStart() *cobra.Command {
	var f moveFlags
	c := &cobra.Command{
		Use: "start", Short: "Copy everything and follow what is written; the old side goes on serving", Args: cobra.NoArgs,
		Example: "  rung handover start --from postgres://app@old/shop --to postgres://app@new/shop",
	}
	c.RunE = a.runs(func(ctx context.Context, _ []string) error {
		spec, err := f.read(a.flags.dir)
		if err != nil {
			return err
		}
		if err := spec.Save(hosts.Dir(a.flags.dir, spec.Name)); err != nil {
			return err
		}
		return a.move(ctx, spec, (*hosts.Move).Start)
	})
	f.register(c)
	return c
}

// handoverStep is a command of a move that has begun.
func (a *app) handoverStep(name, short string, do func(*hosts.Move, context.Context) error) *cobra.Command {
	var move string
	c := &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, Example: "  rung handover " + name}
	c.RunE = a.runs(func(ctx context.Context, _ []string) error {
		spec, err := a.begun(move)
		if err != nil {
			return err
		}
		return a.move(ctx, spec, do)
	})
	moveName(c, &move)
	return c
}

func (a *app) handoverAbort() *cobra.Command {
	var dropCopy bool
	c := a.handoverStep("abort", "Take back a move that has not switched: the old side serves as before",
		func(m *hosts.Move, ctx context.Context) error { return m.Abort(ctx, dropCopy) })
	c.Flags().BoolVar(&dropCopy, "drop-copy", false, "also drop what was copied to the new side")
	return c
}

func (a *app) handoverStatus() *cobra.Command {
	var move string
	c := &cobra.Command{Use: "status", Short: "Show how the move stands, and what comes next", Args: cobra.NoArgs,
		Example: "  rung handover status"}
	c.RunE = a.runs(func(ctx context.Context, _ []string) error {
		spec, err := a.begun(move)
		if err != nil {
			return err
		}
		return a.showMove(ctx, spec)
	})
	moveName(c, &move)
	return c
}

// begun is a move that was started in this directory.
func (a *app) begun(name string) (hosts.Spec, error) {
	spec, err := hosts.ReadSpec(hosts.Dir(a.flags.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return spec, usageError{"there is no such move here: `rung handover plan --from URL --to URL` looks at one, " +
			"`rung handover start` begins it"}
	}
	return spec, err
}

// move runs a command with its journal shown, then shows how the move stands.
func (a *app) move(ctx context.Context, spec hosts.Spec, do func(*hosts.Move, context.Context) error) (err error) {
	m, err := hosts.Open(ctx, spec, hosts.Dir(a.flags.dir, spec.Name))
	if err != nil {
		return err
	}
	m.Tell = func(e handover.Entry) {
		if e.Step != "" && e.Text != "" {
			a.say("%-20s %s: %s", e.Step, e.Event, e.Text)
		}
	}
	m.Watch = func(p hosts.Progress) { a.say("%-20s %s", "copy", p) }
	err = do(m, ctx)
	if err := errors.Join(err, m.Close()); err != nil {
		return err
	}
	if took := m.Longest(); took > 0 {
		a.say("Writes were held back for %s.", took.Round(1e6))
	}
	return a.showMove(ctx, spec)
}

func (a *app) showMove(ctx context.Context, spec hosts.Spec) error {
	m, err := hosts.Open(ctx, spec, "")
	if err != nil {
		return err
	}
	defer m.Close()
	s, err := m.Status(ctx, hosts.Dir(a.flags.dir, spec.Name))
	if err != nil {
		return fmt.Errorf("look how the move stands: %w", err)
	}
	return a.show(handoverreport.Status(s))
}

// isBlocked says that something stands in a move's way.
func isBlocked(err error) bool {
	var blocked hosts.ErrBlocked
	return errors.As(err, &blocked)
}

// isOutOfOrder says that a command's time has not come.
func isOutOfOrder(err error) bool {
	var order hosts.ErrOrder
	return errors.As(err, &order)
}
