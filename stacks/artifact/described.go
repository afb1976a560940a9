package artifact

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/stacks/bundle"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Described is somebody's own app: its files in one that machines fetch. None of it
// is run here.
func Described(app manifest.App, want Architecture) (Artifact, error) {
	if app.Binary != "" {
		if err := fits(app.Binary, want); err != nil {
			return Artifact{}, fmt.Errorf("read the app %q: %w; want a program for Linux on %s", app.Binary, err, want)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return Artifact{}, fmt.Errorf("find a directory for the app's bundle: %w", err)
	}
	dir := filepath.Join(cache, "rung", "bundles")
	made, err := bundle.Make(app, dir)
	if err != nil {
		return Artifact{}, err
	}
	if err := bundle.Prune(dir); err != nil {
		return Artifact{}, err
	}
	a := Artifact{Path: made.Path, SHA256: made.SHA256}
	files, err := bundle.Static(app, strings.TrimPrefix(contract.StaticPrefix, "/"))
	for _, f := range files {
		abs, err := filepath.Abs(f.Path)
		if err != nil {
			return Artifact{}, fmt.Errorf("find %s: %w", f.Path, err)
		}
		a.Static = append(a.Static, File{Key: f.Key, Path: abs})
	}
	return a, err
}
