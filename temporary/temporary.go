// Package temporary keeps what a process needs only while it runs in one
// directory, and finds that of processes that were killed.
//
// A process that is killed cannot tidy up. So it writes down where its directory
// is before it makes it, in a record of its own in the user's cache, which it
// holds locked while it lives; the system gives the lock back however it dies.
// The next start removes what unlocked records name, and nothing else: no name of
// a file is ever guessed, so that nobody else's can be hit.
package temporary

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/rung-dev/rung/outside/place"
)

// prefix begins the names of the directories.
const prefix = "rung-"

// variable names the directory for temporary files, to this process and to those
// that it starts.
const variable = "TMPDIR"

// Start removes what processes left that were killed, and makes a directory that
// takes all temporary files of this process and of those that it starts. clear
// removes it; it may be called more than once. Without a cache directory there is
// no record, and temporary files lie where they always do.
func Start() (clear func(), err error) {
	records, err := recordsDir()
	if err != nil {
		return func() {}, nil //nolint:nilerr // it works without, only less tidily
	}
	Sweep(records)
	return begin(records)
}

// recordsDir is where the records are.
func recordsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "rung", "temporary")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, place.Owned(dir)
}

func begin(records string) (clear func(), err error) {
	before, was := os.LookupEnv(variable)
	dir := filepath.Join(os.TempDir(), prefix+rand.Text())
	record, err := note(records, dir)
	if err != nil {
		return func() {}, fmt.Errorf("note a directory for temporary files: %w", err)
	}
	clear = func() {
		_ = os.RemoveAll(dir) // what stays is found by its record
		if was {
			_ = os.Setenv(variable, before)
		} else {
			_ = os.Unsetenv(variable)
		}
		if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
			_ = os.Remove(record.Path())
		}
		_ = record.Unlock()
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		clear()
		return func() {}, fmt.Errorf("make a directory for temporary files: %w", err)
	}
	return clear, os.Setenv(variable, dir)
}

// note writes a record and keeps it locked. A sweep may take a record away
// between its making and its lock; then another is written.
func note(records, dir string) (*flock.Flock, error) {
	for range 10 {
		record := flock.New(filepath.Join(records, rand.Text()))
		ok, err := record.TryLock()
		if err != nil {
			return nil, err
		}
		if _, err := os.Lstat(record.Path()); !ok || err != nil { // a sweep had it first
			_ = record.Close()
			continue
		}
		if err := os.WriteFile(record.Path(), []byte(dir), 0o600); err != nil {
			return nil, errors.Join(err, record.Close())
		}
		return record, nil
	}
	return nil, errors.New("its record is taken away each time")
}

// Sweep removes the directories of processes that are gone, by their records.
func Sweep(records string) {
	list, _ := os.ReadDir(records) // there is nothing to do where there is none
	for _, e := range list {
		sweepOne(filepath.Join(records, e.Name()))
	}
}

func sweepOne(path string) {
	record := flock.New(path)
	if ok, err := record.TryLock(); err != nil || !ok {
		return // its process lives
	}
	defer record.Close() //nolint:errcheck // nobody else waits for it
	text, err := place.Read(path, 4096)
	if err != nil {
		return
	}
	dir := strings.TrimSpace(string(text))
	ours := filepath.IsAbs(dir) && strings.HasPrefix(filepath.Base(dir), prefix) && place.Owned(dir) == nil
	if ours && os.RemoveAll(dir) != nil {
		return // next time
	}
	_ = os.Remove(path)
}
