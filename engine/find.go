package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/blang/semver"
	"github.com/gofrs/flock"
)

// Variable chooses the Pulumi CLI for AWS: a path takes that file, "build" ignores
// the PATH and takes (or makes) rung's own.
const Variable = "RUNG_PULUMI"

// Pinned is the Pulumi that rung is built and tested with: the engine that is linked,
// the CLI that is built, and the oldest one accepted from the PATH.
var (
	Pinned  = semver.MustParse("3.259.0")
	minimum = semver.MustParse("3.259.0")
)

// CLI is a Pulumi CLI that was found.
type CLI struct {
	Path    string
	Version semver.Version
	// Source says where it came from, for the user.
	Source string
}

// String is what the user reads.
func (c CLI) String() string { return fmt.Sprintf("pulumi %s (%s)", c.Version, c.Source) }

// finder is the search with everything around it as a field, so that the order
// can be tested without a network and without building.
type finder struct {
	chosen   string // the value of RUNG_PULUMI
	cache    string // directory of rung's own CLIs
	lookPath func(string) (string, error)
	version  func(ctx context.Context, path string) (string, error)
	build    func(ctx context.Context, root string) error
	log      func(string)
}

// Find takes the first of: what RUNG_PULUMI names; a pulumi on the PATH; the one in
// rung's cache; one built here, of Pulumi's unchanged source as the Go module proxy
// has it and as the checksums in rung want it. It tells log what it does when that
// takes time. A pulumi on the PATH that is too old is an ErrSetup, not silently passed over.
func Find(ctx context.Context, log func(string)) (*CLI, error) {
	f, err := newFinder(log)
	if err != nil {
		return nil, err
	}
	return f.find(ctx)
}

func (f finder) find(ctx context.Context) (*CLI, error) {
	cli, err := f.look(ctx)
	if cli != nil || err != nil {
		return cli, err
	}
	return f.make(ctx)
}

// Look is Find where nothing is built: nil when there is no CLI.
func Look(ctx context.Context) (*CLI, error) {
	f, err := newFinder(nil)
	if err != nil {
		return nil, err
	}
	return f.look(ctx)
}

func newFinder(log func(string)) (finder, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return finder{}, setupf("find the user's cache directory: %w; set HOME or XDG_CACHE_HOME", err)
	}
	if log == nil {
		log = func(string) {}
	}
	f := finder{
		chosen: os.Getenv(Variable), cache: filepath.Join(cache, "rung", "pulumi"),
		lookPath: exec.LookPath, version: askVersion, log: log,
	}
	f.build = func(ctx context.Context, root string) error { return build(ctx, root, log) }
	return f, nil
}

// look takes what is there already; nil for nothing.
func (f finder) look(ctx context.Context) (*CLI, error) {
	if f.chosen != "" && f.chosen != "build" {
		return f.accept(ctx, f.chosen, "chosen by "+Variable)
	}
	if f.chosen != "build" {
		if path, err := f.lookPath("pulumi"); err == nil {
			return f.accept(ctx, path, "found on the PATH: "+path)
		}
	}
	return f.cached(), nil
}

// accept takes a CLI that the user provides, when it is new enough.
func (f finder) accept(ctx context.Context, path, source string) (*CLI, error) {
	path, err := filepath.Abs(path) // it will be run from another directory
	if err != nil {
		return nil, setupf("find %s: %w", path, err)
	}
	text, err := f.version(ctx, path)
	if err != nil {
		return nil, setupf("ask %s for its version: %w; set %s to another pulumi, or to build", path, err, Variable)
	}
	v, err := semver.ParseTolerant(strings.TrimSpace(text))
	if err != nil {
		return nil, setupf("%s does not say its version (%q), and rung needs at least %s: set %s to another pulumi, or to "+
			"build", path, text, minimum, Variable)
	}
	if v.LT(minimum) {
		return nil, setupf("%s is pulumi %s, and rung needs at least %s: upgrade it, or set %s=build to let rung use one "+
			"of its own", path, v, minimum, Variable)
	}
	return &CLI{Path: path, Version: v, Source: source}, nil
}

// built is where the CLI lies that was compiled here. What earlier stages have left
// beside it, changed or downloaded, has other names and is not used.
func (f finder) built() string { return filepath.Join(f.cache, "v"+Pinned.String()+"-built") }

// cached is rung's own CLI, whose directory says its version, or nil.
func (f finder) cached() *CLI {
	path := filepath.Join(f.built(), "bin", "pulumi")
	if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
		return &CLI{Path: path, Version: Pinned, Source: "rung's own: " + path}
	}
	return nil
}

// make builds the pinned CLI into the cache, one process at a time.
func (f finder) make(ctx context.Context) (*CLI, error) {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return nil, setupf("make rung's cache: %w", err)
	}
	unlock, err := lockFile(ctx, filepath.Join(f.cache, "making.lock"), f.log)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if cli := f.cached(); cli != nil {
		return cli, nil // another process made it while this one waited
	}
	if err := f.into(ctx, f.built(), f.build); err != nil {
		return nil, fmt.Errorf("build the Pulumi CLI %s: %w", Pinned, err)
	}
	cli := f.cached()
	if cli == nil {
		return nil, fmt.Errorf("the Pulumi CLI was built, but %s holds none", f.cache)
	}
	cli.Source = "built: " + cli.Path
	return cli, nil
}

// lockFile holds a file so that only one process makes the CLI.
func lockFile(ctx context.Context, path string, log func(string)) (unlock func(), err error) {
	l := flock.New(path)
	ok, err := l.TryLock()
	if err == nil && !ok {
		log("another rung is making the Pulumi CLI; waiting for it")
		ok, err = l.TryLockContext(ctx, 500*time.Millisecond)
	}
	if err != nil || !ok {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = l.Unlock() }, nil
}

// into lets a maker fill a temporary root and moves it into place in one step, so
// that an interrupted build leaves nothing half done.
func (f finder) into(ctx context.Context, root string, maker func(context.Context, string) error) error {
	tmp, err := os.MkdirTemp(f.cache, "new-")
	if err != nil {
		return setupf("make a directory in rung's cache: %w", err)
	}
	err = maker(ctx, tmp)
	if err == nil {
		err = errors.Join(os.RemoveAll(root), os.Rename(tmp, root))
	}
	return errors.Join(err, os.RemoveAll(tmp))
}

func askVersion(ctx context.Context, path string) (string, error) {
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := cmd.Output()
	return string(out), err
}
