package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replace writes a file in one step: whoever reads it finds the old text or the
// new one, after a crash of the machine as well.
func replace(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	if err := writeSynced(fresh, text); err != nil {
		return errors.Join(err, remove(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(err, remove(fresh))
	}
	return syncDir(filepath.Dir(path))
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir makes a new name in a directory last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

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
