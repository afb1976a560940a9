package artifact

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/rung-dev/rung/outside/place"
)

// module is how the go.mod of a checkout of rung begins.
const module = "module github.com/rung-dev/rung\n"

// own is this project's app with its static files.
func own(ctx context.Context, dir string, want Architecture) (Artifact, error) {
	root, err := checkout(dir, compiledFrom())
	if err != nil {
		return Artifact{}, err
	}
	return build(ctx, root, want)
}

func build(ctx context.Context, root string, want Architecture) (Artifact, error) {
	cache, unlock, err := workshop(ctx)
	if err != nil {
		return Artifact{}, err
	}
	defer unlock()
	a := Artifact{Path: filepath.Join(cache, "app-linux-"+string(want))}
	if err := compileFor(ctx, root, a.Path, want); err != nil {
		return Artifact{}, err
	}
	if a.SHA256, err = look(a.Path, want); err != nil {
		return Artifact{}, fmt.Errorf("read the app that was just built: %w", err)
	}
	a.Static, err = static(ctx, root, cache)
	return a, err
}

// compiledFrom is the checkout that this program was compiled from; empty where
// the compiler was told to leave that out.
func compiledFrom() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// checkout is dir, when it is the checkout of rung that this program was
// compiled from and the caller's own. Whatever is compiled there has then been
// compiled and run before, as rung itself. No other directory will do: a go.mod
// says of itself whatever it likes.
func checkout(dir, compiled string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the directory %q: %w", dir, err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return "", fmt.Errorf("find the directory %q: %w", dir, err)
	}
	if !begins(filepath.Join(abs, "go.mod"), module) {
		if above := Above(abs); above != "" {
			return "", fmt.Errorf("%s calls itself a checkout of rung, but nothing above the working directory is built or "+
				"run: go there, or: %w", above, ErrUnnamed)
		}
		return "", fmt.Errorf("%s is no checkout of rung, whose app could be built: %w", abs, ErrUnnamed)
	}
	if !same(abs, compiled) {
		return "", fmt.Errorf("%s calls itself a checkout of rung, but this rung was not compiled from it, so none of its "+
			"code is run: "+
			"use `go run ./cmd/rung` there if you trust it, or: %w", abs, ErrUnnamed)
	}
	for _, part := range []string{"", "go.mod", "go.sum", "app"} {
		if err := place.Owned(filepath.Join(abs, part)); err != nil {
			return "", fmt.Errorf("the app is not built from a checkout that is not yours alone: %w; or: %w", err, ErrUnnamed)
		}
	}
	return abs, nil
}

func begins(path, with string) bool {
	text, err := place.Read(path, 1<<20)
	return err == nil && strings.HasPrefix(string(text), with)
}

func same(a, b string) bool {
	if b == "" {
		return false
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// Above is the nearest directory above dir that calls itself a checkout of
// rung; empty where there is none. Nothing in it is read but the first line of
// its go.mod: it is for telling the user that it does not count.
func Above(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for d := abs; ; d = filepath.Dir(d) {
		if begins(filepath.Join(d, "go.mod"), module) {
			return d
		}
		if d == filepath.Dir(d) {
			return ""
		}
	}
}

// workshop is the directory in the user's cache where the app is built, for
// one build at a time.
func workshop(ctx context.Context) (dir string, unlock func(), err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil, fmt.Errorf("find a directory to build the app in: %w", err)
	}
	dir = filepath.Join(cache, "rung", "app")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("make a directory to build the app in: %w", err)
	}
	if err := place.Owned(dir); err != nil {
		return "", nil, fmt.Errorf("build the app: what is built there is run: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return "", nil, fmt.Errorf("wait for another build of the app: %w", err)
	}
	return dir, func() { lock.Unlock() }, nil //nolint:errcheck // the lock goes with the process
}

// compileFor builds the app for machines: the same bytes wherever it is done, with no C
// compiler and nothing of where it lay.
func compileFor(ctx context.Context, root, out string, want Architecture) error {
	return goBuild(ctx, root, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + string(want)},
		"-trimpath", "-ldflags", "-s -w -buildid=", "-o", out, "./app")
}

// compile builds a program of the app's for this machine, as `go run ./cmd/rung` builds: what
// was compiled for that serves again. A C compiler is Go's own choice, if there is one.
func compile(ctx context.Context, root, out, pkg string) error {
	return goBuild(ctx, root, []string{"CC=", "CXX="}, "-o", out, pkg)
}

// goBuild builds with nothing beside the module taking part: no go.work above it, no flags of
// the environment, no version control.
func goBuild(ctx context.Context, root string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off"), env...)
	cmd.WaitDelay = time.Second
	if text, err := cmd.CombinedOutput(); err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("build the app: %w; install Go, or: %w", err, ErrUnnamed)
		}
		return fmt.Errorf("build the app: %w\n%s\nMend the build, or: %w", err, strings.TrimSpace(string(text)), ErrUnnamed)
	}
	return nil
}
