package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/operate"
)

func (a *app) failoverRegionCommand() *cobra.Command {
	var f regionMove
	c := &cobra.Command{
		Use:   "region REGION",
		Short: "Move the writes of the stack to its databases' copies in another region, planned or after a loss",
		Long: `Planned: shows what is deployed, closes every database of the stack to writes, waits until the
copies in REGION have all of it, deploys with rung:database.writeRegion=REGION, which
promotes the copies, leads the machines there and makes new copies where the writes were,
and opens each copy as soon as it is promoted. Nothing is lost, and never do both take
writes. Run it again after whatever has ended it; --abort lets the databases take writes
again where none of the copies was promoted.

--unplanned is for a region that is lost. It says of each copy what may be lost, by the lag
that CloudWatch measured last, and with --accept-loss the copies are promoted. A copy whose
source is available is refused: both would take writes.

Exit codes: 0 done; 1 failed, run it again; 2 wrong usage; 4 something may be lost that
nobody has accepted, and nothing was changed.`,
		Example: "  rung failover region eu-west-1 --cloud aws\n  rung failover region eu-west-1 --cloud aws --unplanned",
		Args:    wants("REGION"),
	}
	c.RunE = a.runs(func(ctx context.Context, args []string) error {
		f.region = args[0]
		if err := f.check(); err != nil {
			return err
		}
		if !f.unplanned {
			return a.moveWrites(ctx, f)
		}
		return a.failoverRegion(ctx, f.region, f.accept)
	})
	set := c.Flags()
	set.BoolVar(&f.abort, "abort", false, "let the databases take writes again after a run that was ended")
	set.BoolVar(&f.acceptOthers, "accept-others", false, "go on although a server has other databases, without a fence")
	set.DurationVar(&f.maxPause, "max-pause", hosts.DefaultMaxPause, "longest time for the copies to have all that was "+
		"written; then the databases take writes again")
	set.BoolVar(&f.unplanned, "unplanned", false, "the region that has the writes is lost")
	set.BoolVar(&f.accept, "accept-loss", false, "go on although something may be lost")
	set.BoolVar(&a.flags.yes, "yes", false, "do not ask before anything is changed")
	return only(c, "goes where the stack is", engine.Offline, engine.Lab, engine.AWS)
}

// check reports every wrong flag at once.
func (f regionMove) check() error {
	var errs []error
	if f.accept && !f.unplanned {
		errs = append(errs, usageError{"--accept-loss: only with --unplanned; planned, nothing is lost"})
	}
	if f.unplanned && (f.abort || f.acceptOthers) {
		errs = append(errs, usageError{"--abort, --accept-others: not with --unplanned: what was promoted stays so"})
	}
	if f.maxPause < 100*time.Millisecond || f.maxPause > time.Minute {
		errs = append(errs, usageError{fmt.Sprintf("--max-pause: got %s, want 100ms to 1m", f.maxPause)})
	}
	return errors.Join(errs...)
}

// failoverRegion lets the copies of a region take the writes of a stack whose write region
// is lost, after it has said what may be.
func (a *app) failoverRegion(ctx context.Context, region string, accept bool) error {
	return a.onDay(ctx, "failover", false, appAsItStands, func(d *day) error {
		copies, err := d.driver.Copies(ctx, d.stands, region)
		if err != nil {
			return err
		}
		if len(copies) == 0 {
			return noCopies(region)
		}
		if err := a.mayPromote(copies, accept); err != nil {
			return err
		}
		if err := a.consent(fmt.Sprintf("Let %d databases in %s take the writes? There is no way back by this command.",
			len(copies), region)); err != nil {
			return err
		}
		defer engine.Hands()() // the end of what is under way is waited for
		return a.promote(ctx, d.driver, copies, region)
	})
}

func sourceOf(c operate.Copy) string {
	switch {
	case c.Promoted():
		return "is none: it takes writes"
	case c.SourceState == "":
		return c.Source + " does not answer"
	}
	return c.Source + " is " + c.SourceState
}

// mayPromote refuses where a source lives, and says what may be lost.
func (a *app) mayPromote(copies []operate.Copy, accepted bool) error {
	var errs []error
	for _, c := range copies {
		if c.SourceState == "available" {
			errs = append(errs, fmt.Errorf("%s in %s is available, and would take writes beside its copy %s: leave --unplanned "+
				"out, or stop it first", c.Source, c.SourceRegion, c.ID))
		}
		if c.State != "available" {
			errs = append(errs, fmt.Errorf("the copy %s is %s: want available", c.ID, c.State))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	loss := operate.ErrLoss{Copies: copies}
	if !accepted {
		return loss
	}
	for _, c := range copies {
		a.say("May be lost: %s", c.Loss())
	}
	return nil
}

func (a *app) promote(ctx context.Context, driver operate.Driver, copies []operate.Copy, region string) error {
	for _, c := range copies {
		if err := driver.Promote(ctx, c, func(line string) { a.say("%s", line) }); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s takes writes\n", c.ID)
	}
	a.say("Next, when the lost region's calls answer again: `rung refresh` notes it in the state, and `rung up STAGE --set\n"+
		"database.writeRegion=%s` leads every machine there. Until then they write to the address that they have:\n"+
		"lead them by hand (docs/regions.md).", region)
	return nil
}
