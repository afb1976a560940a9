// Package artifact finds the program that machines run: the binary that the
// user names, or this project's own app, built for Linux.
//
// A binary that is named is looked at before anything runs: a program for
// another processor, a script or a directory is refused with what was found and
// what is wanted. A relative path is relative to the working directory.
//
// Building runs code of the directory that the app is in, so it is done in one
// case only: rung stands in the very checkout that it was compiled from, and
// that belongs to the caller. Nothing above the working directory is looked at.
// The build is reproducible: the same source gives the same bytes and so the
// same hash, and a deployment changes nothing when the app did not change. It
// takes about a minute the first time and under a second afterwards, from Go's
// build cache; it needs the go command and the source, no network.
package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Artifact is a program on this machine's disk.
type Artifact struct {
	// Path is the file, absolute.
	Path string
	// SHA256 is the hash of its content, in hex.
	SHA256 string
	// Static are the files that browsers may keep for a year, for a bucket
	// behind the CDN. Only this project's own app tells them apart; another
	// program serves its files itself, and the CDN keeps them all the same.
	Static []File
	// Standing is true for what the stack has already: nothing is uploaded, and
	// no file here need have the content.
	Standing bool
}

// File is a file on this machine's disk and the path under which the site
// serves it.
type File struct {
	Key, Path string
	// SHA256 is the hash of the content, in hex; empty has it read from Path.
	SHA256 string
}

// Key is the object key under which the program lies in a bucket. It holds the
// hash, so that a program never changes under its key.
func (a Artifact) Key() string { return "app/" + a.SHA256 }

// ErrUnnamed is an app that was not named where it has to be.
var ErrUnnamed = errors.New("name the program that the machines run with rung:artifact, a binary for Linux")

// Resolve returns the binary at path, or, for an empty path, builds this
// project's app where rung stands in its own checkout, dir.
func Resolve(ctx context.Context, path, dir string, want Architecture) (Artifact, error) {
	if path == "" {
		return own(ctx, dir, want)
	}
	return Named(path, want)
}

// Named returns the binary at path.
func Named(path string, want Architecture) (Artifact, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Artifact{}, fmt.Errorf("find rung:artifact %q: %w", path, err)
	}
	sum, err := look(abs, want)
	if err != nil {
		return Artifact{}, fmt.Errorf("read rung:artifact %q: %w; want a program for Linux on %s", abs, err, want)
	}
	return Artifact{Path: abs, SHA256: sum}, nil
}

// look checks a program and hashes it.
func look(path string, want Architecture) (sum string, err error) {
	if err := fits(path, want); err != nil {
		return "", err
	}
	return hash(path)
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

// standIn is the content of a file that takes the place of a program.
const standIn = "This file stands in for a program: see rung:artifact.\n"

// StandIn writes a file that takes the place of a program where none is run or
// uploaded: for estimates, comparisons and the offline cloud.
func StandIn(dir string) (Artifact, error) {
	path := filepath.Join(dir, "app-stand-in")
	err := os.Remove(path) // never written through, whatever it is
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = writeNew(path)
	}
	if err != nil {
		return Artifact{}, fmt.Errorf("write a file that stands in for the app: %w", err)
	}
	sum := sha256.Sum256([]byte(standIn))
	return Artifact{Path: path, SHA256: hex.EncodeToString(sum[:])}, nil
}

func writeNew(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(standIn)
	return errors.Join(err, f.Close())
}
