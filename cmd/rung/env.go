package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/stacks/manifest"
)

func (a *app) envCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "env",
		Short: "List your app's environment, or change it in the rung.yaml here",
		Long: `List or change the environment of your app. It stands in rung.yaml, so that a change is a
change of the code like any other, and ` + "`rung deploy`" + ` ships it. What nobody may read is a secret:
` + "`rung secret`" + `.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return fmt.Errorf("want set or list, as in `%s`", example(c))
		},
		Example: "  rung env set LOG_LEVEL=debug",
	}
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the environment of your app, and the names of its secrets", Args: cobra.NoArgs,
		Example: "  rung env list",
		RunE:    a.runs(func(context.Context, []string) error { return a.listEnv() }),
	}, &cobra.Command{
		Use: "set NAME=VALUE...", Short: "Change variables in the rung.yaml here; NAME= makes one empty, NAME- takes it out",
		Example: "  rung env set LOG_LEVEL=debug OLD-",
		Args:    cobra.MinimumNArgs(1),
		RunE:    a.runs(func(_ context.Context, args []string) error { return a.setEnv(args) }),
	})
	return c
}

func (a *app) listEnv() error {
	s, err := a.readBefore()
	if err != nil {
		return err
	}
	if s.config.App == nil {
		return usageError{"there is no " + manifest.FileName + " here and none in the stack: docs/your-app.md " +
			"says what stands in it"}
	}
	for _, name := range slices.Sorted(maps.Keys(s.config.App.Environment)) {
		fmt.Fprintf(a.out, "%s=%s\n", name, legible.Line(s.config.App.Environment[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.config.App.Secrets)) {
		fmt.Fprintf(a.out, "%s is a secret, %s\n", name, s.config.App.Secrets[name].Named(a.flags.stack, name).ID)
	}
	return nil
}

// mostManifest is how large a rung.yaml may be that is changed, in bytes.
const mostManifest = 1 << 20

func (a *app) setEnv(args []string) error {
	changes, err := environmentChanges(args)
	if err != nil {
		return err
	}
	text, err := place.Read(manifest.FileName, mostManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return usageError{"there is no " + manifest.FileName + " here: go to the folder of the app"}
	}
	if err != nil {
		return usageError{err.Error()}
	}
	fresh, err := manifest.WithEnvironment(text, changes)
	if err != nil {
		return usageError{fmt.Sprintf("%v; the file was left as it was", err)}
	}
	info, err := os.Stat(manifest.FileName)
	if err != nil {
		return fmt.Errorf("write %s: %w", manifest.FileName, err)
	}
	next := manifest.FileName + ".new"
	if err := os.WriteFile(next, fresh, info.Mode().Perm()); err != nil {
		return fmt.Errorf("write %s: %w", manifest.FileName, errors.Join(err, os.Remove(next)))
	}
	if err := os.Rename(next, manifest.FileName); err != nil {
		return fmt.Errorf("write %s: %w", manifest.FileName, err)
	}
	a.say("%s is changed. `rung deploy` ships it.", manifest.FileName)
	return nil
}

// environmentChanges reads NAME=VALUE and NAME-.
func environmentChanges(args []string) (map[string]*string, error) {
	changes, errs := map[string]*string{}, []error(nil)
	for _, arg := range args {
		name, value, set := strings.Cut(arg, "=")
		gone, out := strings.CutSuffix(arg, "-")
		switch {
		case set && name != "":
			changes[name] = &value
		case out && gone != "":
			changes[gone] = nil
		default:
			errs = append(errs, usageError{fmt.Sprintf("got %q, want NAME=VALUE, or NAME- to take it out", arg)})
		}
	}
	return changes, errors.Join(errs...)
}
