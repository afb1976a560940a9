package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/manifest"
)

// appKey is somebody's own app: its folder, or its description.
const appKey = "app"

// describe puts the description of somebody's app in the place of its folder, or of
// nothing where the working directory has a file. It is kept with the stack, so that
// commands from elsewhere know what the stack runs.
func describe(set settings) error {
	given, said := set[appKey]
	if said && strings.HasPrefix(given, "{") {
		return nil
	}
	dir, err := appFolder(given)
	if err != nil {
		return err
	}
	text, err := manifest.Beside(dir)
	switch {
	case err != nil:
		return usageError{err.Error()}
	case text != "":
		set[appKey] = text
	case said:
		return usageError{fmt.Sprintf("--set app=%s: there is no %s: docs/your-app.md says what stands in it", given,
			filepath.Join(dir, manifest.FileName))}
	}
	return nil
}

// appFolder is the folder that was named, below the working directory; the working
// directory itself for none.
func appFolder(given string) (string, error) {
	if given == "" {
		return ".", nil
	}
	dir := given
	if filepath.Base(given) == manifest.FileName {
		dir = filepath.Dir(given)
	}
	info, err := os.Stat(dir)
	if !filepath.IsLocal(dir) || err != nil || !info.IsDir() {
		return "", usageError{fmt.Sprintf("--set app=%s: want a folder below the working directory, with a %s", given,
			manifest.FileName)}
	}
	return dir, nil
}

// findYours packs somebody's app. A preview from elsewhere takes what stands.
func (s *session) findYours(ctx context.Context) (err error) {
	s.artifact, err = artifact.Described(*s.config.App, s.app.architecture(s.config))
	if errors.Is(err, os.ErrNotExist) && s.need == appToShow && s.stored["stage"] != "" {
		return nil
	}
	if err != nil {
		return usageError{err.Error()}
	}
	if s.app.flags.lab() && s.need == appToDeploy {
		return s.app.runsInLab(ctx, s.config.App.WithDefaults())
	}
	return nil
}

// interpreters are the programs of runtimes, by how the runtimes' names begin.
var interpreters = map[string]string{"nodejs": "node", "python": "python3", "ruby": "ruby", "java": "java"}

// runsInLab fails before anything is made where this machine cannot run the app.
func (a *app) runsInLab(ctx context.Context, app manifest.App) error {
	if err := a.fetchImage(ctx, app.Image); err != nil {
		return err
	}
	var programs []string
	runtime, _, _ := strings.Cut(app.Runtime, "@")
	if name := interpreters[runtime]; name != "" {
		programs = append(programs, name)
	}
	if app.Commands.Release != nil || len(app.Schedule) > 0 || slices.ContainsFunc(app.Services, migrates) {
		programs = append(programs, "psql")
	}
	if len(app.Schedule) > 0 {
		programs = append(programs, "systemd-analyze")
	}
	if err := site.MissingOf(programs); err != nil {
		return usageError{err.Error()}
	}
	return nil
}

// fetchImage lays an image into the lab; nothing for none.
func (a *app) fetchImage(ctx context.Context, image string) error {
	if image == "" {
		return nil
	}
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return err
	}
	a.say("fetches the image %s", image)
	if err := l.Fetch(ctx, image); err != nil {
		return errors.Join(ctx.Err(), usageError{"rung.yaml: image: " + err.Error()})
	}
	return nil
}

func migrates(s manifest.Service) bool { return s.Release != nil }
