package store

import (
	"errors"
	"io/fs"
	"os"

	"github.com/rung-dev/rung/outside/whole"
)

// replace writes a file in one step, so that nobody finds half of one.
func replace(path string, text []byte) error { return whole.Write(path, text, 0o600) }

// keep copies a file to FILE.bak by a second name for it, which costs nothing
// because files here are replaced and never changed.
func keep(path string) error {
	bak := path + ".bak"
	if err := remove(bak); err != nil {
		return err
	}
	err := os.Link(path, bak)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	text, err := os.ReadFile(path) // a file system without links
	if err != nil {
		return err
	}
	return replace(bak, text)
}

func writeOnce(path string, text []byte) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return replace(path, text)
}

// remove takes a missing file for a removed one.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
