package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/operate"
)

func (a *app) failoverRegionCommand() *cobra.Command {
	var unplanned, accept bool
	c := &cobra.Command{
		Use:   "region REGION",
		Short: "Let a region's copies of the stack's databases take the writes, where the region that has them is lost",
		Long: `Says of each database's copy in REGION how it is, whether its source answers, and what may
be lost when it takes the writes: by the lag that CloudWatch measured last. With --unplanned
--accept-loss the copies are promoted. A copy whose source is available is refused: both
would take writes, and rung:database.writeRegion moves them without a loss.

Exit codes: 0 done; 1 failed, run it again; 2 wrong usage; 4 something may be lost that
nobody has accepted, and nothing was changed.`,
		Example: "  rung failover region eu-west-1 --cloud aws --unplanned",
		Args:    cobra.ExactArgs(1),
	}
	c.RunE = a.runs(func(ctx context.Context, args []string) error {
		if accept && !unplanned {
			return usageError{"--accept-loss: only with --unplanned; planned, nothing is lost"}
		}
		return a.failoverRegion(ctx, args[0], unplanned, accept)
	})
	c.Flags().BoolVar(&unplanned, "unplanned", false, "the region that has the writes is lost")
	c.Flags().BoolVar(&accept, "accept-loss", false, "go on although something may be lost")
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before copies are promoted")
	return only(c, "goes where the stack is", engine.Offline, engine.Lab, engine.AWS)
}

// failoverRegion lets the copies of a region take the writes of a stack whose write region
// is lost, after it has said what may be.
func (a *app) failoverRegion(ctx context.Context, region string, unplanned, accept bool) error {
	return a.onDay(ctx, "failover", false, appAsItStands, func(d *day) error {
		copies, err := d.driver.Copies(ctx, d.stands, region)
		if err != nil {
			return err
		}
		if len(copies) == 0 {
			return usageError{fmt.Sprintf("failover region: the stack has no copies of its databases in %s: rung:regions adds "+
				"a region", region)}
		}
		if !unplanned {
			return a.plannedInstead(copies, region)
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

// plannedInstead says how nothing is lost.
func (a *app) plannedInstead(copies []operate.Copy, region string) error {
	for _, c := range copies {
		fmt.Fprintf(a.out, "%s in %s is %s, its source %s\n", c.ID, c.Region, c.State, sourceOf(c))
	}
	a.say("Nothing was changed. Planned, nothing need be lost: stop writing, then `rung up STAGE --set "+
		"database.writeRegion=%s` (docs/regions.md).\nWhere the region of the writes is lost: --unplanned.", region)
	return nil
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
	a.say("Next, when the lost region's calls answer again: `rung up STAGE --set database.writeRegion=%s` leads every\n"+
		"machine there. Until then they write to the address that they have: lead them by hand (docs/regions.md).", region)
	return nil
}
