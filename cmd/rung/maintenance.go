package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/resource/token"
)

// maintenanceKey is the setting by which the balancer answers in the app's place.
const maintenanceKey = "maintenance"

// errMoreThanDoor is a plan that changes more than who answers.
var errMoreThanDoor = errors.New("nothing was changed: more is due than the load balancer's rules")

func (a *app) maintenanceCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "maintenance",
		Short: "Answer everybody with 503 and a page for a while, and go back",
		Long: `Answer everybody with 503 and a page, from stage 3 on, and end that again. The load balancer
does it, by rules before all others; those who ask for the app's health are still led to
it, so that machines, regions and alarms on them go on as before. It is the setting
rung:maintenance: it is stored, ` + "`rung up` and `rung deploy`" + ` leave it on and ` + "`rung up`" + ` says so.
Nothing else is changed; where more is due, it is told and ` + "`rung up`" + ` does it.`,
		Example: "  rung maintenance on --cloud aws\n  rung maintenance off --cloud aws --yes",
		RunE: func(c *cobra.Command, _ []string) error {
			return fmt.Errorf("want on or off, as in `%s`", example(c))
		},
	}
	c.PersistentFlags().BoolVar(&a.flags.yes, "yes", false, "do not ask before changing anything on AWS")
	c.AddCommand(
		&cobra.Command{Use: "on", Short: "Answer everybody with 503 and a page", Args: cobra.NoArgs,
			Example: "  rung maintenance on",
			RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.maintenance(ctx, true) })},
		&cobra.Command{Use: "off", Short: "Lead everybody to the app again", Args: cobra.NoArgs,
			Example: "  rung maintenance off",
			RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.maintenance(ctx, false) })},
	)
	return c
}

func (a *app) maintenance(ctx context.Context, on bool) error {
	a.flags.set = append(a.flags.set, fmt.Sprintf("%s=%t", maintenanceKey, on))
	return a.onDay(ctx, maintenanceKey, true, appAsItStands, func(d *day) error {
		steps, err := d.planWithin(ctx, beyondDoor, errMoreThanDoor)
		if err != nil {
			return err
		}
		if len(changing(steps)) == 0 {
			d.tellMaintenance()
			return d.stack.Ended()
		}
		question := "Answer everybody on stack %s with 503?"
		if !on {
			question = "Lead everybody on stack %s to the app again?"
		}
		if err := a.consent(fmt.Sprintf(question, d.stack.Name())); err != nil {
			return err
		}
		if err := d.bring(ctx, steps); err != nil {
			return err
		}
		if _, err := d.inLab(ctx, nil); err != nil {
			return err
		}
		d.tellMaintenance()
		return nil
	})
}

// beyondDoor are the steps that change more than the load balancer's rules.
func beyondDoor(steps []preview.Step) (names []string) {
	for _, x := range steps {
		if x.Type != token.LBListenerRule {
			names = append(names, fmt.Sprintf("%s of %s (%s)", x.Op, x.Name, x.Type))
		}
	}
	return names
}

// tellMaintenance says what people see.
func (s *session) tellMaintenance() {
	if s.config.Maintenance {
		s.app.say("Maintenance is on: everybody is answered with 503 and a page, but for health checks. What a CDN has in " +
			"its cache it goes on to show. `rung maintenance off` ends it.")
		return
	}
	s.app.say("Maintenance is off: everybody is led to the app.")
}
