package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/outside/whole"
)

// A directory may have come from anywhere, .rung in it included: unpacked,
// cloned, left in /tmp by somebody else. What of it decides which code runs is
// looked at before anything is read, and what rung can write anew it does.

// How large the files may be that rung reads, in bytes.
const (
	maxState    = 512 << 20 // the largest that rung makes has 10 MB
	maxSettings = 1 << 20
	maxLock     = 64 << 10
)

// trusted reports at once everything about the stack's directory that could
// make rung run or overwrite what is another's.
func (p paths) trusted() error {
	var errs []error
	own := []string{p.root, p.work, p.state, p.plugins, p.home, p.cloud, p.deploy, p.config,
		filepath.Join(p.root, "policies"), filepath.Join(p.root, "runs")}
	for _, path := range own {
		if path == "" {
			continue
		}
		if err := place.OwnedOrMissing(path); err != nil {
			errs = append(errs, setupf("use %s: %w", path, err))
		}
	}
	return errors.Join(append(errs, p.onlyOurPlugins(), p.nothingInstalled(), p.plainProject())...)
}

// onlyOurPlugins holds the directory that comes first on the engine's PATH to
// what rung puts there.
func (p paths) onlyOurPlugins() error {
	var errs []error
	for _, e := range entries(p.plugins) {
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Name(), "pulumi-resource-"), ".") // a link being made ends in a number
		if e.Type()&fs.ModeSymlink == 0 || !slices.Contains(plugins, name) {
			errs = append(errs, foreign(filepath.Join(p.plugins, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// nothingInstalled holds the engine's home to notes and logs: on the offline
// cloud nothing is installed in it, so that what is there came from elsewhere.
func (p paths) nothingInstalled() error {
	if p.home == "" {
		return nil
	}
	var errs []error
	for _, dir := range []string{"plugins", "bin", "policies"} {
		for _, e := range entries(filepath.Join(p.home, dir)) {
			errs = append(errs, foreign(filepath.Join(p.home, dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

func foreign(path string) error {
	return setupf("%s is not rung's, and the engine would run it: remove it, or choose another directory with --dir", path)
}

func entries(dir string) []fs.DirEntry {
	if dir == "" {
		return nil
	}
	list, _ := os.ReadDir(dir) // what cannot be read holds nothing for the engine either
	return list
}

// plainProject holds a project file of the user's own to what says no more than
// which project it is. rung's own program runs in any case; plugins and packages
// that the file names would, too.
func (p paths) plainProject() error {
	path := filepath.Join(p.work, "Pulumi.yaml")
	if p.ownWork() {
		for _, other := range []string{"Pulumi.yml", "Pulumi.json"} {
			if _, err := os.Lstat(filepath.Join(p.work, other)); err == nil {
				return foreign(filepath.Join(p.work, other))
			}
		}
		return nil // it is written anew
	}
	if err := place.Owned(path); err != nil {
		return setupf("use %s: %w", path, err)
	}
	var project map[string]any
	text, err := place.Read(path, maxSettings)
	if err == nil {
		err = yaml.Unmarshal(text, &project)
	}
	if err != nil {
		return setupf("read the project %s: %w", path, err)
	}
	for _, key := range []string{"plugins", "packages"} {
		if _, there := project[key]; there {
			return setupf("%s names %s of its own, which the engine would run: take the key out", path, key)
		}
	}
	return nil
}

// ownWork reports whether the workspace is rung's, not the user's checkout.
func (p paths) ownWork() bool { return strings.HasPrefix(p.work, p.root+string(os.PathSeparator)) }

// writeProject writes the project file of a workspace that is rung's.
func (p paths) writeProject() error {
	if !p.ownWork() {
		return nil
	}
	path := filepath.Join(p.work, "Pulumi.yaml")
	want := fmt.Sprintf("name: %s\nruntime: go\n", Project)
	if text, err := place.Read(path, maxSettings); err == nil && string(text) == want {
		return nil // a run beside this one may be reading it
	}
	if err := whole.Write(path, []byte(want), 0o600); err != nil {
		return setupf("write the project: %w", err)
	}
	return nil
}
