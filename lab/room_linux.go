package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/dustin/go-humanize"
)

// room is what a lab needs of the disk to begin, in bytes: half a dozen databases with
// their logs, the programs, and what is written in an hour.
const room = 1 << 30

// roomy fails unless there is room for a lab at a directory, which need not be there
// yet.
func roomy(dir string) error {
	var s syscall.Statfs_t
	err := syscall.Statfs(dir, &s)
	for ; errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir); err = syscall.Statfs(dir, &s) {
		dir = filepath.Dir(dir)
	}
	if err != nil {
		return fmt.Errorf("%w: ask how much room there is at %s: %w", ErrSetup, dir, err)
	}
	if free := s.Bavail * uint64(s.Bsize); free < room { //nolint:gosec // a block's size
		return fmt.Errorf("%w: %s has %s of room, and the lab needs %s to begin; make room, or choose another directory "+
			"with --dir", ErrSetup, dir, humanize.IBytes(free), humanize.IBytes(room))
	}
	return nil
}
