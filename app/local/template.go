package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Making the first data of a primary takes half of the processor time until the app
// is there, and it is the same each time: it is kept in the user's cache, by the
// version of PostgreSQL, and copied from there.

func template(bin string) (string, error) {
	version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "rung", strings.Join(strings.Fields(string(version)), "-")), err
}

// Resume lets [StartPrimary] begin with what [Cluster.Keep] has kept, in a root that
// has no data yet; without either it changes nothing.
func Resume(root string) error {
	bin, err := postgresBin()
	if err != nil {
		return err
	}
	from, err := template(bin)
	to := filepath.Join(root, primary)
	if _, there := os.Stat(to); err != nil || there == nil {
		return nil //nolint:nilerr // then initdb makes the data
	}
	begun := to + "-begun"
	err = errors.Join(os.RemoveAll(begun), os.CopyFS(begun, os.DirFS(from)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = give(begun)
	}
	if err == nil {
		err = os.Rename(begun, to)
	}
	if err != nil {
		return fmt.Errorf("copy the first data of PostgreSQL from %s, which may be removed: %w", from, err)
	}
	return nil
}

// give makes a copy what PostgreSQL takes for its data: its user's, and nobody else's.
func give(dir string) error {
	as, err := postgresUser()
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil || as == nil { //nolint:gosec // a directory
		return err
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(as.Uid), int(as.Gid))
	})
}

// Keep makes what the next primary of this version can begin with, unless there is
// such data. It takes as long as a first start.
func (c *Cluster) Keep() error {
	to, err := template(c.bin)
	if err != nil {
		return err
	}
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	made := filepath.Join(c.root, "template")
	defer os.RemoveAll(made)
	if err := c.initdb(made); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("keep the first data of PostgreSQL: %w", err)
	}
	begun, err := os.MkdirTemp(filepath.Dir(to), "begun-")
	if err == nil {
		err = errors.Join(os.CopyFS(begun, os.DirFS(made)), os.Rename(begun, to))
	}
	if err != nil {
		os.RemoveAll(begun)
		return fmt.Errorf("keep the first data of PostgreSQL: %w", err)
	}
	return nil
}
