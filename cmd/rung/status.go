package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/ladder"
)

func (a *app) statusCommand() *cobra.Command {
	var quick bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how the stack is on one screen: release, parts, load, month, drift, alarms, handover, backups",
		Long: `Show how the stack is on one screen: the release that runs, each part's health, the
load of the last day against what the stage is meant for, the month, drift, alarms,
the handover, the newest backups with their age, and what ` + "`rung advise`" + ` says to what was
measured. What could not be found out is told with what it takes. Changes nothing.

Exit code 0: told, however the stack is; 1: the cloud could not be asked.`,
		Example: "  rung status\n  rung status --stack prod --cloud aws --format json\n  rung status --quick",
		Args:    cobra.NoArgs,
		RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.status(ctx, quick) }),
	}
	c.Flags().BoolVar(&quick, "quick", false, "do not look for drift, which takes the longest")
	return c
}

func (a *app) status(ctx context.Context, quick bool) (err error) {
	d, err := a.openDay(ctx, "status", false, appAsItStands)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.sameAccount(ctx); err != nil {
		return err
	}
	found, err := d.driver.Look(ctx, d.stands)
	if err != nil {
		return err
	}
	s := view.Status{Stack: d.stack.Name(), Cloud: a.flags.cloud, Stage: int(d.config.Stage), At: time.Now().UTC(),
		Parts: found.Health, Alarms: found.Alarms, Watched: found.AlarmsWatched, Backups: found.Backups,
		Unknown: found.Unasked, Handover: string(d.config.Handover), Load: loadAgainst(d.config.Stage, found.Load)}
	if s.Moves, err = hosts.Reminders(a.flags.dir, s.At); err != nil {
		s.Unknown = append(s.Unknown, err.Error())
	}
	d.tellRelease(ctx, &s)
	d.tellMonth(&s, found.Load)
	d.tellDrift(ctx, &s, quick)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return a.show(s)
}

// tellRelease adds what runs, as the journal has it.
func (d *day) tellRelease(ctx context.Context, s *view.Status) {
	store, err := d.releases(ctx)
	if err != nil {
		s.Unknown = append(s.Unknown, err.Error())
		return
	}
	journal, err := store.Read(ctx)
	if err != nil {
		s.Unknown = append(s.Unknown, err.Error())
	}
	if r, runs := journal.Current(); runs {
		s.Release = &view.StatusRelease{Number: r.Number, SHA256: r.SHA256, At: r.At, By: r.By}
	}
}

// loadAgainst sets what was measured against what the stage is meant for.
func loadAgainst(n ladder.Number, load []operate.Measure) (all []view.StatusLoad) {
	stage, err := ladder.Get(n)
	for _, m := range load {
		l := view.StatusLoad{Measure: m}
		if m.Key == string(advise.PeakRequestsPerSecond) && err == nil {
			l.Limit = float64(stage.PeakRequestsPerSecond)
		}
		all = append(all, l)
	}
	return all
}

// highest are the highest of each key.
func highest(load []operate.Measure) advise.Measurements {
	all := advise.Measurements{}
	for _, m := range load {
		key := advise.Key(m.Key)
		all[key] = max(all[key], m.Value)
	}
	return all
}

// tellMonth adds the estimate of what stands, and what advise says to the load.
func (d *day) tellMonth(s *view.Status, load []operate.Measure) {
	catalogue, err := cost.LoadUser()
	if err != nil {
		s.Unknown = append(s.Unknown, err.Error())
		return
	}
	if r, err := d.app.recordStage(d.config.Stage, d.wanted); err == nil {
		e := r.under(catalogue, d.config.Traffic())
		s.Month = &view.StatusMonth{Low: e.Low.StringFixed(0), Expected: e.Expected.StringFixed(0),
			High: e.High.StringFixed(0)}
		if !d.config.Budget.IsZero() {
			s.Month.Budget = d.config.Budget.StringFixed(0)
		}
	} else {
		s.Unknown = append(s.Unknown, fmt.Sprintf("the month: %v", err))
	}
	measured := highest(load)
	situation := advise.Situation{Stage: d.config.Stage, Measured: measured}
	if situation.Month, err = d.app.months(catalogue, d.config.Stage, measured); err != nil {
		situation.Month = nil // advice without prices
	}
	s.Advice = advise.NewReport(situation, "CloudWatch").Headline
}

// tellDrift says what differs between the stack's state and its cloud.
func (d *day) tellDrift(ctx context.Context, s *view.Status, quick bool) {
	if quick {
		s.Drift = "not looked for (--quick): `rung drift`"
		return
	}
	found, err := d.drift(ctx)
	if err != nil {
		s.Drift = "could not be looked for: `rung drift` says why"
		s.Unknown = append(s.Unknown, err.Error())
		return
	}
	s.Drift = driftLine(found)
}

// driftLine is drift in one line.
func driftLine(found preview.Drifts) string {
	if !found.Any() {
		return "none"
	}
	var names []string
	for _, r := range found.Resources {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	const some = 5
	if len(names) > some {
		names = append(names[:some], fmt.Sprintf("%d more", len(found.Resources)-some))
	}
	return inWords(names) + ": `rung drift` says what"
}
