package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/operate"
	onaws "github.com/rung-dev/rung/operate/aws"
	"github.com/rung-dev/rung/operate/offline"
	"github.com/rung-dev/rung/operate/onlab"
	"github.com/rung-dev/rung/operate/releases"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

// day is a standing stack with the driver of its cloud: what a command of every day after
// the first works with.
type day struct {
	*session
	stands operate.Stack
	driver operate.Driver
}

// openDay opens a stack that stands, for a command that says what it is. Commands that
// change it hold it.
func (a *app) openDay(ctx context.Context, what string, changes bool, need appNeed) (*day, error) {
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	if stored["stage"] == "" {
		return nil, usageError{fmt.Sprintf("stack %s stands nowhere yet on %s: `rung up 1` begins, --stack and --cloud "+
			"choose another", a.flags.stack, a.flags.cloud)}
	}
	open := a.open
	if changes {
		open = func(ctx context.Context, stage string, need appNeed) (*session, error) {
			return a.openToChange(ctx, stage, what, need)
		}
	}
	s, err := open(ctx, "", need)
	if err != nil {
		return nil, err
	}
	d := &day{session: s}
	if err := d.find(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return d, nil
}

// onDay opens a stack that stands, lets a command do what it is for, and closes it.
func (a *app) onDay(ctx context.Context, what string, changes bool, need appNeed, do func(*day) error) (err error) {
	d, err := a.openDay(ctx, what, changes, need)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	return do(d)
}

// onReleases is onDay for a command that goes by what was released.
func (a *app) onReleases(ctx context.Context, what string, changes bool, need appNeed,
	do func(*day, releases.Journal) error) error {
	return a.onDay(ctx, what, changes, need, func(d *day) error {
		journal, err := d.journal(ctx)
		if err != nil {
			return err
		}
		return do(d, journal)
	})
}

// find reads what stands, and who can be asked about it.
func (d *day) find(ctx context.Context) error {
	resources, err := d.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if len(resources) == 0 {
		return usageError{fmt.Sprintf("stack %s holds no resources: `rung up 1` begins", d.stack.Name())}
	}
	model, err := modelOf(resources)
	if err != nil {
		return err
	}
	d.stands = operate.Of(d.stack.Name(), d.config.Home(), model)
	d.driver, err = d.app.driver(ctx, d.config.App != nil && d.config.App.Image != "")
	return err
}

// driver is that of the cloud that is meant. Tests bring their own.
func (a *app) driver(ctx context.Context, contained bool) (operate.Driver, error) {
	switch {
	case a.asks != nil:
		return a.asks, nil
	case a.flags.lab():
		return onLab(a.flags.dir, contained)
	case a.flags.offline():
		return offline.Driver{}, nil
	}
	d, err := onaws.Open(ctx)
	if err != nil {
		return nil, usageError{err.Error()}
	}
	d.Contained = contained
	return d, nil
}

func onLab(dir string, contained bool) (operate.Driver, error) {
	d, err := onlab.Of(dir)
	if err != nil {
		return nil, err
	}
	d.Contained = contained
	return d, nil
}

// releases is where the stack's releases are written down.
func (d *day) releases(ctx context.Context) (releases.Store, error) {
	return d.app.releaseStore(ctx, d.stands)
}

func (a *app) releaseStore(ctx context.Context, s operate.Stack) (releases.Store, error) {
	if a.flags.offline() {
		root := engine.Cloud(a.flags.cloud).Root(a.flags.dir)
		return releases.Beside(filepath.Join(root, "releases", a.flags.stack)), nil
	}
	if s.Artifacts == "" {
		return nil, fmt.Errorf("find the releases of stack %s: it has no bucket of artifacts", s.Name)
	}
	client, err := awswire.Open(ctx)
	if err != nil {
		return nil, usageError{err.Error()}
	}
	client.Most = releases.MostProgram
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find a directory for programs: %w", err)
	}
	return releases.Bucket{Client: client, Name: s.Artifacts, Region: s.Region, Stack: s.Name,
		Cache: filepath.Join(cache, "rung", "programs")}, nil
}

// who is whom a release is by: the account of CI, or of this machine.
func who() string {
	for _, name := range []string{"GITHUB_ACTOR", "GITLAB_USER_LOGIN"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}

// thisRelease is what the session has deployed, or is about to.
func (s *session) thisRelease() releases.Release {
	r := releases.Release{SHA256: s.artifact.SHA256, App: s.wanted[appKey], At: time.Now().UTC().Truncate(time.Second),
		By: who(), Migrates: s.config.App == nil || s.config.App.Commands.Release != nil}
	return r
}

// beyondRelease are the steps of a plan that no release takes.
func beyondRelease(steps []preview.Step) []string {
	var all []operate.Step
	for _, x := range steps {
		all = append(all, operate.Step{Op: string(x.Op), Type: x.Type, Name: x.Name})
	}
	return operate.Beyond(all)
}

// inWords lists things for a sentence.
func inWords(list []string) string { return strings.Join(list, ", ") }

// planWithin plans, and stops where more would be changed than a command is for.
func (d *day) planWithin(ctx context.Context, beyond func([]preview.Step) []string, refusal error) (
	[]preview.Step, error) {
	if err := d.checkStanding(ctx); err != nil {
		return nil, err
	}
	if err := d.recover(ctx); err != nil {
		return nil, err
	}
	report, steps, err := d.planToChange(ctx)
	if err != nil {
		return nil, err
	}
	more, stop := beyond(changing(steps)), verdict(report)
	if stop != nil || len(more) > 0 {
		if err := d.app.show(view.Report(report)); err != nil {
			return nil, err
		}
	}
	if len(more) > 0 {
		return nil, fmt.Errorf("%w: %s; `rung up %d` does all of it", refusal, inWords(more), d.config.Stage)
	}
	return steps, stop
}
