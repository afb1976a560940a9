package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/claims"
	"github.com/rung-dev/rung/lab/load"
)

func (a *app) labClaimsCommand() *cobra.Command {
	f := breakFlags{}
	duration := 30 * time.Second
	c := &cobra.Command{
		Use:   "claims",
		Short: "Hold the seeds' headline figures against the lab: claim, measured, why",
		Long: `Hold the seeds' headline figures against the stack that runs in the lab. A load shows
what caches, CDN, replicas and queue take; a machine is killed under load, where there
are several; and pool, index and batching are measured in a database of their own
beside the app's, which is dropped again.

Exit code 0: measured, whatever comes out.`,
		Example: `  rung lab claims
  rung lab claims --rate 200 --for 1m --output claims.html`,
		Args: cobra.NoArgs,
		RunE: a.finishes(func(ctx context.Context, _ []string) error {
			var err error
			if duration < time.Second || duration > load.MaxDuration {
				err = usageError{"--for: got " + duration.String() + ", want 1s to 1h"}
			}
			r, err := a.ready(ctx, f, err)
			if err != nil {
				return err
			}
			return a.labClaims(ctx, r, f, duration)
		}),
	}
	f.register(c)
	c.Flags().DurationVar(&duration, "for", duration, "how long the load without a failure takes")
	return c
}

func (a *app) labClaims(ctx context.Context, r drillground, f breakFlags, duration time.Duration) error {
	primary, replicas, err := r.hand.Databases(ctx)
	if err != nil {
		return err
	}
	all := []claims.Claim{}
	if primary != "" {
		a.say("Measuring pool, index and batching in a database of their own.")
		if all, err = claims.OfDatabase(ctx, primary); err != nil {
			return err
		}
	}
	plan := r.plan
	plan.Duration, plan.Primary, plan.Replicas, plan.Jobs = duration, primary, replicas, 0
	a.say("A load of %v requests/s for %s.", f.rate, duration)
	result, err := load.Run(ctx, plan)
	if err != nil {
		return err
	}
	machine, err := a.claimOfMachine(ctx, r, f)
	if err != nil {
		return err
	}
	all = append(append(all, claims.OfLoad(result)...), machine...)
	return a.show(claims.Document("The seeds' figures on the lab's stack", all))
}

// claimOfMachine kills one of several machines under load. None is killed where it is
// the only one.
func (a *app) claimOfMachine(ctx context.Context, r drillground, f breakFlags) ([]claims.Claim, error) {
	units, err := r.hand.Units(ctx)
	if err != nil {
		return nil, err
	}
	machines := 0
	for _, u := range units {
		if u.Role == breaks.RoleWeb && u.Serves {
			machines++
		}
	}
	if machines < 2 {
		return nil, nil
	}
	a.say("A machine is killed under load.")
	out, err := breaks.Run(ctx, r.hand, breaks.Break{What: breaks.Machine, How: breaks.Kill}, r.plan, f.timing)
	if err == nil {
		_, err = a.settleLab(ctx, r.lab)
	}
	if err != nil {
		return nil, errors.Join(errors.New("kill a machine under load"), err)
	}
	return []claims.Claim{claims.OfBreaks(out, machines-1)}, nil
}
