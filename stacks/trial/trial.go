// Package trial starts somebody's app on this machine, with the environment that
// rung's machines give it, and says what of their contract it does not keep: that
// it serves where PORT says, answers its health path, ends after SIGTERM in time,
// keeps no state on the machine's disk, says how long its pages may be kept, and is well
// while what it needs is away.
//
// It runs the app's code, so it is for a command that was asked for just that, never
// for a preview. It needs what the app needs: its runtime, and where it has a
// database or a cache, their URLs in the environment.
package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rung-dev/rung/stacks/bundle"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Outcome is how one point of the contract was found.
type Outcome string

// The outcomes. What was not tried counts neither way.
const (
	Kept     Outcome = "kept"
	Broken   Outcome = "broken"
	NotTried Outcome = "not tried"
)

// Finding is one point of the contract.
type Finding struct {
	// Point is what the contract asks, "answers its health path" say.
	Point   string
	Outcome Outcome
	// Text says what was seen, and for what is broken what to do.
	Text string
}

// Options are what a trial is given.
type Options struct {
	// Environment is what the app's variables are taken from, as "NAME=value".
	Environment []string
	// Patience is how long the app may take to serve; zero means its bootSeconds.
	Patience time.Duration
	// Engine provides nerdctl for an image: it returns the folder that it lies in. What it
	// needs may lie in dir. Nil tries no image.
	Engine func(ctx context.Context, image, dir string) (programs string, err error)
	// Say tells what is being done; nil tells nobody.
	Say func(format string, args ...any)
}

// ErrImage is an app that cannot be tried here.
var ErrImage = errors.New("an image is not tried: start it with your container engine, with PORT set, and ask its " +
	"health path")

// Run tries the app. The error is about the trial; what the app breaks are findings.
func Run(ctx context.Context, app manifest.App, o Options) ([]Finding, error) {
	if app.Image != "" && o.Engine == nil {
		return nil, ErrImage
	}
	dir, err := os.MkdirTemp("", "rung-trial-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for the trial: %w", err)
	}
	defer os.RemoveAll(dir)
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	t := &trial{app: app.WithDefaults(), options: o, dir: dir}
	if err := t.prepare(ctx); err != nil {
		return nil, err
	}
	t.release(ctx, "commands.release", t.app.Commands.Release)
	t.serve(ctx, "web", "/")
	t.worker(ctx)
	t.services(ctx)
	return t.findings, ctx.Err()
}

type trial struct {
	app      manifest.App
	options  Options
	dir      string
	program  string // the bundle
	programs string // a folder with nerdctl, for an image
	host     string // the address at which a part is to serve
	// installing is the time before the app's parts, without stands for what it needs and
	// nobody has.
	installing bool
	without    map[string]string
	of         string // whose points are found; empty for the app itself
	findings   []Finding
}

func (t *trial) found(point string, outcome Outcome, format string, args ...any) {
	t.findings = append(t.findings, Finding{t.of + point, outcome, fmt.Sprintf(format, args...)})
}

// prepare packs and unpacks the app as machines have it.
func (t *trial) prepare(ctx context.Context) error {
	made, err := bundle.Make(t.app, t.dir)
	if err != nil {
		return err
	}
	t.program = made.Path
	if t.app.Image != "" {
		if t.programs, err = t.options.Engine(ctx, t.app.Image, t.dir); err != nil {
			return err
		}
		return os.Mkdir(t.files(), 0o700) // where a process begins that has no files
	}
	if err := bundle.Unpack(t.app, t.files()); err != nil {
		return fmt.Errorf("unpack the app: %w", err)
	}
	if t.app.Install == nil {
		return nil
	}
	t.options.Say("installs: %s", text(t.app.Install))
	started := time.Now()
	t.installing = true
	defer func() { t.installing = false }()
	p, err := t.start(ctx, "", t.app.Install.Argv()...)
	if err != nil {
		return fmt.Errorf("install the app: %w", err)
	}
	if err := p.wait(ctx, installWithin); err != nil {
		return fmt.Errorf("install the app with %s: %w\n%s", text(t.app.Install), err, p.said())
	}
	took := time.Since(started).Round(time.Second)
	if took > time.Duration(t.app.BootSeconds)*time.Second {
		t.found("is ready in time", Broken, "installing took %s here, and bootSeconds are %d: raise them", took,
			t.app.BootSeconds)
	}
	return nil
}

// installWithin is how long what an app needs may take to come.
const installWithin = 10 * time.Minute

// files is where the bundle looks for the app's files.
func (t *trial) files() string { return t.program + ".d" }

func text(c *manifest.Command) string {
	if c.Line != "" {
		return c.Line
	}
	return fmt.Sprintf("%q", c.Words)
}

// home is the app's own.
func (t *trial) home() string { return filepath.Join(t.dir, "home") }

// uploads is the folder that the app may write to.
func (t *trial) uploads() string { return filepath.Join(t.dir, "uploads") }
