// Package guest runs a command of the user's on the offline cloud: any Pulumi program,
// in any language, by the stock CLI, with no account.
//
// It makes a place for it under .rung and hands over an environment in which the
// providers that rung simulates come first on the PATH, the state lies in a file, and
// no credential of the user's is left. It changes no file outside of .rung, and costs
// nothing. Providers that are not simulated are not found, unless the user lets one of
// those that are installed take part by its name: what that one does, it does for real.
package guest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/outside/place"
)

// Options say where a command runs and with what.
type Options struct {
	// Dir is the user's directory, whose .rung holds everything.
	Dir string
	// Executable is what plays the providers, and Providers are their packages.
	Executable string
	Providers  []string
	// Allow are packages whose installed provider may take part besides, "tls" say.
	Allow []string
	// Installed is where the user's own plugins are; empty is ~/.pulumi/plugins.
	Installed string
	// Set are variables to hand over besides, by name.
	Set map[string]string
	// Passphrase encrypts the secrets of a guest's stacks where the user has none of their own.
	Passphrase string
	// StateVariable is the variable that names the cloud's file to the providers.
	StateVariable string
}

// Place is where a guest's things lie.
type Place struct {
	root, plugins, home, state, cloud string
	options                           Options
}

// prefix starts the name of every provider executable.
const prefix = "pulumi-resource-"

// New makes the place of a directory's guests. It fails where .rung belongs to somebody
// else, and where a provider that is to be let in is not installed.
func New(o Options) (Place, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Place{}, fmt.Errorf("find the directory %q: %w", o.Dir, err)
	}
	root := filepath.Join(dir, ".rung", "guest")
	p := Place{
		root: root, plugins: filepath.Join(root, "plugins"), home: filepath.Join(root, "home"),
		state: filepath.Join(root, "state"), cloud: filepath.Join(dir, ".rung", "cloud.json"), options: o,
	}
	for _, path := range []string{filepath.Join(dir, ".rung"), root, p.plugins, p.home, p.state, p.cloud} {
		if err := place.OwnedOrMissing(path); err != nil {
			return p, fmt.Errorf("use %s: %w", path, err)
		}
	}
	if err := p.onlyOurs(); err != nil {
		return p, err
	}
	return p, p.make()
}

// Cloud is the file of the offline cloud whose guest a command is.
func (p Place) Cloud() string { return p.cloud }

// Backend is the address of the guest's state, as the CLI takes it.
func (p Place) Backend() string { return "file://" + slashed(p.state) }

// onlyOurs holds the directory that comes first on the PATH to what is put there here: a
// .rung may have come with a directory from anywhere.
func (p Place) onlyOurs() error {
	entries, _ := os.ReadDir(p.plugins) // what is not there holds nothing
	var errs []error
	for _, e := range entries {
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Name(), prefix), ".") // a link being made ends in a number
		ours := strings.HasPrefix(e.Name(), prefix) && slices.Contains(p.options.Providers, name)
		if !ours || e.Type()&fs.ModeSymlink == 0 {
			errs = append(errs, fmt.Errorf("%s is not rung's, and would be run: remove it, or choose another directory with "+
				"--dir", filepath.Join(p.plugins, e.Name())))
		}
	}
	return errors.Join(errs...)
}

func (p Place) make() error {
	for _, installed := range []string{"plugins", "bin", "policies"} { // only what is allowed now takes part
		if err := os.RemoveAll(filepath.Join(p.home, installed)); err != nil {
			return fmt.Errorf("clear the %s of guests: %w", installed, err)
		}
	}
	for _, dir := range []string{p.plugins, p.state, filepath.Join(p.home, "plugins")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make %s: %w; choose a directory that can be written with --dir", dir, err)
		}
	}
	var errs []error
	for _, name := range p.options.Providers {
		errs = append(errs, link(p.options.Executable, filepath.Join(p.plugins, prefix+name)))
	}
	for _, name := range p.options.Allow {
		errs = append(errs, p.allow(name))
	}
	return errors.Join(errs...)
}

// link points a name at a file, in one step: a run beside this one never misses it.
func link(target, name string) error {
	if now, err := os.Readlink(name); err == nil && now == target {
		return nil
	}
	fresh := fmt.Sprintf("%s.%d", name, os.Getpid())
	err := os.Symlink(target, fresh)
	if err == nil {
		err = os.Rename(fresh, name)
	}
	if err != nil {
		return fmt.Errorf("link the plugin %s: %w", name, err)
	}
	return nil
}

// ErrNotInstalled is a provider that is to take part and is not there.
var ErrNotInstalled = errors.New("not installed")

// allow links every installed version of a provider into the guest's home.
func (p Place) allow(name string) error {
	installed := p.options.Installed
	if installed == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("find the plugins that are installed: %w", err)
		}
		installed = filepath.Join(home, ".pulumi", "plugins")
	}
	entries, _ := os.ReadDir(installed) // one that is not there has none
	found := false
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "resource-"+name+"-v") {
			continue
		}
		found = true
		err := os.Symlink(filepath.Join(installed, e.Name()), filepath.Join(p.home, "plugins", e.Name()))
		if err != nil {
			return fmt.Errorf("let the provider %s take part: %w", name, err)
		}
	}
	if !found {
		return fmt.Errorf("let the provider %s take part: %w in %s: `pulumi plugin install resource %s` installs it",
			name, ErrNotInstalled, installed, name)
	}
	return nil
}
