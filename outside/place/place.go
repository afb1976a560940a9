// Package place says what of its surroundings rung may believe: which files and
// directories are the caller's own, and which entries of the PATH.
//
// Whoever can write into a directory decides what stands in it. A directory
// that somebody else made, or that everybody may write to, may hold a go.mod, a
// plugin or a state that was put there for whoever comes by; rung reads nothing
// from it that decides what is run.
package place

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Owned fails unless a file or directory is there, is the caller's own, is no
// symbolic link, and cannot be written by everybody. The error says what is
// wrong and what to do.
func Owned(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a symbolic link, and leads to what may be another's: put what it leads to in its place",
			path)
	}
	owner, known := OwnerOf(info)
	if known && owner != os.Geteuid() {
		return fmt.Errorf("%s belongs to user %d, and you are user %d: what stands in it may be meant to be run by you; "+
			"work in a directory of your own, or make it yours with chown", path, owner, os.Geteuid())
	}
	if info.Mode().Perm()&0o002 != 0 {
		return fmt.Errorf("%s can be written by everybody: take that away with chmod o-w", path)
	}
	return nil
}

// OwnedOrMissing is Owned for what need not be there yet.
func OwnedOrMissing(path string) error {
	if err := Owned(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SearchPath is a PATH without the entries that depend on where one stands: an
// empty one, ".", "bin", "~/bin". A program of the working directory is never
// run by its bare name.
func SearchPath(path string) string {
	var safe []string
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) {
			safe = append(safe, dir)
		}
	}
	return strings.Join(safe, string(os.PathListSeparator))
}

// ErrLarge is a file that is larger than anything of its kind.
var ErrLarge = errors.New("it is too large")

// Read reads a regular file of at most so many bytes. Anything else could make
// the reader wait for ever, as a pipe does, or never end, as a device does.
func Read(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, want a file", path, Kind(info.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("read %s: %w: want at most %d bytes", path, ErrLarge, most)
	}
	return text, err
}

// Kind names what a file is that is none.
func Kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}
