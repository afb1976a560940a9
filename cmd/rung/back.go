package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/operate/releases"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/artifact"
)

func (a *app) releasesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "releases",
		Short: "List what was released to the stack: when, by whom, and what came of it",
		Long: `List what was released to the stack, by ` + "`rung deploy`, `rung back` or `rung up`" + `: number, version,
when, by whom, and what came of it. The list lies in the stack's bucket of artifacts on
AWS, and beside the stack on the offline cloud and in the lab.`,
		Example: "  rung releases --cloud aws --format json",
		Args:    cobra.NoArgs,
		RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.releases(ctx) }),
	}
}

func (a *app) releases(ctx context.Context) error {
	return a.onReleases(ctx, "releases", false, appAsItStands, func(d *day, journal releases.Journal) error {
		now, _ := journal.Current()
		v := view.Releases{Stack: d.stack.Name(), Current: now.Number, At: time.Now().UTC()}
		for _, r := range journal.Releases {
			v.Releases = append(v.Releases, view.Release{Number: r.Number, SHA256: r.SHA256, At: r.At, By: r.By, Of: r.Of,
				Outcome: string(r.Outcome), Says: r.Says, Migrates: r.Migrates})
		}
		return a.show(v)
	})
}

func (a *app) backCommand() *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use:   "back [N]",
		Short: "Go back to the release before, or to number N, and say what a migration prevents",
		Long: `Go back to the release that ran before this one, or to number N of ` + "`rung releases`" + `. Its
program and description are those of then; the machines take it as they take a new one.
What release commands changed in the database since stays: it is named before the
question, and the version of then has to work with it.`,
		Example: "  rung back\n  rung back 7 --cloud aws --yes",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.back(ctx, strings.Join(args, ""), patience)
		}),
	}
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before changing anything on AWS")
	c.Flags().DurationVar(&patience, "patience", defaultPatience, "how long the machines may take until all have it")
	return a.policyFlag(c)
}

func (a *app) back(ctx context.Context, number string, patience time.Duration) error {
	n, err := 0, error(nil)
	if number != "" {
		if n, err = strconv.Atoi(number); err != nil || n < 1 {
			return usageError{fmt.Sprintf("got %q, want the number of a release, from 1, as in `rung back 7`; `rung "+
				"releases` lists them", number)}
		}
	}
	if err := checkPatience(patience); err != nil {
		return err
	}
	return a.onReleases(ctx, "back", true, appAsItStands, func(d *day, journal releases.Journal) error {
		patience, err := d.enough(patience)
		if err != nil {
			return err
		}
		to, err := journal.Back(n)
		if err != nil {
			return usageError{err.Error()}
		}
		now, _ := journal.Current()
		if err := d.take(ctx, to); err != nil {
			return err
		}
		d.tellUndone(journal, to, now)
		again := d.thisRelease()
		again.Of = to.Number
		return d.ship(ctx, journal, again, patience)
	})
}

// take makes a release of before the one that the session deploys.
func (d *day) take(ctx context.Context, to releases.Release) error {
	store, err := d.releases(ctx)
	if err != nil {
		return err
	}
	path, err := store.Fetch(ctx, to.SHA256)
	if err != nil {
		return err
	}
	if _, has := d.stored[appKey]; has != (to.App != "") {
		return usageError{fmt.Sprintf("release %d was of another kind (a program by rung:artifact, or an app by "+
			"rung.yaml): `rung up %d` with the settings of then changes that", to.Number, d.config.Stage)}
	}
	d.wanted = maps.Clone(d.wanted)
	if to.App != "" {
		if err := d.want(appKey, to.App); err != nil {
			return fmt.Errorf("go back to release %d: its description does not fit the stack any more: %w", to.Number, err)
		}
	} else {
		delete(d.wanted, appKey) // of a folder that the command happens to stand in
		if err := d.parse(); err != nil {
			return err
		}
	}
	d.artifact = artifact.Artifact{Path: path, SHA256: to.SHA256}
	return nil
}

// tellUndone says what going back does not take back.
func (d *day) tellUndone(j releases.Journal, to, now releases.Release) {
	var list []string
	for _, n := range j.Migrations(to, now) {
		list = append(list, strconv.Itoa(n))
	}
	if len(list) > 0 {
		d.app.say("The release commands of %s ran, and are not undone: release %d has to work with the database as it is "+
			"now. Where it does not, go forward with a version that does.", inWords(list), to.Number)
	}
	d.app.say("A `rung deploy` or `rung up` from the folder of the app brings the version there again.")
}

// undo brings the stack back to the release before one that did not stay: on AWS the
// machines are there already, and the stack must say so too, or the next run would begin
// the failed release anew.
func (d *day) undo(ctx context.Context, journal releases.Journal, failed, before releases.Release, says string,
	patience time.Duration) error {
	d.app.say("Release %d did not stay: %s. Going back to release %d.", failed.Number, says, before.Number)
	if err := d.take(ctx, before); err != nil {
		return errors.Join(fmt.Errorf("%w: %s", errWentBack, says), err)
	}
	steps, err := d.planRelease(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("%w: %s", errWentBack, says), err)
	}
	again := d.thisRelease()
	again.Of = before.Number
	again = journal.Begin(again)
	outcome, why, err := d.roll(ctx, steps, patience)
	journal.End(again.Number, outcome, why)
	err = errors.Join(err, d.remember(context.WithoutCancel(ctx), journal))
	if err == nil && outcome == releases.Running {
		d.app.say("Release %d runs again, as release %d.", before.Number, again.Number)
		err = d.stack.Ended()
	} else if err == nil {
		err = fmt.Errorf("going back to release %d: %s", before.Number, why)
	}
	return errors.Join(fmt.Errorf("%w: release %d: %s", errWentBack, failed.Number, says), err)
}

// noteRelease writes down what an up has brought to the machines, where it is another than
// before. That it cannot be written down stops nobody.
func (s *session) noteRelease(ctx context.Context) {
	if s.artifact.Standing || s.artifact.SHA256 == "" || filepath.Dir(s.artifact.Path) == s.stack.Dir() { // a stand-in
		return
	}
	d := &day{session: s}
	if err := d.note(ctx); err != nil {
		s.app.say("The release could not be written down, and `rung back` will not know of it: %v", err)
	}
}

func (d *day) note(ctx context.Context) error {
	if err := d.find(ctx); err != nil {
		return err
	}
	journal, err := d.journal(ctx)
	if err != nil {
		return err
	}
	r := d.thisRelease()
	if now, runs := journal.Current(); runs && now.Same(r) {
		return nil
	}
	journal.End(journal.Begin(r).Number, releases.Running, "by rung up")
	return d.remember(ctx, journal)
}
