package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/stacks/ladder"
)

// breakFlags are those of a failure, and of a drill.
type breakFlags struct {
	how    string
	rate   float64
	timing breaks.Timing
}

// defaultBreakRate is the load while something breaks, in requests a second: enough to
// see a tenth of a second, and little enough that two cores do not break by it.
const defaultBreakRate = 50

func (f *breakFlags) register(c *cobra.Command) {
	f.timing = breaks.DefaultTiming()
	set := c.Flags()
	set.Float64Var(&f.rate, "rate", defaultBreakRate, "`number` of requests a second while it is broken")
	set.DurationVar(&f.timing.Before, "before", f.timing.Before, "how long the load runs before the failure")
	set.DurationVar(&f.timing.Held, "held", f.timing.Held, "how long the failure holds until it is healed")
	set.DurationVar(&f.timing.After, "after", f.timing.After, "how long the load runs on after that")
}

// check reports all flags that are wrong.
func (f *breakFlags) check() error {
	var errs []error
	for _, one := range []struct {
		name string
		d    time.Duration
	}{{"before", f.timing.Before}, {"held", f.timing.Held}, {"after", f.timing.After}} {
		if one.d < time.Second || one.d > 10*time.Minute {
			errs = append(errs, usageError{fmt.Sprintf("--%s: got %s, want 1s to 10m", one.name, one.d)})
		}
	}
	if !(f.rate > 0 && f.rate <= load.MaxRate) {
		errs = append(errs, usageError{fmt.Sprintf("--rate: got %v, want more than 0 and up to %d requests/s", f.rate,
			load.MaxRate)})
	}
	return errors.Join(errs...)
}

func (a *app) labBreakCommand() *cobra.Command {
	var f breakFlags
	c := &cobra.Command{
		Use:   "break WHAT",
		Short: "Break a part of the lab under load, and say what that cost",
		Long: `Break a part of the lab while a load runs, heal it, and say what that cost: which
requests failed and for how long, which acknowledged writes were lost, how long until
it was noticed and until all was whole again.

WHAT is machine, zone, primary, replica, cache, consumer or region; =NAME after it
means a certain one, as ` + "`rung lab status`" + ` calls it.

Exit code 0: measured, whatever it cost; 1: it could not be broken.`,
		Example: `  rung lab break primary
  rung lab break machine --how pause --rate 100
  rung lab break zone=us-east-1b --how cut --output zone.html`,
		Args: wants("WHAT"),
		RunE: a.finishes(func(ctx context.Context, args []string) error { return a.labBreak(ctx, args[0], f) }),
	}
	f.register(c)
	c.Flags().StringVar(&f.how, "how", string(breaks.Kill),
		"`way` to break it: kill (it ends at once), pause (it stands still), slow (a second more), cut (its network), filldisk, "+
			"notice (two minutes, as AWS gives a spot machine)")
	return c
}

func (a *app) labBreak(ctx context.Context, what string, f breakFlags) error {
	b, err := breaks.Parse(what, f.how)
	if err != nil {
		err = usageError{err.Error()}
	}
	r, err := a.ready(ctx, f, err)
	if err != nil {
		return err
	}
	a.say("The load begins; after %s: %s.", f.timing.Before, b)
	units, err := r.hand.Units(ctx)
	if err != nil {
		return err
	}
	out, err := breaks.Run(ctx, r.hand, b, r.plan, f.timing)
	if err != nil {
		return err
	}
	step := breaks.Step{Break: b, Expect: breaks.Usual(units, b)}
	return a.show(breaks.Table(b.String(), []breaks.Tried{{Step: step, Outcome: out}}, nil))
}

// drillground is a lab that is ready to be broken.
type drillground struct {
	lab  lab.Lab
	hand *hand.Hand
	plan load.Plan
}

// ready finds the lab, and whom its load is sent to, or says all that is wrong, with what the
// caller knows already. It waits until all is well: what is broken already would be taken
// for a part of the failure.
func (a *app) ready(ctx context.Context, f breakFlags, known ...error) (drillground, error) {
	r := drillground{plan: load.Plan{Rate: f.rate, From: -1, Duration: time.Minute, Seed: 1, Posts: breakPosts,
		Jobs: -1}} // a broken consumer would be measured as a slow queue
	err := errors.Join(append(known, f.check(), a.findLoadTarget(&r.plan))...)
	if err != nil {
		return r, err
	}
	if r.lab, err = lab.Of(a.flags.dir); err != nil {
		return r, err
	}
	if r.hand, err = r.lab.Hand(); err != nil {
		return r, err
	}
	_, err = a.settleLab(ctx, r.lab)
	return r, err
}

// breakPosts are published before each failure, to be read: each drill step has some
// of its own.
const breakPosts = 30

func (a *app) labDrillCommand() *cobra.Command {
	var f breakFlags
	c := &cobra.Command{
		Use:   "drill STAGE",
		Short: "Try the failures of a stage one after another in the lab, and restore its latest backup",
		Long: `Try the failures of a stage one after another, each under load and healed before the
next, and say of each what it cost beside what it may cost. At the end the latest
backup of the primary is restored to a fresh database and compared with what runs:
what would be lost (RPO), and how long it took (RTO).

A failure takes the sum of --before, --held and --after. Exit code 0: all holds that
should; 1: something does not.`,
		Example: `  rung lab drill 3
  rung lab drill 1 --held 5s --after 10s --output drill.html`,
		Args: wants("STAGE"),
		RunE: a.finishes(func(ctx context.Context, args []string) error {
			stage, err := ladder.Parse(args[0])
			if err != nil {
				err = usageError{err.Error()}
			}
			r, err := a.ready(ctx, f, err)
			if err != nil {
				return err
			}
			return a.labDrill(ctx, stage, r, f.timing)
		}),
	}
	f.register(c)
	return c
}

// errDrill is a drill that has shown something that should not be.
var errDrill = errors.New("the drill has shown what does not hold, see above")

func (a *app) labDrill(ctx context.Context, stage ladder.Number, r drillground, t breaks.Timing) error {
	var tried []breaks.Tried
	for _, step := range breaks.Drill(stage) {
		tried = append(tried, breaks.Tried{Step: step, Outcome: a.attempt(ctx, r, step, t)})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	a.say("Restoring the latest backup.")
	restored, err := a.restore(ctx, r)
	d := breaks.Table(fmt.Sprintf("The drill of stage %d", stage), tried, restored)
	if err := errors.Join(err, a.show(d)); err != nil {
		return err
	}
	if !d.Holds() {
		return errDrill
	}
	return nil
}

// attempt is one step of a drill. What cannot be tried is a step that does not hold.
func (a *app) attempt(ctx context.Context, r drillground, step breaks.Step, t breaks.Timing) breaks.Outcome {
	a.say("Next: %s.", step)
	out, err := breaks.Run(ctx, r.hand, step.Break, r.plan, t)
	if err == nil {
		_, err = a.settleLab(ctx, r.lab)
	}
	if err != nil {
		out.Break, out.Problem = step.Break, strings.Join(strings.Fields(out.Problem+" "+err.Error()), " ")
	}
	return out
}

func (a *app) restore(ctx context.Context, r drillground) (*breaks.Restored, error) {
	b, err := r.hand.Backups(ctx)
	if err != nil {
		return nil, err
	}
	running, err := b.Running()
	if err != nil {
		return nil, err
	}
	restored, err := breaks.RestoreDrill(ctx, b, running)
	return &restored, err
}
