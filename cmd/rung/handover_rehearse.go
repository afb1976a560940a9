package main

import (
	"context"
	"errors"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/handover/rehearsal"
	handoverreport "github.com/rung-dev/rung/handover/report"
)

func (a *app) handoverRehearse() *cobra.Command {
	p, size := rehearsal.Plan{}, ""
	c := &cobra.Command{
		Use: "rehearse", Short: "Try a move on this machine: two real servers, rows, a load, there and back",
		Long: `Starts two PostgreSQL servers in a directory that goes at the end, fills one with made
rows or those of a dump, and moves it there, back and there again under a load that
remembers every write that was acknowledged. Nothing of yours is touched.

Exit code 0: all holds that should; 1: something does not, or the move failed.`,
		Example: "  rung handover rehearse --size 200MB --output rehearsal.html\n  rung handover rehearse --size 0 --dump " +
			"shop.sql",
		Args: cobra.NoArgs,
	}
	c.RunE = a.finishes(func(ctx context.Context, _ []string) error { return a.rehearse(ctx, p, size) })
	set := c.Flags()
	set.StringVar(&size, "size", "100MB", "`size` of the made rows, such as 2GB; 0 makes none")
	set.StringVar(&p.Dump, "dump", "", "`file` of pg_dump in plain text, whose rows are moved as well")
	set.IntVar(&p.Writes, "writes", defaultLoadRate, "`number` of writes a second")
	set.IntVar(&p.Reads, "reads", defaultLoadRate, "`number` of reads a second")
	set.DurationVar(&p.Settle, "settle", 0, "for how long the load runs between two changes; 0 means 3s")
	set.DurationVar(&p.MaxPause, "max-pause", 0, "longest time to hold writes back; 0 means 2s")
	return c
}

func (a *app) rehearse(ctx context.Context, p rehearsal.Plan, size string) error {
	bytes, err := humanize.ParseBytes(size)
	if err != nil || bytes > 1<<50 {
		return usageError{"--size: got \"" + size + "\", want a size such as 200MB"}
	}
	p.Megabytes = int(bytes / 1_000_000)
	if err := p.Check(); err != nil {
		return errors.Join(usageError{"the rehearsal cannot be: mend its flags"}, err)
	}
	p.Tell = a.log
	result, err := rehearsal.Run(ctx, p)
	if err != nil {
		return err
	}
	return a.verdict(result)
}

// errRehearsal is a rehearsal that has shown something that should not be.
var errRehearsal = errors.New("the rehearsal has shown what does not hold, see above")

// verdict shows what a rehearsal has measured, and fails where something does not hold.
func (a *app) verdict(r rehearsal.Result) error {
	d := handoverreport.Rehearsal(r)
	if err := a.show(d); err != nil {
		return err
	}
	if !d.Holds() {
		return errRehearsal
	}
	return nil
}
