package main

import (
	"context"
	"strings"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/operate"
)

// cloudLoad is what the cloud itself measured of the stack, as `rung status` shows it. A
// cloud that measured nothing is told with the way to measurements: an answer to nothing
// would be none.
func (a *app) cloudLoad(ctx context.Context) (measured advise.Measurements, err error) {
	err = a.onDay(ctx, "advise", false, appAsItStands, func(d *day) error {
		if err := d.sameAccount(ctx); err != nil {
			return err
		}
		found, err := d.driver.Look(ctx, d.stands)
		if err != nil {
			return err
		}
		if measured = highest(found.Load); len(measured) == 0 {
			return nothingMeasured(found.Unasked)
		}
		for _, what := range found.Unasked {
			a.say("Not known: %s", what)
		}
		return nil
	})
	return measured, err
}

func nothingMeasured(unasked []string) error {
	because := "it has measured nothing of this stack yet"
	if len(unasked) > 0 {
		because = strings.Join(unasked, "; ")
	}
	return operate.NotHere{What: "advise from what the cloud measured", Because: because,
		Instead: "give --measurements FILE, which `rung advise init` writes to be filled in, or --prometheus URL"}
}
