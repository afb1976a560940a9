package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
func (s *session) findYours() (err error) {
	s.artifact, err = artifact.Described(*s.config.App, s.app.architecture(s.config))
	if errors.Is(err, os.ErrNotExist) && s.need == appToShow && s.stored["stage"] != "" {
		return nil
	}
	if err != nil {
		return usageError{err.Error()}
	}
	return nil
}
