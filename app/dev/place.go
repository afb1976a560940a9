package dev

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/rung-dev/rung/app/local"
)

// open takes a directory for this process alone. Temporary ones that were left
// by others which were killed go.
func open(dir string) (*world, error) {
	w := &world{dir: dir, keep: dir != ""}
	if w.keep {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make the directory: %w", err)
		}
	} else {
		sweep()
		var err error
		if w.dir, err = os.MkdirTemp(local.Scratch(), prefix); err != nil {
			return nil, fmt.Errorf("make a directory: %w", err)
		}
	}
	var err error
	if w.dir, err = filepath.Abs(w.dir); err != nil {
		return nil, err
	}
	if err := os.Chmod(w.dir, 0o755); err != nil { //nolint:gosec // PostgreSQL may be another user
		return nil, err
	}
	w.mine = flock.New(filepath.Join(w.dir, "lock"))
	switch ok, err := w.mine.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", w.dir, err)
	case !ok:
		return nil, fmt.Errorf("%s: another `app dev` runs on it; choose another directory with -dir", w.dir)
	}
	return w, nil
}

// sweep removes temporary worlds whose process has ended: their servers ended
// with it.
func sweep() {
	var left []string
	for _, in := range []string{local.Scratch(), os.TempDir()} {
		found, _ := filepath.Glob(filepath.Join(in, prefix+"*")) // the pattern is correct
		left = append(left, found...)
	}
	for _, dir := range left {
		lock := flock.New(filepath.Join(dir, "lock"))
		if ok, err := lock.TryLock(); err == nil && ok {
			os.RemoveAll(dir) //nolint:errcheck // it is tried again next time
			lock.Unlock()     //nolint:errcheck // the file is gone
		}
	}
}

// checkout is the directory of the templates above which this is run, if any.
func checkout() string {
	dir, err := os.Getwd()
	for err == nil {
		for _, below := range []string{"app/product/web/templates", "product/web/templates"} {
			found := filepath.Join(dir, below)
			if _, err := os.Stat(filepath.Join(found, "pages.html")); err == nil {
				return found
			}
		}
		if filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
