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
}

// Key is the object key under which the program lies in a bucket. It holds the
// hash, so that a program never changes under its key.
func (a Artifact) Key() string { return "app/" + a.SHA256 }

// Resolve returns the binary at path, or, for an empty path, builds this
// project's app. dir is where to look for the source first.
func Resolve(ctx context.Context, path, dir string) (Artifact, error) {
	if path == "" {
		built, err := build(ctx, dir)
		if err != nil {
			return Artifact{}, err
		}
		path = built
	}
	sum, err := hash(path)
	if err != nil {
		return Artifact{}, fmt.Errorf("read rung:artifact %q: %w; want the path of a binary for Linux on arm64", path, err)
	}
	return Artifact{Path: path, SHA256: sum}, nil
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

// build compiles the app into the user's cache, one build at a time.
func build(ctx context.Context, dir string) (string, error) {
	root, err := source(dir)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a directory to build the app in: %w", err)
	}
	out := filepath.Join(cache, "rung", "app-linux-arm64")
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return "", fmt.Errorf("make a directory to build the app in: %w", err)
	}
	lock := flock.New(out + ".lock")
	if err := lock.Lock(); err != nil {
		return "", fmt.Errorf("wait for another build of the app: %w", err)
	}
	defer lock.Unlock() //nolint:errcheck // the lock goes with the process
	return out, compile(ctx, root, out)
}

func compile(ctx context.Context, root, out string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out, "./app")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the app for Linux on arm64: %w\n%s\nSet rung:artifact to a binary of your own, or mend the build", err, strings.TrimSpace(string(text)))
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
