package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/releases"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/manifest"
)

// errBeyond is a deployment that would change more than a release does.
var errBeyond = errors.New("not deployed: the plan changes more than a release")

// errWentBack is a release that did not stay.
var errWentBack = errors.New("the release went back")

func (a *app) deployCommand() *cobra.Command {
	var how rolling
	c := &cobra.Command{
		Use:   "deploy [PATH|IMAGE]",
		Short: "Ship a version of your app to the machines that stand, and go back where it does not stay",
		Long: `Ship a version of your app: the folder of a rung.yaml, a binary, or an image with its
digest; without one it is the rung.yaml here, or what rung:artifact names. The release
command runs once, then machines take the version, a few at a time, with the alarms as
gate on AWS. A version that does not become healthy, or under which an alarm fires, goes
back: AWS brings the machines back, and rung the stack. From stage 3 on --canary says how
many machines take it first, and --bake how long the alarms watch then, and again at the
end; both are settings of the stack, which later releases keep. Nothing but the release is
changed; where more is due, that is told and ` + "`rung up`" + ` does it.

Exit code 0: all machines have it; 1: it went back, or could not be followed.`,
		Example: `  rung deploy
  rung deploy ./shop --cloud aws --yes
  rung deploy --canary 10 --bake 15m      # a tenth of each fleet first
  rung deploy registry/shop@sha256:0123…  # of an app with an image`,
		Args: cobra.MaximumNArgs(1),
	}
	c.RunE = a.runs(func(ctx context.Context, args []string) error {
		how.asked = c.Flags().Changed
		return a.deploy(ctx, strings.Join(args, ""), how)
	})
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before changing anything on AWS")
	c.Flags().IntVar(&how.canary, "canary", 0, "how many `percent` of a fleet's machines take the version first")
	c.Flags().DurationVar(&how.bake, "bake", 0, "how long the alarms watch it then, and again at the end")
	c.Flags().DurationVar(&how.patience, "patience", defaultPatience,
		"how long the machines may take until all have it; the bake times come on top of the default")
	return a.policyFlag(c)
}

func (a *app) deploy(ctx context.Context, what string, how rolling) error {
	if err := errors.Join(checkPatience(how.patience), how.check(), a.toDeploy(what)); err != nil {
		return err
	}
	a.flags.set = append(a.flags.set, how.settings()...)
	return a.onReleases(ctx, "deploy", true, appToDeploy, func(d *day, journal releases.Journal) error {
		patience, err := d.enough(how.patience)
		if err != nil {
			return err
		}
		release := d.thisRelease()
		if now, runs := journal.Current(); runs && now.Same(release) {
			a.say("This version runs already, as release %d; `rung status` says how it is.", now.Number)
		}
		return d.ship(ctx, journal, release, patience)
	})
}

// withDigest is an image that is named by its content.
var withDigest = regexp.MustCompile(`^[^@\s]+@sha256:[0-9a-f]{64}$`)

// toDeploy turns what was named into settings of this run.
func (a *app) toDeploy(what string) error {
	switch info, err := os.Stat(what); {
	case what == "":
		return nil
	case withDigest.MatchString(what):
		return a.imageToDeploy(what)
	case err != nil:
		return usageError{fmt.Sprintf("deploy %s: want a folder with a %s, a binary for Linux, or an image with its digest, "+
			"name@sha256:…; there is no such file", what, manifest.FileName)}
	case info.IsDir() || filepath.Base(what) == manifest.FileName:
		a.flags.set = append(a.flags.set, appKey+"="+what)
	default:
		a.flags.set = append(a.flags.set, artifactKey+"="+what)
	}
	return nil
}

// imageToDeploy puts an image into the place of the app's own.
func (a *app) imageToDeploy(image string) error {
	stored, err := a.stored()
	if err != nil {
		return err
	}
	text := stored[appKey]
	if here, err := manifest.Beside("."); err == nil && here != "" {
		text = here
	}
	app, err := manifest.Parse([]byte(text))
	if text == "" || err != nil || app.Image == "" {
		return usageError{fmt.Sprintf("deploy %s: the stack's app is no image: its %s says what it is", image,
			manifest.FileName)}
	}
	app.Image = image
	description, err := app.JSON()
	if err != nil {
		return err
	}
	a.flags.set = append(a.flags.set, appKey+"="+description)
	return nil
}

// journal reads the stack's releases.
func (d *day) journal(ctx context.Context) (releases.Journal, error) {
	store, err := d.releases(ctx)
	if err != nil {
		return releases.Journal{}, err
	}
	return store.Read(ctx)
}

// ship brings the machines to a release, follows it, and goes back where it does not stay.
func (d *day) ship(ctx context.Context, journal releases.Journal, r releases.Release, patience time.Duration) error {
	before, ran := journal.Current()
	steps, err := d.planRelease(ctx)
	if err != nil {
		return err
	}
	if len(changing(steps)) == 0 {
		d.app.say("Nothing is to be changed: the stack has this version.")
		return d.stack.Ended()
	}
	d.tellMigration(r)
	if err := d.app.consent(fmt.Sprintf("Release %.12s to stack %s on AWS?", r.SHA256, d.stack.Name())); err != nil {
		return err
	}
	r = journal.Begin(r)
	if err := d.remember(ctx, journal); err != nil {
		return err
	}
	d.app.say("Release %d (%.12s) begins.", r.Number, r.SHA256)
	outcome, says, err := d.roll(ctx, steps, patience)
	journal.End(r.Number, outcome, says)
	if err := errors.Join(err, d.remember(context.WithoutCancel(ctx), journal)); err != nil {
		return err
	}
	if outcome == releases.Running {
		d.app.say("Release %d is on all machines.", r.Number)
		return d.stack.Ended()
	}
	if !ran {
		return fmt.Errorf("%w, and none was written down before it: %s", errWentBack, says)
	}
	return d.undo(ctx, journal, r, before, says, patience)
}

// planRelease plans, and stops where more than a release would be changed.
func (d *day) planRelease(ctx context.Context) ([]preview.Step, error) {
	return d.planWithin(ctx, beyondRelease, errBeyond)
}

// changing are the steps that change anything.
func changing(steps []preview.Step) (all []preview.Step) {
	for _, x := range steps {
		if x.Op != preview.Same {
			all = append(all, x)
		}
	}
	return all
}

// tellMigration says what going back from this release will not undo.
func (d *day) tellMigration(r releases.Release) {
	if r.Migrates && r.Of == 0 {
		d.app.say("The release command runs once, before the version gets traffic. Going back does not undo what it " +
			"changes in the database: the version of before must work with it.")
	}
}

// remember writes the journal, and keeps the program.
func (d *day) remember(ctx context.Context, j releases.Journal) error {
	store, err := d.releases(ctx)
	if err != nil {
		return err
	}
	if !d.artifact.Standing {
		if err := store.Keep(ctx, d.artifact.SHA256, d.artifact.Path); err != nil {
			return err
		}
	}
	return store.Write(ctx, j)
}

// roll carries the plan out and follows the machines. An error is one of this machine or
// of the cloud's; a release that does not stay is an outcome.
func (d *day) roll(ctx context.Context, steps []preview.Step,
	patience time.Duration) (releases.Outcome, string, error) {
	begin := time.Now()
	if err := d.deployToLab(ctx); err != nil {
		return releases.Failed, err.Error(), err
	}
	if err := d.carryOut(ctx, steps); err != nil {
		return releases.Failed, "the stack could not be brought to it", err
	}
	got, err := operate.Watch(ctx, d.driver, d.stands, operate.Watching{Since: begin, Patience: patience,
		Tell: func(p operate.Progress) { d.app.say("%s", p) }})
	switch {
	case ctx.Err() != nil:
		d.app.say("The release goes on without this command: `rung status` says how far it is.")
		return releases.Begun, "nobody followed it to its end", ctx.Err()
	case err != nil && got.State != operate.Rolling:
		return releases.Begun, "it could not be followed", err
	case err != nil:
		return releases.Failed, err.Error(), nil
	case got.State == operate.Done:
		return releases.Running, "", nil
	case got.State == operate.Back:
		return releases.WentBack, saidOf(got), nil
	}
	return releases.Failed, saidOf(got), nil
}

// saidOf is why a rollout ended as it did.
func saidOf(r operate.Rollout) string {
	var list []string
	for _, p := range r.Parts {
		if p.State == r.State {
			list = append(list, p.String())
		}
	}
	return strings.Join(list, "; ")
}
