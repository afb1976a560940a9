package releases

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
	"slices"
	"time"

	"github.com/rung-dev/rung/outside/place"
)

// Kept is how many programs are kept where no bucket does.
const Kept = 5

// most is how large a journal may be, in bytes.
const most = 4 << 20

// Beside is the store of a stack without a bucket: a directory of its own.
type Beside string

var _ Store = Beside("")

func (d Beside) journal() string { return filepath.Join(string(d), "releases.json") }

func (d Beside) program(sum string) string { return filepath.Join(string(d), "programs", sum) }

// Read reads the file.
func (d Beside) Read(context.Context) (Journal, error) {
	text, err := place.Read(d.journal(), most)
	if errors.Is(err, fs.ErrNotExist) {
		return Journal{}, nil
	}
	if err != nil {
		return Journal{}, fmt.Errorf("read the journal of releases: %w", err)
	}
	return parse(text)
}

// Write replaces the file whole.
func (d Beside) Write(_ context.Context, j Journal) error {
	text, err := j.text()
	if err == nil {
		err = replace(d.journal(), func(f *os.File) error { _, err := f.Write(text); return err })
	}
	if err != nil {
		return fmt.Errorf("write the journal of releases: %w", err)
	}
	return nil
}

// replace writes a file so that readers see the old or the new one.
func replace(path string, fill func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	if err := errors.Join(fill(fresh), fresh.Close()); err != nil {
		return errors.Join(err, os.Remove(fresh.Name()))
	}
	return os.Rename(fresh.Name(), path)
}

// Keep copies a program, and forgets the oldest ones.
func (d Beside) Keep(_ context.Context, sum, path string) error {
	to := d.program(sum)
	err := os.Chtimes(to, time.Time{}, time.Now()) // it is used again
	if errors.Is(err, fs.ErrNotExist) {
		err = copied(path, to)
	}
	if err == nil {
		err = d.prune()
	}
	if err != nil {
		return fmt.Errorf("keep the program of the release: %w", err)
	}
	return nil
}

func copied(path, to string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	return replace(to, func(f *os.File) error { _, err := io.Copy(f, from); return err })
}

// prune removes what was not used for longest.
func (d Beside) prune() error {
	entries, err := os.ReadDir(filepath.Join(string(d), "programs"))
	if err != nil || len(entries) <= Kept {
		return err
	}
	used := func(e fs.DirEntry) time.Time {
		info, err := e.Info()
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return used(b).Compare(used(a)) })
	for _, e := range entries[Kept:] {
		err = errors.Join(err, os.Remove(d.program(e.Name())))
	}
	return err
}

// Fetch is the copy.
func (d Beside) Fetch(_ context.Context, sum string) (string, error) {
	path := d.program(sum)
	return path, checked(path, sum)
}

// checked holds a file to its hash.
func checked(path, sum string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the program %.12s is not kept any more (the last %d are): build that version, and `rung deploy` it",
			sum, Kept)
	}
	if err != nil {
		return fmt.Errorf("read the program of the release: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("read the program of the release: %w", err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("the program at %s is not the one that was released: its SHA-256 is %.12s, not %.12s", path, got,
			sum)
	}
	return nil
}
