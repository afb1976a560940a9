package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/stacks/manifest"
	"github.com/rung-dev/rung/stacks/trial"
)

func (a *app) checkAppCommand() *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use:   "check-app [DIR]",
		Short: "Start the app of rung.yaml on this machine and say what it does not keep of the machines' contract",
		Long: `Start the app of rung.yaml on this machine, with the environment that rung's
machines give it, and say what it does not keep: that it serves at PORT and HOST, answers
its health path, also while what it needs is away, ends after SIGTERM in time, writes
nothing to its folder and says how long its pages may be kept. The app's own code is run,
in a temporary copy of its folder. What it needs (DATABASE_URL, REDIS_URL, QUEUE_URL, its
secrets) is taken from the environment of this command.

Exit code 0: all that was tried is kept; 1: something is not.`,
		Example: "  rung check-app\n  DATABASE_URL=postgres://localhost/shop rung check-app ./shop",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.checkApp(ctx, strings.Join(args, ""), patience)
		}),
	}
	c.Flags().DurationVar(&patience, "patience", 0, "how long the app may take to serve; 0 is its bootSeconds")
	return c
}

// containerEngine is what runs images on this machine: as in the lab, where that can be.
func containerEngine() func(ctx context.Context, image, dir string) (string, error) {
	if container.Probe() != nil {
		return nil
	}
	return func(ctx context.Context, image, dir string) (string, error) {
		executable, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("find the running executable: %w", err)
		}
		c := container.Containers{Dir: filepath.Join(dir, "containers")}
		if err := c.Provide(executable); err != nil {
			return "", err
		}
		return c.Programs(), c.Fetch(ctx, image)
	}
}

func (a *app) checkApp(ctx context.Context, dir string, patience time.Duration) error {
	if dir == "" {
		dir = "."
	}
	file := dir
	if filepath.Base(dir) != manifest.FileName {
		file = filepath.Join(dir, manifest.FileName)
	}
	app, err := manifest.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Sprintf("there is no %s: want the folder of an app that has one, as in `rung "+
			"check-app ./shop`; docs/your-app.md says what stands in it", file)}
	}
	if err != nil {
		return usageError{err.Error()}
	}
	findings, err := trial.Run(ctx, app, trial.Options{Environment: os.Environ(), Patience: patience, Say: a.say,
		Engine: containerEngine()})
	if err != nil {
		return err
	}
	broken := 0
	for _, f := range findings {
		fmt.Fprintf(a.out, "%-9s  %s: %s\n", f.Outcome, f.Point, strings.ReplaceAll(f.Text, "\n", "\n           "))
		if f.Outcome == trial.Broken {
			broken++
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d points are not kept; docs/your-app.md says why each matters", broken, len(findings))
	}
	return nil
}
