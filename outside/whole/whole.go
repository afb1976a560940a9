// Package whole writes files whole: who reads one finds the old text or the new one and
// nothing between, after a crash of the process or of the machine as well.
//
// google/renameio does the same and does not build for Windows; natefinch/atomic gives a
// new file its mode only when it stands.
package whole

import (
	"errors"
	"os"
	"path/filepath"
)

// Write puts a file with a text and a mode in the place of what stands there, and makes
// its folder (0700) where there is none. It never writes through a link. When it fails,
// what stood there is untouched and nothing is left beside it.
func Write(path string, text []byte, mode os.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*.part") // 0600
	if err != nil {
		return err
	}
	err = errors.Join(fill(fresh, text, mode), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(fresh.Name()))
	}
	return SyncFolder(dir)
}

// fill writes all of a file to the disk: a full one may show only in Sync.
func fill(f *os.File, text []byte, mode os.FileMode) error {
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	return f.Sync()
}
