package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	handoverreport "github.com/rung-dev/rung/handover/report"
	"github.com/rung-dev/rung/handover/slots"
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
	c.AddCommand(a.handoverPlan(), a.handoverStart(), a.handoverStatus(), a.handoverAbort(), a.handoverRegion(),
		only(a.handoverRehearse(), "starts servers of its own on this machine"),
		a.handoverStep("switch", "Give the writes to the new side; those of the moment wait"),
		a.handoverStep("back", "Give the writes to the old side again, with all that was written since"),
		a.handoverStep("finish", "End the way back; the old side keeps its rows, closed"))
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
	if m, err := a.slotMove(f.spec, f.shards); m != nil || err != nil {
		return a.runSlots(ctx, m, err, hosts.CommandPlan)
	}
	spec, err := f.read(a.flags.dir)
	if err != nil {
		return err
	}
	line, err := a.line(ctx, spec, f.place, f.dry)
	if err != nil {
		return err
	}
	p, err := line.Plan(ctx)
	if err != nil || f.dry {
		return errors.Join(err, line.told())
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
	c.RunE = a.finishes(func(ctx context.Context, _ []string) error {
		if m, err := a.slotMove(f.spec, f.shards); m != nil || err != nil {
			return a.runSlots(ctx, m, err, hosts.CommandStart)
		}
		spec, err := f.read(a.flags.dir)
		if err != nil {
			return err
		}
		if !f.dry {
			if err := f.save(spec, hosts.Dir(a.flags.dir, spec.Name)); err != nil {
				return err
			}
		}
		return a.move(ctx, spec, f.place, hosts.Order{Command: hosts.CommandStart}, f.dry)
	})
	f.register(c)
	return c
}

// handoverStep is a command of a move that has begun.
func (a *app) handoverStep(name, short string) *cobra.Command {
	return a.begunCommand(name, short, func(ctx context.Context, spec hosts.Spec, place inside.Place, dry bool) error {
		return a.move(ctx, spec, place, hosts.Order{Command: name}, dry)
	})
}

func (a *app) handoverAbort() *cobra.Command {
	var dropCopy bool
	c := a.begunCommand("abort", "Take back a move that has not switched: the old side serves as before",
		func(ctx context.Context, spec hosts.Spec, place inside.Place, dry bool) error {
			return a.move(ctx, spec, place, hosts.Order{Command: hosts.CommandAbort, DropCopy: dropCopy}, dry)
		})
	c.Flags().BoolVar(&dropCopy, "drop-copy", false, "also drop what was copied to the new side")
	return c
}

func (a *app) handoverStatus() *cobra.Command {
	return a.begunCommand("status", "Show how the move stands, and what comes next",
		func(ctx context.Context, spec hosts.Spec, place inside.Place, dry bool) error {
			line, err := a.line(ctx, spec, place, dry)
			if err != nil {
				return err
			}
			return a.showMove(ctx, line)
		})
}

// begunCommand is a command of a move that was started in this directory.
func (a *app) begunCommand(name, short string,
	run func(context.Context, hosts.Spec, inside.Place, bool) error) *cobra.Command {
	var move string
	var dry bool
	c := &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, Example: "  rung handover " + name}
	c.RunE = a.finishes(func(ctx context.Context, _ []string) error {
		if m, err := a.slotMove(hosts.Spec{Name: move}, slots.Spec{}); m != nil || err != nil {
			return a.runSlots(ctx, m, err, name)
		}
		spec, place, err := a.begun(move)
		if err != nil {
			return err
		}
		return run(ctx, spec, place, dry)
	})
	moveName(c, &move)
	dryRun(c, &dry)
	return c
}

// begun is a move that was started in this directory, and where it runs.
func (a *app) begun(name string) (spec hosts.Spec, place inside.Place, err error) {
	dir := hosts.Dir(a.flags.dir, name)
	spec, err = hosts.ReadSpec(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return spec, place, usageError{"there is no such move here: `rung handover plan --from URL --to URL` looks at one, " +
			"`rung handover start` begins it"}
	}
	if err == nil {
		place, err = whereOf(dir)
	}
	return spec, place, err
}

// move runs a command with its journal shown, then shows how the move stands.
func (a *app) move(ctx context.Context, spec hosts.Spec, place inside.Place, o hosts.Order, dry bool) error {
	line, err := a.line(ctx, spec, place, dry)
	if err != nil {
		return err
	}
	took, err := line.Do(ctx, o)
	if err != nil || dry {
		return errors.Join(err, line.told())
	}
	if took > 0 {
		a.say("Writes were held back for %s.", took.Round(1e6))
	}
	// A move of some tables is none from the server of stages 1 and 2.
	if err := a.showMove(ctx, line); err != nil || o.Command != hosts.CommandFinish || len(spec.Tables) > 0 {
		return err
	}
	return a.handoverDone()
}

func (a *app) showMove(ctx context.Context, line line) error {
	s, err := line.Status(ctx)
	if err != nil || line.calls != nil {
		return errors.Join(err, line.told())
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
