package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/ladder"
)

// measuredLab is the only place whose measurements are read.
const measuredLab = "lab"

// costMeasured prices a stage by what the lab's last load has shown, beside what its
// profile takes.
func (a *app) costMeasured(stage, from string, f costFile, o billView) error {
	if from != measuredLab {
		return usageError{fmt.Sprintf("--measured: got %q, want lab", from)}
	}
	s, e, model, err := a.discountedStage(stage, f)
	if err != nil {
		return err
	}
	traffic, err := a.measured(s.config.Traffic())
	if err != nil {
		return err
	}
	before, after := e.Estimate(model), e.With(traffic).Estimate(model)
	b := preview.NewBill(fmt.Sprintf("stage %d, as measured in the lab", s.config.Stage), after, s.config.Stage, traffic,
		s.config.Budget)
	if b, err = o.of(b.Since(before, after), model); err != nil {
		return err
	}
	return a.bill(b.InRegions(s.config.Regions))
}

// measured is a profile with what the lab's last load has shown in it. It says what
// that changes.
func (a *app) measured(t ladder.Traffic) (ladder.Traffic, error) {
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return t, err
	}
	r, err := l.Measured()
	if errors.Is(err, fs.ErrNotExist) {
		return t, usageError{"--measured lab: no load was measured in this lab: `rung lab load` does so"}
	}
	if err != nil {
		return t, err
	}
	t, changed := r.Into(t)
	a.say("Measured in the lab by %d requests in %.0f s, in place of the profile:", r.Sent, r.Seconds)
	for _, c := range changed {
		a.say("  %s", c)
	}
	a.say("Users, and how often they come, are the profile's; bytes count as the app sends them, not compressed.")
	return t, nil
}
