package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/failover"
	"github.com/rung-dev/rung/handover/hosts"
	handoverreport "github.com/rung-dev/rung/handover/report"
)

// heldKey are the regions to which nobody is led yet.
const heldKey = "traffic.held"

func (a *app) handoverRegion() *cobra.Command {
	var within time.Duration
	c := &cobra.Command{
		Use:   "region REGION",
		Short: "Compare a region's copies of the stack's databases with what they copy, then lead people there",
		Long: `Holds every table of each copy in REGION against its primary's, by number and checksum: writes
wait for a moment, in which the state of both is kept, and go on while it is compared. Where
one is not the same, it stops there (exit code 1). Where all are, and rung:traffic.held names
the region, it takes it off that list, and people are led there.

A region joins so: rung up 5 --set regions=…,REGION --set traffic.held=REGION, then this.`,
		Example: "  rung handover region eu-central-1 --cloud aws",
		Args:    wants("REGION"),
	}
	c.RunE = a.runs(func(ctx context.Context, args []string) error {
		if err := (regionMove{maxPause: within}).check(); err != nil {
			return err
		}
		return a.joinRegion(ctx, args[0], within)
	})
	c.Flags().DurationVar(&within, "max-pause", hosts.DefaultMaxPause, "longest time for writes to wait")
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before people are led there")
	return only(c, "goes where the stack is", engine.Offline, engine.Lab, engine.AWS)
}

// joinRegion compares, and leads people where nobody was led yet.
func (a *app) joinRegion(ctx context.Context, region string, within time.Duration) error {
	var held []string
	err := a.onDay(ctx, "handover", false, appAsItStands, func(d *day) error {
		held = d.config.Held
		return d.compareCopies(ctx, region, within)
	})
	if err != nil || !slices.Contains(held, region) {
		return err
	}
	a.flags.set = append(a.flags.set, heldKey+"="+without(held, region))
	return a.onDay(ctx, "handover", true, appAsItStands, func(d *day) error { return d.leadThere(ctx) })
}

// without is a list without one of its names, as a setting has it; an empty one is "[]".
func without(list []string, name string) string {
	rest := slices.DeleteFunc(slices.Clone(list), func(one string) bool { return one == name })
	text, _ := json.Marshal(rest) // names are text
	return string(text)
}

// compareCopies holds the copies of a region against what they copy.
func (d *day) compareCopies(ctx context.Context, region string, within time.Duration) error {
	b := between{Region: region, Pairs: d.stands.Successors(region)}
	if len(b.Pairs) == 0 {
		return noCopies(region)
	}
	dir := filepath.Join(d.app.flags.dir, ".rung", "handover", "region-"+d.app.flags.stack)
	s := &failover.Stack{Pairs: d.pairs(b), Dir: dir, MaxPause: within, Tell: d.app.tellStep}
	all, err := s.Compare(ctx)
	if err != nil {
		return err
	}
	return errors.Join(d.app.show(handoverreport.Comparison(region, all)), handover.PutAside(dir, time.Now().UTC()))
}

// leadThere deploys what leads people to the region.
func (d *day) leadThere(ctx context.Context) error {
	report, steps, err := d.planStanding(ctx)
	if err != nil {
		return err
	}
	if err := d.before(report); err != nil {
		return err
	}
	if err := d.bring(ctx, steps); err != nil {
		return err
	}
	_, err = d.inLab(ctx, nil)
	return err
}
