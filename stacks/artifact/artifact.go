// Package artifact finds the program that machines run: the binary that the
// user names, or this project's own app, built for Linux on arm64.
//
// The build is reproducible: the same source gives the same bytes and so the
// same hash, and a deployment changes nothing when the app did not change.
// Building takes about a minute the first time and under a second afterwards,
// from Go's build cache; it needs the go command and the source, no network.
package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gofrs/flock"
)

// module is the module that holds the app.
const module = "module github.com/rung-dev/rung\n"

// Artifact is a program on this machine's disk.
type Artifact struct {
	// Path is the file.
	Path string
	// SHA256 is the hash of its content, in hex.
	SHA256 string
	// Static are the files that browsers may keep for a year, for a bucket
	// behind the CDN. Only this project's own app tells them apart; another
	// program serves its files itself, and the CDN keeps them all the same.
	Static []File
}

// File is a file on this machine's disk and the path under which the site
// serves it.
type File struct{ Key, Path string }

// Key is the object key under which the program lies in a bucket. It holds the
// hash, so that a program never changes under its key.
func (a Artifact) Key() string { return "app/" + a.SHA256 }

// Resolve returns the binary at path, or, for an empty path, builds this
// project's app. dir is where to look for the source first.
func Resolve(ctx context.Context, path, dir string) (Artifact, error) {
	if path == "" {
		return own(ctx, dir)
	}
	sum, err := hash(path)
	if err != nil {
		return Artifact{}, fmt.Errorf("read rung:artifact %q: %w; want the path of a binary for Linux on arm64", path, err)
	}
	return Artifact{Path: path, SHA256: sum}, nil
}

// own is this project's app with its static files.
func own(ctx context.Context, dir string) (Artifact, error) {
	root, err := source(dir)
	if err != nil {
		return Artifact{}, err
	}
	cache, unlock, err := workshop()
	if err != nil {
		return Artifact{}, err
	}
	defer unlock()
	a := Artifact{Path: filepath.Join(cache, "app-linux-arm64")}
	if err := compile(ctx, root, a.Path, "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64"); err != nil {
		return Artifact{}, err
	}
	if a.SHA256, err = hash(a.Path); err != nil {
		return Artifact{}, fmt.Errorf("read the app that was just built: %w", err)
	}
	a.Static, err = static(ctx, root, cache, a.SHA256)
	return a, err
}

func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// workshop is the directory in the user's cache where the app is built, for
// one build at a time.
func workshop() (dir string, unlock func(), err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil, fmt.Errorf("find a directory to build the app in: %w", err)
	}
	dir = filepath.Join(cache, "rung", "app")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("make a directory to build the app in: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if err := lock.Lock(); err != nil {
		return "", nil, fmt.Errorf("wait for another build of the app: %w", err)
	}
	return dir, func() { lock.Unlock() }, nil //nolint:errcheck // the lock goes with the process
}

// compile builds the app for the platform that env says, or for this machine.
func compile(ctx context.Context, root, out string, env ...string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out, "./app")
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), "GOFLAGS="), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the app: %w\n%s\nSet rung:artifact to a binary of your own, or mend the build", err, strings.TrimSpace(string(text)))
	}
	return nil
}

// source finds the module's root: above dir, or where rung was compiled.
func source(dir string) (string, error) {
	starts := []string{dir}
	if _, file, _, ok := runtime.Caller(0); ok {
		starts = append(starts, filepath.Dir(file))
	}
	for _, start := range starts {
		abs, err := filepath.Abs(start)
		if err != nil {
			continue
		}
		for d := abs; ; d = filepath.Dir(d) {
			text, err := os.ReadFile(filepath.Join(d, "go.mod"))
			if err == nil && strings.HasPrefix(string(text), module) {
				return d, nil
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return "", errors.New("find the app's source: no rung checkout here; run rung inside the project, or set rung:artifact to a binary for Linux on arm64")
}
